// Whether a path stays within a folder, links followed: a folder from somebody else may hold links to anywhere.
import { lstatSync, realpathSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

/** True for the folder itself too. Looks at names only. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || resolve(way) === way);
}

/** True where the path, or a folder on the way to it, is a link that leads out of `folder` or to nothing. */
export function leadsOut(path: string, folder: string): boolean {
  if (!isWithin(path, folder)) return true;
  let at = folder;
  for (const part of relative(folder, path).split(sep)) {
    at = join(at, part);
    const found = lstatSync(at, { throwIfNoEntry: false });
    if (found === undefined) return false; // nothing there, nor below
    if (found.isSymbolicLink() && !isWithin(realPath(at) ?? sep, realPath(folder)!)) return true;
  }
  return false;
}

/** With links followed; undefined where it is not there. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES'].includes((error as NodeJS.ErrnoException).code!))
      return undefined;
    throw error;
  }
}

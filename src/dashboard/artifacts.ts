// Files that trials left, for the page: pictures to look at, all else to be saved. They are whatever a trial wrote: none
// runs as a page, and none is read through a link.
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { artifactFolder } from '../trial/store.js';
import { isOwnFile } from './own-files.js';

/** Larger ones are opened from the run folder. */
const LARGEST = 64 * 1024 * 1024;

const PICTURES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  svg: 'image/svg+xml',
};

/** A drawing opened by itself is a page: it may have its colours, and nothing else. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'";

/** `names`: the path within the trial's folder. Undefined where there is no such file. */
export async function serveArtifact(
  folder: string,
  trial: string,
  names: readonly string[],
): Promise<Response | undefined> {
  if (!/^\d+$/.test(trial) || names.length === 0 || !names.every(isPlainName)) return undefined;
  const path = join(artifactFolder(folder, Number(trial)), ...names);
  if (!isOwnFile(path, folder)) return undefined;
  // Between the look and the opening it may have become a link or a pipe.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (file === undefined) return undefined;
  try {
    const found = await file.stat();
    if (!found.isFile()) return undefined;
    if (found.size > LARGEST)
      return new Response('too large to be shown; it is in the run folder', { status: 413 });
    const name = names.at(-1)!;
    const type = PICTURES[name.slice(name.lastIndexOf('.') + 1).toLowerCase()];
    const headers: Record<string, string> = {
      'content-type': type ?? 'application/octet-stream',
      'content-security-policy': POLICY,
    };
    if (type === undefined)
      headers['content-disposition'] = `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;
    return new Response(new Uint8Array(await file.readFile()), { headers });
  } finally {
    await file.close();
  }
}

/** A name of one file or folder, and not a way to another. */
export function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name);
}

// Which files of a folder that is served are its own: a folder from somebody else may hold links to anywhere, and pipes
// that nobody ever writes to.
import { lstatSync } from 'node:fs';
import { leadsOut } from '../ground/inside.js';

/** True for a file that is there, is no link, pipe or device, and lies in `root` with links followed. */
export function isOwnFile(path: string, root: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true && !leadsOut(path, root);
}

/** The same of a folder. */
export function isOwnFolder(path: string, root: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true && !leadsOut(path, root);
}

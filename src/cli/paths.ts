// Paths and commands as people can paste them: relative to where they are, quoted where a shell would split them.
import { relative, resolve } from 'node:path';
import { quoteArgument } from '../ground/text.js';

/** Relative to the working directory where it lies below it, absolute elsewhere. */
export function showPath(path: string): string {
  const short = relative('', path);
  return short === '' || short.startsWith('..') ? resolve(path) : short;
}

/** `sweepline resume runs/escape/20261123-221530-ab12`. */
export function commandOn(name: string, folder: string): string {
  return `sweepline ${name} ${quoteArgument(showPath(folder))}`;
}

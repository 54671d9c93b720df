// Paths and commands as people can paste them: relative to where they are, quoted where a shell would split them.
import { relative, resolve } from 'node:path';
import { quoteArgument } from '../ground/text.js';
import { naming } from '../run/trust.js';
import type { RunHandle } from '../sweep/contract.js';

/** Relative to the working directory where it lies below it, absolute elsewhere. */
export function showPath(path: string): string {
  const short = relative('', path);
  return short === '' || short.startsWith('..') ? resolve(path) : short;
}

/** `sweepline resume runs/escape/20261123-221530-ab12`, with the sweep or report where the command must be told it. */
export function commandOn(name: string, folder: string, files?: RunHandle['files']): string {
  const named = name === 'report' ? 'report' : 'sweep';
  const url = files?.[named] ?? null;
  return `sweepline ${name} ${quoteArgument(showPath(folder))}${url === null ? '' : naming(url, folder, named)}`;
}

// A run folder from somebody else is data: what its manifest names is code, and is run only where the user has it anyway.
// The one rule for all commands that load a file by a manifest: it ships with Sweepline, or it lies in the project that
// the command is given in and not in the run folder; a command line is one that the user has given before. Everything else
// must be named by the user (--sweep, --report, --command).
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { compiledPath } from '../ground/compiled.js';
import { SweeplineError } from '../ground/errors.js';
import { homeFolder } from '../ground/home.js';
import { isWithin, realPath } from '../ground/inside.js';
import { quoteArgument } from '../ground/text.js';
import { isCommandUrl, readCommandUrl } from '../worker/command/definition.js';
import { isKnownCommand } from './known-commands.js';
import type { Manifest } from './manifest.js';
import {
  type CommandReference,
  type FileReference,
  isStudyUrl,
  listReferred,
  pathOf,
  requireReferred,
} from './reference.js';

/** The files of the package itself. */
const PACKAGE = compiledPath(import.meta.url, '../../');

/** What a manifest names, as the option is called that names it instead. */
export type Named = 'sweep' | 'report';

interface OpenRun {
  readonly path: string;
  readonly manifest: Manifest;
}

/**
 * The `file:` URL of the code that the run's manifest names; null where it names none. Throws BAD_USAGE, and runs nothing,
 * where the rule above forbids it; BAD_RUN_FOLDER where the file is nowhere. `directory` is the working directory.
 */
export function requireTrusted({ path, manifest }: OpenRun, named: Named, directory = ''): string | null {
  const reference = referenceOf(manifest, named);
  if (reference === null) return null;
  if ('command' in reference) return requireKnown(reference, path);
  if ('study' in reference) return requireReferred(reference, path, named); // which tells what to do
  const trusted = listReferred(reference, path).find((url) => isTrusted(url, path, directory));
  if (trusted !== undefined) return trusted;
  const url = requireReferred(reference, path, named);
  const file = pathOf(url);
  const where = isInFolder(url, path)
    ? 'lies in the run folder itself'
    : `lies outside of the project ${findProject(directory)}`;
  throw new SweeplineError(
    'BAD_USAGE',
    `the run's manifest names the ${named} ${file}, which ${where}: it is code, and is not run unasked`,
    { hint: `where you trust it, name it yourself: ${optionFor(url, named)}` },
  );
}

/** A command is code that lies in the manifest itself: it must be one that the user has given here before. */
function requireKnown(reference: CommandReference, path: string): string {
  const url = requireReferred(reference, path, 'sweep');
  const { command, cwd } = readCommandUrl(url);
  if (isKnownCommand(command.run) && !isWithin(real(cwd), real(path))) return url;
  throw new SweeplineError(
    'BAD_USAGE',
    `the run's manifest names the command ${quoteArgument(command.run)}, to be run in ${cwd}, which was not given on this machine before: it is code, and is not run unasked`,
    { hint: `where you trust it, give it yourself: --command ${quoteArgument(command.run)}` },
  );
}

/** The same where the user gives the command. Throws BAD_USAGE where the run's is another. */
export function requireCommand({ path, manifest }: OpenRun, line: string): string {
  const reference = manifest.sweepFile;
  if (!('command' in reference) || reference.command.run !== line) {
    const found = 'command' in reference ? `of ${quoteArgument(reference.command.run)}` : 'of a sweep file';
    throw new SweeplineError('BAD_USAGE', `--command ${quoteArgument(line)}: ${path} is a run ${found}`, {
      hint: 'a run goes on with its own command; start another one with `sweepline run --command`',
    });
  }
  return requireReferred(reference, path, 'sweep');
}

/** ` --sweep file` where a command on the run folder, given in this directory, has to name the file; otherwise nothing. */
export function naming(url: string, runFolder: string, named: Named = 'sweep'): string {
  if (isCommandUrl(url) || isStudyUrl(url)) return ''; // given by the user, or known; no file
  return isTrusted(url, runFolder, '') ? '' : ` ${optionFor(url, named)}`;
}

function referenceOf(manifest: Manifest, named: Named): FileReference | null {
  return named === 'sweep' ? manifest.sweepFile : manifest.reportFile;
}

function optionFor(url: string, named: Named): string {
  // A stage of a sweep has no path of its own.
  return `--${named} ${quoteArgument(url.includes('#') ? url : pathOf(url))}`;
}

function isTrusted(url: string, runFolder: string, directory: string): boolean {
  if (isInFolder(url, runFolder)) return false;
  return isInFolder(url, PACKAGE) || isInFolder(url, findProject(directory));
}

/** By its name, or where links lead: a link in the project is the user's own. */
function isInFolder(url: string, folder: string): boolean {
  const path = pathOf(url);
  return [path, real(path)].some((file) => [resolve(folder), real(folder)].some((at) => isWithin(file, at)));
}

/**
 * The folder of the nearest package.json, from the directory upwards; the directory itself where there is none. A
 * package.json that lies in the home directory or above it makes no project of all that is there.
 */
function findProject(directory: string): string {
  const start = resolve(directory);
  const home = real(homeFolder());
  for (let folder = start; ; folder = dirname(folder)) {
    if (isWithin(home, real(folder)) || dirname(folder) === folder) return start;
    if (existsSync(join(folder, 'package.json'))) return folder;
  }
}

/** With links followed; as it is where it is not there. */
function real(path: string): string {
  return realPath(path) ?? resolve(path);
}

// Where the definition files of a run are, said so that a run folder and a project can be moved, copied and renamed: files
// that come with Sweepline by their name in the package, others as they lie from the run folder, and from the directory
// that the command was given in.
import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compiledPath } from '../ground/compiled.js';
import { SweeplineError } from '../ground/errors.js';
import {
  type CommandDefinition,
  commandUrl,
  isCommandUrl,
  isDefinition,
  readCommandUrl,
} from '../worker/command/definition.js';

export type FileReference =
  | { readonly shipped: string }
  /** `fromDirectory` only where the file was below the directory that the command was given in. */
  | { readonly fromRun: string; readonly fromDirectory?: string }
  /** A sweep of a command, which no file defines; `fromRun` is the directory in which its programs start. */
  | CommandReference
  /** The study of a program, which asks and tells: see sweep/ask-tell/study.ts. */
  | StudyReference;

const PACKAGE = compiledPath(import.meta.url, '../../');
const SHIPPED = ['sweeps', 'workers', 'reports'];

/** `url` may end with a fragment (a stage), which is kept. */
export function referTo(url: string, runFolder: string): FileReference {
  if (isCommandUrl(url)) {
    const { command, cwd } = readCommandUrl(url);
    return { command, fromRun: spell(relative(resolve(runFolder), cwd)) };
  }
  if (isStudyUrl(url)) return { study: decodeURIComponent(url.slice(STUDY.length)) };
  const { path, fragment } = split(url);
  const inPackage = relative(PACKAGE, path);
  if (SHIPPED.includes(inPackage.split(sep)[0]!)) return { shipped: spell(inPackage) + fragment };
  const fromRun = spell(relative(resolve(runFolder), path)) + fragment;
  const fromDirectory = spell(relative('', path)) + fragment;
  return fromDirectory.startsWith('../') ? { fromRun } : { fromRun, fromDirectory };
}

/** The `file:` URL of what is referred to, what lies as it did from the run first; undefined where it is nowhere. */
export function findReferred(reference: FileReference, runFolder: string): string | undefined {
  if ('command' in reference) return findCommand(reference, runFolder);
  if ('study' in reference) return undefined;
  return listReferred(reference, runFolder)[0];
}

/** All files that may be meant, in that order. */
export function listReferred(reference: Located, runFolder: string): readonly string[] {
  return placesOf(reference, runFolder).filter((url) => existsSync(pathOf(url)));
}

/** The path of a `file:` URL, without the fragment of a stage. */
export function pathOf(url: string): string {
  return split(url).path;
}

/** The same, or BAD_RUN_FOLDER with the places that were looked at. `word`: what the file defines. */
export function requireReferred(reference: FileReference, runFolder: string, word: string): string {
  if ('study' in reference)
    throw new SweeplineError(
      'BAD_RUN_FOLDER',
      `the trials of the run ${runFolder} are evaluated by a program that asked for them: there is no ${word} file`,
      { hint: 'start that program again: its `openStudy`, with the same folder, continues' },
    );
  const found = findReferred(reference, runFolder);
  if (found !== undefined) return found;
  const places =
    'command' in reference
      ? startsOf(reference, runFolder).flatMap((folder) =>
          reference.command.files.map((file) => join(folder, file)),
        )
      : [...new Set(placesOf(reference, runFolder).map((url) => split(url).path))];
  throw new SweeplineError(
    'BAD_RUN_FOLDER',
    `the ${word}'s file of the run ${runFolder} is not found: looked for ${places.join(' and ')}`,
    { hint: 'name the sweep’s file with --sweep, or give the command in the project that has it' },
  );
}

/** The same file as it lies from another run folder. */
export function rebase(reference: FileReference, from: string, to: string): FileReference {
  if ('shipped' in reference || 'study' in reference) return reference;
  const [path, fragment = ''] = reference.fromRun.split(/(?=#)/);
  return { ...reference, fromRun: spell(relative(resolve(to), resolve(from, path!))) + fragment };
}

export interface StudyReference {
  readonly study: string;
}

const STUDY = 'data:application/x-sweepline-study,';

export function isStudyUrl(url: string): boolean {
  return url.startsWith(STUDY);
}

/** Stands for the file that a study of a program does not have. */
export function studyUrl(name: string): string {
  return STUDY + encodeURIComponent(name);
}

export interface CommandReference {
  readonly command: CommandDefinition;
  readonly fromRun: string;
}

/** The URL of the command, in the first directory that has its files. */
function findCommand(reference: CommandReference, runFolder: string): string | undefined {
  const { command } = reference;
  if (!isDefinition(command) || typeof reference.fromRun !== 'string') {
    throw new SweeplineError('BAD_RUN_FOLDER', `the manifest of ${runFolder} names a command that is none`, {
      hint: 'take the manifest of a copy of the run; its trials.csv is as good as it was',
    });
  }
  const cwd = startsOf(reference, runFolder).find((folder) =>
    [folder, ...command.files.map((file) => join(folder, file))].every((path) => existsSync(path)),
  );
  return cwd === undefined ? undefined : commandUrl({ command, cwd, axes: {} });
}

/** Where a command may start: as it was from the run folder, or where this one was given. */
function startsOf({ fromRun }: CommandReference, runFolder: string): string[] {
  return [...new Set([resolve(runFolder, fromRun), resolve('')])];
}

export type Located = Exclude<FileReference, CommandReference | StudyReference>;

function placesOf(reference: Located, runFolder: string): string[] {
  const at = (folder: string, text: string) => {
    const [path, fragment = ''] = text.split(/(?=#)/);
    return pathToFileURL(isAbsolute(path!) ? path! : join(resolve(folder), path!)).href + fragment;
  };
  return 'shipped' in reference
    ? [at(PACKAGE, reference.shipped)]
    : [
        at(runFolder, reference.fromRun),
        ...(reference.fromDirectory === undefined ? [] : [at('', reference.fromDirectory)]),
      ];
}

function split(url: string): { readonly path: string; readonly fragment: string } {
  const [plain, fragment = ''] = url.split(/(?=#)/);
  return { path: fileURLToPath(plain!), fragment };
}

/** With slashes, whatever this system has. */
function spell(path: string): string {
  return path.split(sep).join('/');
}

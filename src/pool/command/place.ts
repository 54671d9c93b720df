// The folder that a trial's program has for itself: work/<trial>-<key> in the run folder, empty at the start of every
// attempt. What lies in its artifacts/ at the end is kept as the trial's artifacts.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rm,
  rmdir,
  rmdirSync,
  rmSync,
  statSync,
  unlink,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { paramsJson } from '../../worker/command/values.js';
import type { Trial } from '../../worker/contract.js';

const WORK = 'work';
const ARTIFACTS = 'artifacts';

/** A metrics file is text that is read whole; more than this is no metrics. */
const LARGEST_METRICS = 64 * 1024 * 1024;

export interface Place {
  readonly folder: string;
  /** Path of the JSON file with the parameters. */
  readonly params: string;
  /** Undefined where there is none of that name. */
  read(name: string): string | undefined;
  /** Hands over every file under artifacts/, in the order of their names. */
  eachArtifact(keep: (name: string, bytes: Uint8Array) => void): void;
  /** Takes a while on some disks: need not be awaited before the next trial. */
  remove(): Promise<void>;
}

/** `runFolder`: null for trials that keep no files, whose folder lies among the system's temporary files. */
export function makePlace(runFolder: string | null, trial: Trial): Place {
  const name = `${trial.number}-${trial.key.slice(0, 8)}`;
  const folder =
    runFolder === null
      ? mkdtempSync(join(tmpdir(), 'sweepline-work-'))
      : join(resolve(runFolder, WORK), name);
  if (runFolder !== null) makeAnew(folder);
  const artifacts = join(folder, ARTIFACTS);
  mkdirSync(artifacts);
  const params = join(folder, 'params.json');
  writeFileSync(params, paramsJson(trial.params));
  return {
    folder,
    params,
    read(file) {
      const path = join(folder, file);
      const size = statSync(path, { throwIfNoEntry: false })?.size;
      if (size === undefined) return undefined;
      if (size > LARGEST_METRICS)
        throw new Error(
          `${file} has ${size} bytes; expected a file of metrics, of at most ${LARGEST_METRICS}`,
        );
      return readFileSync(path, 'utf8');
    },
    eachArtifact(keep) {
      for (const path of listFiles(artifacts))
        keep(relative(artifacts, path).split(sep).join('/'), readFileSync(path));
    },
    remove: () => removePlace(folder, params, artifacts),
  };
}

/** Three calls for a program that left nothing: a general removal takes ten times the time of the processor. */
function removePlace(folder: string, params: string, artifacts: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const removeAll = () =>
      rm(folder, { recursive: true, force: true, maxRetries: 3 }, (error) =>
        error === null ? resolve() : reject(error),
      );
    unlink(params, () =>
      rmdir(artifacts, () => rmdir(folder, (error) => (error === null ? resolve() : removeAll()))),
    );
  });
}

/** The folder above those of trials goes with the last of them. */
export function removeEmptyWork(runFolder: string): void {
  try {
    rmdirSync(join(runFolder, WORK));
  } catch {
    // Other trials have theirs in it, or it is gone.
  }
}

/** Empty, whatever an earlier attempt has left; the folder above may be removed by another thread in between. */
function makeAnew(folder: string): void {
  for (let tries = 5; ; tries--) {
    try {
      mkdirSync(folder);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (tries === 0) throw error;
      if (code === 'EEXIST') rmSync(folder, { recursive: true, force: true });
      else if (code === 'ENOENT') mkdirSync(dirname(folder), { recursive: true });
      else throw error;
    }
  }
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return listFiles(path);
      const isFile = entry.isFile() || (entry.isSymbolicLink() && isFileAt(path));
      return isFile ? [path] : [];
    });
}

function isFileAt(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

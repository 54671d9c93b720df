// The folder that a trial's program has for itself: work/<trial>-<key> in the run folder, empty at the start of every
// attempt. What lies in its artifacts/ at the end is kept as the trial's artifacts.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
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
  remove(): void;
}

/** `runFolder`: null for trials that keep no files, whose folder lies among the system's temporary files. */
export function makePlace(runFolder: string | null, trial: Trial): Place {
  const name = `${trial.number}-${trial.key.slice(0, 8)}`;
  const root = runFolder === null ? mkdtempSync(join(tmpdir(), 'sweepline-work-')) : resolve(runFolder, WORK);
  const folder = join(root, name);
  rmSync(folder, { recursive: true, force: true });
  const artifacts = join(folder, ARTIFACTS);
  makeFolder(artifacts);
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
    remove() {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      removeIfEmpty(dirname(folder));
    },
  };
}

/** Another thread may remove the folder above, empty by then, in between. */
function makeFolder(path: string): void {
  for (let tries = 5; ; tries--) {
    try {
      mkdirSync(path, { recursive: true });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === 0) throw error;
    }
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Other trials have theirs in it.
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

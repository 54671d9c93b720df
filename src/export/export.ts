// A run for the programs of others: what is written in which format, and where to.
import { createWriteStream } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Question, readAims, requireObjective } from '../answer/answer.js';
import { SweeplineError } from '../ground/errors.js';
import { formatCount, plural } from '../ground/text.js';
import { type RunStatus, readRunStatus } from '../run/status.js';
import { fillFolder } from './folder.js';

const FORMATS = ['parquet', 'optuna', 'tensorboard', 'wandb'] as const;
export type Format = (typeof FORMATS)[number];

export interface ExportOptions extends Pick<Question, 'objectives'> {
  readonly format: Format;
  /** Default: `<run id>-<format>` in the working directory. */
  readonly out?: string;
}

export interface Exported {
  /** Absolute. */
  readonly folder: string;
  /** What is in it, in words. */
  readonly what: string;
}

/** A folder for each trial: more of them than this no page shows, and few disks like. */
const MOST_FOLDERS = 10_000;

/** The name of the study's file. */
const OPTUNA_FILE = 'journal.log';

/**
 * Writes the finished trials of a run into a new folder, whole or not at all. Rejects with BAD_USAGE where something is
 * there, the run has too many trials for the format, or no objective; BAD_RUN_FOLDER where it is no run.
 */
export async function exportRun(
  runFolder: string,
  { format, out, objectives = [] }: ExportOptions,
): Promise<Exported> {
  const status = await readRunStatus(runFolder);
  const write = prepare(status, format, objectives);
  const folder = resolve(out ?? `${status.manifest.runId}-${format}`);
  return { folder, what: await fillFolder(folder, write) };
}

/** Everything that can be refused is, before anything is written. */
function prepare(
  status: RunStatus,
  format: Format,
  objectives: readonly string[],
): (into: string) => Promise<string> {
  const { folder, manifest, state, done } = status;
  const { epoch } = state;
  const run = { folder, manifest, epoch };
  switch (format) {
    case 'parquet':
      return async (into) => {
        const { writeTables } = await import('./parquet.js');
        return (await writeTables(folder, into)).map((file) => basename(file)).join(', ');
      };
    case 'optuna': {
      const aims = readAims(status, { objectives });
      requireObjective({ status, aims });
      return async (into) => {
        const { journalLines } = await import('./optuna/journal.js');
        await writeLines(join(into, OPTUNA_FILE), journalLines({ ...run, objectives: aims.objectives }));
        return `${OPTUNA_FILE}: the study "${manifest.sweep}" with ${plural(done, 'trial')}`;
      };
    }
    case 'tensorboard':
      requireFew(done);
      return async (into) => {
        const { writeTensorBoard } = await import('./tensorboard/write.js');
        return `${plural(await writeTensorBoard(run, into), 'trial')}: tensorboard --logdir …`;
      };
    case 'wandb':
      requireFew(done);
      return async (into) => {
        const { writeWandb } = await import('./wandb/write.js');
        return `${plural(await writeWandb(run, into), 'offline run')}: wandb sync …/offline-run-*`;
      };
  }
}

function requireFew(trials: number): void {
  if (trials <= MOST_FOLDERS) return;
  throw new SweeplineError(
    'BAD_USAGE',
    `the run has ${formatCount(trials)} trials, and each would be a folder; expected ${formatCount(MOST_FOLDERS)} at most`,
    { hint: '--parquet and --optuna take any number; `sweepline sql` picks some' },
  );
}

/** Characters that are written at once: a write for each of a million lines takes minutes. */
const BATCH = 1 << 16;

function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  return pipeline(Readable.from(joinLines(lines)), createWriteStream(path, { flags: 'wx' }));
}

function* joinLines(lines: Iterable<string>): Generator<string> {
  let text = '';
  for (const line of lines) {
    text += line;
    if (text.length < BATCH) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

// Runs one trial of a run again, alone and in this process: same parameters, same seed, same numbers, and a debugger
// can follow it. Nothing of the run is changed: artifacts go to a folder of their own.
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SweeplineError } from '../ground/errors.js';
import type { Task, TaskResult } from '../pool/contract.js';
import { openRunFolder } from '../run/folder.js';
import type { Manifest } from '../run/manifest.js';
import type { Value } from '../space/types.js';
import { headerOf } from '../trial/prefixes.js';
import { requestOf, restorePrepared } from './again.js';
import { prepare } from './prepare.js';
import { readStages } from './stages.js';

export interface Replay {
  /** Header and row as in trials.csv. */
  readonly csv: string;
  readonly note: TaskResult['notes'][number] | undefined;
  /** Where the trial's artifacts went. */
  readonly folder: string;
}

/** Throws BAD_USAGE where the run has no such trial, BAD_RUN_FOLDER where its worker has changed since. */
export async function replayTrial(
  runFolder: string,
  trial: number,
  onLine: (line: string) => void,
): Promise<Replay> {
  const { path, manifest } = await openRunFolder(runFolder);
  const request = requestOf(manifest, { debug: true });
  const { pool, worker, space, resolved } = restorePrepared(await prepare(request, onLine), manifest);
  try {
    const task = await findTask(path, manifest, trial, space.trials);
    const folder = await mkdtemp(join(tmpdir(), 'sweepline-replay-'));
    await pool.begin({
      space: resolved.space,
      axes: resolved.axes,
      fixed: resolved.fixed,
      sweepSeed: resolved.seed,
      engine: manifest.engine,
      device: manifest.device,
      data: request.data,
      folder,
      stages: readStages(path, worker),
    });
    const { rows, notes } = await pool.submit(task);
    const header = headerOf(
      manifest.axes,
      manifest.worker.metrics.map(({ name }) => name),
    );
    return { csv: header + new TextDecoder().decode(rows), note: notes[0], folder };
  } finally {
    await pool.close();
  }
}

async function findTask(path: string, manifest: Manifest, trial: number, trials: number): Promise<Task> {
  const id = { id: 0, attempt: 1 };
  if (manifest.sampler.name === 'grid') {
    if (trial < trials) return { kind: 'trials', ...id, trials: [trial] };
    throw new SweeplineError('BAD_USAGE', `trial ${trial}: the run has the trials 0 to ${trials - 1}`);
  }
  // An adaptive sampler chose the point by what it had seen: its row is the only place that still knows it.
  const row = await readRow(join(path, 'trials.csv'), trial);
  if (row === undefined) {
    throw new SweeplineError('BAD_USAGE', `trial ${trial}: ${join(path, 'trials.csv')} has no row of it`, {
      hint: 'rows are written when a run ends: wait for it, or resume it',
    });
  }
  const types = new Map(manifest.worker.params.map(({ name, type }) => [name, type]));
  const cells = manifest.axes.filter((axis) => row[axis] !== '').map((axis) => [axis, row[axis]!] as const);
  const point = Object.fromEntries(cells.map(([axis, text]) => [axis, parseValue(text, types.get(axis))]));
  return { kind: 'points', ...id, points: [{ trial, replicate: Number(row.replicate), point }] };
}

async function readRow(file: string, trial: number): Promise<Readonly<Record<string, string>> | undefined> {
  if (!existsSync(file)) return undefined;
  const { parse } = await import('fast-csv');
  const rows = createReadStream(file).pipe(
    parse<Record<string, string>, Record<string, string>>({ headers: true }),
  );
  for await (const row of rows as AsyncIterable<Record<string, string>>)
    if (Number(row.trial) === trial) return row;
  return undefined;
}

function parseValue(text: string, type: string | undefined): Value {
  if (type === 'boolean') return text === 'true';
  return type === 'string' ? text : Number(text);
}

// Run folders of numbers that a test makes up: a real manifest and a real journal, as a run leaves them.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cell, formatRow } from '../../src/ground/csv.js';
import { createRunFolder } from '../../src/run/folder.js';
import { openJournal } from '../../src/run/journal.js';
import type { Manifest } from '../../src/run/manifest.js';
import { spaceRecord } from '../../src/run/records.js';
import type { SpaceSpec, Value } from '../../src/space/types.js';
import { canonicalObject } from '../../src/space/value.js';
import { createKeyer } from '../../src/trial/key.js';
import type { Metric, MetricValue } from '../../src/trial/metrics.js';
import { fillParams, type SpaceParam } from '../../src/trial/params.js';
import type { TrialStatus } from '../../src/trial/status.js';
import { sampleManifest } from '../run/samples.js';

export interface MadeTrial {
  readonly x: Value;
  readonly replicate?: number;
  readonly status?: TrialStatus;
  /** In the order of the metrics; null where it has none. */
  readonly values?: readonly MetricValue[];
  readonly runMs?: number;
}

export interface MadeRun {
  readonly trials: readonly MadeTrial[];
  readonly metrics: readonly Metric[];
  readonly params?: readonly SpaceParam[];
  readonly version?: string;
  readonly seed?: number;
  readonly changes?: Partial<Manifest>;
  readonly folder?: string;
  /** Trials of a record; default: 1, so that every trial has a time of its own. */
  readonly perRecord?: number;
}

export const MACHINE = { processor: 'Some processor', cores: 4, system: 'linux 6.1 x64' } as const;
export const X: SpaceParam = { name: 'x', type: 'number', default: 0 };

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'sweepline-compare-'));
}

/** A run over the axis `x`: its trials in the order in which they are given. */
export async function makeRun(made: MadeRun): Promise<string> {
  const { trials, metrics, params = [X], version = '1', seed = 7, perRecord = 1 } = made;
  const xs = [...new Set(trials.map(({ x }) => x))];
  const replicates = Math.max(1, ...trials.map(({ replicate = 0 }) => replicate + 1));
  const space: SpaceSpec = {
    grids: [{ axes: [{ names: ['x'], values: [{ kind: 'list', values: xs }] }] }],
    replicates,
  };
  const worker = { name: 'made', version, params, metrics, series: [] };
  const manifest = sampleManifest({
    ...{ sweep: 'made', title: 'Made up', worker, space, axes: ['x'], seed, machine: MACHINE },
    trials: trials.length,
    ...made.changes,
  });
  const folder = made.folder ?? join(newFolder(), 'run');
  await createRunFolder(folder, manifest);
  const journal = await openJournal(folder);
  await journal.append(spaceRecord(manifest));
  const keyer = createKeyer(worker.name, version);
  const rowOf = (trial: number): string => {
    const { x, replicate = 0, status = 'ok', values } = trials[trial]!;
    const point = x === null ? {} : { x };
    const key = keyer.keyOfText(canonicalObject(fillParams(point, params, manifest.fixed)), replicate);
    const cells: Cell[] = [trial, key, replicate, keyer.lastSeed(seed), x as Cell, status];
    return formatRow([...cells, ...metrics.map((_, i) => values?.[i] ?? null)]);
  };
  const appended: Promise<void>[] = [];
  for (let first = 0; first < trials.length; first += perRecord) {
    const count = Math.min(perRecord, trials.length - first);
    const numbers = Array.from({ length: count }, (_, i) => first + i);
    const rows = Buffer.from(numbers.map(rowOf).join(''));
    const record = {
      ...{ t: 'rows' as const, epoch: 0, trials: { first, count }, attempt: 1, worker: first % 2 },
      ...{ host: manifest.host, device: 'cpu', queue_ms: 0, rowsBytes: rows.length, seriesBytes: 0 },
      run_ms: numbers.reduce((sum, i) => sum + (trials[i]!.runMs ?? 1), 0),
      notes: numbers.flatMap((trial) => {
        const { status = 'ok' } = trials[trial]!;
        const error = { name: 'Error', message: 'planted' };
        return status === 'ok' ? [] : [{ trial, status, error }];
      }),
    };
    appended.push(journal.append(record, rows));
  }
  await Promise.all(appended);
  await journal.append({ t: 'stop', reason: 'end' });
  await journal.close();
  return folder;
}

/** Trials of `xs` × `replicates`. */
export function gridOf(
  xs: readonly number[],
  replicates: number,
  of: (x: number, replicate: number) => Omit<MadeTrial, 'x' | 'replicate'>,
): MadeTrial[] {
  return xs.flatMap((x) =>
    Array.from({ length: replicates }, (_, replicate) => ({ x, replicate, ...of(x, replicate) })),
  );
}

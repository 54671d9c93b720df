// A small run for the tests of the run folder: its manifest, and rows as workers would hand them over.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

import { type Cell, formatRow } from '../../src/ground/csv.js';
import { writeDerived } from '../../src/run/derive.js';
import { createRunFolder } from '../../src/run/folder.js';
import { openJournal } from '../../src/run/journal.js';
import type { Manifest } from '../../src/run/manifest.js';
import { type RowsRecord, spaceRecord } from '../../src/run/records.js';
import { createSpace } from '../../src/space/space.js';
import type { SpaceSpec } from '../../src/space/types.js';
import { createKeyer } from '../../src/trial/key.js';
import { createRowPrefixes } from '../../src/trial/prefixes.js';
import type { TrialNumbers } from '../../src/trial/selection.js';
import type { TrialNote, TrialStatus } from '../../src/trial/status.js';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Axes `alpha` × `kind`, so many replicates. */
export function sampleSpace(alphas: readonly number[], kinds: readonly string[], replicates = 1): SpaceSpec {
  const axis = (name: string, values: readonly (number | string)[]) => ({
    names: [name],
    values: [{ kind: 'list' as const, values }],
  });
  return { grids: [{ axes: [axis('alpha', alphas), axis('kind', kinds)] }], replicates };
}

export function sampleManifest(changes: Partial<Manifest> = {}): Manifest {
  return {
    format: 1,
    sweepline: '0.1.0',
    runId: '20261123-221530-ab12',
    sweep: 'sample',
    title: 'A sample',
    sweepFile: { fromRun: '../sample.js', fromDirectory: 'sample.js' },
    worker: {
      name: 'sample',
      version: '1',
      params: [
        { name: 'alpha', type: 'number', default: 0.3 },
        { name: 'kind', type: 'string', default: 'a' },
        { name: 'steps', type: 'integer', default: 20 },
      ],
      metrics: [
        { name: 'value', type: 'number' },
        { name: 'label', type: 'string' },
      ],
      series: ['loss'],
    },
    reportFile: null,
    space: sampleSpace([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], ['a', 'b']),
    where: null,
    axes: ['alpha', 'kind'],
    fixed: {},
    sampler: { name: 'grid' },
    seed: 7,
    shard: null,
    engine: 'none',
    device: 'cpu',
    data: null,
    dataChoice: null,
    node: 'v20.20.2',
    packages: {},
    git: null,
    host: 'here',
    command: ['sweepline', 'run', 'sample'],
    created: '2026-11-23T22:15:30.000Z',
    ...changes,
  };
}

/** The cells of a trial's row: what it computes depends on its point alone, and some of its text needs quotes. */
export function sampleCells(
  manifest: Manifest,
  trial: number,
  status: TrialStatus = 'ok',
  salt = '',
): Cell[] {
  const { space, axes, fixed, seed, worker } = manifest;
  const created = createSpace(space);
  const keyer = createKeyer(worker.name, worker.version);
  const prefixes = createRowPrefixes({
    space: created,
    axes,
    params: worker.params,
    fixed,
    keyer,
    sweepSeed: seed,
  });
  const { keys, seeds } = prefixes({ kind: 'numbers', numbers: [trial] });
  const point = created.at(Math.floor(trial / space.replicates));
  const alpha = Number(point.alpha ?? fixed.alpha ?? 0.3);
  const label = alpha > 0.45 ? `a "quoted",\nbroken ${alpha}${salt}` : `plain é${salt}`;
  const metrics = status === 'ok' ? [alpha * alpha, label] : [null, null];
  return [
    trial,
    keys[0]!,
    trial % space.replicates,
    seeds[0]!,
    ...axes.map((name) => point[name] as Cell),
    status,
    ...metrics,
  ];
}

export interface Sample {
  readonly record: Omit<RowsRecord, 't' | 'rowsBytes' | 'seriesBytes'>;
  readonly rows: Buffer;
  readonly series: Buffer;
}

export interface SampleOptions {
  readonly epoch?: number;
  readonly attempt?: number;
  readonly failed?: readonly number[];
  readonly salt?: string;
}

/** A record of finished trials with its rows and two rows of series for each. */
export function sampleRows(manifest: Manifest, trials: TrialNumbers, options: SampleOptions = {}): Sample {
  const numbers =
    'first' in trials ? Array.from({ length: trials.count }, (_, i) => trials.first + i) : trials;
  const failed = new Set(options.failed ?? []);
  const rows = numbers.map((trial) =>
    formatRow(sampleCells(manifest, trial, failed.has(trial) ? 'failed' : 'ok', options.salt)),
  );
  const series = numbers.flatMap((trial) => [
    formatRow([trial, 1, trial / 7]),
    formatRow([trial, 2, trial / 9]),
  ]);
  const notes: TrialNote[] = numbers
    .filter((trial) => failed.has(trial))
    .map((trial) => ({
      trial,
      status: 'failed',
      error: { name: 'TypeError', message: `no "${trial}",\nsorry` },
    }));
  return {
    record: {
      epoch: options.epoch ?? 0,
      trials,
      attempt: options.attempt ?? 1,
      worker: numbers[0]! % 2,
      host: 'here:1',
      device: 'cpu',
      queue_ms: 0.12345,
      run_ms: numbers.length * 1.5,
      notes,
    },
    rows: Buffer.from(rows.join('')),
    series: Buffer.from(series.join('')),
  };
}

/** A run that has ended in these steps, with its derived files. */
export async function makeRun(
  folder: string,
  changes: Partial<Manifest>,
  steps: readonly (readonly [TrialNumbers, SampleOptions?])[],
): Promise<string> {
  const manifest = sampleManifest(changes);
  const { path } = await createRunFolder(folder, manifest);
  const journal = await openJournal(path);
  await journal.append(spaceRecord(manifest));
  for (const [trials, options] of steps) {
    const { record, rows, series } = sampleRows(manifest, trials, options);
    await journal.appendRows(record, rows, series);
  }
  await writeDerived(path, journal.state);
  await journal.close();
  return path;
}

// Run folders for the dashboard's tests: a manifest and a real journal, whose trials are known.
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dashboard, type DashboardOptions, startDashboard } from '../../src/dashboard/server.js';
import { systemClock } from '../../src/ground/clock.js';
import { formatRow } from '../../src/ground/csv.js';
import { type Journal, openJournal } from '../../src/run/journal.js';
import type { Manifest } from '../../src/run/manifest.js';
import { spaceRecord } from '../../src/run/records.js';
import { makeManifest } from '../report/folders.js';

export const newRoot = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'sweepline-dashboard-')));

export interface MadeTrial {
  readonly trial: number;
  readonly rate: number | string;
  readonly optimizer: string;
  readonly loss: number | null;
  readonly error?: string;
  readonly series?: readonly number[];
}

/** Every seventh fails. */
export function makeTrials(count: number, first = 0): MadeTrial[] {
  return Array.from({ length: count }, (_, i) => {
    const trial = first + i;
    const rate = 10 ** -(trial % 5);
    const isBad = trial % 7 === 6;
    return {
      ...{ trial, rate, optimizer: ['adam', 'sgd'][trial % 2]! },
      loss: isBad ? null : Math.log10(rate) ** 2 + trial / 1000,
      ...(isBad ? { error: `rate ${rate} is too large` } : {}),
      series: [3, 2, 1],
    };
  });
}

export function manifestOf(part: Parameters<typeof makeManifest>[0] = {}): Manifest {
  return makeManifest({
    sweep: 'rates',
    title: 'Which rate?',
    axes: ['rate', 'optimizer'],
    trials: 100,
    // Its points are in the journal.
    sampler: { name: 'random', proposes: true },
    space: {
      grids: [{ axes: [{ names: ['rate'], values: [{ kind: 'list', values: [1] }] }] }],
      replicates: 1,
    },
    ...part,
    worker: {
      params: [
        { name: 'rate', type: 'number', default: 0.1 },
        { name: 'optimizer', type: 'string', default: 'adam' },
      ],
      metrics: [{ name: 'loss', type: 'number', goal: 'min' }],
      series: ['train_loss'],
      ...part?.worker,
    },
  });
}

/** Makes the folder of a run without trials, and hands out its journal. */
export async function beginRun(folder: string, manifest = manifestOf()): Promise<Journal> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const journal = await openJournal(folder);
  await journal.append(spaceRecord(manifest));
  return journal;
}

/** One record for all of them. */
export async function addTrials(journal: Journal, trials: readonly MadeTrial[], attempt = 1): Promise<void> {
  const rows = trials.map(({ trial, rate, optimizer, loss, error }) =>
    formatRow([trial, `key${trial}`, 0, trial, rate, optimizer, error === undefined ? 'ok' : 'failed', loss]),
  );
  const series = trials.flatMap(({ trial, series: values = [] }) =>
    values.map((value, i) => formatRow([trial, i + 1, value])),
  );
  await journal.appendRows(
    {
      ...{ epoch: 0, attempt, worker: 1, host: 'host', device: 'cpu', queue_ms: 1 },
      trials: trials.map(({ trial }) => trial),
      run_ms: 5 * trials.length,
      notes: trials.flatMap(({ trial, error }) =>
        error === undefined
          ? []
          : [{ trial, status: 'failed', error: { name: 'RangeError', message: error } }],
      ),
    },
    Buffer.from(rows.join('')),
    Buffer.from(series.join('')),
  );
}

/** A complete run. */
export async function makeRun(
  folder: string,
  trials: readonly MadeTrial[],
  manifest = manifestOf(),
): Promise<string> {
  const journal = await beginRun(folder, manifest);
  await addTrials(journal, trials);
  await journal.append({ t: 'stop', reason: 'end' });
  await journal.close();
  return folder;
}

/** On a port that is free. */
export const serve = (folder: string, options: Partial<DashboardOptions> = {}): Promise<Dashboard> =>
  startDashboard({ folder, port: 0, clock: systemClock, ...options });

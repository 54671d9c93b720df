// Run folders made by hand for the tests of export: a manifest and a journal, as a run leaves them that was killed. No CSV.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatRow } from '../../src/ground/csv.js';
import type { PlainError } from '../../src/ground/errors.js';
import { openJournal } from '../../src/run/journal.js';
import type { Manifest } from '../../src/run/manifest.js';
import { spaceRecord } from '../../src/run/records.js';
import type { Point } from '../../src/space/types.js';
import { formatParam } from '../../src/trial/cells.js';
import type { MetricValue } from '../../src/trial/metrics.js';
import { formatMetrics } from '../../src/trial/row.js';
import { createSeriesWriter } from '../../src/trial/series.js';
import type { TrialStatus } from '../../src/trial/status.js';

export interface MadeTrial {
  readonly point?: Point;
  readonly replicate?: number;
  readonly status?: TrialStatus;
  readonly metrics?: Readonly<Record<string, MetricValue>>;
  readonly series?: readonly (readonly [step: number, values: Readonly<Record<string, number | null>>])[];
  readonly error?: PlainError;
  readonly runMs?: number;
}

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'sweepline-export-test-'));

/** Trials are numbered in order; `seed` is 100 and the number. */
export async function makeRun(
  manifest: Manifest,
  trials: readonly MadeTrial[],
  folder = newFolder(),
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const journal = await openJournal(folder);
  await journal.append(spaceRecord(manifest));
  await Promise.all(
    trials.map((made, trial) => {
      const { status = 'ok', series = [], error, runMs = 0 } = made;
      const writer = createSeriesWriter(trial, manifest.worker.series);
      for (const [step, values] of series) writer.add(step, values);
      return journal.appendRows(
        {
          epoch: 0,
          trials: { first: trial, count: 1 },
          attempt: 1,
          worker: 0,
          host: 'here',
          device: 'cpu',
          queue_ms: 0.5,
          run_ms: runMs,
          notes: status === 'ok' ? [] : [{ trial, status, ...(error === undefined ? {} : { error }) }],
        },
        Buffer.from(rowOf(manifest, made, trial)),
        Buffer.from(writer.rows),
      );
    }),
  );
  await journal.close();
  return folder;
}

function rowOf({ axes, worker }: Manifest, made: MadeTrial, trial: number): string {
  const { point = {}, replicate = 0, status = 'ok', metrics = {} } = made;
  const cells = axes.map((axis) => {
    const type = worker.params.find(({ name }) => name === axis)!.type;
    return formatParam(Object.hasOwn(point, axis) ? point[axis] : undefined, type);
  });
  const values = worker.metrics.map(({ name }) => (Object.hasOwn(metrics, name) ? metrics[name]! : null));
  const first = formatRow([trial, `key${trial}`, replicate, 100 + trial]).trimEnd();
  return `${[first, ...cells].join(',')},${formatMetrics(status, values)}`;
}

/** Every file below a folder with what it holds. */
export function everythingIn(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(name, 'latin1')]));
}

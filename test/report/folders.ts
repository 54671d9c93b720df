// Run folders made by hand for the report's tests: a manifest, and trials.csv through fast-csv. The escape folders hold
// the real trajectories.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeToString } from 'fast-csv';
import { MANIFEST_FORMAT, type Manifest } from '../../src/run/manifest.js';
import type { Value } from '../../src/space/types.js';
import { trajectory } from '../../src/study/landscape/climb.js';
import type { OptimizerName } from '../../src/study/landscape/optimizers.js';

export type TrialRow = Readonly<Record<string, number | string | boolean | null>>;

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'sweepline-report-'));
}

/** A run folder with these trials; `axes` and `metrics` are the columns taken from each row. */
export async function makeRunFolder(
  manifest: Manifest,
  trials: readonly TrialRow[],
  folder = newFolder(),
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest, null, 2));
  const columns = [
    'trial',
    'key',
    'replicate',
    'seed',
    ...manifest.axes,
    'status',
    ...manifest.worker.metrics.map((metric) => metric.name),
  ];
  const rows = trials.map((row, trial) => {
    const whole: TrialRow = { trial, key: `k${trial}`, replicate: 0, seed: trial, status: 'ok', ...row };
    return columns.map((column) => whole[column] ?? null);
  });
  const csv = await writeToString(rows, {
    headers: columns,
    alwaysWriteHeaders: true,
    includeEndRowDelimiter: true,
  });
  writeFileSync(join(folder, 'trials.csv'), csv);
  return folder;
}

export function makeManifest(
  part: Partial<Omit<Manifest, 'worker'>> & { readonly worker?: Partial<Manifest['worker']> } = {},
): Manifest {
  const { worker, ...rest } = part;
  return {
    format: MANIFEST_FORMAT,
    sweepline: '0.1.0',
    runId: 'test-run',
    sweep: 'escape',
    title: 'Escape from a local minimum',
    sweepFile: { fromRun: '../escape.js', fromDirectory: 'escape.js' },
    reportFile: null,
    space: { grids: [{ axes: [] }], replicates: 1 },
    where: null,
    axes: [],
    fixed: {},
    sampler: { name: 'grid' },
    seed: 1,
    shard: null,
    engine: 'onnx',
    device: 'cpu',
    data: null,
    dataChoice: null,
    node: '20.20.2',
    packages: {},
    git: null,
    host: 'test',
    command: [],
    created: '2026-01-01T00:00:00.000Z',
    ...rest,
    worker: {
      name: 'escape',
      version: '1',
      params: ESCAPE_PARAMS,
      metrics: ESCAPE_METRICS,
      series: [],
      ...worker,
    },
  };
}

const ESCAPE_PARAMS: Manifest['worker']['params'] = [
  { name: 'optimizer', type: 'string', default: 'sgd' },
  { name: 'alpha', type: 'number', default: 0.3 },
  { name: 'beta1', type: 'number', default: 0.9 },
  { name: 'beta2', type: 'number', default: 0.999 },
  { name: 'eps', type: 'number', default: 1e-8 },
  { name: 'momentum', type: 'number', default: 0.9 },
  { name: 'decay', type: 'number', default: 0 },
  { name: 'steps', type: 'integer', default: 20 },
  { name: 'h', type: 'number', default: 0 },
  { name: 'slope_down', type: 'number', default: 1 },
  { name: 'slope_up', type: 'number', default: 1 },
];

const ESCAPE_METRICS: Manifest['worker']['metrics'] = [
  { name: 'escaped', type: 'boolean' },
  { name: 'reached', type: 'boolean' },
  { name: 'escape_step', type: 'integer' },
  { name: 'peak', type: 'number' },
  { name: 'final_theta', type: 'number' },
];

/** Parameters of one trajectory; the bump heights come extra. */
export type EscapeConfiguration = Readonly<Record<string, Value>> & { readonly optimizer: OptimizerName };

/** The rows that the escape sweep would write: every height for every configuration. */
export function escapeTrials(
  configurations: readonly EscapeConfiguration[],
  heights: readonly number[],
): TrialRow[] {
  const defaults = Object.fromEntries(ESCAPE_PARAMS.map((param) => [param.name, param.default]));
  return configurations.flatMap((configuration) => {
    const all = { ...defaults, ...configuration } as Record<string, number>;
    const thetas = trajectory({
      optimizer: configuration.optimizer,
      alpha: all.alpha!,
      beta1: all.beta1!,
      beta2: all.beta2!,
      eps: all.eps!,
      momentum: all.momentum!,
      decay: all.decay!,
      steps: all.steps!,
      slopeDown: all.slope_down!,
      slopeUp: all.slope_up!,
    });
    const peak = thetas.reduce((high, theta) => Math.max(high, theta));
    return heights.map((h) => {
      const out = thetas.findIndex((theta) => (theta - 1) * all.slope_up! > h);
      const walked = out < 0 ? thetas : thetas.subarray(0, out + 1);
      return {
        ...configuration,
        h,
        escaped: out >= 0,
        reached: walked.some((theta) => theta >= 1),
        escape_step: out < 0 ? null : out,
        peak,
        final_theta: walked.at(-1)!,
      };
    });
  });
}

export const ADAPTIVE = new Set(['adam', 'amsgrad', 'adamw', 'nadam']);

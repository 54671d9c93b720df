// A run as a log directory of TensorBoard: a folder a trial with its series and metrics as scalars, and its parameters for
// the HParams page. Replicates of a configuration are one group there.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Epoch } from '../../run/epoch.js';
import type { Manifest } from '../../run/manifest.js';
import type { Value } from '../../space/types.js';
import { canonicalObject, canonicalValue } from '../../space/value.js';
import type { MetricValues } from '../../trial/metrics.js';
import { type ExportedTrial, readTrials, wholeSteps } from '../trials.js';
import {
  experimentEvent,
  type HParam,
  type HParamAxis,
  scalarEvent,
  sessionEndEvent,
  sessionStartEvent,
  versionEvent,
} from './events.js';
import { frameRecord } from './records.js';

export interface TensorBoardRun {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly epoch: Epoch;
}

/** A series and a metric may have one name. */
const seriesTag = (name: string): string => `series/${name}`;
const metricTag = (name: string): string => `metrics/${name}`;

/** Writes into a folder that is there; returns how many trials. */
export async function writeTensorBoard(run: TensorBoardRun, into: string): Promise<number> {
  const { folder, manifest, epoch } = run;
  // The journal has no time of day: trials begin with their run, and last as long as they did.
  const started = (Date.parse(manifest.created) || 0) / 1000;
  const file = `events.out.tfevents.${Math.floor(started)}.sweepline`;
  const { axes, worker } = epoch.record;
  const types = axes.map((name): HParamAxis => {
    const type = worker.params.find((param) => param.name === name)?.type;
    return {
      name,
      type: type === 'integer' || type === 'number' ? 'number' : type === 'boolean' ? type : 'string',
    };
  });
  const metrics = worker.metrics
    .filter(({ type }) => type !== 'string')
    .map(({ name, about = '' }) => ({ tag: metricTag(name), name, about }));
  const experiment = experimentEvent(started, types, metrics);
  await writeFile(join(into, file), encodeFile([versionEvent(started), experiment]));
  let trials = 0;
  for (const trial of readTrials(folder, epoch)) {
    const own = join(into, String(trial.row.trial));
    await mkdir(own);
    await writeFile(join(own, file), encodeFile(trialEvents(trial, started, types)));
    trials++;
  }
  return trials;
}

function encodeFile(events: Iterable<Uint8Array>): Uint8Array {
  return Buffer.concat([...events].map(frameRecord));
}

function* trialEvents(
  { row, series, runMs }: ExportedTrial,
  started: number,
  axes: readonly HParamAxis[],
): Generator<Uint8Array> {
  const ended = started + runMs / 1000;
  const steps = wholeSteps(series);
  const at = (i: number) => started + ((ended - started) * (i + 1)) / (series.length + 1);
  yield versionEvent(started);
  const hparams = axes.flatMap(({ name, type }) => {
    const value = toHParam(row.point[name], type);
    return value === undefined ? [] : [[name, value] as const];
  });
  yield sessionStartEvent(started, Object.fromEntries(hparams), canonicalObject(row.point));
  for (const [i, { values }] of series.entries()) {
    const told = Object.entries(values).filter((pair): pair is [string, number] => pair[1] !== null);
    if (told.length > 0) yield scalarEvent(at(i), steps[i]!, renamed(told, seriesTag));
  }
  const last = steps.at(-1) ?? 0;
  const numbers = numbersOf(row.metrics);
  if (numbers.length > 0) yield scalarEvent(ended, last, renamed(numbers, metricTag));
  yield sessionEndEvent(ended, row.status === 'ok' || row.status === 'pruned');
}

function numbersOf(metrics: MetricValues): [string, number][] {
  return Object.entries(metrics).flatMap(([name, value]): [string, number][] =>
    value === null || typeof value === 'string' ? [] : [[name, Number(value)]],
  );
}

function renamed(
  values: readonly (readonly [string, number])[],
  tag: (name: string) => string,
): Record<string, number> {
  return Object.fromEntries(values.map(([name, value]) => [tag(name), value]));
}

/** Null is no value there. In a column of texts everything else is its JSON. */
function toHParam(value: Value | undefined, type: HParamAxis['type']): HParam | undefined {
  if (value === undefined || value === null) return undefined;
  if (type !== 'string') return value as number | boolean;
  return typeof value === 'string' ? value : canonicalValue(value);
}

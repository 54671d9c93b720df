// A run as a journal of Optuna (`optuna.storages.journal.JournalFileBackend`, Optuna 4 and later): a line of JSON for the
// study, and one for each finished trial. The operations and their fields are those of optuna/storages/journal/_storage.py.

import type { Epoch } from '../../run/epoch.js';
import type { Manifest } from '../../run/manifest.js';
import type { AxisDomain, GridSpec, Point } from '../../space/types.js';
import type { Metric, MetricValue } from '../../trial/metrics.js';
import type { Objective } from '../../trial/objective.js';
import { PythonFloat, toPythonJson } from '../python-json.js';
import { type ExportedTrial, readTrials } from '../trials.js';
import { AxisValuesSeen, declarationsOf, describeDistribution, toChoice } from './distributions.js';

export interface OptunaRun {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly epoch: Epoch;
  /** One or more. */
  readonly objectives: readonly Objective[];
}

const OPERATION = { createStudy: 0, setStudyUserAttr: 2, setStudySystemAttr: 3, createTrial: 4 } as const;
const DIRECTION = { min: 1, max: 2 } as const;
const STATE = { complete: 1, pruned: 2, fail: 3 } as const;
const STUDY = 0;
const WRITER = 'sweepline';

/** Line by line, each with its end. The trials are read twice: a distribution holds all values. */
export function* journalLines({ folder, manifest, epoch, objectives }: OptunaRun): Generator<string> {
  const line = (operation: number, fields: object) =>
    `${toPythonJson({ op_code: operation, worker_id: WRITER, ...fields })}\n`;
  const study = (operation: number, fields: object) => line(operation, { study_id: STUDY, ...fields });
  yield line(OPERATION.createStudy, {
    study_name: manifest.sweep,
    directions: objectives.map(({ goal }) => DIRECTION[goal]),
  });
  const names = objectives.map(({ metric }) => metric);
  yield study(OPERATION.setStudySystemAttr, { system_attr: { 'study:metric_names': names } });
  const about = { run: manifest.runId, title: manifest.title, fixed: manifest.fixed };
  for (const [name, value] of Object.entries(about))
    yield study(OPERATION.setStudyUserAttr, { user_attr: { [name]: value } });
  const describe = describeTrials({ folder, manifest, epoch, objectives });
  for (const trial of readTrials(folder, epoch)) yield study(OPERATION.createTrial, describe(trial));
}

/** The fields of a trial's line. */
function describeTrials(run: OptunaRun): (trial: ExportedTrial) => object {
  const { manifest, epoch, objectives } = run;
  const { metrics, series } = epoch.record.worker;
  const axes = readAxes(run);
  const names = objectives.map(({ metric }) => metric);
  // Optuna has one value a step: of the series that is called like the objective, else of the first.
  const watched = series.find((name) => name === names[0]) ?? series[0];
  const started = Date.parse(manifest.created);
  return (trial) => {
    const { row, runMs, error } = trial;
    const values = names.map((name) => toNumber(row.metrics[name]));
    const state = stateOf(row.status, values);
    const isComplete = state === STATE.complete;
    const floats = values.map((value) => new PythonFloat(value));
    return {
      state,
      value: isComplete && floats.length === 1 ? floats[0] : null,
      values: isComplete && floats.length > 1 ? floats : null,
      // The journal has no time of day: trials begin with their run, and last as long as they did.
      datetime_start: toPythonTime(started),
      datetime_complete: toPythonTime(started + runMs),
      ...describePoint(row.point, axes),
      user_attrs: {
        trial: row.trial,
        key: row.key,
        replicate: row.replicate,
        seed: row.seed,
        status: row.status,
        ...(error === undefined ? {} : { error: `${error.name}: ${error.message}` }),
        ...attributesOf(row.point, axes),
        ...describeMetrics(metrics, row.metrics, isComplete ? names : []),
      },
      system_attrs: {},
      intermediate_values: intermediateValues(trial, watched),
    };
  };
}

type Axes = ReadonlyMap<string, { readonly seen: AxisValuesSeen; readonly text: string | undefined }>;

/** Each with its distribution as text; undefined where it is none. */
function readAxes({ folder, epoch }: OptunaRun): Axes {
  const { axes, worker, space, sampler } = epoch.record;
  const grids = Array.isArray(sampler.grids) ? (sampler.grids as GridSpec<AxisDomain>[]) : space.grids;
  const seen = new Map(
    axes.map((axis) => {
      const param = worker.params.find(({ name }) => name === axis);
      return [axis, new AxisValuesSeen(param, declarationsOf(axis, grids))] as const;
    }),
  );
  for (const { row } of readTrials(folder, epoch))
    for (const [axis, value] of Object.entries(row.point)) seen.get(axis)!.add(value);
  return new Map(
    [...seen].map(([axis, each]) => {
      const distribution = each.distribution();
      const text = distribution && toPythonJson(describeDistribution(distribution));
      return [axis, { seen: each, text }];
    }),
  );
}

function describePoint(point: Point, axes: Axes): object {
  const params: Record<string, number | PythonFloat> = {};
  const distributions: Record<string, string> = {};
  for (const [axis, value] of Object.entries(point)) {
    const { seen, text } = axes.get(axis)!;
    if (text === undefined) continue;
    distributions[axis] = text;
    params[axis] = seen.internal(value);
  }
  return { distributions, params };
}

/** Axes that Optuna has no distribution for. */
function attributesOf(point: Point, axes: Axes): object {
  const left = Object.entries(point).filter(([axis]) => axes.get(axis)!.text === undefined);
  return Object.fromEntries(left.map(([axis, value]) => [axis, toChoice(value)]));
}

function describeMetrics(
  metrics: readonly Metric[],
  values: Readonly<Record<string, MetricValue>>,
  told: readonly string[],
): object {
  const rest = metrics.filter(({ name }) => !told.includes(name) && values[name] !== null);
  return Object.fromEntries(
    rest.map(({ name, type }) => {
      const value = values[name];
      return [name, type === 'number' ? new PythonFloat(value as number) : value];
    }),
  );
}

/** Optuna has no value that is NaN: such a trial failed. */
function stateOf(status: string, values: readonly number[]): number {
  if (status === 'pruned') return STATE.pruned;
  return status === 'ok' && !values.some(Number.isNaN) ? STATE.complete : STATE.fail;
}

function toNumber(value: MetricValue | undefined): number {
  return value === null || value === undefined ? Number.NaN : Number(value);
}

/** Optuna's steps are whole: values between them are left out. */
function intermediateValues({ series }: ExportedTrial, name: string | undefined): object {
  if (name === undefined) return {};
  const whole = series.filter(({ step, values }) => Number.isSafeInteger(step) && values[name] !== null);
  return Object.fromEntries(whole.map(({ step, values }) => [step, new PythonFloat(values[name]!)]));
}

/** Null for what is no time. */
function toPythonTime(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString().replace('Z', '000+00:00') : null;
}

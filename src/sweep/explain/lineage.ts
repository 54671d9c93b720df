// Where the weights and parameters of a trial of population-based training come from: its schedule and those of the trials
// that it went on from, with what all of them had reported.
import type { Epoch } from '../../run/epoch.js';
import { createPointFinder, mutatedAxes, readSchedule, type ScheduleEntry } from '../../run/schedule.js';
import type { OptionsOf } from '../../search/pruning/options.js';
import { reported } from '../../search/pruning/rules.js';
import { countIntervals, hasReached } from '../../search/pruning/steps.js';
import type { Point } from '../../space/types.js';
import { canonicalObject } from '../../space/value.js';
import { createCurveReader, readKnownCurves } from '../pruners/curves.js';
import { describePruner } from '../pruners/list.js';
import type { Lineage, Takeover, Training } from './explanation.js';
import type { ReadTrial } from './read.js';

type Schedules = ReadonlyMap<number, readonly ScheduleEntry[]>;

/** Null of another pruner, and of a trial that has not paused yet. */
export function explainLineage({ manifest, folder, state, trial }: ReadTrial): Lineage | null {
  const { pruner } = manifest;
  if (pruner?.name !== 'pbt') return null;
  const { epoch } = state;
  const mutated = mutatedAxes(manifest);
  const schedules = new Map<number, ScheduleEntry[]>();
  for (const entry of readSchedule(folder, epoch, mutated)) {
    const known = schedules.get(entry.trial);
    if (known === undefined) schedules.set(entry.trial, [entry]);
    else known.push(entry);
  }
  const own = schedules.get(trial);
  if (own === undefined) return null;
  const { interval } = pruner as unknown as OptionsOf<'pbt'>;
  const curves = readKnownCurves(folder, epoch, createCurveReader(pruner, manifest.worker.series));
  const valueAt = (of: number, step: number): number | null => {
    // Trials are compared at their first report from the end of a generation on.
    const end = countIntervals(step, { from: 0, interval }) * interval;
    const { steps, values } = curves.get(of) ?? { steps: [], values: [] };
    const row = steps.findIndex((each) => hasReached(each, end));
    return row < 0 ? null : reported(values[row]!, pruner);
  };
  return {
    ...{ pruner: describePruner(pruner), metric: pruner.metric, goal: pruner.goal },
    population: countPopulation(folder, epoch, { trial, mutated, all: schedules }),
    began: own[0]!.params,
    takeovers: own.flatMap(({ step, from, params }, i): Takeover[] => {
      if (from === null) return [];
      const values = { value: valueAt(trial, step), better: valueAt(from, step) };
      const taken = entryBefore(schedules, from, step).params;
      return [{ step, from, ...values, before: own[i - 1]!.params, taken, after: params }];
    }),
    weights: traceWeights(schedules, trial),
  };
}

/** What a trial had when others went on from it at `step`: before what it took over itself there. */
function entryBefore(schedules: Schedules, trial: number, step: number): ScheduleEntry {
  return schedules.get(trial)!.findLast((entry) => entry.from === null || entry.step < step)!;
}

/** Backwards, from one to the one that it went on from. */
function traceWeights(schedules: Schedules, trial: number): Training[] {
  const found: Training[] = [];
  let of: number | null = trial;
  let to: number | null = null;
  while (of !== null) {
    const before = to ?? Number.POSITIVE_INFINITY;
    const { step, from, params }: ScheduleEntry = entryBefore(schedules, of, before);
    found.unshift({ trial: of, from: step, to, params });
    [of, to] = [from, step];
  }
  return found;
}

interface Asked {
  readonly trial: number;
  readonly mutated: readonly string[];
  readonly all: Schedules;
}

function countPopulation(folder: string, epoch: Epoch, { trial, mutated, all }: Asked): number {
  const pointOf = createPointFinder(folder, epoch);
  const keyOf = (point: Point) =>
    canonicalObject(Object.fromEntries(Object.entries(point).filter(([axis]) => !mutated.includes(axis))));
  const own = keyOf(pointOf(trial));
  return [...all.keys()].filter((each) => keyOf(pointOf(each)) === own).length;
}

// A sweep's definition and the command line's overrides, made one: the space, its columns, the sampler. All faults are
// reported together, with the legal names; values are checked by the worker's own types, in its host.
import { throwFaults } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import type { Pool } from '../pool/contract.js';
import { findSpaceFaults } from '../space/check.js';
import type { SamplerSpec } from '../space/sampling.js';
import { createSpace, type Space } from '../space/space.js';
import type { AxisSpec, AxisValues, GridSpec, Point, SpaceSpec, Value } from '../space/types.js';
import { axisAt, axisLength } from '../space/values.js';
import type { WorkerDescription } from '../worker/define.js';
import type { RunRequest } from './contract.js';
import type { Sweep } from './define.js';
import { resolveSampler } from './samplers/choose.js';

export interface Resolved {
  readonly space: SpaceSpec;
  /** Columns of trials.csv, in the order of the definition. */
  readonly axes: readonly string[];
  readonly fixed: Readonly<Record<string, Value>>;
  readonly sampler: SamplerSpec;
  readonly seed: number;
}

/** Longer axes are checked at their ends and at so many places between. */
const CHECKED_VALUES = 10_000;
const CHECKED_POINTS = 1000;

/** Throws BAD_DEFINITION (or BAD_USAGE where only the request is at fault) with every fault; starts nothing. */
export async function resolveSweep(
  sweep: Sweep,
  request: RunRequest,
  worker: WorkerDescription,
  pool: Pool,
): Promise<Resolved> {
  const params = worker.params.map((param) => param.name);
  const set = asTyped(request.set ?? {}, worker);
  const stray = Object.keys(set).filter((name) => !params.includes(name));
  const own = [
    ...sweep.grids.flatMap((grid) => grid.axes.flatMap((axis) => axis.names)),
    ...Object.keys(sweep.fixed),
  ];
  throwFaults(
    'BAD_USAGE',
    `sweep ${sweep.name}`,
    stray.map((name) => describeUnknown('axis', name, [...new Set([...own, ...params])])),
  );

  const overridden = sweep.grids.map((grid) => override(grid, set));
  const named = overridden.flatMap((grid) => grid.axes.flatMap((axis) => axis.names));
  const declared = sweep.grids.flatMap((grid) => grid.axes.flatMap((axis) => axis.names));
  const axes = [...new Set([...declared, ...named])];
  const fixed = Object.fromEntries(Object.entries(sweep.fixed).filter(([name]) => !Object.hasOwn(set, name)));

  const faults = Object.keys(fixed)
    .filter((name) => !params.includes(name))
    .map((name) => `fixed: ${describeUnknown('parameter', name, params)}`);
  const { sampler, grids } = resolveSampler(request.sampler ?? sweep.sampler, overridden, worker, faults);
  const space: SpaceSpec = { grids, replicates: request.replicates ?? sweep.replicates };
  faults.push(...findSpaceFaults({ ...space, grids: overridden }, params));
  throwFaults('BAD_DEFINITION', `sweep ${sweep.name}`, faults);

  const checks: Record<string, Value[]> = {};
  for (const axis of overridden.flatMap((grid) => grid.axes)) {
    axis.names.forEach((name, i) => {
      checks[name] = [...(checks[name] ?? []), ...sampleValues(axis.values[i]!)];
    });
  }
  // What was asked for is checked also where no grid has it any more.
  for (const [name, values] of Object.entries(set)) checks[name] ??= sampleValues(values);
  for (const [name, value] of Object.entries(fixed)) checks[name] = [value];
  const resolved = { space, axes, fixed, sampler, seed: request.seed ?? sweep.seed };
  const whole = createSpace({ ...space, grids: overridden });
  throwValueFaults(sweep, worker, await pool.validate(checks, samplePoints(whole, fixed)));
  return resolved;
}

/** Throws BAD_DEFINITION where the data that the worker has read by now does not go with some point. */
export async function checkAgainstData(
  sweep: Sweep,
  { space, fixed }: Resolved,
  worker: WorkerDescription,
  pool: Pool,
): Promise<void> {
  throwValueFaults(sweep, worker, await pool.validate({}, samplePoints(createSpace(space), fixed)));
}

/** On the command line `hidden=16` looks like a number; for a parameter that is text it is text. */
function asTyped(
  set: Readonly<Record<string, AxisValues>>,
  worker: WorkerDescription,
): Record<string, AxisValues> {
  const entries = Object.entries(set).map(([name, values]) => {
    const isText = worker.params.find((param) => param.name === name)?.type === 'string';
    return [
      name,
      isText && values.kind === 'list' ? { ...values, values: values.values.map(String) } : values,
    ] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * `--set` replaces an axis's values where the grid has it and adds the axis where it has not (turning slowest, so that
 * what turned fastest still does). A condition on values that are gone goes too, and with its last value the axis.
 */
function override(grid: GridSpec, set: Readonly<Record<string, AxisValues>>): GridSpec {
  const has = new Set(grid.axes.flatMap((axis) => axis.names));
  const added: AxisSpec[] = Object.entries(set)
    .filter(([name]) => !has.has(name))
    .map(([name, values]) => ({ names: [name], values: [values] }));
  const replaced = grid.axes.map((axis) => ({
    ...axis,
    values: axis.values.map((values, i) => set[axis.names[i]!] ?? values),
  }));
  const axes: AxisSpec[] = [];
  for (const axis of [...added, ...replaced]) {
    if (axis.when === undefined) {
      axes.push(axis);
      continue;
    }
    const when = Object.entries(axis.when).map(
      ([name, allowed]) =>
        [name, Object.hasOwn(set, name) ? stillThere(allowed, set[name]!) : allowed] as const,
    );
    if (when.every(([, allowed]) => allowed.length > 0))
      axes.push({ ...axis, when: Object.fromEntries(when) });
  }
  return { axes };
}

function stillThere(allowed: readonly Value[], values: AxisValues): Value[] {
  const present = new Set(sampleValues(values));
  return allowed.filter((value) => present.has(value));
}

function sampleValues(values: AxisValues): Value[] {
  return spread(axisLength(values), CHECKED_VALUES).map((i) => axisAt(values, i));
}

function throwValueFaults(sweep: Sweep, worker: WorkerDescription, faults: readonly string[]): void {
  throwFaults(
    'BAD_DEFINITION',
    `sweep ${sweep.name}: values that worker ${worker.name} does not take`,
    faults,
  );
}

function samplePoints(space: Space, fixed: Readonly<Record<string, Value>>): Point[] {
  return spread(space.points, CHECKED_POINTS).map((i) => ({ ...fixed, ...space.at(i) }));
}

/** 0 to length - 1, thinned evenly to `most` numbers with both ends. */
function spread(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.floor((i * (length - 1)) / (most - 1)));
}

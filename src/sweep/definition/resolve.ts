// A sweep's definition and the command line's overrides, made one: the space, its columns, the sampler. All faults are
// reported together, with the legal names; values are checked by the worker's own types, in its host.
import { SweeplineError, throwFaults } from '../../ground/errors.js';
import { describeUnknown } from '../../ground/text.js';
import { proposesPoints, type SamplerSpec } from '../../run/manifest.js';
import { findSpaceFaults } from '../../space/check.js';
import { createSpace } from '../../space/space.js';
import type { AxisDomain, AxisSpec, GridSpec, SpaceSpec, Value } from '../../space/types.js';
import { identityOf } from '../../space/value.js';
import type { Metric } from '../../trial/metrics.js';
import { type Aims, defaultObjectives } from '../../trial/objective.js';
import type { ParamDescription, WorkerDescription } from '../../worker/contract.js';
import type { Proposed, WorkerQuestions } from '../../worker/questions.js';
import type { Wanted } from '../samplers/contract.js';
import { isTold, nameListener, resolveSampler, samplerOf } from '../samplers/list.js';
import { RACING } from '../samplers/racing.js';
import type { Settings } from '../settings.js';
import { checkConstraint, type Surveyed } from './constraint.js';
import type { Sweep } from './define.js';
import { isOpen, sampledGrids, samplePoints, sampleValues } from './sample-points.js';

/** Everything that trial numbers and row cells depend on, beside the worker. */
export interface Resolved {
  /** What trial numbers are of. */
  readonly space: SpaceSpec;
  /** The grids as they were asked for: what there is to choose from, for people and for checks. */
  readonly asked: readonly GridSpec<AxisDomain>[];
  /** Columns of trials.csv, in the order of the definition. */
  readonly axes: readonly string[];
  readonly fixed: Readonly<Record<string, Value>>;
  readonly sampler: SamplerSpec;
  readonly seed: number;
}

/** Throws BAD_DEFINITION (or BAD_USAGE where only the request is at fault) with every fault. */
export function resolveSweep(
  sweep: Sweep,
  settings: Settings,
  worker: WorkerDescription,
  aims: Aims | undefined,
): Resolved {
  const params = worker.params.map((param) => param.name);
  const set = Object.fromEntries(
    Object.entries(settings.set).map(([name, values]) => [
      name,
      asTyped(values, paramOf(worker, name), true),
    ]),
  );
  const declared = namesIn(sweep.grids);
  const stray = Object.keys(set).filter((name) => !params.includes(name));
  const legal = [...new Set([...declared, ...Object.keys(sweep.fixed), ...params])];
  throwFaults(
    'BAD_USAGE',
    `sweep ${sweep.name}`,
    stray.map((name) => describeUnknown('axis', name, legal)),
  );

  const asked = sweep.grids.map((grid) => override(withTypes(grid, worker), set));
  const axes = [...new Set([...declared, ...namesIn(asked)])];
  const fixed = Object.fromEntries(Object.entries(sweep.fixed).filter(([name]) => !Object.hasOwn(set, name)));
  const faults = Object.keys(fixed)
    .filter((name) => !params.includes(name))
    .map((name) => `fixed: ${describeUnknown('parameter', name, params)}`);
  const times = resolveReplicates(sweep, settings, faults);
  faults.push(...findSpaceFaults({ grids: asked, ...times }, params));
  const isRacing = times.seeds === undefined && (settings.replicates ?? sweep.replicates) === 'auto';
  const wanted = {
    ...{ grids: asked, worker, aims: withDefault(aims, worker.metrics) },
    ...{ trials: settings.trials, replicates: isRacing ? RACING.from : times.replicates },
    ...{ ends: settings.ends, workers: settings.workers },
  };
  const { spec, grids } = resolveSampler(settings.sampler ?? sweep.sampler, wanted, faults);
  throwFaults('BAD_DEFINITION', `sweep ${sweep.name}`, faults);
  const seed = settings.seed ?? sweep.seed;
  const sampler = isRacing ? race(sweep, spec, wanted) : spec;
  requirePlannable(sampler, worker);
  return { space: { grids, ...times }, asked, axes, fixed, sampler, seed };
}

/** A search needs an objective: the worker's own, where nobody has named another. */
function withDefault(aims: Aims | undefined, metrics: readonly Metric[]): Aims {
  const { objectives = [], constraints = [] } = aims ?? {};
  return { objectives: objectives.length > 0 ? objectives : defaultObjectives(metrics), constraints };
}

/** `--replicates auto`: which configurations get more replicates is decided by the one objective. */
function race({ name }: Sweep, spec: SamplerSpec, { aims }: Pick<Wanted, 'aims'>): SamplerSpec {
  const { objectives } = aims;
  const shown = objectives.map(({ metric, goal }) => `${metric}:${goal}`).join(', ');
  const faults = [
    ...(objectives.length === 1
      ? []
      : [
          `${shown === '' ? 'no objective' : `objectives ${shown}`}; expected one, such as --objective loss:min`,
        ]),
    ...(samplerOf(spec).takesReplicates ? [] : [`sampler ${spec.name} has replicates of its own`]),
  ];
  throwFaults('BAD_DEFINITION', `sweep ${name}: replicates auto`, faults);
  return { ...spec, racing: { ...objectives[0]!, ...RACING, constraints: aims.constraints } };
}

/** How often every point runs, and with which seeds where they are chosen. What is asked for counts. */
function resolveReplicates(
  sweep: Sweep,
  settings: Settings,
  faults: string[],
): Pick<SpaceSpec, 'replicates' | 'seeds'> {
  const seeds = settings.seeds ?? sweep.seeds;
  const asked = settings.replicates ?? sweep.replicates;
  if (seeds === null) return { replicates: asked === 'auto' ? RACING.most : asked };
  if (settings.replicates !== null && settings.seeds === null)
    faults.push(
      `replicates ${settings.replicates}: the sweep has chosen its seeds (${seeds.join(', ')}); give others with --seeds`,
    );
  return { replicates: seeds.length, seeds };
}

/** Stages run before the trials: which ones is known in advance only where trials are numbers of the space. */
function requirePlannable(
  sampler: SamplerSpec,
  { name, stages }: Pick<WorkerDescription, 'name' | 'stages'>,
): void {
  if (stages.length === 0 || !(proposesPoints(sampler) || isTold(sampler))) return;
  throw new SweeplineError(
    'BAD_DEFINITION',
    `worker ${name} has stages (${stages.map((stage) => stage.name).join(', ')}), which ${nameListener(sampler)} cannot plan`,
    { hint: 'use the sampler grid, with a number of replicates and without a target or a plateau' },
  );
}

function namesIn(grids: readonly GridSpec<AxisDomain>[]): string[] {
  return grids.flatMap((grid) => grid.axes.flatMap((axis) => axis.names));
}

/** Throws BAD_DEFINITION where the worker's own types, or its `check`, do not take some value or point. */
export async function checkValues(
  sweep: Sweep,
  resolved: Resolved,
  settings: Settings,
  questions: WorkerQuestions,
): Promise<void> {
  const { asked, fixed } = resolved;
  const checks: Record<string, Value[]> = {};
  for (const axis of asked.flatMap((grid) => grid.axes)) {
    axis.names.forEach((name, i) => {
      checks[name] = [...(checks[name] ?? []), ...sampleValues(axis.values[i]!)];
    });
  }
  // What was asked for is checked also where no grid has it any more.
  for (const [name, values] of Object.entries(settings.set)) checks[name] ??= sampleValues(values);
  for (const [name, value] of Object.entries(fixed)) checks[name] = [value];
  const axes = asked.flatMap((grid) => grid.axes);
  const open = axes.flatMap(({ names, values }) => names.filter((_, i) => isOpen(values[i]!)));
  await throwValueFaults(sweep, questions, { checks, points: samplePoints(asked, fixed) }, open);
  if (sweep.where === null) return;
  const { metrics } = await questions.describe();
  checkConstraint(sweep.where, { ...surveyOf(resolved), metrics: metrics.map(({ name }) => name) });
}

/** The points that the constraint will see. */
function surveyOf({ space: spec, asked, axes, fixed, sampler }: Resolved): Omit<Surveyed, 'metrics'> {
  // Drawn from open domains they lie in no space: the ends stand for them.
  const isExact = !(proposesPoints(sampler) && samplerOf(sampler).domains === 'any');
  const space = isExact ? createSpace(spec) : createSpace({ grids: sampledGrids(asked), replicates: 1 });
  // What the sampler sets itself is no axis of the points; what `--set` left nothing of may still be asked for.
  const apart = namesIn(asked).filter((name) => !space.names.includes(name));
  return { space, isExact, axes: axes.filter((name) => !apart.includes(name)), fixed };
}

/** Throws BAD_DEFINITION where the data that the worker has loaded by now does not go with some point. */
export async function checkAgainstData(
  sweep: Sweep,
  { asked, fixed }: Resolved,
  questions: WorkerQuestions,
): Promise<void> {
  await throwValueFaults(sweep, questions, { checks: {}, points: samplePoints(asked, fixed) });
}

/** `open`: axes with domains of which nearly all numbers have a fraction. */
async function throwValueFaults(
  sweep: Sweep,
  questions: WorkerQuestions,
  proposed: Proposed,
  open: readonly string[] = [],
): Promise<void> {
  const faults = await questions.validate(proposed);
  const drawn = open.find((name) => faults.some((fault) => fault.startsWith(`${name}: `)));
  const hint = `if ${drawn} is a whole number, write int(from,to) or logint(from,to), or give its domain a step`;
  const options = drawn === undefined ? {} : { hint };
  throwFaults('BAD_DEFINITION', `sweep ${sweep.name}: values that its worker does not take`, faults, options);
}

function paramOf({ params }: WorkerDescription, name: string): ParamDescription | undefined {
  return params.find((param) => param.name === name);
}

/** Values that a file gives as text, `'007,1e3'`, are what the parameter is, too. */
function withTypes({ axes }: GridSpec<AxisDomain>, worker: WorkerDescription): GridSpec<AxisDomain> {
  return {
    axes: axes.map((axis) => ({
      ...axis,
      values: axis.values.map((values, i) => asTyped(values, paramOf(worker, axis.names[i]!), false)),
    })),
  };
}

/**
 * On the command line `hidden=16` looks like a number, and `tag=007` like 7; for a parameter that is text it is the text
 * that was written. `isTyped`: it was typed there, where nothing tells texts from numbers but quotes.
 */
function asTyped(values: AxisDomain, param: ParamDescription | undefined, isTyped: boolean): AxisDomain {
  if (values.kind !== 'list' && values.kind !== 'choice') return values;
  const { texts, ...rest } = values;
  if (param?.type !== 'string' || (texts === undefined && !isTyped))
    return texts === undefined ? values : rest;
  const isNull = (value: Value): value is null => value === null && param.nullable === true;
  return {
    ...rest,
    values: rest.values.map((value, i) => (isNull(value) ? null : (texts?.[i] ?? String(value)))),
  };
}

/**
 * `--set` replaces an axis's values where the grid has it and adds the axis where it has not (turning slowest, so that
 * what turned fastest still does). A condition on values that are gone goes too, and with its last value the axis.
 */
function override(
  grid: GridSpec<AxisDomain>,
  set: Readonly<Record<string, AxisDomain>>,
): GridSpec<AxisDomain> {
  const has = new Set(grid.axes.flatMap((axis) => axis.names));
  const added: AxisSpec<AxisDomain>[] = Object.entries(set)
    .filter(([name]) => !has.has(name))
    .map(([name, values]) => ({ names: [name], values: [values] }));
  const replaced = grid.axes.map((axis) => ({
    ...axis,
    values: axis.values.map((values, i) =>
      Object.hasOwn(set, axis.names[i]!) ? set[axis.names[i]!]! : values,
    ),
  }));
  const axes: AxisSpec<AxisDomain>[] = [];
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

function stillThere(allowed: readonly Value[], values: AxisDomain): Value[] {
  const present = new Set(sampleValues(values).map(identityOf));
  return allowed.filter((value) => present.has(identityOf(value)));
}

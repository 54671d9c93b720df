// Which part of a run to run again: the trials of some configurations, or of a sample that takes no longer than it may.
// Of a grid it is a smaller grid, whose trials have the same keys and seeds; of anything else, the whole run.
import type { AxisColumn } from '../answer/columns.js';
import { Configurations } from '../answer/configurations.js';
import { formatOf, readRowCells } from '../run/history.js';
import { proposesPoints } from '../run/manifest.js';
import { type RunStatus, readRunStatus } from '../run/status.js';
import { readTimes } from '../run/trial-times.js';
import type { Value } from '../space/types.js';
import { describeCell } from './summarize.js';
import { CPU_MS, RUN_MS } from './times.js';

export interface Part {
  /** What the suite calls the run. */
  readonly run: string;
  /** Axes that keep to some of their values. */
  readonly set: Readonly<Record<string, readonly Value[]>>;
  /** Trials of each point; null: as many as there were. */
  readonly replicates: number | null;
}

export interface PlannedPart extends Part {
  /** Milliseconds that it will take, from how long its trials took tonight. */
  readonly ms: number;
}

/** A run that has ended, as far as its parts are concerned. */
export interface Whole {
  readonly name: string;
  readonly status: RunStatus;
  readonly configurations: Configurations;
  /** Milliseconds of all trials, on all threads together. */
  readonly ms: number;
  /** Milliseconds by key, of trials that ran alone: by the clock, and on the processor. */
  readonly times: Readonly<Record<string, ReadonlyMap<string, number>>>;
  readonly workers: number;
}

export async function readWhole(name: string, folder: string): Promise<Whole> {
  const status = await readRunStatus(folder);
  const { state } = status;
  const { of, cpuOf, meanMs, workers } = readTimes(status.folder, state.epochs.length - 1);
  const configurations = new Configurations(formatOf(state.epoch), []);
  const times = { [RUN_MS]: new Map<string, number>(), [CPU_MS]: new Map<string, number>() };
  for (const cells of readRowCells(status.folder, state.epoch)) {
    configurations.add(cells);
    const trial = Number(cells[0]);
    for (const [name, known] of [
      [RUN_MS, of],
      [CPU_MS, cpuOf],
    ] as const) {
      const ms = known.get(trial);
      if (ms !== undefined) times[name].set(cells[1]!, ms);
    }
  }
  const ms = ((meanMs ?? 0) * status.done) / Math.max(1, workers);
  return { name, status, configurations, ms, times, workers };
}

/** The trials of these configurations, described as a night does that takes the values of some axes together. */
export function planConfigurations(
  whole: Whole,
  wanted: ReadonlySet<string>,
  together: readonly string[],
): PlannedPart {
  const { name: run, status, configurations: of } = whole;
  const rows = Array.from({ length: of.count }, (_, row) => row);
  const meant = rows.filter((row) => wanted.has(describeCell(of, row, together)));
  const axes = canNarrow(status) ? of.axes.filter(({ name }) => !together.includes(name)) : [];
  const values = axes.map((axis) => valuesOf(axis, meant));
  return { run, set: toSet(axes, values), replicates: null, ms: predict(whole, axes, values) };
}

/** A sample of all trials that takes no longer; null where there is none: trials that ran in blocks have no times. */
export function planSample(whole: Whole, mostMs: number): PlannedPart | null {
  const { name: run, status, configurations: of, times } = whole;
  if (whole.ms <= mostMs) return { run, set: {}, replicates: null, ms: whole.ms };
  if (!canNarrow(status) || times[RUN_MS]!.size === 0) return null;
  const all = Array.from({ length: of.count }, (_, row) => row);
  const axes = of.axes;
  let values = axes.map((axis) => valuesOf(axis, all));
  const { replicates: most, seeds } = status.manifest.space;
  let replicates = most;
  for (;;) {
    const ms = (predict(whole, axes, values) * replicates) / most;
    // Fewer trials than threads would run with less beside them than tonight.
    if (countTrials(whole, axes, values) * (replicates / most) < whole.workers) return null;
    if (ms <= mostMs)
      return { run, set: toSet(axes, values), replicates: replicates === most ? null : replicates, ms };
    const widest = values.reduce((best, each) => (each.length > best.length ? each : best), []);
    // Chosen seeds are not the first ones of more replicates.
    if (replicates > 1 && seeds === undefined) replicates = Math.ceil(replicates / 2);
    else if (widest.length <= 1) return null;
    // Every second value, so that small and large ones are among them.
    else values = values.map((each) => (each === widest ? each.filter((_, i) => i % 2 === 0) : each));
  }
}

/** Whether fewer values of its axes are a part of the run: grids of axes that do not move together. */
function canNarrow({ manifest: { sampler, space } }: RunStatus): boolean {
  const [grid, ...others] = space.grids;
  return (
    !proposesPoints(sampler) &&
    sampler.trials === undefined &&
    others.length === 0 &&
    grid!.axes.every(({ names }) => names.length === 1)
  );
}

/** None where the axis does not exist at some of the rows: it keeps all of its values then. */
function valuesOf(axis: AxisColumn, rows: readonly number[]): Value[] {
  const values = new Map<number, Value>();
  for (const row of rows) {
    const value = axis.valueAt(row);
    if (value === null) return [];
    values.set(axis.codes.get(row), value);
  }
  return [...values.values()];
}

function toSet(axes: readonly AxisColumn[], values: readonly (readonly Value[])[]): Part['set'] {
  const entries = axes.map(({ name }, i) => [name, values[i]!] as const);
  return Object.fromEntries(entries.filter(([, each]) => each.length > 0));
}

/** Milliseconds of the trials that have these values: each as long as the mean of all. */
function predict(whole: Whole, axes: readonly AxisColumn[], values: readonly (readonly Value[])[]): number {
  return (whole.ms * countTrials(whole, axes, values)) / Math.max(1, whole.status.done);
}

function countTrials(
  { configurations: of }: Whole,
  axes: readonly AxisColumn[],
  values: readonly (readonly Value[])[],
): number {
  let trials = 0;
  for (let row = 0; row < of.count; row++)
    if (axes.every((axis, i) => values[i]!.length === 0 || values[i]!.includes(axis.valueAt(row)!)))
      trials += of.ended.get(row);
  return trials;
}

// Which values the mutated parameters of a run with population-based training had, from which step on: those that each trial
// was proposed with, and those that it has gone on with from another one. Read from the journal, so that a run that goes on,
// or was stopped, has as much of it as there is; as schedules.csv it is a derived file.
import { formatRow } from '../ground/csv.js';
import type { FileStream } from '../ground/stream.js';
import { createSpace } from '../space/space.js';
import type { Point } from '../space/types.js';
import { formatParam } from '../trial/cells.js';
import type { Epoch } from './epoch.js';
import { readProposals } from './history.js';
import { type Manifest, proposesPoints } from './manifest.js';

export const SCHEDULES_FILE = 'schedules.csv';

/** The columns before those of the mutated axes, with their types. */
export const SCHEDULE_COLUMNS = { trial: 'integer', step: 'number', from: 'integer' } as const;

/** From `step` on a trial has these values, which it took over from trial `from`, changed. */
export interface ScheduleEntry {
  readonly trial: number;
  /** 0: where it began. */
  readonly step: number;
  /** Null: it has begun by itself. */
  readonly from: number | null;
  /** The mutated axes that exist at its point. */
  readonly params: Point;
}

/** In the order of the axes; none of a run without population-based training. */
export function mutatedAxes({ pruner, axes }: Pick<Manifest, 'pruner' | 'axes'>): readonly string[] {
  if (pruner?.name !== 'pbt') return [];
  const mutated = pruner.mutate as readonly string[];
  return axes.filter((axis) => mutated.includes(axis));
}

/** Of trials that have their rows, and of those that have paused, by trial and step. */
export function* readSchedule(
  folder: string,
  epoch: Epoch,
  mutated: readonly string[],
): Generator<ScheduleEntry> {
  const pointOf = createPointFinder(folder, epoch);
  for (const trial of scheduledTrials(epoch)) {
    const point = pointOf(trial);
    const own = mutated.filter((axis) => Object.hasOwn(point, axis)).map((axis) => [axis, point[axis]!]);
    yield { trial, step: 0, from: null, params: Object.fromEntries(own) };
    for (const { step, from, params } of epoch.parked.exploitsOf(trial)) yield { trial, step, from, params };
  }
}

/** Rows of schedules.csv behind `file`'s header. */
export async function writeSchedule(
  schedule: Iterable<ScheduleEntry>,
  { record }: Epoch,
  mutated: readonly string[],
  file: FileStream,
): Promise<void> {
  const typeOf = new Map(record.worker.params.map(({ name, type }) => [name, type]));
  for (const { trial, step, from, params } of schedule) {
    const cells = mutated.map((axis) => `,${formatParam(params[axis], typeOf.get(axis)!)}`);
    file.appendText(`${formatRow([trial, step, from]).trimEnd()}${cells.join('')}\n`);
    const breath = file.breathe();
    if (breath !== undefined) await breath;
  }
}

/** In ascending order. */
function scheduledTrials({ done, parked }: Epoch): Iterable<number> {
  const trials = new Set(parked.trials());
  for (const [from, to] of done.ranges()) for (let trial = from; trial < to; trial++) trials.add(trial);
  return [...trials].sort((a, b) => a - b);
}

/** The points of trials that have been proposed. */
export function createPointFinder(folder: string, { record, number }: Epoch): (trial: number) => Point {
  if (proposesPoints(record.sampler)) {
    const points = new Map<number, Point>();
    for (const { trial, point } of readProposals(folder, number))
      if (!points.has(trial)) points.set(trial, point);
    return (trial) => points.get(trial)!;
  }
  const space = createSpace(record.space);
  return (trial) => space.at(Math.floor(trial / space.replicates));
}

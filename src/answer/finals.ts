// Rows hold the values that trials began with. Under population-based training the mutated parameters change on the way: what
// they were at the end of a trial follows from its schedule.
import { mutatedAxes } from '../run/schedule.js';
import type { RunStatus } from '../run/status.js';
import type { Point } from '../space/types.js';

type Trained = Pick<RunStatus, 'manifest' | 'state'>;

/** A configuration, and the first of its trials. */
interface Configuration {
  readonly trial: number;
  readonly point: Point;
  readonly replicates: number;
}

/**
 * The mutated parameters at the end of a trial that began with `point`; undefined where nothing changes them, and of several
 * replicates, of which each has its own.
 */
export function finalOf({ manifest, state }: Trained, of: Configuration): Point | undefined {
  const { trial, point, replicates } = of;
  if (replicates > 1) return undefined;
  const mutated = mutatedAxes(manifest).filter((axis) => Object.hasOwn(point, axis));
  if (mutated.length === 0) return undefined;
  const last = state.epoch.parked.exploitsOf(trial).at(-1)?.params ?? point;
  return Object.fromEntries(mutated.map((axis) => [axis, last[axis]!]));
}

// Watches how long the tasks of a bundle run. A task that is still running when its time is up is first asked to stop,
// and ended by force where it has not after a while.
import type { Clock } from '../ground/clock.js';

/** How long a task that was asked to stop may take to do so, in ms: a chunk of training steps takes about 80. */
const GRACE_MS = 2000;
/** Looks within the time of a task: it starts unseen, and its time is up at the first look after. */
const LOOKS = 8;
const LEAST_MS = 5;

export interface Watched {
  /** Of each task, in ms; undefined: none. */
  readonly limits: readonly (number | undefined)[];
  /** Which task runs now; below 0 while none has begun. */
  readonly position: () => number;
  /** Called with the position, first without force. */
  readonly onOverdue: (position: number, force: boolean) => void;
  readonly clock: Clock;
}

/** Begins to watch; the result ends it. */
export function watchLimits({ limits, position, onOverdue, clock }: Watched): () => void {
  const shortest = Math.min(...limits.map((limit) => limit ?? Number.POSITIVE_INFINITY));
  if (shortest === Number.POSITIVE_INFINITY) return () => undefined;
  let seen = -1;
  let since = 0;
  let force: NodeJS.Timeout | undefined;
  const look = (): void => {
    const at = position();
    if (at !== seen) {
      seen = at;
      since = clock.elapsed();
      return;
    }
    const limit = limits[at];
    if (limit === undefined || force !== undefined || clock.elapsed() - since < limit) return;
    onOverdue(at, false);
    force = setTimeout(() => {
      force = undefined;
      if (position() === at) onOverdue(at, true);
    }, GRACE_MS);
  };
  look();
  const timer = setInterval(look, Math.max(LEAST_MS, shortest / LOOKS));
  return () => {
    clearInterval(timer);
    clearTimeout(force);
  };
}

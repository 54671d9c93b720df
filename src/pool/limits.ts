// Watches how long the tasks of a bundle run. A task that is still running when its time is up is first asked to stop,
// and ended by force where it has not after a while.
import type { Clock } from '../ground/clock.js';

/** How long a task that was asked to stop may take to do so, in ms: a chunk of training steps takes about 80. */
const GRACE_MS = 2000;
/** Looks within the time of a task: it starts unseen, and its time is up at the first look after. */
const LOOKS = 8;
const LEAST_MS = 5;

export interface Watched {
  /** Milliseconds that the task at a position may run, as it is now. */
  readonly limitOf: (position: number) => number;
  /** Which task runs now; below 0 while none has begun. */
  readonly position: () => number;
  /** Since when the first task runs, on the clock. */
  readonly since: number;
  /** Called with the position, first without force. */
  readonly onOverdue: (position: number, force: boolean) => void;
  readonly clock: Clock;
  /**
   * Tasks run in other threads than this watch. A look that comes late then tells of a process that stood still, and its
   * tasks with it: on a machine that is overloaded, in a container that was paused. That is no time of theirs.
   */
  readonly isBeside: boolean;
}

/** Begins to watch; the result ends it. */
export function watchLimits(watched: Watched): () => void {
  const { limitOf, position, since: begun, onOverdue, clock, isBeside } = watched;
  let seen = position();
  let since = begun;
  let force: NodeJS.Timeout | undefined;
  let timer: NodeJS.Timeout;
  let due = Number.POSITIVE_INFINITY;
  const look = (): void => {
    const now = clock.elapsed();
    const at = position();
    const limit = limitOf(Math.max(0, at));
    const pause = Math.min(Math.max(LEAST_MS, limit / LOOKS), GRACE_MS);
    timer = setTimeout(look, pause);
    if (isBeside) since += Math.max(0, now - due);
    due = now + pause;
    if (at !== seen) {
      // The thread was still loading its worker: that is no time of a trial.
      seen = at;
      since = now;
      return;
    }
    if (at < 0 || force !== undefined || now - since < limit) return;
    onOverdue(at, false);
    force = setTimeout(() => {
      force = undefined;
      if (position() === at) onOverdue(at, true);
    }, GRACE_MS);
  };
  look();
  return () => {
    clearTimeout(timer);
    clearTimeout(force);
  };
}

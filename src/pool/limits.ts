// Watches how long the tasks of a bundle run. A task that is still running when its time is up is first asked to stop,
// and ended by force where it has not after a while.

/** How long a task that was asked to stop may take to do so, in ms: a chunk of training steps takes about 80. */
const GRACE_MS = 2000;

/**
 * `limits`: of each task, in ms. `position` says which of them runs now. `onOverdue` is called with the position, first
 * without force. A bundle's tasks start one after another, unseen: one that has just begun is given its whole time again,
 * so a task of a bundle may run up to twice its limit.
 */
export function watchLimit(
  limits: readonly (number | undefined)[],
  position: () => number,
  onOverdue: (position: number, force: boolean) => void,
): () => void {
  let seen = 0;
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    const limit = limits[seen];
    if (limit !== undefined) timer = setTimeout(look, limit);
  };
  const look = (): void => {
    const at = position();
    if (at !== seen) {
      seen = at;
      arm();
      return;
    }
    onOverdue(at, false);
    timer = setTimeout(() => {
      if (position() === at) onOverdue(at, true);
    }, GRACE_MS);
  };
  if (limits.some((limit) => limit !== undefined)) arm();
  return () => clearTimeout(timer);
}

// Requests to stop, as bits that a thread looks at between and within trials: one bit for each trial of a task, and the
// last one for all from the 32nd on. Bits, because they lie in shared memory and are looked at without a message.

/** Every trial of the task. */
export const STOP_ALL = -1;

/** The bit of the i-th trial of a task. */
export function stopBit(i: number): number {
  return 1 << Math.min(i, 31);
}

export function isStopAsked(bits: number, i: number): boolean {
  return (bits & stopBit(i)) !== 0;
}

// Time comes in as a value: only this file reads the clock, so that tests can hand in one they turn by hand.

export interface Clock {
  /** Milliseconds since 1970 (for stamps that people read). */
  now(): number;
  /** Milliseconds on a clock that never jumps (for durations). */
  elapsed(): number;
}

export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() };

// Ctrl-C, SIGTERM and a closed terminal: each counts as one request to stop. npm and npx pass Ctrl-C on to a program
// that has it from the terminal already, so the same signal twice within a moment is one request.
import { type Clock, systemClock } from '../ground/clock.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm's copy arrives within milliseconds; a person needs longer for a second key press. */
const MOMENT_MS = 100;

export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/** Calls `onRequest` with 1, 2, …; returns the function that ends the watch. */
export function watchInterrupts(
  onRequest: (times: number) => void,
  source: SignalSource = process,
  clock: Clock = systemClock,
): () => void {
  let times = 0;
  const listeners = SIGNALS.map((signal) => {
    let last = Number.NEGATIVE_INFINITY;
    const listener = () => {
      const now = clock.elapsed();
      const isCopy = now - last < MOMENT_MS;
      last = now;
      if (!isCopy) onRequest(++times);
    };
    source.on(signal, listener);
    return { signal, listener };
  });
  return () => {
    for (const { signal, listener } of listeners) source.off(signal, listener);
  };
}

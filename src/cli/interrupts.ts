// Ctrl-C, SIGTERM and a closed terminal: each counts as one request to stop. npm and npx pass Ctrl-C on to a program
// that has it from the terminal already, so requests within a moment of each other are one.
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
  let last = Number.NEGATIVE_INFINITY;
  const listener = () => {
    const now = clock.elapsed();
    const isCopy = now - last < MOMENT_MS;
    last = now;
    if (!isCopy) onRequest(++times);
  };
  for (const signal of SIGNALS) source.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) source.off(signal, listener);
  };
}

// Trials that are neither done nor running: they wait for what a pruner decides on others, or to be taken up again.
import type { BusyThread } from '../trial/busy.js';
import type { Epoch } from './epoch.js';

export interface Waiting {
  /** Have ended: whether they were pruned on their way is not known yet. */
  readonly ended: number;
  /** Have paused, by the rung at which they did. */
  readonly paused: readonly { readonly rung: number; readonly trials: number }[];
}

/** `threads`: what runs now; the journal says of a trial that goes on only once it reports. */
export function findWaiting(epoch: Epoch, threads: readonly Pick<BusyThread, 'trial'>[]): Waiting {
  const busy = new Set(threads.map(({ trial }) => trial));
  const rungs = new Map<number, number>();
  for (const [trial, { record }] of epoch.parked.all()) {
    if (busy.has(trial) || epoch.lastAttempt(trial) > record.attempt || record.rung === undefined) continue;
    rungs.set(record.rung, (rungs.get(record.rung) ?? 0) + 1);
  }
  const ended = [...epoch.held.all().keys()].filter((trial) => !epoch.isDone(trial)).length;
  const paused = [...rungs].map(([rung, trials]) => ({ rung, trials })).sort((a, b) => a.rung - b.rung);
  return { ended, paused };
}

export function countWaiting({ ended, paused }: Waiting): number {
  return paused.reduce((sum, { trials }) => sum + trials, ended);
}

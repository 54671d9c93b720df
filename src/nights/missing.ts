// What a night that did not come to its end has left undone.
import { join } from 'node:path';
import { formatCount, plural } from '../ground/text.js';
import { readBegunStatus } from '../run/status.js';
import { readPlanned } from '../run/suite-file.js';

/** A run of the suite some of whose trials have not ended. */
export interface MissingRun {
  readonly run: string;
  /** Trials that have ended, however they did. */
  readonly ended: number;
  /** All trials; null where nobody knows. */
  readonly trials: number | null;
}

/** In the order of the suite; for a night that has not ended. */
export async function findMissing(folder: string, runs: readonly string[]): Promise<MissingRun[]> {
  const planned = await readPlanned(folder);
  const missing: MissingRun[] = [];
  for (const run of runs) {
    const status = await readBegunStatus(join(folder, run));
    const ended = status?.done ?? 0;
    const trials = status?.total ?? planned.get(run) ?? null;
    // A sampler may end before the most that it could need.
    const isEnded = status?.stopped === 'end' || ended === trials;
    if (!isEnded) missing.push({ run, ended, trials });
  }
  return missing;
}

/** `latent: 11 of 15 trials` */
export function describeMissing({ run, ended, trials }: MissingRun): string {
  if (trials === null) return `${run}: all but ${plural(ended, 'trial')}`;
  return ended === 0
    ? `${run}: all of its ${plural(trials, 'trial')}`
    : `${run}: ${formatCount(trials - ended)} of ${plural(trials, 'trial')}`;
}

// The time that all sessions of a run may take together. Once it is spent nothing more starts, and what runs ends.
import { formatDuration } from '../ground/text.js';
import type { OpenRun } from './open.js';
import type { Steering } from './steering.js';

export interface TimeBudget {
  /** What to tell once it is spent; null before. */
  readonly spent: string | null;
  /** Nothing is to be ended any more. */
  close(): void;
}

/** A timer of more would be over at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** What earlier sessions have taken stands in the journal, and so will this one. */
export async function beginBudget(
  { journal, clock }: Pick<OpenRun, 'journal' | 'clock'>,
  ms: number | null,
  steering: Pick<Steering, 'finish'>,
): Promise<TimeBudget | undefined> {
  if (ms === null) return undefined;
  await journal.append({ t: 'session', at: clock.now() });
  const end = clock.elapsed() + ms - journal.state.spentMs;
  let isSpent = false;
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const left = end - clock.elapsed();
    if (left > 0) {
      timer = setTimeout(look, Math.min(left, LONGEST_MS)).unref();
      return;
    }
    isSpent = true;
    steering.finish();
  };
  look();
  return {
    get spent() {
      return isSpent ? `the budget of ${formatDuration(ms)} is spent` : null;
    },
    close: () => clearTimeout(timer),
  };
}

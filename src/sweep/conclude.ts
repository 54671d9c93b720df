// The end of a job: the files derived from its journal, and what it came to.
import { writeDerived } from '../run/derive.js';
import type { Outcome } from './contract.js';
import type { Coordinator } from './coordinator/coordinator.js';
import type { OpenRun } from './open.js';

export interface Ending {
  readonly open: OpenRun;
  readonly coordinator: Pick<Coordinator, 'interrupted' | 'tooManyFailures' | 'evicted'>;
  /** Trials in all; null where the sampler decided as it went. */
  readonly total: number | null;
  /** When the job began, on the clock of `open`. */
  readonly started: number;
  /** Why it ended before its trials were run, though nobody stopped it; null: it did not. */
  readonly ended: string | null;
  /** The same in a word or two, where it can go on all the same; null: it is complete. */
  readonly endedBy: string | null;
}

export async function concludeJob({
  open,
  coordinator,
  total,
  started,
  ended,
  endedBy,
}: Ending): Promise<Outcome> {
  const { journal, lock, folder, manifest, clock } = open;
  const { interrupted, tooManyFailures, evicted } = coordinator;
  const isLeft = interrupted || evicted > 0;
  const why = tooManyFailures ? 'too many failures' : (endedBy ?? 'end');
  const reason = isLeft ? 'interrupted' : why;
  await journal.append({ t: 'stop', reason, at: clock.now() });
  lock.check();
  await writeDerived(folder, journal.state, manifest);
  const counts = journal.state.epoch.counts();
  return {
    folder,
    sweep: manifest.sweep,
    trials: counts.done,
    ok: counts.ok,
    failed: counts.failed + counts.timeout,
    pruned: counts.pruned,
    skipped: counts.skipped,
    left: total === null ? 0 : Math.max(0, total - counts.done),
    interrupted,
    tooManyFailures,
    evicted,
    ended: interrupted ? null : ended,
    elapsedMs: clock.elapsed() - started,
  };
}

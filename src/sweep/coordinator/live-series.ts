// Keeps metrics.csv up to date while a run goes on, so that curves can be looked at. Seldom, and the more seldom the
// longer it takes: it costs at most two percent of the time.
import type { Clock } from '../../ground/clock.js';
import { writeSeries } from '../../run/derive.js';
import type { RunState } from '../../run/state.js';

const LEAST_MS = 5000;
const MOST_PART = 0.02;

export interface FreshSeries {
  /** Call it often. */
  tick(): void;
  /** Resolves when nothing is being written any more. Call it before the files are derived for good. */
  end(): Promise<void>;
}

export function keepSeriesFresh(
  folder: string,
  state: RunState,
  { clock, check }: { readonly clock: Clock; readonly check: () => void },
): FreshSeries {
  const hasSeries = state.epoch.record.worker.series.length > 0;
  let next = clock.elapsed() + LEAST_MS;
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    const started = clock.elapsed();
    try {
      check(); // whoever has lost the folder must not write over the other one's file
      await writeSeries(folder, state);
    } catch {
      // What keeps it from being written keeps the journal from it too, and is told there.
    }
    const ended = clock.elapsed();
    next = ended + Math.max(LEAST_MS, (ended - started) / MOST_PART);
    writing = undefined;
  };
  return {
    tick() {
      if (hasSeries && writing === undefined && clock.elapsed() >= next) writing = write();
    },
    end: async () => writing,
  };
}

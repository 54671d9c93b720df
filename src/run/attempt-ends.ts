// When attempts of trials ended, by the clock of the coordinator that heard of them. timings.csv has no clock: equal runs
// would not be equal files.
import { countNumbers } from '../trial/selection.js';
import type { Epoch } from './epoch.js';
import { Excerpts } from './excerpts.js';

/** Attempts at trials [first, first + count) by one worker, one after another. */
export interface AttemptEnds {
  readonly first: number;
  readonly count: number;
  readonly attempt: number;
  /** When the first of them ended, milliseconds since 1970, and how much later each next one did. */
  readonly at: number;
  readonly each: number;
}

/** In the order of the journal; what was recorded without a clock is left out. */
export function* readAttemptEnds(folder: string, { extents }: Epoch): Generator<AttemptEnds> {
  const excerpts = new Excerpts(folder);
  let last = -1;
  let before = 0;
  try {
    for (let i = 0; i < extents.size; i++) {
      const { first, count, record: place } = extents.at(i);
      // Extents of one record stand together, in the order in which its trials ran.
      if (place !== last) before = 0;
      last = place;
      const { attempt, at, run_ms, trials } = excerpts.header(place).record;
      const all = countNumbers(trials);
      const each = run_ms / all;
      before += count;
      if (at !== undefined) yield { first, count, attempt, at: at - (all - before + count - 1) * each, each };
    }
  } finally {
    excerpts.close();
  }
}

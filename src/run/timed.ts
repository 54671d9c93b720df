// How long trials of a run took, with the points that they were at: a sample, from which the time of others is predicted.
import { createSpace } from '../space/space.js';
import type { Point } from '../space/types.js';
import { skipRows } from '../trial/lines.js';
import { createRowReader } from '../trial/row.js';
import { countNumbers } from '../trial/selection.js';
import type { Epoch } from './epoch.js';
import { Excerpts } from './excerpts.js';
import type { Extent } from './extents.js';
import { proposesPoints } from './manifest.js';
import { readJournal } from './read-journal.js';

/** Some trials that ran one after another, and the mean time of those that ran with them, in milliseconds. */
export interface Timed {
  /** Every parameter of the worker that is not at its default. */
  readonly points: readonly Point[];
  readonly ms: number;
}

/** Trials that stand for a block. */
const OF_A_BLOCK = 8;

/** Up to `most` samples from all over the newest grid of a run; none where no trial has ended well. */
export function readTimed(folder: string, most: number): Timed[] {
  const epoch = readJournal(folder).state.epochs.at(-1);
  if (epoch === undefined || epoch.timed === 0) return [];
  const excerpts = new Excerpts(folder);
  try {
    const pointsOf = createPointReader(epoch, excerpts);
    const { extents } = epoch;
    const count = Math.min(most, extents.size);
    return Array.from({ length: count }, (_, i) =>
      extents.at(Math.floor((i * extents.size) / count)),
    ).flatMap((extent): Timed[] => {
      if (extent.rowsBytes === 0) return [];
      const { record, notes } = excerpts.header(extent.record);
      if (record.t !== 'rows' || record.carried === true) return [];
      const trials = pickTrials(extent).filter((trial) => !notes.has(trial));
      if (trials.length === 0) return [];
      return [{ points: pointsOf(extent, trials), ms: record.run_ms / countNumbers(record.trials) }];
    });
  } finally {
    excerpts.close();
  }
}

function pickTrials({ first, count }: Extent): number[] {
  const picked = Math.min(OF_A_BLOCK, count);
  return Array.from({ length: picked }, (_, i) => first + Math.floor((i * count) / picked));
}

type PointReader = (extent: Extent, trials: readonly number[]) => Point[];

function createPointReader({ record }: Epoch, excerpts: Excerpts): PointReader {
  const { axes, fixed, worker, sampler } = record;
  if (!proposesPoints(sampler)) {
    const space = createSpace(record.space);
    return (_, trials) =>
      trials.map((trial) => ({ ...fixed, ...space.at(Math.floor(trial / space.replicates)) }));
  }
  // Points that a sampler made are read from their rows.
  const read = createRowReader({ axes, params: worker.params, metrics: worker.metrics });
  return ({ rowsAt, rowsBytes }) => {
    const bytes = excerpts.slice(rowsAt, rowsBytes);
    return [...read(Uint8Array.from(bytes.subarray(0, skipRows(bytes, 0, 1))))].map(({ point }) => ({
      ...fixed,
      ...point,
    }));
  };
}

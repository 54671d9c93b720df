// Which finished trials are verified, and what the run has of them: rows, series, and the attempt and point they are of.
// Reads the journal; writes nothing.
import { randomFor } from '../../ground/random.js';
import type { Epoch } from '../../run/epoch.js';
import { Excerpts } from '../../run/excerpts.js';
import { finishedTrials, readStretch } from '../../run/finished.js';
import { readProposals } from '../../run/history.js';
import { type Manifest, proposesPoints } from '../../run/manifest.js';
import { RangeSet } from '../../run/ranges.js';
import type { RunState } from '../../run/state.js';
import { skipRows, skipTrials } from '../../trial/lines.js';
import type { ProposedTrial } from '../../trial/selection.js';

/** How many trials: a number, or a fraction of those that there are. */
export type SampleSize = number | { readonly fraction: number };

/** A finished trial as the run has it. */
export interface KnownTrial {
  readonly trial: number;
  /** The attempt that its row is of: a worker may make something of it. */
  readonly attempt: number;
  /** Its row of trials.csv. */
  readonly row: Uint8Array;
  /** Its rows of metrics.csv. */
  readonly series: Uint8Array;
  /** What ran it; '' where nobody came back to say so. */
  readonly device: string;
}

export interface Sample {
  /** In trial order. */
  readonly trials: readonly KnownTrial[];
  /** Trials that could have been chosen. */
  readonly of: number;
  /** Finished trials that are not verified: how they ended hangs on the clock, or on others, or they never ran. */
  readonly leftOut: {
    readonly timeout: number;
    readonly pruned: number;
    readonly skipped: number;
    /** Trials that have gone on from the weights of others. */
    readonly takenOver: number;
  };
  /** Threads that the run had, as far as the sample tells; at least 1. */
  readonly threads: number;
  /** By trial, where the run's sampler made the points. */
  readonly points: ReadonlyMap<number, ProposedTrial>;
}

/** The same trials for the same run and size. */
export function drawSample(folder: string, manifest: Manifest, state: RunState, size: SampleSize): Sample {
  const { epoch } = state;
  const eligible = findEligible(epoch);
  const of = eligible.count;
  const count = typeof size === 'number' ? size : Math.ceil(size.fraction * of);
  const numbers = drawEvenly(eligible, Math.min(of, count), manifest.runId);
  const { trials, threads } = readTrials(folder, epoch, numbers);
  const points = new Map<number, ProposedTrial>();
  if (proposesPoints(manifest.sampler)) {
    const wanted = new Set(numbers);
    for (const point of readProposals(folder, state.epochs.length - 1))
      if (wanted.has(point.trial) && !points.has(point.trial)) points.set(point.trial, point);
  }
  const { timeout, pruned, skipped } = epoch;
  // A trial counts once: the sets are apart, and this is the rest.
  const takenOver = epoch.doneCount - of - timeout.count - pruned.count - skipped.count;
  const leftOut = { timeout: timeout.count, pruned: pruned.count, skipped: skipped.count, takenOver };
  return { trials, of, leftOut, threads, points };
}

/** One that was pruned holds what it had come to when others had: that is not of itself. */
function findEligible({ done, timeout, pruned, skipped, parked }: Epoch): RangeSet {
  const eligible = new RangeSet();
  for (const [from, to] of done.ranges()) eligible.add(from, to);
  for (const set of [timeout, pruned, skipped])
    for (const [from, to] of set.ranges()) eligible.delete(from, to);
  // Alone it would come to something else.
  for (const trial of parked.trials())
    if (parked.exploitsOf(trial).length > 0) eligible.delete(trial, trial + 1);
  return eligible;
}

/** One number of each of `count` equal parts of the set, in order. */
function drawEvenly(set: RangeSet, count: number, name: string): number[] {
  const random = randomFor('verify', name);
  const numbers: number[] = [];
  const ranges = set.ranges();
  let range = ranges.next();
  let before = 0;
  for (let i = 0; i < count; i++) {
    const low = Math.floor((i * set.count) / count);
    const high = Math.floor(((i + 1) * set.count) / count);
    const index = low + Math.floor(random.uniform() * (high - low));
    while (range.done !== true && before + range.value[1] - range.value[0] <= index) {
      before += range.value[1] - range.value[0];
      range = ranges.next();
    }
    if (range.done !== true) numbers.push(range.value[0] + index - before);
  }
  return numbers;
}

/** What the journal has of the trials, whose numbers ascend. */
function readTrials(folder: string, epoch: Epoch, numbers: readonly number[]) {
  const trials: KnownTrial[] = [];
  let threads = 1;
  const excerpts = new Excerpts(folder);
  try {
    let next = 0;
    for (const { from, to, rows, series, record } of finishedTrials(epoch.extents, excerpts)) {
      while (next < numbers.length && numbers[next]! < from) next++;
      if (next === numbers.length) break;
      if (numbers[next]! >= to) continue;
      const { attempt, worker, device } = excerpts.header(record).record;
      threads = Math.max(threads, worker + 1);
      const bytes = Uint8Array.from(readStretch(rows, excerpts));
      const points = Uint8Array.from(readStretch(series, excerpts));
      let row = 0;
      let point = 0;
      let trial = from;
      for (; next < numbers.length && numbers[next]! < to; next++) {
        const wanted = numbers[next]!;
        row = skipRows(bytes, row, wanted - trial);
        point = skipTrials(points, point, trial, wanted);
        const rowEnd = skipRows(bytes, row, 1);
        const pointEnd = skipTrials(points, point, wanted, wanted + 1);
        trials.push({
          ...{ trial: wanted, attempt, device },
          row: bytes.slice(row, rowEnd),
          series: points.slice(point, pointEnd),
        });
        [row, point, trial] = [rowEnd, pointEnd, wanted + 1];
      }
    }
  } finally {
    excerpts.close();
  }
  return { trials, threads };
}

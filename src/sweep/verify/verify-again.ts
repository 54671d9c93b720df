// The sampled trials once more, in an order and in blocks of their own. A trial that takes its process down runs alone
// the next time: one that does so again has failed, as it would have in the run.
import { randomFor } from '../../ground/random.js';
import { type Pool, TaskLost } from '../../pool/contract.js';
import { createKeyer } from '../../trial/key.js';
import { skipRows, skipTrials } from '../../trial/lines.js';
import { createRowPrefixes } from '../../trial/prefixes.js';
import { cellsWithoutMetrics } from '../../trial/row.js';
import { type Selection, trialsOf } from '../../trial/selection.js';
import type { Job } from '../job.js';
import type { KnownTrial, Sample } from './verify-sample.js';

export interface Again {
  readonly job: Job;
  readonly pool: Pool;
  readonly sample: Sample;
  /** What the order is drawn from. */
  readonly name: string;
}

/** A trial that has ended once more. */
export interface EndedAgain {
  readonly trial: number;
  readonly row: Uint8Array;
  readonly series: Uint8Array;
  /** It took its process down. */
  readonly isLost: boolean;
}

/** The largest block: as many as a run makes at most. */
const LARGEST = 4096;
/** A process that ends before it can run anything is started so often. */
const STARTS = 3;

/** One that is lost through no fault of its own is handed out so often. */
const TRIES = 5;

interface Block {
  readonly trials: Selection;
  readonly attempt: number;
  readonly tries: number;
}

/** Tells every trial of the sample as it ends, and how many still run. Rejects where nothing can be run at all. */
export async function runAgain(
  again: Again,
  onEnd: (ended: EndedAgain, running: number) => void,
): Promise<void> {
  const { pool } = again;
  const blocks = cutBlocks(again);
  const suspects: Block[] = [];
  let running = 0;
  let id = 0;
  let failedStarts = 0;
  const run = async (block: Block, isAlone: boolean): Promise<void> => {
    const numbers = [...trialsOf(block.trials)];
    running += numbers.length;
    try {
      const { trials, attempt } = block;
      const { rows, series } = await pool.submit({ id: id++, trials, attempt, isApart: isAlone }).result;
      failedStarts = 0;
      let [row, point] = [0, 0];
      for (const trial of numbers) {
        const [rowEnd, pointEnd] = [skipRows(rows, row, 1), skipTrials(series, point, trial, trial + 1)];
        const ended = { trial, row: rows.subarray(row, rowEnd), series: series.subarray(point, pointEnd) };
        running--;
        onEnd({ ...ended, isLost: false }, running);
        [row, point] = [rowEnd, pointEnd];
      }
    } catch (error) {
      if (!(error instanceof TaskLost)) throw error;
      running -= numbers.length;
      const { cause, blame } = error.loss;
      if (cause === 'unstarted' && ++failedStarts >= STARTS * pool.size) throw error;
      if (block.tries >= TRIES) throw error;
      const isGuilty = isAlone && (cause === 'died' || cause === 'memory') && blame === 'certain';
      if (isGuilty) onEnd({ trial: numbers[0]!, ...lostRow(again, block), isLost: true }, running);
      else suspects.push(...numbers.map((trial) => oneOf(again.sample, block, trial)));
    }
  };
  const lane = async (): Promise<void> => {
    for (let block = blocks.pop(); block !== undefined; block = blocks.pop()) await run(block, false);
  };
  // Two a thread, so that none waits for the next; what one lane meets ends the others.
  await Promise.all(Array.from({ length: 2 * pool.size }, lane));
  for (let block = suspects.shift(); block !== undefined; block = suspects.shift()) await run(block, true);
}

function oneOf(sample: Sample, block: Block, trial: number): Block {
  return { ...block, trials: select(sample, [trial]), tries: block.tries + 1 };
}

/** Trials in an order of their own, those of the same attempt together: blocks of any length for workers of blocks. */
function cutBlocks({ job, pool, sample, name }: Again): Block[] {
  const random = randomFor('verify blocks', name);
  const { length } = sample.trials;
  const largest =
    job.worker.mode === 'runBlock' ? Math.max(1, Math.min(LARGEST, Math.floor(length / (2 * pool.size)))) : 1;
  const blocks: Block[] = [];
  for (const [attempt, trials] of byAttempt(random.shuffle([...sample.trials]))) {
    for (let at = 0; at < trials.length; ) {
      const count = 1 + random.below(largest);
      blocks.push({ attempt, trials: select(sample, trials.slice(at, at + count)), tries: 1 });
      at += count;
    }
  }
  return blocks;
}

function byAttempt(trials: readonly KnownTrial[]): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const { trial, attempt } of trials) {
    const those = found.get(attempt) ?? [];
    those.push(trial);
    found.set(attempt, those);
  }
  return found;
}

function select({ points }: Sample, trials: readonly number[]): Selection {
  return points.size === 0
    ? { kind: 'numbers', numbers: trials }
    : { kind: 'points', points: trials.map((trial) => points.get(trial)!) };
}

/** As the run records a trial that nothing can run to its end. */
function lostRow({ job }: Again, { trials }: Block): Pick<EndedAgain, 'row' | 'series'> {
  const { space, resolved, worker } = job;
  const { axes, fixed, seed: sweepSeed } = resolved;
  const keyer = createKeyer(worker.name, worker.version);
  const prefixes = createRowPrefixes({ space, axes, params: worker.params, fixed, keyer, sweepSeed });
  const cells = cellsWithoutMetrics('failed', worker.metrics.length);
  return { row: Buffer.from(prefixes(trials).prefixes[0]! + cells), series: new Uint8Array() };
}

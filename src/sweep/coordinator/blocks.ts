// How many trials travel in a task, and how many tasks are under way: about 100 ms of work a task, so that dispatching
// costs nothing beside it, results are seen soon, and little is lost when a host dies.
import type { WorkerDescription } from '../../worker/contract.js';

const TASK_MS = 100;
/** Rows of so many trials are a few megabytes: past that, bigger blocks cost memory and gain nothing. */
const MOST_TRIALS = 16_384;
/** Work that waits at the pool for each thread, in milliseconds: covers the way there and back. */
const QUEUED_MS = 20;

export class BlockSizer {
  #msPerTrial: number | undefined;
  readonly #first: number;

  constructor(
    mode: WorkerDescription['mode'],
    private readonly threads: () => number,
    private readonly fixed: number | null,
    /** Trials that can be under way at once, whatever the threads: a search may not know more of them yet. */
    private readonly most = Number.POSITIVE_INFINITY,
  ) {
    this.#first = mode === 'runBlock' ? 64 : 1;
  }

  /** Trials for the next task. */
  get size(): number {
    if (this.fixed !== null) return this.fixed;
    // Shared out among the threads: in one task they would run one after another.
    const share = Math.max(1, Math.ceil(this.most / this.threads()));
    if (this.#msPerTrial === undefined) return Math.min(share, this.#first);
    return Math.min(MOST_TRIALS, share, Math.max(1, Math.round(TASK_MS / this.#msPerTrial)));
  }

  /** Tasks under way at once: one running and at least one waiting a thread. */
  get window(): number {
    const taskMs = (this.#msPerTrial ?? TASK_MS) * this.size;
    return this.threads() * (1 + Math.min(256, Math.max(1, Math.ceil(QUEUED_MS / Math.max(taskMs, 0.001)))));
  }

  learn(trials: number, runMs: number): void {
    const ms = Math.max(runMs / trials, 1e-6);
    this.#msPerTrial = this.#msPerTrial === undefined ? ms : 0.7 * this.#msPerTrial + 0.3 * ms;
  }
}

// How long a trial may run: so many milliseconds, or a multiple of the median of the trials that have ended. The median is
// that of a histogram whose bins are 1 % wide, so that memory does not grow with the run.

export type Timeout = number | { readonly fraction: number };

/** Fewer trials say little of how long others take. */
const LEAST_TRIALS = 5;
/** Of trials that take milliseconds, a multiple is soon reached by chance: the machine was busy. */
const LEAST_MS = 1000;
/** A limit that moves by less is not worth telling. */
const WORTH = 0.05;
const BIN = Math.log(1.01);

export class TimeLimit {
  readonly #timeout: Timeout | null;
  readonly #bins = new Map<number, number>();
  #trials = 0;
  #told: number | undefined;

  constructor(timeout: Timeout | null) {
    this.#timeout = timeout;
    if (typeof timeout === 'number') this.#told = timeout;
  }

  /** Milliseconds; undefined while there is no limit. */
  get ms(): number | undefined {
    return this.#told;
  }

  /** There will be a limit once enough trials have ended. */
  get isPending(): boolean {
    return this.#timeout !== null && this.#told === undefined;
  }

  /** Trials have ended, in so many milliseconds together. True where the limit is another now. */
  learn(trials: number, runMs: number): boolean {
    if (this.#timeout === null || typeof this.#timeout === 'number') return false;
    const bin = Math.round(Math.log(Math.max(runMs / trials, 1e-3)) / BIN);
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + trials);
    this.#trials += trials;
    if (this.#trials < LEAST_TRIALS) return false;
    const ms = Math.max(LEAST_MS, this.#timeout.fraction * this.#median());
    if (this.#told !== undefined && Math.abs(ms / this.#told - 1) < WORTH) return false;
    this.#told = ms;
    return true;
  }

  #median(): number {
    let before = 0;
    for (const [bin, count] of [...this.#bins].sort(([a], [b]) => a - b)) {
      before += count;
      if (before >= this.#trials / 2) return Math.exp(bin * BIN);
    }
    return 0;
  }
}

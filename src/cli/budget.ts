// A time that runs may take: what runs when it is over is asked to stop, and ended where it does not.
import { systemClock } from '../ground/clock.js';
import type { RunHandle } from '../sweep/contract.js';

/** Trials that do not stop when they are asked are ended after so long. */
const PATIENCE_MS = 60_000;

/** A timer of more would be over at once. */
const LONGEST_MS = 2 ** 31 - 1;

export class Budget {
  isSpent = false;
  readonly #end: number;
  readonly #timer: NodeJS.Timeout | undefined;
  #force: NodeJS.Timeout | undefined;
  #handle: RunHandle | undefined;

  /** Undefined: without end. */
  constructor(ms: number | undefined) {
    this.#end = ms === undefined ? Number.POSITIVE_INFINITY : systemClock.elapsed() + ms;
    if (ms === undefined) return;
    this.#timer = setTimeout(
      () => {
        this.isSpent = true;
        this.#stop();
      },
      Math.min(ms, LONGEST_MS),
    ).unref();
  }

  /** Milliseconds. */
  get left(): number {
    return Math.max(0, this.#end - systemClock.elapsed());
  }

  bound(handle: RunHandle): RunHandle {
    this.#handle = handle;
    if (this.isSpent) this.#stop();
    return handle;
  }

  release(): void {
    clearTimeout(this.#force);
    this.#handle = undefined;
  }

  /** It ends nothing any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.release();
  }

  #stop(): void {
    this.#handle?.stop();
    this.#force = setTimeout(() => this.#handle?.stop(), PATIENCE_MS).unref();
  }
}

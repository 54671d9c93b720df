// Trials that have paused: those that wait to go on, and what all of them had reported before.
import type { TaskResult } from '../../pool/contract.js';
import { joinSeries } from '../../trial/series.js';
import type { Work } from '../coordinator/work.js';

/** A result that waits, and what it is of. */
export interface Held {
  readonly work: Work;
  readonly result: TaskResult;
}

export class Parking {
  readonly #waiting = new Map<number, Held>();
  /** Rows of metrics.csv up to the last pause, until the trial has its row. */
  readonly #rows = new Map<number, Uint8Array>();

  /** A trial has paused with these rows. */
  keepRows(trial: number, rows: Uint8Array): void {
    this.#rows.set(trial, rows);
  }

  wait(trial: number, held: Held): void {
    this.#waiting.set(trial, held);
  }

  /** Undefined where it does not wait. */
  take(trial: number): Held | undefined {
    const held = this.#waiting.get(trial);
    this.#waiting.delete(trial);
    return held;
  }

  /** A result of a trial with the rows from before its last pause. */
  complete(trial: number, result: TaskResult): TaskResult {
    if (!this.#rows.has(trial)) return result;
    const [left] = result.left;
    if (left === undefined) return { ...result, series: this.join(trial, result.series) };
    const { partial } = left;
    const series = this.join(trial, partial?.series ?? new Uint8Array());
    return { ...result, left: [{ ...left, partial: { ...partial, series } }] };
  }

  join(trial: number, after: Uint8Array): Uint8Array {
    const before = this.#rows.get(trial);
    return before === undefined ? after : joinSeries(before, after);
  }

  /** It has its row. */
  forget(trial: number): void {
    this.#rows.delete(trial);
  }
}

/** Its attempt's times are told: what it waits for takes none. */
export function untimed(result: TaskResult): TaskResult {
  return { ...result, queueMs: 0, runMs: 0, cpuMs: null };
}

// Which trials have stopped at rungs, where the journal holds what they had reported by then, and which of them have gone on
// from another one. Holds places, no rows.
import { deleteRange } from './delete-range.js';
import type { AttemptRecord, ExploitRecord } from './records.js';
import type { Place } from './reports.js';

export interface ParkedPlace {
  readonly record: AttemptRecord;
  /** Of its rows of metrics.csv. */
  readonly place: Place;
}

export class Parked {
  readonly #byTrial = new Map<number, ParkedPlace>();
  readonly #rungs = new Map<number, number[]>();
  readonly #exploits = new Map<number, ExploitRecord[]>();

  add(trial: number, parked: ParkedPlace): void {
    this.#byTrial.set(trial, parked);
    const { rung } = parked.record;
    if (rung === undefined) return;
    const known = this.#rungs.get(trial);
    if (known === undefined) this.#rungs.set(trial, [rung]);
    else if (!known.includes(rung)) known.push(rung);
  }

  noteExploit(record: ExploitRecord): void {
    const known = this.#exploits.get(record.trial);
    if (known === undefined) this.#exploits.set(record.trial, [record]);
    else if (record.step > known.at(-1)!.step) known.push(record);
  }

  /** Whether it stands in the journal that a trial goes on with other parameters from this step on. */
  hasExploited(trial: number, step: number): boolean {
    return (this.#exploits.get(trial)?.at(-1)?.step ?? Number.NEGATIVE_INFINITY) >= step;
  }

  /** How a trial has gone on from others so far, in the order of its steps, those of a trial that has its row included. */
  exploitsOf(trial: number): readonly ExploitRecord[] {
    return this.#exploits.get(trial) ?? [];
  }

  /** Whether a trial has gone on from another one: by itself it would have come to something else. */
  hasTakenOver(trial: number): boolean {
    return this.#exploits.has(trial);
  }

  /** All of which that is so. */
  takenOver(): Iterable<number> {
    return this.#exploits.keys();
  }

  /** Trials that have stopped at a rung at least once, those that have their rows included. */
  trials(): Iterable<number> {
    return this.#rungs.keys();
  }

  /** The rungs at which a trial has stopped so far, those of a trial that has its row included. */
  rungsOf(trial: number): readonly number[] {
    return this.#rungs.get(trial) ?? [];
  }

  /** The trials [first, to) have their rows. */
  forget(first: number, to: number): void {
    deleteRange(this.#byTrial, first, to);
  }

  /** Those without a row, whether they go on by now or not. */
  all(): ReadonlyMap<number, ParkedPlace> {
    return this.#byTrial;
  }
}

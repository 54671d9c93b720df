// Where the journal holds results that have no row yet: their trials have ended, and whether they were pruned on their way
// depends on others that have not. Holds places, no rows.
import { deleteRange } from './delete-range.js';
import type { EndedRecord } from './records.js';

export interface HeldPlace {
  readonly record: EndedRecord;
  readonly bodyAt: number;
}

export class Held {
  readonly #byTrial = new Map<number, HeldPlace>();

  add(trial: number, place: HeldPlace): void {
    this.#byTrial.set(trial, place);
  }

  /** The trials [first, to) have their rows. */
  forget(first: number, to: number): void {
    deleteRange(this.#byTrial, first, to);
  }

  all(): ReadonlyMap<number, HeldPlace> {
    return this.#byTrial;
  }
}

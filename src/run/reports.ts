// Where the journal holds what trials have reported that have not ended. Holds places, no rows.
import { deleteRange } from './delete-range.js';
import type { ReportRecord } from './records.js';

/** A part of the journal. */
export interface Place {
  readonly at: number;
  readonly length: number;
}

interface Reported {
  attempt: number;
  places: Place[];
}

export class Reports {
  readonly #byTrial = new Map<number, Reported>();

  add({ trial, attempt }: Pick<ReportRecord, 'trial' | 'attempt'>, place: Place): void {
    const known = this.#byTrial.get(trial);
    // A later attempt reports everything again, what it took from a checkpoint included.
    if (known === undefined || known.attempt < attempt)
      this.#byTrial.set(trial, { attempt, places: [place] });
    else if (known.attempt === attempt) known.places.push(place);
  }

  /** All that a trial has reported lies in one place now. */
  replace({ trial, attempt }: Pick<ReportRecord, 'trial' | 'attempt'>, place: Place): void {
    this.#byTrial.set(trial, { attempt, places: [place] });
  }

  /** The trials [first, to) have ended. */
  forget(first: number, to: number): void {
    deleteRange(this.#byTrial, first, to);
  }

  /** In trial order. */
  all(): { readonly trial: number; readonly places: readonly Place[] }[] {
    return [...this.#byTrial]
      .map(([trial, { places }]) => ({ trial, places: [...places] }))
      .sort((a, b) => a.trial - b.trial);
  }
}

// Which trials have stopped at rungs, and where the journal holds what they had reported by then. Holds places, no rows.
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
  readonly #exploited = new Map<number, number>();

  add(trial: number, parked: ParkedPlace): void {
    this.#byTrial.set(trial, parked);
    const { rung } = parked.record;
    if (rung === undefined) return;
    const known = this.#rungs.get(trial);
    if (known === undefined) this.#rungs.set(trial, [rung]);
    else if (!known.includes(rung)) known.push(rung);
  }

  noteExploit({ trial, step }: Pick<ExploitRecord, 'trial' | 'step'>): void {
    this.#exploited.set(trial, step);
  }

  /** Whether it stands in the journal that a trial goes on with other parameters from this step on. */
  hasExploited(trial: number, step: number): boolean {
    return (this.#exploited.get(trial) ?? Number.NEGATIVE_INFINITY) >= step;
  }

  /** The rungs at which a trial has stopped so far, those of a trial that has its row included. */
  rungsOf(trial: number): readonly number[] {
    return this.#rungs.get(trial) ?? [];
  }

  /** The trials [first, to) have their rows. */
  forget(first: number, to: number): void {
    if (this.#byTrial.size === 0) return;
    for (const trial of this.#byTrial.keys()) if (trial >= first && trial < to) this.#byTrial.delete(trial);
  }

  /** Those without a row, whether they go on by now or not. */
  all(): ReadonlyMap<number, ParkedPlace> {
    return this.#byTrial;
  }
}

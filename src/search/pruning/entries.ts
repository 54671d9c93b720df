// The curves of trials by their numbers: what all boards have in common.
import { InternalError } from '../../ground/errors.js';

export interface CurveEntry {
  readonly trial: number;
  readonly steps: number[];
  /** Oriented. */
  readonly values: number[];
  /** Nothing more comes. */
  isEnded: boolean;
}

export class Entries<Entry extends CurveEntry> {
  readonly #byTrial = new Map<number, Entry>();

  get size(): number {
    return this.#byTrial.size;
  }

  has(trial: number): boolean {
    return this.#byTrial.has(trial);
  }

  add(entry: Entry): void {
    if (this.has(entry.trial)) throw new InternalError(`trial ${entry.trial} was proposed twice`);
    this.#byTrial.set(entry.trial, entry);
  }

  of(trial: number): Entry {
    const entry = this.#byTrial.get(trial);
    if (entry === undefined) throw new InternalError(`trial ${trial} was not proposed`);
    return entry;
  }

  all(): Iterable<Entry> {
    return this.#byTrial.values();
  }
}

/** False where an earlier attempt has reported it already. */
export function addPoint({ steps, values }: CurveEntry, step: number, value: number): boolean {
  if (steps.length > 0 && step <= steps.at(-1)!) return false;
  steps.push(step);
  values.push(value);
  return true;
}

/** The first row from a rung on; -1 where the curve does not get there, as far as it is known. */
export function rowAt({ steps }: CurveEntry, rung: number): number {
  let row = steps.length;
  while (row > 0 && steps[row - 1]! >= rung) row--;
  return row === steps.length ? -1 : row;
}

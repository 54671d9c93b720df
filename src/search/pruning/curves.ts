// The curves of trials by their numbers: what all boards have in common.
import { InternalError } from '../../ground/errors.js';
import { hasReached } from './steps.js';

/** A class, and those of the boards too: V8 gives objects that begin with a spread a shape of their own each. */
export class CurveEntry {
  readonly steps: number[] = [];
  /** Oriented. */
  readonly values: number[] = [];
  /** Nothing more comes. */
  isEnded = false;
  /** Nothing of the curve is needed any more but what others are held against. */
  isThin = false;

  constructor(readonly trial: number) {}
}

/** What all boards do alike. */
export abstract class Curves<Entry extends CurveEntry> {
  readonly #byTrial = new Map<number, Entry>();

  protected get size(): number {
    return this.#byTrial.size;
  }

  protected add(entry: Entry): void {
    if (this.has(entry.trial)) throw new InternalError(`trial ${entry.trial} was proposed twice`);
    this.#byTrial.set(entry.trial, entry);
  }

  protected entryOf(trial: number): Entry {
    const entry = this.#byTrial.get(trial);
    if (entry === undefined) throw new InternalError(`trial ${trial} was not proposed`);
    return entry;
  }

  has(trial: number): boolean {
    return this.#byTrial.has(trial);
  }

  learn(trial: number, step: number, value: number): void {
    const { steps, values, isThin } = this.entryOf(trial);
    // An earlier attempt has reported it already.
    if (isThin || (steps.length > 0 && step <= steps.at(-1)!)) return;
    steps.push(step);
    values.push(value);
  }

  end(trial: number): void {
    this.entryOf(trial).isEnded = true;
  }

  hasValues(trial: number): boolean {
    return this.entryOf(trial).steps.length > 0;
  }

  stepOf(trial: number, row: number): number {
    return this.entryOf(trial).steps[row]!;
  }
}

/**
 * Leaves of the first `count` rows those at which a curve got to another rung, with its score there in place of the value:
 * a run keeps these of all its trials.
 */
export function thin(
  entry: CurveEntry,
  count: number,
  rule: { rungOf(step: number): number | null; score(row: number): number },
): void {
  if (entry.isThin) return;
  const { steps, values } = entry;
  const rungs = steps.map((step) => rule.rungOf(step));
  const rows = rungs.flatMap((rung, row) =>
    row < count && (row === 0 || rung !== rungs[row - 1]) ? [row] : [],
  );
  const scores = rows.map((row) => rule.score(row));
  for (const [i, row] of rows.entries()) {
    steps[i] = steps[row]!;
    values[i] = scores[i]!;
  }
  steps.length = rows.length;
  values.length = rows.length;
  entry.isThin = true;
}

/** The first row from a rung on; -1 where the curve does not get there, as far as it is known. */
export function rowAt({ steps }: CurveEntry, rung: number): number {
  let row = steps.length;
  while (row > 0 && hasReached(steps[row - 1]!, rung)) row--;
  return row === steps.length ? -1 : row;
}

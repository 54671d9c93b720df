// The board of rules that stop trials while they run. What is decided on a trial depends on the curves of the trials
// proposed before it alone, as far as they count: a decision is made once all that it depends on is known, and what a
// trial did meanwhile does not count where it turns out that it was pruned before.
import type { Board, Curve, Pruned, PruningRule, Verdict } from './contract.js';
import { CurveEntry, Curves, rowAt, thin } from './curves.js';
import { lowerBound } from './sorted.js';

class Entry extends CurveEntry {
  /** Rows before this one are decided: the trial went on after them. */
  decided = 0;
  /** The row that counts as the last; -1: none, so far. */
  prunedAt = -1;
  /** Counts what has been learnt of it, and decided on it. */
  version = 0;
  /** The trial that it waits for, as that was then: while nothing is new of that, nothing can be decided here. */
  waitsFor: Entry | undefined;
  waitsSince = 0;

  constructor(
    trial: number,
    /** In the order of the proposals. */
    readonly place: number,
    readonly bracket: number,
  ) {
    super(trial);
  }
}

/** What is known of a rung: the scores there of the first trials of a bracket, without a gap. */
interface Column {
  /** How many of the bracket's trials have been looked at. */
  seen: number;
  /** Of those that got there: their places, and their scores. */
  readonly places: number[];
  readonly scores: number[];
  /** The scores in ascending order. */
  readonly sorted: number[];
}

const OPEN: Verdict = { state: 'open' };
const PASSED: Verdict = { state: 'passed' };
const NOTHING: readonly never[] = [];

export class StoppingBoard extends Curves<Entry> implements Board {
  readonly #rule: PruningRule;
  readonly #lookahead: number;
  readonly #brackets = new Map<number, Entry[]>();
  readonly #columns = new Map<string, Column>();
  /** On which something may still be decided, in the order of the proposals. */
  #live: Entry[] = [];

  constructor(rule: PruningRule, lookahead: number) {
    super();
    this.#rule = rule;
    this.#lookahead = lookahead;
  }

  propose(trial: number): void {
    const bracket = this.#rule.bracketOf(trial);
    const entry = new Entry(trial, this.size, bracket);
    this.add(entry);
    const others = this.#brackets.get(bracket);
    if (others === undefined) this.#brackets.set(bracket, [entry]);
    else others.push(entry);
    this.#live.push(entry);
  }

  override learn(trial: number, step: number, value: number): void {
    super.learn(trial, step, value);
    this.entryOf(trial).version++;
  }

  override end(trial: number): void {
    super.end(trial);
    this.entryOf(trial).version++;
  }

  settle(trial: number, isPruned: boolean): void {
    const entry = this.entryOf(trial);
    entry.isEnded = true;
    entry.version++;
    entry.decided = entry.steps.length;
    if (isPruned && entry.steps.length > 0) {
      entry.prunedAt = entry.steps.length - 1;
      entry.decided = entry.prunedAt;
    }
  }

  // Nobody pauses, and nothing waits for the end of the proposals.
  park(): void {}

  complete(): void {}

  continuation(): undefined {
    return undefined;
  }

  takeSpent(): readonly string[] {
    return NOTHING;
  }

  record(trial: number): void {
    const entry = this.entryOf(trial);
    const { prunedAt, decided, steps, bracket } = entry;
    if (prunedAt < 0 && decided < steps.length) return;
    thin(entry, prunedAt < 0 ? steps.length : prunedAt + 1, {
      rungOf: (step) => (this.#rule.compares ? this.#rule.rungOf(step, bracket) : 0),
      score: (row) => this.#scoreAt(entry, row),
    });
    entry.decided = steps.length;
    if (prunedAt >= 0) entry.prunedAt = --entry.decided;
  }

  verdict(trial: number): Verdict {
    const { prunedAt, decided, steps } = this.entryOf(trial);
    if (prunedAt >= 0) return { state: 'pruned', row: prunedAt };
    return decided === steps.length ? PASSED : OPEN;
  }

  /** The trials that are pruned, in the order of the proposals. */
  decide(): Pruned[] {
    const decisions: Pruned[] = [];
    // Whatever a trial depends on comes before it: one pass finds all.
    for (const entry of this.#live) {
      if (entry.waitsFor?.version === entry.waitsSince && entry.waitsFor !== undefined) continue;
      const decision = this.#decideOn(entry);
      if (decision !== undefined) decisions.push(decision);
    }
    this.#live = this.#live.filter(
      ({ isEnded, prunedAt, decided, steps }) => prunedAt < 0 && !(isEnded && decided === steps.length),
    );
    return decisions;
  }

  #decideOn(entry: Entry): Pruned | undefined {
    if (entry.prunedAt >= 0) return undefined;
    const { trial, bracket, steps, values } = entry;
    for (; entry.decided < steps.length; entry.decided++, entry.version++) {
      const row = entry.decided;
      const rung = this.#rule.rungOf(steps[row]!, bracket);
      if (rung === null || (row > 0 && rung === this.#rule.rungOf(steps[row - 1]!, bracket))) continue;
      const others = this.#rule.compares ? this.#competitors(entry, rung) : [];
      if (others === undefined) return undefined;
      const curve: Curve = { values, count: row + 1 };
      const { isPruned, cutoff } = this.#rule.judge(curve, others);
      if (!isPruned) continue;
      entry.prunedAt = row;
      entry.version++;
      const value = this.#rule.score(curve);
      return { do: 'prune', trial, step: steps[row]!, rung, value, cutoff, others: others.length };
    }
    return undefined;
  }

  /** The scores that a trial is held against at a rung, in ascending order; undefined where one of them is not known yet. */
  #competitors(of: Entry, rung: number): readonly number[] | undefined {
    const { place, bracket } = of;
    of.waitsFor = undefined;
    const column = this.#columnOf(bracket, rung);
    const last = place - this.#lookahead;
    const entries = this.#brackets.get(bracket)!;
    for (; column.seen < entries.length && entries[column.seen]!.place <= last; column.seen++) {
      const entry = entries[column.seen]!;
      const standing = this.#standing(entry, rung);
      if (standing === 'unknown') {
        of.waitsFor = entry;
        of.waitsSince = entry.version;
        return undefined;
      }
      if (standing === 'never') continue;
      column.places.push(entry.place);
      column.scores.push(standing);
      column.sorted.splice(lowerBound(column.sorted, standing), 0, standing);
    }
    // Later ones have been looked at for the sake of others.
    let count = column.places.length;
    while (count > 0 && column.places[count - 1]! > last) count--;
    return count === column.places.length
      ? column.sorted
      : Array.from(Float64Array.from(column.scores.slice(0, count)).sort());
  }

  #columnOf(bracket: number, rung: number): Column {
    const name = `${bracket} ${rung}`;
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const column: Column = { seen: 0, places: [], scores: [], sorted: [] };
    this.#columns.set(name, column);
    return column;
  }

  /** The score of a trial at a rung. `never`: it does not get there. */
  #standing(entry: Entry, rung: number): number | 'unknown' | 'never' {
    const { decided, prunedAt, isEnded } = entry;
    const row = rowAt(entry, rung);
    if (prunedAt >= 0) return row >= 0 && row <= prunedAt ? this.#scoreAt(entry, row) : 'never';
    if (row < 0) return isEnded ? 'never' : 'unknown';
    // What lies behind a rung that is not decided on may turn out not to count.
    return row <= decided ? this.#scoreAt(entry, row) : 'unknown';
  }

  #scoreAt({ isThin, values }: Entry, row: number): number {
    return isThin ? values[row]! : this.#rule.score({ values, count: row + 1 });
  }
}

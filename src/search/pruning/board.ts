// Who is pruned where: the curves of all trials of a run, and what follows from them. What is decided on a trial depends on
// the curves of the trials proposed before it alone, as far as they count, and never on when anything arrived: a decision
// is made once all that it depends on is known, and what a trial did meanwhile does not count where it turns out that it
// was pruned before. The order is that of the proposals.
import { InternalError } from '../../ground/errors.js';
import type { Curve, Decision, PruningRule, Verdict } from './contract.js';
import { lowerBound } from './sorted.js';

interface Entry {
  readonly trial: number;
  /** Place in the order of the proposals. */
  readonly place: number;
  readonly bracket: number;
  readonly steps: number[];
  readonly values: number[];
  /** Nothing more comes. */
  isEnded: boolean;
  /** Rows before this one are decided: the trial went on after them. */
  decided: number;
  /** The row that counts as the last; -1: none, so far. */
  prunedAt: number;
  /** Counts what has been learnt of it, and decided on it. */
  version: number;
  /** The trial that it waits for, as that was then: while nothing is new of that, nothing can be decided here. */
  waitsFor: Entry | undefined;
  waitsSince: number;
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

export class PruningBoard {
  readonly #rule: PruningRule;
  readonly #lookahead: number;
  readonly #entries = new Map<number, Entry>();
  readonly #brackets = new Map<number, Entry[]>();
  readonly #columns = new Map<string, Column>();
  /** On which something may still be decided, in the order of the proposals. */
  #live: Entry[] = [];

  constructor(rule: PruningRule, lookahead: number) {
    this.#rule = rule;
    this.#lookahead = lookahead;
  }

  has(trial: number): boolean {
    return this.#entries.has(trial);
  }

  /** A trial takes its place, before anything else is said of it. */
  propose(trial: number): void {
    if (this.#entries.has(trial)) throw new InternalError(`trial ${trial} was proposed twice`);
    const bracket = this.#rule.bracketOf(trial);
    const entry: Entry = {
      ...{ trial, place: this.#entries.size, bracket, steps: [], values: [] },
      ...{ isEnded: false, decided: 0, prunedAt: -1 },
      ...{ version: 0, waitsFor: undefined, waitsSince: 0 },
    };
    this.#entries.set(trial, entry);
    const others = this.#brackets.get(bracket);
    if (others === undefined) this.#brackets.set(bracket, [entry]);
    else others.push(entry);
    this.#live.push(entry);
  }

  /** The next value of a trial, oriented. What an earlier attempt has reported already counts once. */
  learn(trial: number, step: number, value: number): void {
    const entry = this.#of(trial);
    const { steps, values } = entry;
    if (steps.length > 0 && step <= steps.at(-1)!) return;
    steps.push(step);
    values.push(value);
    entry.version++;
  }

  /** Nothing more comes of this trial, whatever it ended with. */
  end(trial: number): void {
    const entry = this.#of(trial);
    entry.isEnded = true;
    entry.version++;
  }

  /** What was decided in an earlier session: its row stands. The last value counts as the one that it was pruned at. */
  settle(trial: number, isPruned: boolean): void {
    const entry = this.#of(trial);
    entry.isEnded = true;
    entry.version++;
    entry.decided = entry.steps.length;
    if (isPruned && entry.steps.length > 0) {
      entry.prunedAt = entry.steps.length - 1;
      entry.decided = entry.prunedAt;
    }
  }

  verdict(trial: number): Verdict {
    const { prunedAt, decided, steps } = this.#of(trial);
    if (prunedAt >= 0) return { state: 'pruned', row: prunedAt };
    return decided === steps.length ? PASSED : OPEN;
  }

  hasValues(trial: number): boolean {
    return this.#of(trial).steps.length > 0;
  }

  stepOf(trial: number, row: number): number {
    return this.#of(trial).steps[row]!;
  }

  /** Decides what can be decided by now: the trials that are pruned, in the order of the proposals. */
  decide(): Decision[] {
    const decisions: Decision[] = [];
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

  #of(trial: number): Entry {
    const entry = this.#entries.get(trial);
    if (entry === undefined) throw new InternalError(`trial ${trial} was not proposed`);
    return entry;
  }

  #decideOn(entry: Entry): Decision | undefined {
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
      return { trial, step: steps[row]!, rung, value, cutoff, others: others.length };
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
  #standing(
    { steps, values, decided, prunedAt, isEnded }: Entry,
    rung: number,
  ): number | 'unknown' | 'never' {
    let row = steps.length;
    while (row > 0 && steps[row - 1]! >= rung) row--;
    if (prunedAt >= 0) return row <= prunedAt ? this.#rule.score({ values, count: row + 1 }) : 'never';
    if (row === steps.length) return isEnded ? 'never' : 'unknown';
    // What lies behind a rung that is not decided on may turn out not to count.
    return row <= decided ? this.#rule.score({ values, count: row + 1 }) : 'unknown';
  }
}

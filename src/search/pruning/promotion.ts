// Asynchronous successive halving, the variant that promotes (Li et al. 2020, Algorithm 2): every trial pauses at every rung
// with a checkpoint, and goes on once it is among the best 1/factor of those that have got there. Where the paper takes
// results as they arrive, here they count in an order of their own: at the first rung that of the proposals, at each further
// one that of the promotions to it. After the first n results of a rung the best floor(n / factor) of them are promoted,
// one after another. So who is promoted depends on the curves alone, whoever ran them and whenever.
// When nothing more is proposed, and the last result of a rung is there, those that were not promoted are pruned; where that
// would be all of them the best one goes on.
import type { Board, Continuation, Decision, Pruned, PruningRule, Verdict } from './contract.js';
import { CurveEntry, Curves, rowAt, thin } from './curves.js';
import type { OptionsOf } from './options.js';
import { rungStep } from './rungs.js';
import { upperBound } from './sorted.js';
import { hasReached } from './steps.js';

/** Where a trial stood among those that had got to a rung. */
export interface Standing {
  readonly rung: number;
  /** The first reported step from there on. */
  readonly step: number;
  /** Oriented, as in the rules. */
  readonly value: number;
  /** From 1, of so many results. */
  readonly rank: number;
  readonly of: number;
  /** The worst value that went on of these. */
  readonly cutoff: number;
}

class Entry extends CurveEntry {
  /** How often it was promoted, and how it stood when it was. */
  level = 0;
  readonly promotions: Standing[] = [];
  /** The row that counts as the last; -1: none, so far. */
  prunedAt = -1;
  /** Its row stands. */
  isSettled = false;
}

interface Rung {
  readonly step: number;
  /** Those that are to get there, in the order that counts. */
  readonly entrants: Entry[];
  /** Of how many of them it is known what they have come to. */
  seen: number;
  /** The results, in ascending order, and whose they are; of equal ones the earlier first. */
  readonly scores: number[];
  readonly scored: Entry[];
  promoted: number;
  /** No more results come, and those that are not promoted are pruned. */
  isClosed: boolean;
}

export class PromotionBoard extends Curves<Entry> implements Board {
  readonly #rule: PruningRule;
  readonly #options: OptionsOf<'asha'>;
  readonly #rungs: Rung[];
  #isComplete = false;

  constructor(rule: PruningRule, options: OptionsOf<'asha'>) {
    super();
    this.#rule = rule;
    this.#options = options;
    const first = this.#stepAt(0);
    this.#rungs = Number.isFinite(first) ? [newRung(first)] : [];
  }

  propose(trial: number): void {
    const made = new Entry(trial);
    this.add(made);
    this.#rungs[0]?.entrants.push(made);
  }

  settle(trial: number, isPruned: boolean): void {
    const entry = this.entryOf(trial);
    entry.isEnded = true;
    entry.isSettled = true;
    if (isPruned && entry.steps.length > 0) entry.prunedAt = entry.steps.length - 1;
  }

  // A value counts from the moment that it is known.
  park(): void {}

  record(trial: number): void {
    const entry = this.entryOf(trial);
    const { prunedAt, steps, values } = entry;
    thin(entry, prunedAt < 0 ? steps.length : prunedAt + 1, {
      rungOf: (step) => this.#rule.rungOf(step, 0),
      score: (row) => values[row]!,
    });
    if (prunedAt >= 0) entry.prunedAt = steps.length - 1;
  }

  complete(): void {
    this.#isComplete = true;
  }

  verdict(trial: number): Verdict {
    const entry = this.entryOf(trial);
    if (entry.prunedAt >= 0) return { state: 'pruned', row: entry.prunedAt };
    const rung = this.#stepAt(entry.level);
    return this.#rowAt(entry, rung) < 0 ? { state: 'passed' } : { state: 'waits', rung };
  }

  /** How it stood at each rung when it was promoted, and how at its last one now; for whoever explains it. */
  standingOf(trial: number): { readonly promoted: readonly Standing[]; readonly now: Standing | null } {
    const { level, promotions } = this.entryOf(trial);
    const place = this.#rungs[level]?.scored.findIndex((entry) => entry.trial === trial) ?? -1;
    return { promoted: promotions, now: place < 0 ? null : this.#standingAt(place, level) };
  }

  continuation(trial: number): Continuation | undefined {
    const { level } = this.entryOf(trial);
    return level === 0 ? undefined : { past: this.#stepAt(level - 1) };
  }

  takeSpent(): readonly string[] {
    return [];
  }

  /** By rung; of one rung, who goes on as it came to that, then who is pruned in the order in which they got there. */
  decide(): Decision[] {
    const decisions: Decision[] = [];
    let isFed = this.#isComplete;
    // Promotions may add a rung to go through.
    for (let level = 0; level < this.#rungs.length; level++) {
      const rung = this.#rungs[level]!;
      this.#read(rung, level, decisions);
      isFed &&= rung.seen === rung.entrants.length;
      if (!isFed || rung.isClosed) continue;
      rung.isClosed = true;
      if (rung.promoted === 0 && rung.scored.length > 0) this.#promote(0, level, decisions);
      for (const pruned of this.#close(rung, level)) decisions.push(pruned);
    }
    return decisions;
  }

  /** Takes the results that are there, in their order, up to the first that is missing. */
  #read(rung: Rung, level: number, decisions: Decision[]): void {
    const { entrants, scores, scored } = rung;
    for (; rung.seen < entrants.length; rung.seen++) {
      const entry = entrants[rung.seen]!;
      const row = this.#rowAt(entry, rung.step);
      if (row < 0) {
        if (!entry.isEnded && !hasReached(lastStep(entry), rung.step)) return;
        continue;
      }
      const score = entry.values[row]!;
      const at = upperBound(scores, score);
      scores.splice(at, 0, score);
      scored.splice(at, 0, entry);
      // With one result more, the best are the ones that they were, but for these two.
      const best = Math.floor(scored.length / this.#options.factor);
      for (const place of at < best ? [at, best - 1] : [best - 1])
        if (place >= 0 && scored[place]!.level === level) this.#promote(place, level, decisions);
    }
  }

  #promote(place: number, level: number, decisions: Decision[]): void {
    const entry = this.#rungs[level]!.scored[place]!;
    entry.promotions.push(this.#standingAt(place, level));
    entry.level = level + 1;
    this.#rungs[level]!.promoted++;
    const step = this.#stepAt(level + 1);
    if (Number.isFinite(step)) {
      this.#rungs[level + 1] ??= newRung(step);
      this.#rungs[level + 1]!.entrants.push(entry);
    }
    if (!entry.isSettled) decisions.push({ do: 'release', trial: entry.trial });
  }

  #close({ step: rung, entrants, scored, scores }: Rung, level: number): Pruned[] {
    const cutoff = scores[this.#keptOf(scored) - 1]!;
    const left = entrants.filter(({ level: own, prunedAt }) => own === level && prunedAt < 0);
    return left.flatMap((entry) => {
      const row = this.#rowAt(entry, rung);
      if (row < 0) return [];
      entry.prunedAt = row;
      const { trial, steps, isSettled } = entry;
      if (isSettled) return [];
      const value = entry.values[row]!;
      return [{ do: 'prune', trial, step: steps[row]!, rung, value, cutoff, others: scored.length - 1 }];
    });
  }

  #keptOf(scored: readonly Entry[]): number {
    return Math.max(1, Math.floor(scored.length / this.#options.factor));
  }

  #standingAt(place: number, level: number): Standing {
    const { step: rung, scores, scored } = this.#rungs[level]!;
    const { steps } = scored[place]!;
    const step = steps[this.#rowAt(scored[place]!, rung)]!;
    const cutoff = scores[this.#keptOf(scored) - 1]!;
    return { rung, step, value: scores[place]!, rank: place + 1, of: scored.length, cutoff };
  }

  /** Where a trial is judged at a rung: a report from `max` on is no result of the rungs before it. */
  #rowAt(entry: Entry, rung: number): number {
    const row = rowAt(entry, rung);
    const { max = Number.POSITIVE_INFINITY } = this.#options;
    return row >= 0 && !hasReached(entry.steps[row]!, max) ? row : -1;
  }

  /** Of the rung that a trial gets to after so many promotions; Infinity where nobody is judged any more. */
  #stepAt(level: number): number {
    return rungStep(level, this.#options);
  }
}

function newRung(step: number): Rung {
  return { step, entrants: [], seen: 0, scores: [], scored: [], promoted: 0, isClosed: false };
}

function lastStep({ steps }: Entry): number {
  return steps.at(-1) ?? Number.NEGATIVE_INFINITY;
}

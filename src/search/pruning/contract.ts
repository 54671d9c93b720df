// What a pruner is: a rule that says, at certain steps of a trial's curve, whether the trial is worth going on with. It
// knows nothing of runs, workers or files. Guarantees of every rule:
// - What it answers depends on its arguments and on what it was created from alone: no clock, no state.
// - Values are oriented: less is better. NaN stands for the worst there can be, and has become Infinity before it comes here.
// - Steps grow along a curve. A rung is named by its least step; a curve is on the rung of its last step.

/** How trials are pruned, complete: what the manifest keeps. The other options are those of the rule. */
export interface PrunerSpec {
  readonly name: string;
  /** The series that it looks at, and whether it is to be small or large. */
  readonly metric: string;
  readonly goal: 'min' | 'max';
  /** A trial is held against those that were proposed at least so many trials before it. */
  readonly lookahead: number;
  readonly [option: string]: unknown;
}

/** The part of a curve that counts: its first `count` values. */
export interface Curve {
  readonly values: readonly number[];
  readonly count: number;
}

export interface Judgement {
  readonly isPruned: boolean;
  /** The worst value that would have gone on; Infinity where any would. */
  readonly cutoff: number;
}

export interface PruningRule {
  /** Trials are held against those of their own bracket alone. */
  bracketOf(trial: number): number;
  /** The rung that a curve at `step` is on; null before the first one, and where nothing is pruned any more. */
  rungOf(step: number, bracket: number): number | null;
  /** False: a trial's own curve decides. */
  readonly compares: boolean;
  /** What of a curve is held against others. */
  score(curve: Curve): number;
  /** `others`: the scores at the same rung of the trials before it that have got there, in ascending order. */
  judge(curve: Curve, others: readonly number[]): Judgement;
}

/** Where a trial has come to. `row`: the place in its curve that counts as its last. */
export type Verdict =
  | { readonly state: 'open' }
  | { readonly state: 'passed' }
  | { readonly state: 'pruned'; readonly row: number };

/** A trial that is to stop. */
export interface Decision {
  readonly trial: number;
  /** The step at which it is pruned, and the rung that it was on. */
  readonly step: number;
  readonly rung: number;
  /** Oriented, as in the rules. */
  readonly value: number;
  readonly cutoff: number;
  /** How many others it was held against. */
  readonly others: number;
}

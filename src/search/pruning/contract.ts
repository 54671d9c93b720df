// What a pruner is: a rule that says, at certain steps of a trial's curve, whether the trial is worth going on with. It
// knows nothing of runs, workers or files. Guarantees of every rule:
// - What it answers depends on its arguments and on what it was created from alone: no clock, no state.
// - Values are oriented: less is better. NaN stands for the worst there can be, and has become Infinity before it comes here.
// - Steps grow along a curve. A rung is named by its least step; a curve is on the rung of its last step.
import type { Value } from '../../space/types.js';

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

/** Where trials are looked at: what a running trial has to know of its pruner. */
export interface Rungs {
  /** True: a trial stops at every rung, keeps a checkpoint, and goes on once it is known that it may. */
  readonly pauses: boolean;
  /** Trials are held against those of their own bracket alone. */
  bracketOf(trial: number): number;
  /** The rung that a curve at `step` is on; null before the first one, and where nothing is pruned any more. */
  rungOf(step: number, bracket: number): number | null;
}

export interface PruningRule extends Rungs {
  /** False: a trial's own curve decides. */
  readonly compares: boolean;
  /** What of a curve is held against others: its last value, or the best so far. */
  readonly scores: 'last' | 'best';
  score(curve: Curve): number;
  /** `others`: the scores at the same rung of the trials before it that have got there, in ascending order. */
  judge(curve: Curve, others: readonly number[]): Judgement;
}

/**
 * Where a trial has come to. `open`: what depends on others is not decided yet, and it trains on meanwhile. `waits`: the same
 * at a rung where it pauses. `row`: the place in its curve that counts as its last.
 */
export type Verdict =
  | { readonly state: 'open' | 'passed' }
  | { readonly state: 'waits'; readonly rung: number }
  | { readonly state: 'pruned'; readonly row: number };

/** A trial that is to stop. */
export interface Pruned {
  readonly do: 'prune';
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

/** A trial that has paused and goes on. */
export interface Released {
  readonly do: 'release';
  readonly trial: number;
  /** It goes on from the checkpoint of another one, with other parameters. */
  readonly exploit?: Exploit;
}

export interface Exploit {
  /** The step at which it does. */
  readonly step: number;
  readonly from: number;
  /** Those that are mutated, all of them. */
  readonly params: Readonly<Record<string, Value>>;
}

export type Decision = Pruned | Released;

/** How a trial goes on that has paused. */
export interface Continuation {
  /** It does not pause again at rungs up to this one. */
  readonly past: number;
  /** Parameters in place of those that it was proposed with. */
  readonly params?: Readonly<Record<string, Value>>;
  /** Names of checkpoints: what it begins with, which stays as it is, and what it keeps from then on. Absent: its own. */
  readonly checkpoint?: { readonly load: string; readonly save: string };
}

/**
 * The curves of all trials of a run, and what follows from them. What is decided depends on the curves and on the order of
 * the proposals alone, and never on when anything arrived.
 */
export interface Board {
  has(trial: number): boolean;
  /** A trial takes its place, before anything else is said of it. */
  propose(trial: number): void;
  /** The next value of a trial, oriented. What an earlier attempt has reported already counts once. */
  learn(trial: number, step: number, value: number): void;
  /** Nothing more comes of this trial, whatever it ended with. */
  end(trial: number): void;
  /** What was decided in an earlier session: its row stands. The last value counts as the one that it was pruned at. */
  settle(trial: number, isPruned: boolean): void;
  /** Its row is on disk. */
  record(trial: number): void;
  /** It has stopped at a rung, with its checkpoint. */
  park(trial: number, rung: number): void;
  /** Nothing more is proposed. */
  complete(): void;
  verdict(trial: number): Verdict;
  hasValues(trial: number): boolean;
  stepOf(trial: number, row: number): number;
  /** What can be decided by now, in an order that depends on nothing else either. */
  decide(): Decision[];
  /** Undefined where it begins at the beginning. */
  continuation(trial: number): Continuation | undefined;
  /** Names of checkpoints that nobody needs any more. */
  takeSpent(): readonly string[];
}

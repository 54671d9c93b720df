// What is told of one trial: where its point comes from, and why it was stopped early, if it was. Plain data.
import type { Why } from '../../search/contract.js';
import type { Point } from '../../space/types.js';
import type { MetricValues } from '../../trial/metrics.js';
import type { TrialStatus } from '../../trial/status.js';

export interface Explanation {
  readonly run: string;
  readonly sweep: string;
  readonly trial: number;
  /** Trials that differ in nothing but the replicate are one configuration; both count from 0. Null where trials are not numbered so. */
  readonly configuration: number | null;
  readonly replicate: number;
  /** The most that a configuration can have. */
  readonly replicates: number;
  /** A race (`--replicates auto`) gives every configuration so many, and others to those that may be the best; null: none. */
  readonly raced: number | null;
  /** Of its random numbers; null before it has ended. */
  readonly seed: number | null;
  /** `open`: it has not ended. */
  readonly status: TrialStatus | 'open';
  readonly point: Point;
  /** Null where it has none. */
  readonly metrics: MetricValues | null;
  /** In words: `tpe, 100 trials, loss min, look-ahead 8`. */
  readonly sampler: string;
  /** The part of a merged run that its row comes from, which has pruned by itself. Null: the run itself. */
  readonly part: Part | null;
  readonly origin: Origin;
  readonly pruned: Pruned | null;
  /** Where trials pause until they are promoted; null elsewhere. */
  readonly promotions: Promotions | null;
  /** Of population-based training; null elsewhere. */
  readonly lineage: Lineage | null;
}

export interface Part {
  /** Its run's id. */
  readonly run: string;
  /** Where its run folder was when it was merged; absolute. */
  readonly folder: string;
  /** `2/3`; null: it was no shard. */
  readonly shard: string | null;
}

export type Origin = GridOrigin | DrawOrigin | BisectOrigin | SearchOrigin;

/** Its number is its place in a grid. */
export interface GridOrigin {
  readonly kind: 'grid';
  /** From 1. */
  readonly grid: number;
  readonly grids: number;
  /** Its place among the points of that grid, from 0. */
  readonly place: number;
  readonly points: number;
  /** Positions from 1. */
  readonly axes: readonly { readonly axis: string; readonly position: number; readonly of: number }[];
  /** Its place in the random order of all points, from 0; null where they run in order. */
  readonly draw: number | null;
}

/** Drawn from the domains, each point from a stream of its own. */
export interface DrawOrigin {
  readonly kind: 'draw';
  /** From 0. */
  readonly draw: number;
}

/** A bisection has a bracket, and tries its ends first. */
export interface BisectOrigin {
  readonly kind: 'bisect';
  readonly axis: string;
  readonly metric: string;
  /** From 0: the lower end, the upper end, then middles; where some answers are wrong, the number of the value asked. */
  readonly step: number;
  readonly tolerance: number;
  /** Null where nothing has been found out of them by then. */
  readonly low: End | null;
  readonly high: End | null;
  /** Where some answers are wrong: what it had been told by then, by value asked. Null: none is. */
  readonly answers: readonly { readonly at: number; readonly yes: number; readonly of: number }[] | null;
}

export interface End {
  readonly at: number;
  readonly trial: number;
  /** Of the metric. */
  readonly value: boolean;
}

/** Proposed by a search method, which was asked again with all that it knew then. */
export interface SearchOrigin {
  readonly kind: 'search';
  readonly method: string;
  /** Of what it is after; none: it does not look at results. */
  readonly objectives: readonly string[];
  readonly lookahead: number;
  /** Configurations whose results it knew: those before this one. */
  readonly told: number;
  /** Of them, by status; `failed`: without a value. */
  readonly ok: number;
  readonly pruned: number;
  readonly failed: number;
  /** Proposed before it, and their results not to be known yet. */
  readonly pending: number;
  /** The best that it knew; null: none. */
  readonly best: { readonly configuration: number; readonly values: readonly number[] } | null;
  readonly why: Why;
  /** What is proposed now where that is another point than the run's: this version or the sweep differs. Null: the same. */
  readonly other: Point | null;
  /**
   * The search kept to a constraint (where) that is in no file, and was asked again without it: another point is no
   * surprise, and `why` is of that one.
   */
  readonly isUnconstrained: boolean;
}

/** As its record says it. */
export interface Pruned {
  /** In words: `asha, factor 3, min 1, on loss:min`. */
  readonly pruner: string;
  readonly metric: string;
  readonly goal: 'min' | 'max';
  readonly step: number;
  readonly rung: number;
  readonly value: number | null;
  /** The values are the best ones of each trial up to there, not its last. */
  readonly isBest: boolean;
  /** The worst value that would have gone on; null: any would, or it is not finite. */
  readonly cutoff: number | null;
  /** It had stopped there, and was held against all that got there, those proposed after it included. */
  readonly paused: boolean;
  /** How many it was held against. */
  readonly others: number;
  /** Who they were, the best first; null where that cannot be told any more. */
  readonly competitors: readonly Competitor[] | null;
}

export interface Competitor {
  readonly trial: number;
  /** The first that it reported from the rung on: its value there is that of this step. */
  readonly step: number;
  /** Null: not finite. */
  readonly value: number | null;
}

/** A pruner and what it looks at. */
interface Watching {
  /** In words: `asha, factor 3, min 1, pause true, on loss:min`. */
  readonly pruner: string;
  readonly metric: string;
  readonly goal: 'min' | 'max';
}

export interface Promotions extends Watching {
  /** The rungs that it has got to; null where they come out otherwise than the journal says, and of a merged run where it has not all rows of the part. */
  readonly rungs: readonly RungPassed[] | null;
}

export interface RungPassed {
  readonly rung: number;
  /** The first step that it reported from there on. */
  readonly step: number;
  /** Null: not finite. */
  readonly value: number | null;
  /** Its place among those that had got there when that was decided, the best first, and how many they were. */
  readonly rank: number;
  readonly of: number;
  /** The worst value that went on of these; null: not finite. */
  readonly cutoff: number | null;
  /** `ended`: it came to its end without being promoted, as a trial that has failed does. */
  readonly outcome: 'promoted' | 'pruned' | 'waits' | 'ended';
}

export interface Lineage extends Watching {
  /** Trials that agree with it in all axes but the mutated ones, itself included. */
  readonly population: number;
  /** Values of the mutated axes that it was proposed with. */
  readonly began: Point;
  readonly takeovers: readonly Takeover[];
  /** Who has trained the weights that it has now, one after another; the last one is the trial itself. */
  readonly weights: readonly Training[];
}

/** At `step` it went on from what trial `from` had come to. */
export interface Takeover {
  readonly step: number;
  readonly from: number;
  /** Of both, at that step; null: not finite, or not known any more. */
  readonly value: number | null;
  readonly better: number | null;
  /** Values of the mutated axes: its own before, those of the other one, and those that it went on with. */
  readonly before: Point;
  readonly taken: Point;
  readonly after: Point;
}

export interface Training {
  readonly trial: number;
  /** From this step to that one; null: to its end, or to where it is now. */
  readonly from: number;
  readonly to: number | null;
  readonly params: Point;
}

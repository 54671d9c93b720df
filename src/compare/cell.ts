// What a comparison says of one metric of one configuration. Plain data.
import type { Tolerance } from '../trial/tolerance.js';

/**
 * `moved`: no goal says whether that is good; `noisy`: it may have moved, and nothing tells it from chance; `new` and
 * `gone`: only one of the runs has the configuration; `failing` and `fixed`: trials that end ok in one run only.
 */
export const VERDICTS = 'same better worse moved noisy new gone failing fixed'.split(
  ' ',
) as readonly Verdict[];
export type Verdict =
  | ('same' | 'better' | 'worse' | 'moved' | 'noisy')
  | ('new' | 'gone' | 'failing' | 'fixed');

/**
 * What the verdict rests on. `identity`: the same numbers for the same seeds; `tolerance`: how far it moved, and nothing
 * else; `test`: a test of the replicates; `exact`: the metric does not depend on the seed, so that any difference is one;
 * `value`: one run has a value where the other has none; `status`: how trials ended; `none`: nothing to judge by.
 */
export const BASES = ['identity', 'tolerance', 'test', 'exact', 'value', 'status', 'none'] as const;
export type Basis = (typeof BASES)[number];

/** One configuration of one or both runs. */
export interface Place {
  /** Of the first trial; that of run A where it has one. */
  readonly key: string;
  readonly trialA: number | null;
  readonly trialB: number | null;
  /** Cells of the axes of both runs. */
  readonly axes: readonly string[];
}

/** What was measured of one metric of one configuration. */
export interface Measure {
  /** Means over the replicates that are compared; null where there is no value. */
  readonly a: number | null;
  readonly b: number | null;
  readonly difference: number | null;
  /** 95 % interval of the difference, by itself: not widened for many cells. */
  readonly low: number | null;
  readonly high: number | null;
  readonly effect: number | null;
  readonly p: number | null;
}

export interface Cell extends Measure {
  readonly place: Place;
  /** `status`: the share of trials that ended ok; `run_ms`: geometric means of their times. */
  readonly metric: string;
  /** Replicates that were compared. */
  readonly countA: number;
  readonly countB: number;
  readonly pAdjusted: number | null;
  readonly verdict: Verdict;
  readonly basis: Basis;
}

/** How one metric is compared. */
export interface Rule {
  readonly metric: string;
  readonly isBoolean: boolean;
  readonly goal: 'min' | 'max' | null;
  /** Null: nothing was said of it. */
  readonly tolerance: Tolerance | null;
  readonly unit?: string;
}

export const STATUS = 'status';
export const RUN_MS = 'run_ms';

// What a gate says of one metric of one configuration.
import type { NightMetric } from './record.js';

/**
 * `moved`: no goal says whether that is good; `noisy`: tonight alone is out of the ordinary, another night will tell;
 * `new` and `gone`: only the nights before, or only tonight, has it.
 */
export const GATE_VERDICTS = [
  'worse',
  'better',
  'moved',
  'noisy',
  'gone',
  'new',
  'too little history',
  'steady',
] as const;
export type GateVerdict = (typeof GATE_VERDICTS)[number];

export interface GateCell {
  /** What the suite calls the run. */
  readonly run: string;
  readonly sweep: string;
  readonly configuration: string;
  readonly metric: NightMetric;
  /** Means of the nights before that count, oldest first. */
  readonly past: readonly number[];
  /** Tonight's mean, the 95 % interval that its replicates give it, and their number; null where it has none. */
  readonly tonight: {
    readonly mean: number;
    readonly low: number | null;
    readonly high: number | null;
    readonly n: number;
  } | null;
  /** Where the nights before lead one to expect it; null where they are too few. */
  readonly expected: { readonly low: number; readonly high: number } | null;
  readonly verdict: GateVerdict;
  /** How far it moved; null where it did not. */
  readonly by: number | null;
  /** The first night of the change. */
  readonly since: string | null;
  /** What running it again came to; absent where that was not called for. */
  readonly confirmation?: Confirmation;
}

export interface Confirmation {
  readonly repeats: number;
  /** Of the repeats those that were as bad. */
  readonly agreed: number;
  /** Why there are no more repeats; null where they were enough. */
  readonly skipped: string | null;
}

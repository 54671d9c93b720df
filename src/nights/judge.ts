// What one metric did over the nights, in one word: steady, moved, noisy, or too little history to say. A change counts
// once it has lasted two nights; it is told until it is accepted (`from`) or gone again. Better is never a failure.
import { type Tolerance, widthOf } from '../trial/tolerance.js';
import { findChanges } from './changes.js';
import { LEAST_NIGHTS, type Night } from './night.js';
import { predict, predictBlock } from './predict.js';

export type NightVerdict = 'steady' | 'moved' | 'noisy' | 'too little history';

export interface NightJudgement {
  /** `noisy`: the last night alone is out of the ordinary; another one will tell. */
  readonly verdict: NightVerdict;
  /** Where it moved: the first night of the new level, its distance to the old one, and whether that is good. */
  readonly change: NightChange | null;
  /** True where it moved away from its goal. */
  readonly isFailure: boolean;
}

export interface NightChange {
  readonly since: number;
  /** New level less old level. */
  readonly by: number;
  readonly direction: 'better' | 'worse' | 'moved';
}

export interface JudgeOptions {
  readonly goal?: 'min' | 'max' | null;
  readonly tolerance?: Tolerance | null;
  /** The night from which on what is, is as it should be. */
  readonly from?: number;
}

/** Longest stretch of last nights that is held against those before; longer ones are for change points to find. */
const LONGEST_BLOCK = 7;
/** Nights that are looked back on. */
const WINDOW = 50;
/** For change points that decide: their test does not know that the best of all places was chosen. */
const STRICT = 1e-6;

/** Of the last of these nights. */
export function judgeNights(nights: readonly Night[], options: JudgeOptions = {}): NightJudgement {
  const { goal = null, tolerance = null, from = 0 } = options;
  const first = Math.max(from, nights.length - WINDOW);
  const recent = nights.slice(first);
  if (recent.length <= LEAST_NIGHTS) return { verdict: 'too little history', change: null, isFailure: false };
  const found = findMove(recent);
  if (found !== null) {
    const isTolerated = tolerance !== null && Math.abs(found.by) <= widthOf(tolerance, found.before);
    if (!isTolerated) {
      const direction = goal === null ? 'moved' : found.by > 0 === (goal === 'max') ? 'better' : 'worse';
      const change = { since: first + found.at, by: found.by, direction } as const;
      return { verdict: 'moved', change, isFailure: direction === 'worse' };
    }
  }
  const isOut = found === null && predict(recent.slice(0, -1), recent.at(-1)!).isOutside === true;
  return { verdict: isOut ? 'noisy' : 'steady', change: null, isFailure: false };
}

interface Move {
  readonly at: number;
  readonly before: number;
  readonly by: number;
}

function findMove(nights: readonly Night[]): Move | null {
  const changes = findChanges(
    nights.map(({ mean }) => mean),
    { window: WINDOW, level: STRICT },
  );
  const [first, last] = [changes[0], changes.at(-1)];
  if (first !== undefined && last !== undefined) {
    const back = nights.slice(0, first.at);
    const now = nights.slice(last.at);
    const isBack = back.length >= LEAST_NIGHTS && predictBlock(back, now).isOutside === false;
    if (!isBack) return { at: last.at, before: first.before, by: last.after - first.before };
  }
  const start = last?.at ?? 0;
  let best: (Move & { readonly size: number }) | null = null;
  for (let length = 2; length <= LONGEST_BLOCK; length++) {
    const at = nights.length - length;
    const { isOutside, expected, found, high } = predictBlock(nights.slice(start, at), nights.slice(at));
    if (isOutside === null) break;
    const size = Math.abs(found - expected) / (high - expected);
    if (isOutside && size > (best?.size ?? 0)) best = { at, before: expected, by: found - expected, size };
  }
  return best;
}

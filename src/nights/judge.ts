// What one metric did over the nights, in one word: steady, moved, noisy, or too little history to say. A change counts
// once it has lasted: two nights where 49 or more came before, three from 18 on, four from 11 on. So few false alarms are
// left with noise of any shape: two nights beyond all of 49 others are chance less than once in a thousand times. It is
// told as long as nights from before it are looked back on, until it is accepted (`from`). Better is never a failure.
import { type Tolerance, widthOf } from '../trial/tolerance.js';
import { findBaseline, findMove, stepAt } from './baseline.js';
import { LEAST_NIGHTS, type Night } from './night.js';
import { predict } from './predict.js';

export type NightVerdict = 'steady' | 'moved' | 'noisy' | 'too little history';

export interface NightJudgement {
  /** `noisy`: the last night alone is out of the ordinary; the next ones will tell. */
  readonly verdict: NightVerdict;
  /** The first of the nights that the last one was held against. */
  readonly first: number;
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

/** Nights that are looked back on. */
const WINDOW = 60;
/** Of the last of these nights. */
export function judgeNights(nights: readonly Night[], options: JudgeOptions = {}): NightJudgement {
  const { goal = null, tolerance = null, from = 0 } = options;
  const looked = Math.max(from, nights.length - WINDOW);
  const first = looked + findBaseline(nights.slice(looked), goal);
  const recent = nights.slice(first);
  const none = { first, change: null, isFailure: false } as const;
  if (recent.length <= LEAST_NIGHTS) return { verdict: 'too little history', ...none };
  const at = findMove(recent);
  if (at === null) {
    const isOut = predict(recent.slice(0, -1), recent.at(-1)!).isOutside === true;
    return { verdict: isOut ? 'noisy' : 'steady', ...none };
  }
  const { before, by } = stepAt(recent, at);
  if (tolerance !== null && Math.abs(by) <= widthOf(tolerance, before)) return { verdict: 'steady', ...none };
  const direction = goal === null ? 'moved' : by > 0 === (goal === 'max') ? 'better' : 'worse';
  return {
    verdict: 'moved',
    first,
    change: { since: first + at, by, direction },
    isFailure: direction === 'worse',
  };
}

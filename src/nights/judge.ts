// What one metric did over the nights, in one word: steady, moved, noisy, or too little history to say. A change counts
// once it has lasted: two nights where 49 or more came before, three from 18 on, four from 11 on. So few false alarms are
// left with noise of any shape: two nights beyond all of 49 others are chance less than once in a thousand times. It is
// told as long as nights from before it are looked back on, until it is accepted (`from`). Better is never a failure.
import { type Tolerance, widthOf } from '../trial/tolerance.js';
import { averageOf, LEAST_NIGHTS, type Night } from './night.js';
import { distance, isBeyond, type Limits, predict } from './predict.js';

export type NightVerdict = 'steady' | 'moved' | 'noisy' | 'too little history';

export interface NightJudgement {
  /** `noisy`: the last night alone is out of the ordinary; the next ones will tell. */
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

/** Nights that are looked back on. */
const WINDOW = 60;
/** Last nights that are held against those before. */
const BLOCKS = [2, 3, 4, 5, 7, 10, 14, 20, 28, 40];
/**
 * Chosen with test/bench/nights.ts: all blocks together give less than one false alarm in a thousand nights. The shortest
 * block that so few nights before can bear out at all gets most of that.
 */
function limitsOf(block: number, nights: number): Limits {
  const shortest = nights >= 51 ? 2 : nights >= 21 ? 3 : 4;
  return {
    tail: block <= 2 ? 0.0005 : block <= 4 ? 0.0003 : 0.0001,
    rank: block === shortest ? 0.0008 : 0.0002,
  };
}

/** Of the last of these nights. */
export function judgeNights(nights: readonly Night[], options: JudgeOptions = {}): NightJudgement {
  const { goal = null, tolerance = null, from = 0 } = options;
  const first = Math.max(from, nights.length - WINDOW);
  const recent = nights.slice(first);
  const none = { change: null, isFailure: false } as const;
  if (recent.length <= LEAST_NIGHTS) return { verdict: 'too little history', ...none };
  const at = findMove(recent);
  if (at === null) {
    const isOut = predict(recent.slice(0, -1), recent.at(-1)!).isOutside === true;
    return { verdict: isOut ? 'noisy' : 'steady', ...none };
  }
  const [before, after] = [recent.slice(0, at), recent.slice(at)].map((part) =>
    averageOf(part.map(({ mean }) => mean)),
  ) as [number, number];
  const by = after - before;
  if (tolerance !== null && Math.abs(by) <= widthOf(tolerance, before)) return { verdict: 'steady', ...none };
  const direction = goal === null ? 'moved' : by > 0 === (goal === 'max') ? 'better' : 'worse';
  return {
    verdict: 'moved',
    change: { since: first + at, by, direction },
    isFailure: direction === 'worse',
  };
}

/** The first night of the new level; null where there is none. */
function findMove(nights: readonly Night[]): number | null {
  const split = (length: number) => [nights.slice(0, -length), nights.slice(-length)] as const;
  const blocks = BLOCKS.filter((length) => nights.length - length >= LEAST_NIGHTS);
  if (!blocks.some((length) => isBeyond(...split(length), limitsOf(length, nights.length)))) return null;
  // Where it began is where the parts are furthest apart.
  let [best, most] = [2, 0];
  for (let length = 2; nights.length - length >= LEAST_NIGHTS; length++) {
    const apart = Math.abs(distance(...split(length)));
    if (apart > most) [best, most] = [length, apart];
  }
  return nights.length - best;
}

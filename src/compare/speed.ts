// Whether one run was slower than the other. A configuration's times are cells like any other; here is what all of them
// say together, and whether that may be judged at all.
import { widthOf } from '../trial/tolerance.js';
import type { Rule, Verdict } from './cell.js';
import type { Overall } from './overall.js';
import type { Side } from './side.js';

export interface Speed {
  /** Mean milliseconds of a trial; null where none has run. */
  readonly a: number | null;
  readonly b: number | null;
  /** Median over configurations of b / a; null where none can be told. */
  readonly ratio: number | null;
  /** Of Wilcoxon's signed ranks of the logarithms of the ratios; null with fewer than six. */
  readonly p: number | null;
  /** `noisy`: not judged, or not to be told from chance. */
  readonly verdict: Extract<Verdict, 'same' | 'better' | 'worse' | 'noisy'>;
  /** What keeps times from being judged; none where they are. */
  readonly unjudged: readonly string[];
}

export interface SpeedJudging {
  readonly a: Side;
  readonly b: Side;
  /** What the times of configurations say together; undefined where there are none. */
  readonly overall: Overall | undefined;
  readonly rule: Rule;
  readonly unjudged: readonly string[];
  readonly level: number;
}

export function judgeSpeed({ a, b, overall, rule, unjudged, level }: SpeedJudging): Speed {
  const { median: ratio, p } = overall ?? { median: null, p: null };
  const base = { a: a.times.meanMs, b: b.times.meanMs, ratio, p, unjudged };
  if (unjudged.length > 0 || ratio === null) return { ...base, verdict: 'noisy' };
  if (Math.abs(ratio - 1) <= widthOf(rule.tolerance!, 1)) return { ...base, verdict: 'same' };
  if (p === null || p >= level) return { ...base, verdict: 'noisy' };
  return { ...base, verdict: ratio < 1 ? 'better' : 'worse' };
}

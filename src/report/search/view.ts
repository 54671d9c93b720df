// What part of some values an axis shows, and on which scale.
import type { AxisDomain } from '../../space/types.js';
import type { Objective } from '../../trial/objective.js';
import { evenTicks, logAxis } from '../log-axis.js';
import type { ScaleType } from '../look.js';

export interface Range {
  /** Of the values that there are; 0 to 1 where there are none. */
  readonly low: number;
  readonly high: number;
}

export interface View extends Range {
  readonly scale: ScaleType;
  /** How many values lie beyond: `inside` puts them on the edge. */
  readonly beyond: number;
  /** The end where the worst values are. */
  readonly edge: number;
}

/** Positive numbers over more decades than this are told apart by their ratios. */
const DECADES = 2;

/** The scale that values were drawn on; else by what they are. */
export function scaleOf({ low, high }: Range, domain?: AxisDomain): ScaleType {
  if (!(low > 0)) return 'linear';
  if (domain?.kind === 'loguniform' || domain?.kind === 'logint' || domain?.kind === 'log') return 'log';
  if (domain?.kind === 'uniform' || domain?.kind === 'int' || domain?.kind === 'normal') return 'linear';
  return high / low > 10 ** DECADES ? 'log' : 'linear';
}

export function rangeOf(values: Float64Array): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : { low: 0, high: 1 };
}

/** Of the worst, a tenth may be so far off that nothing else could be seen: the axis ends before them. */
export function viewOf(values: Float64Array, goal: Objective['goal']): View {
  const range = rangeOf(values);
  const scale = scaleOf(range);
  const edgeOf = ({ low, high }: Range) => (goal === 'min' ? high : low);
  if (scale === 'log') return { ...range, scale, beyond: 0, edge: edgeOf(range) };
  const whole = roundEnds(range);
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const tenth = Math.ceil(0.1 * (sorted.length - 1));
  const { low, high } = range;
  const [least, most] = goal === 'min' ? [low, sorted.at(-1 - tenth)!] : [sorted[tenth]!, high];
  const span = most - least;
  if (!(span > 0) || high - low < 4 * span) return { ...whole, scale, beyond: 0, edge: edgeOf(whole) };
  const cut = roundEnds(
    goal === 'min' ? { low, high: most + 0.25 * span } : { low: least - 0.25 * span, high },
  );
  const beyond = sorted.reduce((count, value) => count + Number(value < cut.low || value > cut.high), 0);
  return { ...cut, scale, beyond, edge: edgeOf(cut) };
}

/** Where a value is drawn: what is beyond the edge, or missing, on it. */
export function inside(value: number, { low, high, edge }: View): number {
  return Number.isNaN(value) ? edge : Math.min(Math.max(value, low), high);
}

/** The ends of an axis, the same for all that show these values. */
export function endsOf({ low, high, scale }: View): object {
  if (scale === 'log') return logAxis([low, high]);
  return low < high ? { min: low, max: high } : { scale: true };
}

/** At the next ticks out. */
function roundEnds({ low, high }: Range): Range {
  const ticks = low < high ? evenTicks(low, high) : [low, high];
  return { low: ticks[0]!, high: ticks.at(-1)! };
}

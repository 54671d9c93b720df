// Whether tonight is worse than the nights before it, metric by metric. Improvement is never a failure.
import type { Accepted } from './accepted.js';
import type { History } from './history.js';
import { judgeSeries } from './judge-series.js';
import type { NightMetric, NightRecord } from './record.js';
import { type NightSeries, seriesOf } from './series.js';

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
}

export interface Gate {
  readonly night: NightRecord;
  /** Nights that it was compared with. */
  readonly nights: readonly NightRecord[];
  readonly cells: readonly GateCell[];
  readonly isWorse: boolean;
  /** Files of the history that could not be read. */
  readonly faults: readonly string[];
}

/** Nights that are looked back on. */
export const LAST_NIGHTS = 60;

/** `last`: how many of the nights before count, at most. Nights that were cut short never do. */
export function judgeTonight(
  night: NightRecord,
  { nights: all, faults }: History,
  { accepted, last = LAST_NIGHTS }: { readonly accepted: readonly Accepted[]; readonly last?: number },
): Gate {
  const nights = all.filter((each) => each.night < night.night && each.isComplete).slice(-last);
  const cells = seriesOf(nights, night)
    .filter((series) => night.isComplete || isWhole(series))
    .map((series) => judgeSeries(series, accepted));
  return { night, nights, cells, faults, isWorse: cells.some(({ verdict }) => verdict === 'worse') };
}

/** Of a night that was cut short: whether the cell has all of its trials, as many as it had last. */
function isWhole({ past, tonight }: NightSeries): boolean {
  return tonight !== null && tonight.cell.n === past.at(-1)?.cell.n;
}

/** The nights in which something changed, the latest first. */
export function listChanges({ cells }: Pick<Gate, 'cells'>): string[] {
  const nights = new Set(cells.flatMap(({ since }) => (since === null ? [] : [since])));
  return [...nights].sort().reverse();
}

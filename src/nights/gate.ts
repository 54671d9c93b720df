// Whether tonight is worse than the nights before it, metric by metric. Improvement is never a failure.
import type { Accepted } from './accepted.js';
import type { History } from './history.js';
import { judgeSeries } from './judge-series.js';
import type { MissingRun } from './missing.js';
import type { NightRecord } from './record.js';
import { type NightSeries, seriesOf } from './series.js';
import type { GateCell } from './verdict.js';

export interface Gate {
  readonly night: NightRecord;
  /** Nights that it was compared with. */
  readonly nights: readonly NightRecord[];
  readonly cells: readonly GateCell[];
  readonly isWorse: boolean;
  /** Runs that have not ended; absent where nobody has looked. */
  readonly missing?: readonly MissingRun[];
  /** Files of the history that could not be read. */
  readonly faults: readonly string[];
  /** What else is to be told of this night, and those before. */
  readonly notes: readonly string[];
}

/** Nights that are looked back on. */
export const LAST_NIGHTS = 60;

export interface Judging {
  readonly accepted: readonly Accepted[];
  /** How many of the nights before count, at most. Nights that were cut short never do. */
  readonly last?: number;
  readonly notes?: readonly string[];
}

export function judgeTonight(night: NightRecord, history: History, judging: Judging): Gate {
  return judgeListed(night, history, judging).gate;
}

/** With the series that the cells are of, in their order. */
export function judgeListed(
  night: NightRecord,
  history: History,
  judging: Judging,
): { readonly gate: Gate; readonly series: readonly NightSeries[] } {
  const { nights, series } = listSeries(night, history, judging);
  const cells = series.map((each) => judgeSeries(each, judging.accepted));
  const isWorse = cells.some(({ verdict }) => verdict === 'worse');
  const { faults } = history;
  return { gate: { night, nights, cells, faults, notes: judging.notes ?? [], isWorse }, series };
}

/** What is judged: the nights before that count, and a series for each cell. */
export function listSeries(
  night: NightRecord,
  { nights: all }: Pick<History, 'nights'>,
  { last = LAST_NIGHTS }: Pick<Judging, 'last'>,
): { readonly nights: readonly NightRecord[]; readonly series: readonly NightSeries[] } {
  const nights = all.filter((each) => each.night < night.night && each.isComplete).slice(-last);
  return { nights, series: seriesOf(nights, night).filter((each) => night.isComplete || isWhole(each)) };
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

// Rows that are replicates of one mark: their mean, Student's 95 % interval where there are enough of them, and the
// values themselves where there are not.
import { meanInterval } from '../stats/interval.js';
import type { Row } from './define.js';
import { groupRows } from './settings.js';

/** What charts of means have in common. */
export interface ReplicatedSpec {
  /**
   * Several rows for one x and series are replicates: their mean is drawn, with Student's 95 % interval of five and more,
   * and with the points themselves of fewer. Otherwise two rows for one place are refused.
   */
  readonly replicates?: 'mean';
  /** Ends of what y can be (an accuracy: [0, 1]): the interval of a mean is cut off there. */
  readonly within?: readonly [least: number, most: number];
}

/** From so many replicates on a mean has an interval; fewer are drawn as points: an interval of two says little. */
const ENOUGH = 5;

export interface Averaged {
  /** One row for each x and series; `y` is the mean, `low` and `high` its interval or null. */
  readonly rows: readonly Row[];
  /** The rows of means that have no interval. */
  readonly points: readonly Row[];
}

/** The columns of the interval in the rows of `averageRows`. */
export const INTERVAL = ['low', 'high'] as const;

export interface Averaging {
  readonly x: string;
  readonly y: string;
  readonly series?: string | undefined;
  /** Ends of what y can be: an interval is cut off there. */
  readonly within?: readonly [least: number, most: number] | undefined;
}

export function averageRows(rows: readonly Row[], { x, y, series, within }: Averaging): Averaged {
  const means: Row[] = [];
  const points: Row[] = [];
  for (const [, members] of groupRows(rows, series)) {
    for (const [name, replicates] of groupRows(members, x)) {
      const known = replicates.filter((row) => Number.isFinite(row[y]));
      const { mean, low, high } = meanInterval(
        known.map((row) => row[y] as number),
        0.95,
        within,
      );
      const enough = known.length >= ENOUGH;
      const { [x]: at = name, ...rest } = replicates[0]!;
      const label = series === undefined ? {} : { [series]: rest[series] ?? null };
      means.push({
        ...label,
        [x]: at,
        [y]: known.length === 0 ? null : mean,
        low: enough ? low : null,
        high: enough ? high : null,
      });
      if (!enough && known.length > 1) points.push(...known);
    }
  }
  return { rows: means, points };
}

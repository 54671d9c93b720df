// What charts have in common: how they look, their axes, and the numbers at their ticks.
import type { Row } from './define.js';
import { logAxis } from './log-axis.js';
import { formatNumber, formatTicks } from './theme.js';

export type ScaleType = 'linear' | 'log';

export interface ChartLook {
  readonly title?: string;
  readonly subtitle?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** Stands above the legend; default: the column that tells the series apart. */
  readonly seriesLabel?: string;
  /** CSS pixels; 760 × 440 if nothing is said. */
  readonly width?: number;
  readonly height?: number;
}

/** A value or log axis with its name along its middle; `y` names stand upright beside it. */
export function scaleAxis(scale: ScaleType, side: 'x' | 'y', name: string): object {
  return {
    type: scale === 'log' ? 'log' : 'value',
    name,
    nameLocation: 'middle',
    nameGap: side === 'x' ? 32 : 48,
    // ECharts' ticks are round to the digits that tell them apart: three digits would make two of them equal.
    axisLabel: { formatter: (value: number) => formatNumber(value, 12), hideOverlap: true },
    ...(side === 'x' ? { splitLine: { show: false } } : {}),
  };
}

/** A y axis whose log scale ends near its values, or where it is told to. */
export function valueAxis(
  scale: ScaleType,
  name: string,
  values: readonly number[],
  ends: { readonly min?: number | undefined; readonly max?: number | undefined },
): object {
  return {
    ...scaleAxis(scale, 'y', name),
    ...(scale === 'log' ? logAxis(values, ends) : {}),
    ...Object.fromEntries(Object.entries(ends).filter(([, value]) => value !== undefined)),
  };
}

export function ticksAt(values: readonly number[] | undefined): object {
  if (values === undefined) return {};
  const customValues = [...values];
  const labels = new Map(formatTicks(values).map((text, i) => [values[i], text]));
  return {
    axisTick: { customValues },
    axisLabel: { customValues, formatter: (value: number) => labels.get(value) ?? formatNumber(value, 6) },
  };
}

/** From the least to the greatest value. */
export function edges(values: readonly number[]): { readonly min?: number; readonly max?: number } {
  if (values.length === 0) return {};
  return {
    min: values.reduce((least, v) => Math.min(least, v)),
    max: values.reduce((most, v) => Math.max(most, v)),
  };
}

/** The numbers of some columns. */
export function columnsOf(rows: readonly Row[], columns: readonly string[]): number[] {
  return rows
    .flatMap((row) => columns.map((column) => row[column]))
    .filter((cell) => typeof cell === 'number');
}

/** Whether a cell has a place on a scale. */
export function fits(cell: unknown, scale: ScaleType): cell is number {
  return typeof cell === 'number' && Number.isFinite(cell) && (scale === 'linear' || cell > 0);
}

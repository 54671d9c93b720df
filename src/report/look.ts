// What charts have in common: title, axes, legend, the room they take, and the numbers at their ticks.
import type { Row } from './define.js';
import { shortLogAxis } from './log-axis.js';
import { FONT, formatNumber, formatTicks, INK } from './theme.js';

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

/** Title and subtitle at the top left. */
export function heading(look: ChartLook): { title?: object } {
  if (look.title === undefined) return {};
  return {
    title: {
      text: look.title,
      ...(look.subtitle === undefined ? {} : { subtext: look.subtitle }),
      left: 12,
      top: 8,
    },
  };
}

/** Space that the heading takes. */
export function headingHeight(look: ChartLook): number {
  if (look.title === undefined) return 16;
  return look.subtitle === undefined ? 44 : 64;
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

/** A y axis that has ticks on a short log scale too, and ends where it is told to. */
export function valueAxis(
  scale: ScaleType,
  name: string,
  values: readonly number[],
  ends: { readonly min?: number | undefined; readonly max?: number | undefined },
): object {
  return {
    ...scaleAxis(scale, 'y', name),
    ...(scale === 'log' ? shortLogAxis(values) : {}),
    ...Object.fromEntries(Object.entries(ends).filter(([, value]) => value !== undefined)),
  };
}

export function gridFor(look: ChartLook, names: readonly string[], title = ''): object {
  // The legend's symbol and margins, and its longest name at about 7 pixels a letter.
  const longest = Math.max(...names.map((name) => name.length), title.length - 6);
  const legend = Math.max(148, 70 + 7 * longest);
  return { left: 76, right: names.length > 1 ? legend : 28, top: headingHeight(look) + 8, bottom: 56 };
}

/** At the right of the chart, one below the other under the title; none for a single series. */
export function legendFor(look: ChartLook, names: readonly string[], title: string): object {
  if (names.length < 2) return {};
  const top = headingHeight(look) + 12;
  const { width = 760 } = look;
  const { right } = gridFor(look, names, title) as { readonly right: number };
  const left = width - right + 14;
  const style = { text: title, fill: INK, fontFamily: FONT, fontSize: 12, fontWeight: 600 };
  const titleMark = { type: 'text', x: left, y: top, silent: true, style };
  return {
    legend: {
      orient: 'vertical',
      left: left - 5,
      top: top + 18,
      itemWidth: 34,
      itemHeight: 10,
      data: [...names],
    },
    ...(title === '' ? {} : { graphic: [titleMark] }),
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

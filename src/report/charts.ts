// Charts from rows: lines with bands, and bars with intervals. Each names the columns it draws and returns a Chart, so
// that a figure is a few lines; whoever wants more edits the option.
import type { EChartsOption } from 'echarts';
import type { Row } from './define.js';
import type { Chart } from './echarts.js';
import { shortLogAxis } from './log-axis.js';
import { groupRows } from './settings.js';
import { bandSeries, markSeries, whiskerSeries } from './shapes.js';
import { formatTick, seriesStyle } from './theme.js';

export type ScaleType = 'linear' | 'log';

interface ChartLook {
  readonly title?: string;
  readonly subtitle?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** CSS pixels; 760 × 440 if nothing is said. */
  readonly width?: number;
  readonly height?: number;
}

export interface LineChartSpec extends ChartLook {
  readonly x: string;
  readonly y: string;
  /** One line for each value of this column, in the order of first mention. */
  readonly series?: string;
  /** Columns of a band's lower and upper edge. */
  readonly band?: readonly [low: string, high: string];
  readonly xScale?: ScaleType;
  readonly yScale?: ScaleType;
  /** Where the x axis has ticks and labels, in place of round numbers: for a few values that were chosen. */
  readonly xTicks?: readonly number[];
  /** Ends of the y axis; lines are cut there. */
  readonly yMin?: number;
  readonly yMax?: number;
  /** Lines across the whole chart, with their labels. */
  readonly marks?: readonly { readonly y: number; readonly label: string }[];
  /** Joins values by steps instead of slopes: for what jumps. */
  readonly step?: boolean;
}

const LONG = 400;

/** A line is broken where y has no number (or none > 0 on a log scale); rows without an x are left out. */
export function lineChart(rows: readonly Row[], spec: LineChartSpec): Chart {
  const { x, y, band, xScale = 'linear', yScale = 'linear', width = 760, height = 440 } = spec;
  const drawable = rows.filter((row) => fits(row[x], xScale));
  const groups = groupRows(drawable, spec.series);
  const list: object[] = [];
  for (const [i, [name, members]] of groups.entries()) {
    const style = seriesStyle(i);
    if (band !== undefined) {
      const [low, high] = band;
      const whole = members.filter((row) => fits(row[low], yScale) && fits(row[high], yScale));
      list.push(bandSeries(whole, { x, low, high }, style));
    }
    list.push({
      type: 'line',
      name,
      data: members.map((row) => [row[x], fits(row[y], yScale) ? row[y] : null]),
      color: style.colour,
      lineStyle: { width: 2, type: style.dash },
      symbol: style.symbol,
      ...(spec.step ? { step: 'end' } : {}),
      // More points than pixels are thinned to those that shape the line (Steinarsson 2013).
      ...(members.length > LONG ? { sampling: 'lttb', showSymbol: false } : { showAllSymbol: true }),
      // Symbols only now and then on longer lines, and each line at other places, so that none hides another.
      symbolSize: (_: unknown, point: { dataIndex: number }) =>
        members.length <= 12 || point.dataIndex % 5 === i % 5 ? 7 : 0,
    });
  }
  const xs = drawable.map((row) => row[x] as number);
  const names = groups.map(([name]) => name);
  if (spec.marks !== undefined) list.push(markSeries(spec.marks));
  return {
    width,
    height,
    option: {
      ...heading(spec),
      ...legendFor(names),
      grid: gridFor(spec, names),
      xAxis: { ...scaleAxis(xScale, 'x', spec.xLabel ?? x), ...edges(xs), ...ticksAt(spec.xTicks) },
      yAxis: {
        ...scaleAxis(yScale, 'y', spec.yLabel ?? y),
        ...(yScale === 'log' ? shortLogAxis(columnsOf(drawable, [y, ...(band ?? [])])) : {}),
        ...given({ min: spec.yMin, max: spec.yMax }),
      },
      series: list,
    } as EChartsOption,
  };
}

export interface BarChartSpec extends ChartLook {
  /** Categories, in the order of first mention. */
  readonly x: string;
  readonly y: string;
  /** Bars side by side for each value of this column. */
  readonly series?: string;
  /** Columns of an interval's ends. */
  readonly interval?: readonly [low: string, high: string];
  readonly yMax?: number;
}

/** Bars from zero, with intervals as whiskers. A category without a number has no bar. */
export function barChart(rows: readonly Row[], spec: BarChartSpec): Chart {
  const { x, y, interval, width = 760, height = 440 } = spec;
  const categories = [...new Set(rows.map((row) => String(row[x])))];
  const groups = groupRows(rows, spec.series);
  const list: object[] = [];
  for (const [i, [name, members]] of groups.entries()) {
    const style = seriesStyle(i);
    const of = new Map(members.map((row) => [String(row[x]), row]));
    const column = (key: string) => categories.map((category) => of.get(category)?.[key] ?? null);
    list.push({ type: 'bar', name, data: column(y), color: style.colour, barMaxWidth: 48, barGap: '12%' });
    if (interval === undefined) continue;
    const lows = column(interval[0]);
    const highs = column(interval[1]);
    const ends = categories.map((_, c) => [c, lows[c], highs[c]]);
    list.push(whiskerSeries(ends, i, groups.length));
  }
  return {
    width,
    height,
    option: {
      ...heading(spec),
      ...legendFor(groups.map(([name]) => name)),
      grid: gridFor(
        spec,
        groups.map(([name]) => name),
      ),
      xAxis: {
        type: 'category',
        data: categories,
        name: spec.xLabel ?? x,
        nameLocation: 'middle',
        nameGap: 32,
        axisTick: { alignWithLabel: true },
      },
      yAxis: { ...scaleAxis('linear', 'y', spec.yLabel ?? y), ...given({ max: spec.yMax }) },
      series: list,
    } as EChartsOption,
  };
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
    axisLabel: { formatter: (value: number) => formatTick(value) },
    ...(side === 'x' ? { splitLine: { show: false } } : {}),
  };
}

function gridFor(look: ChartLook, names: readonly string[]): object {
  // The legend's symbol and margins, and its longest name at about 7 pixels a letter.
  const legend = Math.max(148, 70 + 7 * Math.max(...names.map((name) => name.length)));
  return { left: 76, right: names.length > 1 ? legend : 28, top: headingHeight(look) + 8, bottom: 56 };
}

/** At the right, one below the other, where lines end; none for a single series. */
function legendFor(names: readonly string[]): { legend?: object } {
  if (names.length < 2) return {};
  return {
    legend: { orient: 'vertical', right: 8, top: 'middle', itemWidth: 34, itemHeight: 10, data: [...names] },
  };
}

function ticksAt(values: readonly number[] | undefined): object {
  if (values === undefined) return {};
  const customValues = [...values];
  return {
    axisTick: { customValues },
    axisLabel: { customValues, formatter: (value: number) => formatTick(value) },
  };
}

function edges(values: readonly number[]): object {
  return values.length === 0 ? {} : { min: Math.min(...values), max: Math.max(...values) };
}

/** The entries that have a value. */
function given(ends: Readonly<Record<string, number | undefined>>): object {
  return Object.fromEntries(Object.entries(ends).filter(([, value]) => value !== undefined));
}

function columnsOf(rows: readonly Row[], columns: readonly string[]): number[] {
  return rows
    .flatMap((row) => columns.map((column) => row[column]))
    .filter((cell) => typeof cell === 'number');
}

function fits(cell: unknown, scale: ScaleType): boolean {
  return typeof cell === 'number' && Number.isFinite(cell) && (scale === 'linear' || cell > 0);
}

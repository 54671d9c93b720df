// Bars from zero, with intervals as whiskers or, of few replicates, with the points themselves.
import type { Row } from './define.js';
import type { Chart } from './echarts.js';
import { type ChartLook, columnsOf, gridFor, heading, legendFor, valueAxis } from './look.js';
import { requireColumns, requireOneRow } from './marks.js';
import { averageRows, INTERVAL, type ReplicatedSpec } from './replicates.js';
import { groupRows } from './settings.js';
import { barPointSeries, whiskerSeries } from './shapes.js';
import { formatTicks, seriesStyle } from './theme.js';

export interface BarChartSpec extends ChartLook, ReplicatedSpec {
  /** Categories: numbers in their order, text in the order of first mention. */
  readonly x: string;
  readonly y: string;
  /** Bars side by side for each value of this column. */
  readonly series?: string;
  /** Columns of an interval's ends. */
  readonly interval?: readonly [low: string, high: string];
  readonly yMax?: number;
}

/**
 * A category without a number has no bar. Throws BAD_DEFINITION for unknown columns, text in place of numbers, and two
 * rows for one bar.
 */
export function barChart(rows: readonly Row[], spec: BarChartSpec): Chart {
  const { x, y, series, width = 760, height = 440 } = spec;
  requireColumns(rows, {
    chart: 'barChart',
    columns: [x, y, series, ...(spec.interval ?? [])],
    numbers: [y, ...(spec.interval ?? [])],
  });
  const averaged =
    spec.replicates === 'mean' ? averageRows(rows, { x, y, series, within: spec.within }) : undefined;
  if (averaged === undefined)
    requireOneRow(
      rows,
      'barChart',
      [x, series],
      "make one row of them in SQL, name a `series` column that tells them apart, or draw their mean with replicates: 'mean'",
    );
  const drawn = averaged?.rows ?? rows;
  const interval = averaged === undefined ? spec.interval : INTERVAL;
  const { categories, labels } = categoriesOf(drawn, x);
  const groups = groupRows(drawn, series);
  const list: object[] = [];
  for (const [i, [name, members]] of groups.entries()) {
    const { colour: color } = seriesStyle(i);
    const of = new Map(members.map((row) => [String(row[x]), row]));
    const column = (key: string) => categories.map((category) => finite(of.get(category)?.[key]));
    list.push({ type: 'bar', name, data: column(y), color, barMaxWidth: 48, barGap: '12%' });
    const few = averaged?.points.filter((row) => series === undefined || String(row[series]) === name) ?? [];
    const points = few.map((row) => [categories.indexOf(String(row[x])), row[y]]);
    if (points.length > 0) list.push(barPointSeries(points, i, groups.length));
    if (interval === undefined) continue;
    const [lows, highs] = [column(interval[0]), column(interval[1])];
    list.push(
      whiskerSeries(
        categories.map((_, c) => [c, lows[c], highs[c]]),
        i,
        groups.length,
      ),
    );
  }
  const names = groups.map(([name]) => name);
  const title = spec.seriesLabel ?? series ?? '';
  const values = columnsOf([...drawn, ...(averaged?.points ?? [])], [y, ...(interval ?? [])]);
  return {
    width,
    height,
    option: {
      ...heading(spec),
      ...legendFor(spec, names, title),
      grid: gridFor(spec, names, title),
      xAxis: {
        type: 'category',
        data: labels,
        name: spec.xLabel ?? x,
        nameLocation: 'middle',
        nameGap: 32,
        axisTick: { alignWithLabel: true },
      },
      yAxis: valueAxis('linear', spec.yLabel ?? y, values, { max: spec.yMax }),
      series: list,
    },
  };
}

function categoriesOf(rows: readonly Row[], x: string) {
  const cells = [...new Set(rows.map((row) => row[x] ?? null))];
  if (cells.every((cell) => typeof cell === 'number')) {
    cells.sort((a, b) => Number(a) - Number(b));
    return { categories: cells.map(String), labels: formatTicks(cells as number[]) };
  }
  const categories = [...new Set(cells.map(String))];
  return { categories, labels: categories.map((name) => (name === 'null' ? 'none' : name)) };
}

function finite(cell: unknown): number | null {
  return typeof cell === 'number' && Number.isFinite(cell) ? cell : null;
}

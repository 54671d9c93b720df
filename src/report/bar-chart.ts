// Bars from zero, with intervals as whiskers or, of few replicates, with the points themselves.

import type { ChartData, Mark } from './chart-data.js';
import type { Row } from './define.js';
import type { Chart } from './echarts.js';
import { drawInForms, type Form } from './form.js';
import { layOutChart } from './layout.js';
import { type ChartLook, columnsOf, valueAxis } from './look.js';
import { requireColumns, requireOneRow } from './marks.js';
import { averageRows, INTERVAL, type ReplicatedSpec } from './replicates.js';
import { groupRows } from './settings.js';
import { barPointSeries, whiskerSeries } from './shapes.js';
import { formatTicks } from './theme.js';

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
  const { x, y, series } = spec;
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
  const interval = averaged === undefined ? spec.interval : INTERVAL;
  const drawn: Drawn = {
    rows: averaged?.rows ?? rows,
    points: averaged?.points ?? [],
    ...(interval === undefined ? {} : { interval }),
  };
  return drawInForms((form) => draw(drawn, spec, form));
}

interface Drawn {
  readonly rows: readonly Row[];
  /** Replicates of means without an interval. */
  readonly points: readonly Row[];
  readonly interval?: readonly [low: string, high: string];
}

function draw(drawn: Drawn, spec: BarChartSpec, form: Form): Chart {
  const { x, y, series } = spec;
  const { interval } = drawn;
  const { categories, labels } = categoriesOf(drawn.rows, x);
  const groups = groupRows(drawn.rows, series);
  const names = groups.map(([name]) => name);
  const styles = form.styles(names);
  const list: object[] = [];
  const marks: Mark[] = [];
  for (const [i, [name, members]] of groups.entries()) {
    const of = new Map(members.map((row) => [String(row[x]), row]));
    const column = (key: string) => categories.map((category) => finite(of.get(category)?.[key]));
    const heights = column(y);
    marks.push(...marksOf(heights, of, { categories, keys: keysOf(spec, interval), series: list.length }));
    list.push({ type: 'bar', name, data: heights, color: styles[i]!.colour, barMaxWidth: 48, barGap: '12%' });
    const few = drawn.points.filter((row) => series === undefined || String(row[series]) === name);
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
  const layout = layOutChart(spec, form, {
    names,
    title: spec.seriesLabel ?? series ?? '',
    symbolWidth: 14,
  });
  const values = columnsOf([...drawn.rows, ...drawn.points], [y, ...(interval ?? [])]);
  const data: ChartData = { columns: keysOf(spec, interval).map(([, label]) => label), marks };
  return {
    ...layout,
    data,
    option: {
      ...layout.option,
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

type Keys = readonly (readonly [column: string, label: string])[];

/** Columns of the table behind, with their labels. */
function keysOf({ x, y, series, ...look }: BarChartSpec, interval: Drawn['interval']): Keys {
  return [
    ...(series === undefined ? [] : [[series, look.seriesLabel ?? series] as const]),
    [x, look.xLabel ?? x],
    [y, look.yLabel ?? y],
    ...(interval ?? []).map((end) => [end, end] as const),
  ];
}

function marksOf(
  heights: readonly (number | null)[],
  of: ReadonlyMap<string, Row>,
  {
    categories,
    keys,
    series,
  }: { readonly categories: readonly string[]; readonly keys: Keys; readonly series: number },
): Mark[] {
  return heights.flatMap((height, c) => {
    if (height === null) return [];
    const row = of.get(categories[c]!)!;
    const cells = keys.map(([column]) => row[column] ?? null);
    return [{ cells, axes: 0, point: [c, height] as const, bar: [series, c] as const }];
  });
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

// Lines with bands. A line is broken where there is nothing to draw; it is never drawn across a value that other lines
// have and it lacks.

import type { ChartData } from './chart-data.js';
import type { Row } from './define.js';
import type { Chart } from './echarts.js';
import { drawInForms, type Form } from './form.js';
import { layOutChart } from './layout.js';
import {
  type ChartLook,
  columnsOf,
  edges,
  fits,
  type ScaleType,
  scaleAxis,
  ticksAt,
  valueAxis,
} from './look.js';
import { requireColumns, requireOneRow } from './marks.js';
import { averageRows, INTERVAL, type ReplicatedSpec } from './replicates.js';
import { groupRows } from './settings.js';
import { bandSeries, markSeries, pointSeries } from './shapes.js';
import type { SeriesStyle } from './theme.js';

export interface LineChartSpec extends ChartLook, ReplicatedSpec {
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

/**
 * Lines in the order of x. A line is broken where y has no number (or none > 0 on a log scale), and where it has no row
 * at an x of a grid that it shares with others; rows without an x are left out. Throws BAD_DEFINITION for unknown
 * columns, text in place of numbers, and two rows for one place.
 */
export function lineChart(rows: readonly Row[], spec: LineChartSpec): Chart {
  const { x, y, series, xScale = 'linear' } = spec;
  requireColumns(rows, {
    chart: 'lineChart',
    columns: [x, y, series, ...(spec.band ?? [])],
    numbers: [x, y, ...(spec.band ?? [])],
  });
  const placed = rows.filter((row) => fits(row[x], xScale));
  const averaged =
    spec.replicates === 'mean' ? averageRows(placed, { x, y, series, within: spec.within }) : undefined;
  if (averaged === undefined)
    requireOneRow(
      placed,
      'lineChart',
      [x, series],
      "make one row of them in SQL, name a `series` column that tells them apart, or draw their mean with replicates: 'mean'",
    );
  const band = averaged === undefined ? spec.band : INTERVAL;
  const drawn: Drawn = {
    rows: averaged?.rows ?? placed,
    points: averaged?.points ?? [],
    ...(band === undefined ? {} : { band }),
  };
  return drawInForms((form) => draw(drawn, spec, form));
}

interface Drawn {
  readonly rows: readonly Row[];
  /** Replicates of means without an interval. */
  readonly points: readonly Row[];
  readonly band?: readonly [low: string, high: string];
}

function draw(drawn: Drawn, spec: LineChartSpec, form: Form): Chart {
  const { x, y, series, xScale = 'linear', yScale = 'linear' } = spec;
  const groups = groupRows(drawn.rows, series);
  const xs = [...new Set(drawn.rows.map((row) => row[x] as number))].sort((a, b) => a - b);
  const names = groups.map(([name]) => name);
  const styles = form.styles(names);
  const list: object[] = groups.flatMap(([name, members], i) =>
    drawLine(drawn, spec, { name, members, index: i, style: styles[i]!, xs }),
  );
  if (spec.marks !== undefined) list.push(markSeries(spec.marks));
  const layout = layOutChart(spec, form, { names, title: spec.seriesLabel ?? series ?? '' });
  const spread = columnsOf([...drawn.rows, ...drawn.points], [y, ...(drawn.band ?? [])]);
  return {
    ...layout,
    data: dataOf(drawn, spec),
    option: {
      ...layout.option,
      xAxis: {
        ...scaleAxis(xScale, 'x', spec.xLabel ?? x),
        ...edges(xs),
        // There is no step 1.2 between steps 1 and 2.
        ...(xs.every(Number.isInteger) ? { minInterval: 1 } : {}),
        ...ticksAt(spec.xTicks),
      },
      yAxis: valueAxis(yScale, spec.yLabel ?? y, spread, { min: spec.yMin, max: spec.yMax }),
      series: list,
    },
  };
}

interface Group {
  readonly name: string;
  readonly members: readonly Row[];
  readonly index: number;
  readonly style: SeriesStyle;
  /** Of all lines. */
  readonly xs: readonly number[];
}

/** A line with its band and, of few replicates, their points. */
function drawLine(
  { points, band }: Drawn,
  { x, y, series, yScale = 'linear', step }: LineChartSpec,
  group: Group,
): object[] {
  const { name, members, style } = group;
  const places = withGaps(members, x, group.xs);
  const list: object[] = [];
  if (band !== undefined) {
    const [low, high] = band;
    for (const whole of stretches(places, (row) => fits(row[low], yScale) && fits(row[high], yScale)))
      list.push(bandSeries(whole, { x, low, high }, style));
  }
  const data = places.map(([at, row]): Point => {
    const cell = row?.[y];
    return [at, fits(cell, yScale) ? cell : null];
  });
  list.push(lineSeries({ ...group, data, step: step === true }));
  const own = points.filter((row) => series === undefined || String(row[series]) === name);
  if (own.length > 0)
    list.push(
      pointSeries(
        own.map((row) => [row[x], row[y]]),
        style,
      ),
    );
  return list;
}

function dataOf({ rows, band }: Drawn, spec: LineChartSpec): ChartData {
  const { x, y, series, yScale = 'linear' } = spec;
  const [named, labels] = series === undefined ? [[], []] : [[series], [spec.seriesLabel ?? series]];
  const ends = band ?? [];
  return {
    columns: [...labels, spec.xLabel ?? x, spec.yLabel ?? y, ...ends],
    marks: rows
      .filter((row) => fits(row[y], yScale))
      .map((row) => ({
        cells: [...named, x, y, ...ends].map((column) => row[column] ?? null),
        axes: 0,
        point: [row[x] as number, row[y] as number],
      })),
  };
}

type Point = readonly [x: number, y: number | null];
type Place = readonly [x: number, row: Row | undefined];

/**
 * The rows of a line in the order of x, with a gap at each x that it lacks and others have, where it shares their grid
 * (has more than half of it): curves of other lengths and spacings are not torn apart.
 */
function withGaps(rows: readonly Row[], x: string, xs: readonly number[]): readonly Place[] {
  const places = rows.map((row): Place => [row[x] as number, row]).sort(([a], [b]) => a - b);
  if (places.length === 0 || places.length === xs.length || places.length <= xs.length / 2) return places;
  const known = new Map(places);
  const [first] = places[0]!;
  const [last] = places.at(-1)!;
  return xs.filter((at) => at >= first && at <= last).map((at) => [at, known.get(at)]);
}

interface Line extends Pick<Group, 'name' | 'index' | 'style'> {
  readonly data: readonly Point[];
  readonly step: boolean;
}

function lineSeries({ name, data, index, style, step }: Line): object {
  const alone = (i: number) => (data[i - 1]?.[1] ?? null) === null && (data[i + 1]?.[1] ?? null) === null;
  return {
    type: 'line',
    name,
    data,
    color: style.colour,
    lineStyle: { width: 2, type: style.dash },
    symbol: style.symbol,
    ...(step ? { step: 'end' } : {}),
    // More points than pixels are thinned to those that shape the line (Steinarsson 2013).
    ...(data.length > LONG ? { sampling: 'lttb', showSymbol: false } : { showAllSymbol: true }),
    // Symbols only now and then on longer lines, and each line at other places, so that none hides another; a point
    // between two gaps has nothing but its symbol.
    symbolSize: (_: unknown, { dataIndex: i }: { dataIndex: number }) =>
      data.length <= 12 || i % 5 === index % 5 || alone(i) ? 7 : 0,
  };
}

/** Rows that pass, cut where one between them does not or is not there. */
function stretches(places: readonly Place[], passes: (row: Row) => boolean): readonly (readonly Row[])[] {
  const found: Row[][] = [[]];
  for (const [, row] of places) {
    if (row !== undefined && passes(row)) found.at(-1)!.push(row);
    else if (found.at(-1)!.length > 0) found.push([]);
  }
  return found.filter((stretch) => stretch.length > 0);
}

// What a chart shows, as rows: the table behind it, and the values that its page tells where a reader points. Charts made
// from rows bring theirs; of an option made by hand they are read out of its series.
import type { Cell } from './rows.js';

export interface Mark {
  /** A row of the table. */
  readonly cells: readonly Cell[];
  /** Where it stands: the axes' place in the option, and the point in their units. */
  readonly axes: number;
  readonly point: readonly [x: number, y: number];
  /** A bar stands beside others: the place of its series in the option, and its own place in that. */
  readonly bar?: readonly [series: number, item: number];
}

export interface ChartData {
  readonly columns: readonly string[];
  readonly marks: readonly Mark[];
}

interface Series {
  readonly type?: unknown;
  readonly name?: unknown;
  readonly data?: unknown;
  readonly silent?: unknown;
  readonly xAxisIndex?: unknown;
}

/** Points of lines and scatters; undefined where there are none. Axes with the same name are one column. */
export function readData(option: Readonly<Record<string, unknown>>): ChartData | undefined {
  const axisNames = (axis: unknown) => listOf(axis).map(({ name }) => String(name ?? ''));
  const [xs, ys] = [axisNames(option.xAxis), axisNames(option.yAxis)];
  const drawn = listOf(option.series).flatMap((series: Series) => {
    const { type, silent, data, xAxisIndex = 0 } = series;
    const isRead = (type === 'line' || type === 'scatter') && silent !== true && Array.isArray(data);
    return isRead
      ? [{ name: String(series.name ?? ''), data: data as unknown[], axes: Number(xAxisIndex) }]
      : [];
  });
  const named = new Set(drawn.flatMap(({ axes }) => [xs[axes] || 'x', ys[axes] || 'y']));
  const columns = ['series', ...named];
  const marks = drawn.flatMap(({ name, data, axes }) =>
    data.filter(isPoint).map((point): Mark => {
      const cells = columns.map((column): Cell => {
        if (column === 'series') return name;
        return column === (xs[axes] || 'x') ? point[0] : column === (ys[axes] || 'y') ? point[1] : null;
      });
      return { cells, axes, point };
    }),
  );
  return marks.length === 0 ? undefined : { columns, marks };
}

function listOf(one: unknown): readonly Readonly<Record<string, unknown>>[] {
  const all: unknown[] = Array.isArray(one) ? one : [one];
  return all.filter(
    (each): each is Readonly<Record<string, unknown>> => typeof each === 'object' && each !== null,
  );
}

function isPoint(point: unknown): point is readonly [number, number] {
  return Array.isArray(point) && Number.isFinite(point[0] as unknown) && Number.isFinite(point[1] as unknown);
}

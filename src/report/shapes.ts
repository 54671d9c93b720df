// What ECharts has no series of its own for: bands around lines, whiskers on bars, labelled lines across a chart.
import type { Row } from './define.js';
import { INK, PAPER, type SeriesStyle } from './theme.js';

interface RenderApi {
  value(dimension: number): number;
  coord(point: readonly number[]): number[];
  size?(extent: readonly number[]): number[];
  barLayout(layout: object): { offsetCenter: number }[];
}

/** A band as one polygon, of rows that have both its edges: stacked areas, the usual way, are wrong on a log scale. */
export function bandSeries(
  rows: readonly Row[],
  { x, low, high }: { readonly x: string; readonly low: string; readonly high: string },
  style: SeriesStyle,
): object {
  const outline = [
    ...rows.map((row) => [row[x] as number, row[low] as number]),
    ...rows.toReversed().map((row) => [row[x] as number, row[high] as number]),
  ];
  return {
    type: 'custom',
    silent: true,
    // All points go in as data, for the axes to span them; the first one draws the whole band.
    data: outline,
    renderItem: (item: { dataIndex: number }, api: RenderApi) =>
      item.dataIndex > 0
        ? null
        : {
            type: 'polygon',
            shape: { points: outline.map((point) => api.coord(point)) },
            style: { fill: style.colour, opacity: 0.18 },
          },
  };
}

/** Intervals over bars: `data` is [category, low, high], of the `index`-th of `count` series side by side. */
export function whiskerSeries(data: readonly unknown[][], index: number, count: number): object {
  return {
    type: 'custom',
    silent: true,
    z: 3,
    data: data.filter(([, low, high]) => typeof low === 'number' && typeof high === 'number'),
    encode: { x: 0, y: [1, 2] },
    renderItem: (_: unknown, api: RenderApi) => {
      const { offsetCenter } = api.barLayout({ count, barMaxWidth: 48, barGap: '12%' })[index]!;
      const [x, low] = api.coord([api.value(0), api.value(1)]) as [number, number];
      const high = api.coord([api.value(0), api.value(2)])[1]!;
      const at = x + offsetCenter;
      const line = (x1: number, y1: number, x2: number, y2: number) => ({
        type: 'line',
        shape: { x1, y1, x2, y2 },
        style: { stroke: INK, lineWidth: 1.5 },
      });
      const cap = 5;
      return {
        type: 'group',
        children: [
          line(at, low, at, high),
          line(at - cap, low, at + cap, low),
          line(at - cap, high, at + cap, high),
        ],
      };
    },
  };
}

/** Lines across the whole chart, with their labels. */
export function markSeries(marks: readonly { readonly y: number; readonly label: string }[]): object {
  return {
    type: 'line',
    data: [],
    silent: true,
    markLine: {
      symbol: 'none',
      animation: false,
      lineStyle: { color: INK, type: 'dashed', width: 1 },
      data: marks.map(({ y, label }) => ({
        yAxis: y,
        label: { formatter: label, position: 'insideEndTop', color: INK, fontSize: 12 },
      })),
    },
  };
}

/** Points over a line of means: each a replicate. */
export function pointSeries(data: readonly unknown[][], { colour, symbol }: SeriesStyle): object {
  return {
    type: 'scatter',
    silent: true,
    z: 1,
    data,
    color: colour,
    symbol,
    symbolSize: 5,
    itemStyle: { opacity: 0.5 },
  };
}

/** Points over bars: `data` is [category, value], of the `index`-th of `count` series side by side. */
export function barPointSeries(data: readonly unknown[][], index: number, count: number): object {
  return {
    type: 'custom',
    silent: true,
    z: 3,
    data,
    encode: { x: 0, y: 1 },
    renderItem: (_: unknown, api: RenderApi) => {
      const { offsetCenter } = api.barLayout({ count, barMaxWidth: 48, barGap: '12%' })[index]!;
      const [x, y] = api.coord([api.value(0), api.value(1)]) as [number, number];
      return {
        type: 'circle',
        shape: { cx: x + offsetCenter, cy: y, r: 3 },
        style: { fill: PAPER, stroke: INK, lineWidth: 1.2 },
      };
    },
  };
}

// The thresholds that a bisection has found, against one of the other axes, each with its interval; the other axes tell the
// series apart.
import { formatCount } from '../../ground/text.js';
import type { Chart } from '../echarts.js';
import { drawInForms, type Form } from '../form.js';
import { layOutChart } from '../layout.js';
import { valueAxis } from '../look.js';
import { MUTED, type SeriesStyle } from '../theme.js';
import { type Bisected, finiteCell, type Search, showOuter, within } from './bisection.js';
import { dotsSeries, LOOKS, thin, withLooks } from './marks.js';
import { axisOf, placeOn } from './slices.js';
import type { Axis } from './trials.js';
import { rangeOf, scaleOf } from './view.js';

/** More than so many are drawn alike, and not told apart. */
const SERIES = 8;
const MOST = 2000;
const OUTSIDE = 'past an end of the search';

/** Undefined where no other axis varies: one threshold is no figure. */
export function thresholdsChart(run: Bisected): Chart | undefined {
  const [across, ...others] = orderAcross(run.axes);
  return across === undefined ? undefined : drawInForms((form) => draw(run, across, others, form));
}

/** The one with the most values goes across, numbers before text. */
function orderAcross(axes: readonly Axis[]): readonly Axis[] {
  const weigh = ({ values, labels }: Axis) => new Set(values).size + (labels === null ? 1e9 : 0);
  return axes.toSorted((a, b) => weigh(b) - weigh(a));
}

interface Series {
  readonly name: string;
  readonly rows: readonly number[];
}

/** By the values of the axes that do not go across. */
function groupSeries(rows: readonly number[], others: readonly Axis[]): readonly Series[] {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    const name = others.map((axis) => `${axis.name}=${showOuter(axis, row)}`).join(' ');
    const members = groups.get(name) ?? [];
    if (members.push(row) === 1) groups.set(name, members);
  }
  const all = [...groups].map(([name, members]) => ({ name, rows: members }));
  if (all.length <= SERIES) return all;
  return [
    { name: `${formatCount(all.length)} settings of ${others.map(({ name }) => name).join(', ')}`, rows },
  ];
}

function draw(run: Bisected, across: Axis, others: readonly Axis[], form: Form): Chart {
  const { spec, searches, isNoisy } = run;
  const known = searches.flatMap(({ threshold }, row) =>
    Number.isNaN(threshold) || Number.isNaN(across.values[row]!) ? [] : [row],
  );
  const shown = thin(known.length, MOST).map((i) => known[i]!);
  const series = groupSeries(shown, others);
  const outside = shown.filter((row) => !Number.isFinite(searches[row]!.threshold));
  const names = [...series.map(({ name }) => name), ...(outside.length > 0 ? [OUTSIDE] : [])];
  const point = (row: number) => [placeOn(across, row), within(searches[row]!.threshold, spec)] as const;
  const ends = shown.flatMap((row) => [searches[row]!.low, searches[row]!.high]);
  const values = Float64Array.from(ends, (end) => within(end, spec));
  const scale = scaleOf(rangeOf(values));
  const look = {
    title: `Threshold of ${spec.axis}, where ${spec.metric} turns`,
    subtitle: [
      isNoisy ? 'medians with 95 % intervals' : 'the middle of each bracket, which the lines span',
      ...(shown.length < searches.length
        ? [`${formatCount(shown.length)} of ${formatCount(searches.length)} are drawn`]
        : []),
    ].join('; '),
  };
  const layout = layOutChart(look, form, { names, title: '' });
  const styles = form.styles(series.map(({ name }) => name));
  return {
    ...layout,
    data: {
      columns: ['trial', ...run.axes.map(({ name }) => name), 'threshold', 'lower', 'upper', 'trials'],
      marks: shown.map((row) => ({
        cells: [searches[row]!.answers[0]!.trial, ...cellsOf(run, row)],
        axes: 0,
        point: point(row),
      })),
    },
    option: {
      ...withLooks(layout.option, new Map([[OUTSIDE, LOOKS.pruned]])),
      xAxis: axisOf(across, form.isNarrow ? 280 : 560),
      yAxis: { scale: true, ...valueAxis(scale, spec.axis, [...values], {}) },
      series: [
        ...series.flatMap(({ name, rows }, i) => {
          const inside = rows.filter((row) => Number.isFinite(searches[row]!.threshold));
          const style =
            series.length === 1 && others.length > 0 ? { ...styles[i]!, colour: MUTED } : styles[i]!;
          const isLine = across.labels === null && isSingle(inside, across);
          return [
            whiskers(
              inside.map((row) => [placeOn(across, row), ...spanOf(searches[row]!, spec)]),
              style,
            ),
            thresholds(name, inside.toSorted((a, b) => across.values[a]! - across.values[b]!).map(point), {
              ...style,
              isLine,
            }),
          ];
        }),
        ...(outside.length > 0
          ? [dotsSeries({ name: OUTSIDE, points: outside.map(point), look: LOOKS.pruned, radius: 4 })]
          : []),
      ],
    },
  };
}

function cellsOf({ axes, searches }: Bisected, row: number): (number | string | null)[] {
  const { threshold, low, high, answers } = searches[row]!;
  return [
    ...axes.map(({ values, labels }) => labels?.[values[row]!] ?? finiteCell(values[row]!)),
    ...[threshold, low, high].map(finiteCell),
    answers.filter(({ value }) => value !== null).length,
  ];
}

function spanOf({ low, high }: Search, spec: Bisected['spec']): readonly [number, number] {
  return [within(low, spec), within(high, spec)];
}

/** Whether there is one threshold at each place: then a line joins them. */
function isSingle(rows: readonly number[], { values }: Axis): boolean {
  return new Set(rows.map((row) => values[row]!)).size === rows.length;
}

function thresholds(
  name: string,
  data: readonly (readonly number[])[],
  { colour, dash, symbol, isLine }: SeriesStyle & { readonly isLine: boolean },
): object {
  return {
    type: 'line',
    ...{ name, data, color: colour, symbol, symbolSize: 6, showAllSymbol: true, z: 4 },
    lineStyle: isLine ? { type: dash, width: 1.6 } : { opacity: 0 },
  };
}

/** `data` is [x, low, high]. */
function whiskers(data: readonly (readonly number[])[], { colour }: SeriesStyle): object {
  return {
    type: 'custom',
    silent: true,
    progressive: 0,
    z: 3,
    data,
    encode: { x: 0, y: [1, 2] },
    renderItem: (
      _: unknown,
      api: { value(dimension: number): number; coord(point: readonly number[]): [number, number] },
    ) => {
      const [x, low] = api.coord([api.value(0), api.value(1)]);
      const [, high] = api.coord([api.value(0), api.value(2)]);
      const line = (x1: number, y1: number, x2: number, y2: number) => ({
        type: 'line',
        shape: { x1, y1, x2, y2 },
        style: { stroke: colour, lineWidth: 1.2 },
      });
      const children = [line(x, low, x, high), line(x - 3, low, x + 3, low), line(x - 3, high, x + 3, high)];
      return { type: 'group', children };
    },
  };
}

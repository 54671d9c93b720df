// Heat maps in panels that share one colour scale: a row of panels for each value of one column, a column of panels for
// each value of another. Cells without a number stay empty.
import type { EChartsOption } from 'echarts';
import { heading, headingHeight } from './charts.js';
import type { Cell, Row } from './define.js';
import type { Chart } from './echarts.js';
import { FONT, formatTick, INK, MUTED, SEQUENTIAL_COLOURS } from './theme.js';

export interface HeatMapSpec {
  readonly x: string;
  readonly y: string;
  readonly value: string;
  /** Columns whose values make the rows and the columns of panels. */
  readonly panelRows?: string;
  readonly panelColumns?: string;
  readonly title?: string;
  readonly subtitle?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  readonly valueLabel?: string;
  /** Ends of the colour scale; those of the data if nothing is said. */
  readonly min?: number;
  readonly max?: number;
  /** Of the whole, in CSS pixels; the height follows from the panels. */
  readonly width?: number;
}

const LEFT = 76;
const SCALE = 96;
const GAP = 26;
const BOTTOM = 58;
const PANEL_TITLE = 22;

/** More cells than this along one side are finer than the eye: every n-th axis value is drawn. */
const MOST_CELLS = 200;

/** Axis values stand in the order of numbers or, where they are text, of first mention; y grows upwards. */
export function heatMap(rows: readonly Row[], spec: HeatMapSpec): Chart {
  const { x, y, value, width = 960 } = spec;
  const xs = thin(levels(rows, x));
  const ys = thin(levels(rows, y));
  const values = rows.map((row) => row[value]).filter((cell): cell is number => typeof cell === 'number');
  const min = spec.min ?? values.reduce((least, v) => Math.min(least, v), Number.POSITIVE_INFINITY);
  const max = spec.max ?? values.reduce((most, v) => Math.max(most, v), Number.NEGATIVE_INFINITY);
  const { panels, panelWidth, panelHeight, height, scale } = layOut(rows, spec, { xs, ys, width });
  const grids = panels.map(({ left, top }) => ({ left, top, width: panelWidth, height: panelHeight }));
  return {
    width,
    height,
    option: {
      ...heading(spec),
      grid: [...grids, scale],
      xAxis: [
        ...panels.map((panel, gridIndex) =>
          categoryAxis(xs, { gridIndex, labelled: panel.last, room: panelWidth / 44 }),
        ),
        { type: 'value', gridIndex: panels.length, show: false, min: 0, max: 1 },
      ],
      yAxis: [
        ...panels.map((panel, gridIndex) =>
          categoryAxis(ys, { gridIndex, labelled: panel.first, room: panelHeight / 14 }),
        ),
        scaleAxis(panels.length, min, max),
      ],
      graphic: [
        ...panels.map((panel) => label(panel.title, panel.left, panel.top - 17, { fontWeight: 600 })),
        ...axisLabels(spec, { width, height, scaleTop: scale.top }),
      ],
      visualMap: {
        show: false,
        type: 'continuous',
        min,
        max: max > min ? max : min + 1,
        dimension: 2,
        seriesIndex: panels.map((_, i) => i),
        inRange: { color: [...SEQUENTIAL_COLOURS] },
      },
      series: [
        ...panels.map(({ data }, i) => ({
          type: 'heatmap',
          xAxisIndex: i,
          yAxisIndex: i,
          data,
          progressive: 0,
        })),
        scaleSeries(panels.length, min, max),
      ],
    } as EChartsOption,
  };
}

interface Frame {
  readonly xs: readonly Cell[];
  readonly ys: readonly Cell[];
  readonly width: number;
}

/** Where everything goes, in CSS pixels, and the cells of each panel as [x index, y index, value]. */
function layOut(rows: readonly Row[], spec: HeatMapSpec, { xs, ys, width }: Frame) {
  const { x, y, value } = spec;
  const down = spec.panelRows === undefined ? [null] : levels(rows, spec.panelRows);
  const across = spec.panelColumns === undefined ? [null] : levels(rows, spec.panelColumns);
  const top = headingHeight(spec);
  const panelWidth = (width - LEFT - SCALE - GAP * (across.length - 1)) / across.length;
  const panelHeight = Math.min(320, Math.max(64, ys.length * 22));
  const stride = panelHeight + PANEL_TITLE + 8;

  const xIndex = new Map(xs.map((level, i) => [level, i]));
  const yIndex = new Map(ys.map((level, i) => [level, i]));
  const places = down.flatMap((row, r) => across.map((column, c) => ({ row, column, r, c })));
  const panels = places.map(({ row, column, r, c }) => ({
    left: LEFT + c * (panelWidth + GAP),
    top: top + PANEL_TITLE + r * stride,
    title: [panelTitle(spec.panelRows, row), panelTitle(spec.panelColumns, column)]
      .filter(Boolean)
      .join('   '),
    last: r === down.length - 1,
    first: c === 0,
    data: rows
      .filter((each) => matches(each, spec.panelRows, row) && matches(each, spec.panelColumns, column))
      .filter((each) => typeof each[value] === 'number')
      .map((each) => [xIndex.get(each[x]!), yIndex.get(each[y]!), each[value]])
      .filter(([i, j]) => i !== undefined && j !== undefined),
  }));
  const scale = {
    left: width - SCALE + 24,
    top: panels[0]!.top,
    width: 14,
    height: Math.max(120, stride * down.length - PANEL_TITLE - 8),
  };
  return { panels, panelWidth, panelHeight, height: top + stride * down.length + BOTTOM, scale };
}

/** The names of both axes, in the middle of all panels, and that of the colour scale. */
function axisLabels(
  spec: HeatMapSpec,
  { width, height, scaleTop }: { readonly width: number; readonly height: number; readonly scaleTop: number },
): object[] {
  const top = headingHeight(spec);
  const middle = top + PANEL_TITLE + (height - BOTTOM - top) / 2;
  return [
    label(spec.xLabel ?? spec.x, LEFT + (width - LEFT - SCALE) / 2, height - 24, {
      align: 'center',
      fontSize: 13,
    }),
    { ...label(spec.yLabel ?? spec.y, 20, middle, { fontSize: 13 }), rotation: Math.PI / 2 },
    label(spec.valueLabel ?? spec.value, width - 12, scaleTop - 26, { align: 'right', fontWeight: 600 }),
  ];
}

function levels(rows: readonly Row[], column: string): Cell[] {
  const found = [...new Set(rows.map((row) => row[column] ?? null))];
  return found.every((cell) => typeof cell === 'number')
    ? found.sort((a, b) => Number(a) - Number(b))
    : found;
}

function thin(values: Cell[]): Cell[] {
  const step = Math.ceil(values.length / MOST_CELLS);
  return values.filter((_, i) => i % step === 0);
}

function matches(row: Row, column: string | undefined, level: Cell): boolean {
  return column === undefined || (row[column] ?? null) === level;
}

function panelTitle(column: string | undefined, level: Cell): string {
  if (column === undefined || level === null) return '';
  return typeof level === 'string' ? level : `${column} = ${formatTick(level)}`;
}

function categoryAxis(
  values: readonly Cell[],
  {
    gridIndex,
    labelled,
    room,
  }: { readonly gridIndex: number; readonly labelled: boolean; readonly room: number },
): object {
  const step = labelStep(values, room);
  const show = (index: number) => index % step === 0;
  return {
    type: 'category',
    gridIndex,
    data: values.map((value) => (value === null ? 'none' : formatTick(value))),
    axisTick: { show: labelled, alignWithLabel: true, interval: show },
    axisLabel: { show: labelled, interval: show },
  };
}

/**
 * Which labels to write where all do not fit: every n-th, both ends included where possible, and of those that fit the
 * shortest on average (0.01, 0.1, 1 rather than 0.01, 0.0316, 0.1, …).
 */
function labelStep(values: readonly Cell[], room: number): number {
  if (values.length <= room) return 1;
  let best = Math.ceil(values.length / room);
  let bestLength = Number.POSITIVE_INFINITY;
  for (let step = best; step <= (values.length - 1) / 2; step++) {
    if ((values.length - 1) % step !== 0) continue;
    const labels = values.filter((_, i) => i % step === 0).map((value) => formatTick(value ?? ''));
    const length = labels.join('').length / labels.length;
    if (length < bestLength) [best, bestLength] = [step, length];
  }
  return best;
}

function label(text: string, x: number, y: number, style: object): object {
  return {
    type: 'text',
    x,
    y,
    silent: true,
    style: { text, fill: INK, fontFamily: FONT, fontSize: 12, ...style },
  };
}

function scaleAxis(gridIndex: number, min: number, max: number): object {
  return {
    type: 'value',
    gridIndex,
    min,
    max: max > min ? max : min + 1,
    position: 'right',
    splitLine: { show: false },
    axisLine: { show: false },
    axisTick: { lineStyle: { color: MUTED } },
    axisLabel: { formatter: (value: number) => formatTick(value), hideOverlap: true },
  };
}

/** The colour scale itself: one bar with a gradient, beside an ordinary axis (a visualMap has no ticks). */
function scaleSeries(axisIndex: number, min: number, max: number): object {
  const colorStops = SEQUENTIAL_COLOURS.map((color, i) => ({
    offset: i / (SEQUENTIAL_COLOURS.length - 1),
    color,
  }));
  return {
    type: 'custom',
    xAxisIndex: axisIndex,
    yAxisIndex: axisIndex,
    silent: true,
    data: [[0, min]],
    renderItem: (_: unknown, api: { coord(point: readonly number[]): number[] }) => {
      const [left, bottom] = api.coord([0, min]) as [number, number];
      const [right, upper] = api.coord([1, max > min ? max : min + 1]) as [number, number];
      return {
        type: 'rect',
        shape: { x: left, y: upper, width: right - left, height: bottom - upper },
        style: { fill: { type: 'linear', x: 0, y: 1, x2: 0, y2: 0, colorStops } },
      };
    },
  };
}

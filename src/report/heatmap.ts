// Heat maps in panels that share one colour scale: a row of panels for each value of one column, a column of panels for
// each value of another. Numeric axes are true to scale. Cells without a number stay empty.
import type { ChartData } from './chart-data.js';
import { type ColourScale, colourAxes, colourBar, colourOf, colourScale } from './colour-scale.js';
import type { Cell, Row } from './define.js';
import type { Chart } from './echarts.js';
import { drawInForms, type Form, NARROW_WIDTH } from './form.js';
import { type Frame, layOut, levelsOf, type Panel } from './heatmap-layout.js';
import { heading, squeeze } from './layout.js';
import type { ChartLook, ScaleType } from './look.js';
import { requireColumns, requireOneRow } from './marks.js';
import { centreOf, labelledLevels, type Spacing, spaceLevels } from './spacing.js';
import { FONT, INK } from './theme.js';

export interface HeatMapSpec extends Omit<ChartLook, 'height' | 'seriesLabel'> {
  readonly x: string;
  readonly y: string;
  readonly value: string;
  /** Columns whose values make the rows and the columns of panels; columns alone are broken into lines where many. */
  readonly panelRows?: string;
  readonly panelColumns?: string;
  readonly valueLabel?: string;
  /** Default: `log` where all values are above 0 and span more than two decades, else `linear`. */
  readonly valueScale?: ScaleType;
  /** Ends of the colour scale; those of the data if nothing is said. */
  readonly min?: number;
  readonly max?: number;
}

/** More cells than this along one side are finer than the eye: of more levels so many are drawn, and the axis says so. */
const MOST_CELLS = 200;

/**
 * Numbers stand at their distances, linear or logarithmic, whichever is more even; where cells would be slivers they
 * stand side by side and the axis says "not to scale". Of more than 200 levels 200 are drawn, both ends among them, and the
 * axis says so. Text stands in the order of first mention; y grows upwards.
 * Throws BAD_DEFINITION for unknown columns, values that are no numbers, and two rows for one cell. The height follows
 * from the panels.
 */
export function heatMap(rows: readonly Row[], spec: HeatMapSpec): Chart {
  const { x, y, value, panelRows, panelColumns } = spec;
  const keys = [x, y, panelRows, panelColumns];
  requireColumns(rows, { chart: 'heatMap', columns: [...keys, value], numbers: [value] });
  requireOneRow(
    rows,
    'heatMap',
    keys,
    'make one row of them in SQL (GROUP BY), or name panelRows and panelColumns',
  );
  return drawInForms((form) => draw(rows, spec, form));
}

function draw(rows: readonly Row[], spec: HeatMapSpec, { isNarrow }: Form): Chart {
  const width = isNarrow ? NARROW_WIDTH : (spec.width ?? 960);
  const levels = { x: levelsOf(rows, spec.x), y: levelsOf(rows, spec.y) };
  const [xs, ys] = [thin(levels.x), thin(levels.y)];
  const [across, up] = [spaceLevels(xs), spaceLevels(ys)];
  const values = rows.map((row) => row[spec.value]).filter((cell): cell is number => Number.isFinite(cell));
  const colours = colourScale(values, { min: spec.min, max: spec.max, scale: spec.valueScale });
  const { title, bottom: top } = heading(spec, width);
  const left = Math.max(isNarrow ? 64 : 76, 44 + LETTER * longest(up.labels));
  const frame = layOut(rows, spec, { xs, ys, width, left, top });
  const { panels, panelWidth, panelHeight, height, scale } = frame;
  const bar = panels.length;
  const barAxes = colourAxes(bar, colours, isNarrow);
  const room = panelWidth / Math.max(44, 10 + LETTER * longest(across.labels));
  return {
    width,
    height,
    data: dataOf(frame, spec, { xs, ys, across, up }),
    option: {
      ...title,
      grid: [
        ...panels.map((panel) => ({
          left: panel.left,
          top: panel.top,
          width: panelWidth,
          height: panelHeight,
        })),
        scale,
      ],
      xAxis: [...panels.map((panel, i) => levelAxis(across, i, panel.last, room)), barAxes.x],
      yAxis: [...panels.map((panel, i) => levelAxis(up, i, panel.first, panelHeight / 14)), barAxes.y],
      graphic: [
        ...panels.map((panel) => label(panel.title, panel.left, panel.top - 17, { fontWeight: 600 })),
        ...axisLabels(spec, frame, {
          across: nameOf(spec.xLabel ?? spec.x, levels.x, across),
          up: nameOf(spec.yLabel ?? spec.y, levels.y, up),
          isNarrow,
        }),
      ],
      series: [
        ...panels.map((panel, i) => cellSeries(panel, i, { across, up, colours })),
        colourBar(bar, colours, isNarrow),
      ],
    },
  };
}

/** CSS pixels of a letter, and letters of the longest label. */
const LETTER = 7;
const longest = (labels: readonly string[]) => Math.max(...labels.map((text) => squeeze(text).length));

interface Grid {
  readonly xs: readonly Cell[];
  readonly ys: readonly Cell[];
  readonly across: Spacing;
  readonly up: Spacing;
}

/** A row for each cell that is drawn. */
function dataOf({ panels }: Frame, spec: HeatMapSpec, { xs, ys, across, up }: Grid): ChartData {
  const columns = spec.panelRows === undefined && spec.panelColumns === undefined ? [] : ['panel'];
  return {
    columns: [...columns, spec.xLabel ?? spec.x, spec.yLabel ?? spec.y, spec.valueLabel ?? spec.value],
    marks: panels.flatMap(({ title, cells }, axes) =>
      cells.map(([i, j, value]) => ({
        cells: [...columns.map(() => title), xs[i]!, ys[j]!, value],
        axes,
        point: [centreOf(across.edges, i), centreOf(up.edges, j)],
      })),
    ),
  };
}

interface Scales {
  readonly across: Spacing;
  readonly up: Spacing;
  readonly colours: ColourScale;
}

function cellSeries({ cells }: Panel, index: number, { across, up, colours }: Scales): object {
  const drawn = cells.filter(
    ([, , value]) => Number.isFinite(value) && !(colours.scale === 'log' && value <= 0),
  );
  return {
    type: 'custom',
    xAxisIndex: index,
    yAxisIndex: index,
    silent: true,
    progressive: 0,
    data: drawn.map(([i, j, value]) => [centreOf(across.edges, i), centreOf(up.edges, j), value]),
    renderItem: (
      { dataIndex }: { dataIndex: number },
      api: { coord(point: readonly number[]): number[] },
    ) => {
      const [i, j, value] = drawn[dataIndex]!;
      // On whole pixels and half a pixel into the next cell, so that no seam shows between neighbours at any size.
      const [left, bottom] = api.coord([across.edges[i]!, up.edges[j]!]).map(Math.round) as [number, number];
      const [right, top] = api.coord([across.edges[i + 1]!, up.edges[j + 1]!]).map(Math.round) as [
        number,
        number,
      ];
      return {
        type: 'rect',
        shape: { x: left, y: top - 0.5, width: right - left + 0.5, height: bottom - top + 0.5 },
        style: { fill: colourOf(value, colours) },
      };
    },
  };
}

/** An axis from 0 to 1 with the levels' labels in the middle of their cells. */
function levelAxis(spacing: Spacing, gridIndex: number, labelled: boolean, room: number): object {
  const shown = labelledLevels(spacing, room);
  const texts = new Map(shown.map((i) => [centreOf(spacing.edges, i), squeeze(spacing.labels[i]!)]));
  const customValues = [...texts.keys()];
  return {
    type: 'value',
    gridIndex,
    min: 0,
    max: 1,
    splitLine: { show: false },
    axisTick: { show: labelled, customValues },
    axisLabel: { show: labelled, customValues, formatter: (at: number) => texts.get(at) ?? '' },
  };
}

/** The names of both axes, in the middle of all panels, and that of the colour scale. */
function axisLabels(
  spec: HeatMapSpec,
  { height, scale, middle }: Frame,
  { across, up, isNarrow }: { readonly across: string; readonly up: string; readonly isNarrow: boolean },
): object[] {
  const name = squeeze(spec.valueLabel ?? spec.value);
  return [
    label(across, middle.left, height - 24, { align: 'center', fontSize: 13 }),
    {
      ...label(up, isNarrow ? 10 : 20, middle.top, { fontSize: 13, align: 'center' }),
      rotation: Math.PI / 2,
    },
    isNarrow
      ? label(name, scale.left, scale.top - 18, { fontWeight: 600 })
      : label(name, (spec.width ?? 960) - 12, scale.top - 26, { align: 'right', fontWeight: 600 }),
  ];
}

/** The name of an axis, and what is not as its levels are. */
function nameOf(text: string, levels: readonly unknown[], { labels, untrue }: Spacing): string {
  const notes = [
    ...(labels.length < levels.length ? [`drawn ${labels.length} of ${levels.length} levels`] : []),
    ...(untrue ? ['not to scale'] : []),
  ];
  return notes.length === 0 ? text : `${text} (${notes.join(', ')})`;
}

/** At most MOST_CELLS of them, evenly spread, the first and the last among them. */
function thin<T>(values: readonly T[]): readonly T[] {
  if (values.length <= MOST_CELLS) return values;
  const step = (values.length - 1) / (MOST_CELLS - 1);
  return Array.from({ length: MOST_CELLS }, (_, i) => values[Math.round(i * step)]!);
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

// Points: one for each row, told apart by colour and symbol.
import type { Row } from './define.js';
import type { Chart } from './echarts.js';
import { shortLogAxis } from './log-axis.js';
import {
  type ChartLook,
  columnsOf,
  edges,
  fits,
  gridFor,
  heading,
  legendFor,
  type ScaleType,
  scaleAxis,
  valueAxis,
} from './look.js';
import { requireColumns } from './marks.js';
import { groupRows } from './settings.js';
import { markSeries } from './shapes.js';
import { seriesStyle } from './theme.js';

export interface ScatterChartSpec extends ChartLook {
  readonly x: string;
  readonly y: string;
  /** A colour and symbol for each value of this column, in the order of first mention. */
  readonly series?: string;
  readonly xScale?: ScaleType;
  readonly yScale?: ScaleType;
  readonly yMin?: number;
  readonly yMax?: number;
  /** Lines across the whole chart, with their labels. */
  readonly marks?: readonly { readonly y: number; readonly label: string }[];
}

/** So many points hide one another: they are drawn smaller and fainter. */
const MANY = 300;

/**
 * Rows without a number on both axes (above 0 on a log scale) have no point; how many is said under the title. Throws
 * BAD_DEFINITION for unknown columns and text in place of numbers.
 */
export function scatterChart(rows: readonly Row[], spec: ScatterChartSpec): Chart {
  const { x, y, series, xScale = 'linear', yScale = 'linear', width = 760, height = 440 } = spec;
  requireColumns(rows, { chart: 'scatterChart', columns: [x, y, series], numbers: [x, y] });
  const drawable = rows.filter((row) => fits(row[x], xScale) && fits(row[y], yScale));
  const lost = rows.length - drawable.length;
  const said = lost === 0 ? [] : [`${lost} of ${rows.length} rows have no place on these axes`];
  const subtitle = [spec.subtitle, ...said].filter((part) => part !== undefined).join('; ');
  const look = {
    ...spec,
    title: spec.title ?? `${y} against ${x}`,
    ...(subtitle === '' ? {} : { subtitle }),
  };
  const groups = groupRows(drawable, series);
  const names = groups.map(([name]) => name);
  const title = spec.seriesLabel ?? series ?? '';
  const many = drawable.length > MANY;
  const xs = columnsOf(drawable, [x]);
  const list: object[] = groups.map(([name, members], i) => ({
    type: 'scatter',
    name,
    data: members.map((row) => [row[x], row[y]]),
    color: seriesStyle(i).colour,
    symbol: seriesStyle(i).symbol,
    symbolSize: many ? 4 : 8,
    itemStyle: { opacity: many ? 0.5 : 0.85 },
    progressive: 0,
  }));
  if (spec.marks !== undefined) list.push(markSeries(spec.marks));
  return {
    width,
    height,
    option: {
      ...heading(look),
      ...narrowSymbols(legendFor(look, names, title)),
      grid: gridFor(look, names, title),
      xAxis: {
        ...scaleAxis(xScale, 'x', spec.xLabel ?? x),
        ...(xScale === 'log' ? shortLogAxis(xs) : { scale: true }),
        ...(xScale === 'linear' && new Set(xs).size === 1 ? edges([xs[0]! - 1, xs[0]! + 1]) : {}),
      },
      yAxis: {
        scale: true,
        ...valueAxis(yScale, spec.yLabel ?? y, columnsOf(drawable, [y]), { min: spec.yMin, max: spec.yMax }),
      },
      series: list,
    },
  };
}

/** A legend's symbols are as wide as lines need: a square would be a bar. */
function narrowSymbols({ legend, ...rest }: { readonly legend?: object }): object {
  return legend === undefined ? rest : { ...rest, legend: { ...legend, itemWidth: 12 } };
}

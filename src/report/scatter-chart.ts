// Points: one for each row, told apart by colour and symbol.
import type { Row } from './define.js';
import type { Chart } from './echarts.js';
import { drawInForms, type Form } from './form.js';
import { layOutChart } from './layout.js';
import { logAxis } from './log-axis.js';
import { type ChartLook, columnsOf, edges, fits, type ScaleType, scaleAxis, valueAxis } from './look.js';
import { requireColumns } from './marks.js';
import { groupRows } from './settings.js';
import { markSeries } from './shapes.js';

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
  const { x, y, series, xScale = 'linear', yScale = 'linear' } = spec;
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
  return drawInForms((form) => draw(drawable, look, form));
}

function draw(rows: readonly Row[], spec: ScatterChartSpec, form: Form): Chart {
  const { x, y, series, xScale = 'linear', yScale = 'linear' } = spec;
  const groups = groupRows(rows, series);
  const names = groups.map(([name]) => name);
  const styles = form.styles(names);
  const title = spec.seriesLabel ?? series ?? '';
  const many = rows.length > MANY;
  const xs = columnsOf(rows, [x]);
  const list: object[] = groups.map(([name, members], i) => ({
    type: 'scatter',
    name,
    data: members.map((row) => [row[x], row[y]]),
    color: styles[i]!.colour,
    symbol: styles[i]!.symbol,
    symbolSize: many ? 4 : 8,
    itemStyle: { opacity: many ? 0.5 : 0.85 },
    progressive: 0,
  }));
  if (spec.marks !== undefined) list.push(markSeries(spec.marks));
  const layout = layOutChart(spec, form, { names, title, symbolWidth: 12 });
  const keys = [...(series === undefined ? [] : [series]), x, y];
  const labels = [...(series === undefined ? [] : [title]), spec.xLabel ?? x, spec.yLabel ?? y];
  return {
    ...layout,
    data: {
      columns: labels,
      marks: rows.map((row) => ({
        cells: keys.map((key) => row[key] ?? null),
        axes: 0,
        point: [row[x] as number, row[y] as number],
      })),
    },
    option: {
      ...layout.option,
      xAxis: {
        ...scaleAxis(xScale, 'x', spec.xLabel ?? x),
        ...(xScale === 'log' ? logAxis(xs) : { scale: true }),
        ...(xScale === 'linear' && new Set(xs).size === 1 ? edges([xs[0]! - 1, xs[0]! + 1]) : {}),
      },
      yAxis: {
        scale: true,
        ...valueAxis(yScale, spec.yLabel ?? y, columnsOf(rows, [y]), { min: spec.yMin, max: spec.yMax }),
      },
      series: list,
    },
  };
}

// Units of metrics on the axes of charts, as the worker declares them: an axis that is named after a metric, and nothing
// else, gets its unit.
import type { Metric } from '../trial/metrics.js';
import type { Chart } from './echarts.js';

/** The chart with `loss, nats` where an axis or a colour scale is called `loss`. */
export function nameUnits(chart: Chart, metrics: readonly Metric[]): Chart {
  const units = new Map(metrics.flatMap(({ name, unit }) => (unit ? [[name, `${name}, ${unit}`]] : [])));
  if (units.size === 0) return chart;
  const { xAxis, yAxis, graphic } = chart.option;
  const renamed = {
    ...chart.option,
    ...(xAxis === undefined ? {} : { xAxis: mapEach(xAxis, (axis) => withName(axis, units)) }),
    ...(yAxis === undefined ? {} : { yAxis: mapEach(yAxis, (axis) => withName(axis, units)) }),
    ...(graphic === undefined ? {} : { graphic: mapEach(graphic, (mark) => withText(mark, units)) }),
  };
  const { data } = chart;
  const named = data && { ...data, columns: data.columns.map((column) => units.get(column) ?? column) };
  return { ...chart, option: renamed, ...(named === undefined ? {} : { data: named }) };
}

type Units = ReadonlyMap<string, string>;

function mapEach(one: unknown, change: (part: object) => object): unknown {
  if (Array.isArray(one)) return one.map((part) => mapEach(part, change));
  return typeof one === 'object' && one !== null ? change(one) : one;
}

function withName(axis: { readonly name?: unknown }, units: Units): object {
  const name = typeof axis.name === 'string' ? units.get(axis.name) : undefined;
  return name === undefined ? axis : { ...axis, name };
}

function withText(mark: { readonly style?: { readonly text?: unknown } }, units: Units): object {
  const text = typeof mark.style?.text === 'string' ? units.get(mark.style.text) : undefined;
  return text === undefined ? mark : { ...mark, style: { ...mark.style, text } };
}

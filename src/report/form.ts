// The forms of a figure: wide, for the file and for a page on a desk; narrow, for a page on a phone. Charts that are made
// from rows can be drawn in either, and in the colours that their page has for its names.
import type { Chart } from './echarts.js';
import { type SeriesStyle, seriesStyle } from './theme.js';

/** CSS pixels: what a phone leaves of its width. */
export const NARROW_WIDTH = 360;

export interface Form {
  /** 360 pixels wide, with the legend under the chart. */
  readonly isNarrow: boolean;
  /** The looks of a chart's series, in their order. */
  styles(names: readonly string[]): readonly SeriesStyle[];
}

export const WIDE: Form = { isNarrow: false, styles: (names) => names.map((_, i) => seriesStyle(i)) };

const drawings = new WeakMap<object, (form: Form) => Chart>();

/** The chart in its wide form; it can be drawn again in others. */
export function drawInForms(draw: (form: Form) => Chart): Chart {
  const chart = draw(WIDE);
  drawings.set(chart.option, draw);
  return chart;
}

/** Undefined where its option was made by hand, or edited: another form would lack what was changed. */
export function redraw(chart: Chart, form: Form): Chart | undefined {
  return drawings.get(chart.option)?.(form);
}

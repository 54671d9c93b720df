// Draws a chart wide and narrow, and holds both against what every drawing has to be.
import { expect } from 'vitest';
import { type Chart, renderChart } from '../../src/report/echarts.js';
import { redraw, WIDE } from '../../src/report/form.js';
import { findXmlFault } from './xml.js';

export async function expectBothForms(chart: Chart): Promise<readonly string[]> {
  const narrow = redraw(chart, { ...WIDE, isNarrow: true })!;
  expect(narrow.width).toBe(360);
  expect(narrow.data!.marks).toHaveLength(chart.data!.marks.length);
  const drawings = [await renderChart(chart, 'a', 'about'), await renderChart(narrow, 'b', 'about')];
  for (const svg of drawings) {
    expect(findXmlFault(svg)).toBeUndefined();
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  }
  return drawings;
}

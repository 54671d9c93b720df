// What charts refuse, and what they draw of rows that are not as tidy as one would like.
import { describe, expect, it } from 'vitest';
import { barChart, lineChart, scatterChart } from '../../src/report/charts.js';
import { colourOf, colourScale } from '../../src/report/colour-scale.js';
import { type Chart, renderChart } from '../../src/report/echarts.js';
import { heatMap } from '../../src/report/heatmap.js';
import { fullestColumns } from '../../src/report/heatmap-layout.js';
import { evenTicks } from '../../src/report/log-axis.js';
import { spaceLevels } from '../../src/report/spacing.js';
import { formatTicks } from '../../src/report/theme.js';
import { nameUnits } from '../../src/report/units.js';
import { findXmlFault } from './xml.js';

const rows = [1, 2, 3].flatMap((x) => [0, 1].map((seed) => ({ x, seed, loss: x + seed / 10, note: 'n/a' })));
const first = rows.filter((row) => row.seed === 0);
const draw = {
  lineChart: (columns: object, data: readonly object[] = first) =>
    lineChart(data as never, { x: 'x', y: 'loss', ...columns }),
  barChart: (columns: object, data: readonly object[] = first) =>
    barChart(data as never, { x: 'x', y: 'loss', ...columns }),
  heatMap: (columns: object, data: readonly object[] = first) =>
    heatMap(data as never, { x: 'x', y: 'seed', value: 'loss', ...columns }),
  scatterChart: (columns: object, data: readonly object[] = first) =>
    scatterChart(data as never, { x: 'x', y: 'loss', ...columns }),
};
const code = 'BAD_DEFINITION';
const seriesOf = (option: Chart['option']) => option.series as { type: string; data: unknown[][] }[];

describe.each(Object.entries(draw))('%s refuses', (chart, make) => {
  it('unknown columns, with the candidates', () => {
    const unknown = chart === 'heatMap' ? { value: 'lss' } : { y: 'lss' };
    expect(() => make(unknown)).toThrow(expect.objectContaining({ code }));
    expect(() => make(unknown)).toThrow(
      `${chart} cannot draw this: unknown column "lss"; did you mean "loss"? (legal: x, seed, loss, note)`,
    );
  });
  it('text where a number is needed', () => {
    const text = chart === 'heatMap' ? { value: 'note' } : { y: 'note' };
    expect(() => make(text)).toThrow(
      new RegExp(`${chart} cannot draw this: column "note" needs numbers, and holds "n/a"`),
    );
  });
  // Points of a scatter chart may lie on one another.
  if (chart === 'scatterChart') return;
  it('two rows for one mark, with what tells them apart', () => {
    const columns = chart === 'heatMap' ? { y: 'note' } : {};
    expect(() => make(columns, rows)).toThrow(/two rows for one mark, at .*x = 1.*differ in seed, loss/);
  });
});

describe('lines', () => {
  const line = (data: readonly object[], spec: object = {}) =>
    seriesOf(lineChart(data as never, { x: 'x', y: 'y', ...spec }).option);

  it('stand in the order of x, whatever the order of the rows', () => {
    const [only] = line([3, 1, 2].map((x) => ({ x, y: x * 10 })));
    expect(only!.data.map(([x]) => x)).toEqual([1, 2, 3]);
  });
  it('have a gap where others have an x and they do not, but are not torn by another grid', () => {
    const grid = [1, 2, 3, 4].flatMap((x) => ['a', 'b'].map((s) => ({ x, s, y: x })));
    const [a, b] = line(
      grid.filter(({ x, s }) => !(x === 2 && s === 'b')),
      { series: 's' },
    );
    expect(a!.data).toHaveLength(4);
    expect(b!.data).toEqual([
      [1, 1],
      [2, null],
      [3, 3],
      [4, 4],
    ]);
    const sparse = grid.filter(({ x, s }) => s === 'a' || x === 1 || x === 4);
    expect(line(sparse, { series: 's' })[1]!.data).toHaveLength(2);
  });
  it('with a band have it cut where the line is', () => {
    const banded = [1, 2, 3, 4, 5].flatMap((x) =>
      ['a', 'b'].map((s) => ({ x, s, y: x, low: x - 1, high: x + 1 })),
    );
    const kinds = line(
      banded.filter(({ x, s }) => !(x === 3 && s === 'b')),
      { series: 's', band: ['low', 'high'] },
    ).map(({ type }) => type);
    expect(kinds).toEqual(['custom', 'line', 'custom', 'custom', 'line']);
  });
  it('of replicates: the points of few, the interval of five', () => {
    const of = (n: number) =>
      line(
        [1, 2].flatMap((x) => Array.from({ length: n }, (_, i) => ({ x, y: i }))),
        { replicates: 'mean' },
      ).map(({ type, data }) => [type, data.length]);
    expect(of(3)).toEqual([
      ['line', 2],
      ['scatter', 6],
    ]);
    expect(of(5)).toEqual([
      ['custom', 4],
      ['line', 2],
    ]);
  });
});

describe('bars of replicates', () => {
  it('have points for few, whiskers from five on', async () => {
    const of = (n: number) =>
      barChart(
        Array.from({ length: n }, (_, i) => ({ x: 'a', y: i + 1 })),
        { x: 'x', y: 'y', replicates: 'mean' },
      );
    const few = await renderChart(of(3), 'few', 'few');
    const many = await renderChart(of(6), 'many', 'many');
    expect(few.match(/<circle /g)).toHaveLength(3);
    expect(many).not.toContain('<circle ');
    expect(many.match(/stroke-width="1.5"/g)).toHaveLength(3);
  });
});

describe('scatter charts', () => {
  it('draw a point for each row, and say how many have no place', async () => {
    const data = [...rows, { x: 9, seed: 0, loss: null, note: '' }];
    const chart = scatterChart(data, { x: 'x', y: 'loss', series: 'seed', title: 'Loss' });
    expect(seriesOf(chart.option).map((series) => series.data.length)).toEqual([3, 3]);
    const svg = await renderChart(chart, 's', 's');
    expect(findXmlFault(svg)).toBeUndefined();
    expect(svg).toContain('1 of 7 rows have no place on these axes');
    expect(svg).toContain('>seed</text>');
  });
});

describe('heat maps', () => {
  const widthsOf = (levels: readonly number[]) => {
    const { scale, untrue, edges } = spaceLevels(levels);
    return { scale, untrue, widths: edges.slice(1).map((edge, i) => Number((edge - edges[i]!).toFixed(3))) };
  };
  it('are true to scale: linear, or logarithmic where that is more even', () => {
    expect(widthsOf([0, 1, 2])).toEqual({ scale: 'linear', untrue: false, widths: [0.333, 0.333, 0.333] });
    expect(widthsOf([0.01, 0.1, 1])).toEqual({ scale: 'log', untrue: false, widths: [0.333, 0.333, 0.333] });
    expect(widthsOf([0, 1, 3])).toEqual({ scale: 'linear', untrue: false, widths: [0.222, 0.333, 0.444] });
  });
  it('say "not to scale" where cells would be slivers', async () => {
    expect(widthsOf([0, 0.5, 0.9, 0.99, 0.999]).untrue).toBe(true);
    const cells = [0, 0.5, 0.9, 0.99, 0.999].map((x) => ({ x, y: 1, z: x }));
    const svg = await renderChart(heatMap(cells, { x: 'x', y: 'y', value: 'z' }), 'h', 'h');
    expect(svg).toContain('>x (not to scale)</text>');
  });
  it('colour ratios where positive data span more than two decades', () => {
    const scale = colourScale([0.001, 1, 1000], {});
    expect(scale).toEqual({ scale: 'log', min: 0.001, max: 1000 });
    const middle = colourScale([0, 1], { scale: 'linear' });
    expect(colourOf(1, scale)).toBe(colourOf(0.5, middle));
    for (const values of [[0, 1000], [1, 99], [-1, 1e6], []])
      expect(colourScale(values, {}).scale).toBe('linear');
  });
  it('fill their grid, and have no panel without rows', () => {
    expect([1, 3, 4, 5, 6, 7, 9].map((n) => fullestColumns(n, 3))).toEqual([1, 3, 2, 3, 3, 2, 3]);
    const cells = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((p) => ({ x: 1, y: 1, p, z: 1 }));
    const { height, option } = heatMap(cells, { x: 'x', y: 'y', value: 'z', panelColumns: 'p' });
    expect(option.grid).toHaveLength(9);
    expect(height).toBeGreaterThan(200);
    const crossed = cells.slice(0, 2).map((cell, i) => ({ ...cell, q: i }));
    const panels = heatMap(crossed, { x: 'x', y: 'y', value: 'z', panelColumns: 'p', panelRows: 'q' });
    expect(panels.option.grid).toHaveLength(3);
  });
});

describe('words and numbers on axes', () => {
  it('units stand behind the names of metrics', () => {
    const metrics = [{ name: 'loss', type: 'number', unit: 'nats' }] as const;
    const named = nameUnits(draw.lineChart({}), metrics).option;
    expect([(named.xAxis as { name: string }).name, (named.yAxis as { name: string }).name]).toEqual([
      'x',
      'loss, nats',
    ]);
    const said = nameUnits(draw.lineChart({ yLabel: 'my loss' }), metrics).option;
    expect((said.yAxis as { name: string }).name).toBe('my loss');
    const graphic = nameUnits(draw.heatMap({}), metrics).option.graphic as { style: { text: string } }[];
    expect(graphic.map(({ style }) => style.text)).toContain('loss, nats');
  });
  it('labels that stand together are told apart', () => {
    expect(formatTicks([0.9981, 0.9982, 1])).toEqual(['0.9981', '0.9982', '1']);
    expect(formatTicks([1 / 3, 2 / 3])).toEqual(['0.333', '0.667']);
  });
  it('ticks of a narrow log axis are even', () => {
    expect(evenTicks(0.41, 0.48)).toEqual([0.4, 0.42, 0.44, 0.46, 0.48]);
    expect(evenTicks(3, 3)).toHaveLength(2);
  });
});

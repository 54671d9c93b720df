import { describe, expect, it } from 'vitest';
import { barChart, lineChart } from '../../src/report/charts.js';
import { type Chart, renderChart } from '../../src/report/echarts.js';
import { heatMap } from '../../src/report/heatmap.js';
import { formatNumber, SEQUENTIAL_COLOURS, seriesStyle } from '../../src/report/theme.js';
import { findXmlFault } from './xml.js';

/** Numbers in attributes to one decimal: the last digits are ECharts' own affair. */
const rounded = (svg: string) =>
  svg.replace(/="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d+/g, (text) => String(Math.round(Number(text) * 10) / 10)),
  );

const curves = ['sgd', 'adam'].flatMap((optimizer, o) =>
  [0.01, 0.1, 1].map((alpha, i) => ({
    optimizer,
    alpha,
    loss: (i + 1) * (o + 1),
    low: i + o + 0.5,
    high: i + o + 3,
  })),
);
const charts: Record<string, Chart> = {
  line: lineChart(curves, {
    x: 'alpha',
    y: 'loss',
    series: 'optimizer',
    band: ['low', 'high'],
    xScale: 'log',
    title: 'Loss & "more" <here>',
    marks: [{ y: 3, label: 'chance' }],
  }),
  bars: barChart(
    curves.map((row) => ({ ...row, size: String(row.alpha) })),
    {
      x: 'size',
      y: 'loss',
      series: 'optimizer',
      interval: ['low', 'high'],
      title: 'Loss',
      subtitle: 'with intervals',
    },
  ),
  heat: heatMap(
    ['a', 'b'].flatMap((panel) =>
      [0, 1].flatMap((y) => [1, 2, 4].map((x) => ({ panel, x, y, z: x * (y + 1) }))),
    ),
    { x: 'x', y: 'y', value: 'z', panelColumns: 'panel', title: 'Heat' },
  ),
};

describe('charts', () => {
  it.each(Object.entries(charts))(
    '%s: the SVG that was looked at, the same bytes every time',
    async (name, chart) => {
      const svg = await renderChart(chart, name, `the "${name}" & more`);
      expect(await renderChart(chart, name, `the "${name}" & more`)).toBe(svg);
      expect(findXmlFault(svg)).toBeUndefined();
      await expect(rounded(svg)).toMatchFileSnapshot(`../fixtures/report-${name}.svg`);
    },
  );

  it('draws every cell of a heat map, in the colours of its scale', async () => {
    const svg = await renderChart(charts.heat!, 'heat', 'heat');
    const cells = [...svg.matchAll(/<path d="[^"]*Z" fill="(#[0-9a-f]{6}|rgb\([^)]*\))"/g)];
    expect(cells.length).toBeGreaterThanOrEqual(12);
    expect(SEQUENTIAL_COLOURS).toHaveLength(9);
  });

  it('breaks a line where there is no number, instead of drawing across', async () => {
    const rows = [1, 2, 3, 4, 5].map((x) => ({ x, y: x === 3 ? null : x }));
    const svg = await renderChart(lineChart(rows, { x: 'x', y: 'y' }), 'gap', 'gap');
    const whole = await renderChart(
      lineChart(
        rows.map(({ x }) => ({ x, y: x })),
        { x: 'x', y: 'y' },
      ),
      'gap',
      'gap',
    );
    const moves = (text: string) =>
      /<path d="(M[^"]*)" fill="none" stroke="#0072b2"/.exec(text)![1]!.split('M').length - 1;
    expect([moves(whole), moves(svg)]).toEqual([1, 2]);
  });

  it('labels the x axis at the values asked for, in their places', async () => {
    const rows = [0.3, 0.4, 3].map((x) => ({ x, y: x }));
    const spec = { x: 'x', y: 'y', xScale: 'log', xTicks: [0.3, 0.4, 3] } as const;
    const svg = await renderChart(lineChart(rows, spec), 'ticks', 'ticks');
    const labels = [...svg.matchAll(/<text [^>]*translate\(([\d.]+) ([\d.]+)\)"[^>]*>([\d.]+)<\/text>/g)];
    const below = Math.max(...labels.map((label) => Number(label[2])));
    const found = labels.filter((label) => Number(label[2]) === below);
    expect(found.map((label) => label[3])).toEqual(['0.3', '0.4', '3']);
    const [left, between, right] = found.map((label) => Number(label[1]));
    const share = (between! - left!) / (right! - left!);
    expect(share).toBeCloseTo(Math.log(4 / 3) / Math.log(10), 2);
  });

  it('leaves room for long names beside the lines', () => {
    const gridOf = (name: string) =>
      lineChart(
        [...'ab'].map((last) => ({ x: 1, y: 1, s: name + last })),
        { x: 'x', y: 'y', series: 's' },
      ).option.grid as { right: number };
    expect(gridOf('short').right).toBe(148);
    expect(gridOf('a name of twenty-nine letters').right).toBeGreaterThan(30 * 6 + 40);
  });

  it('says on the axis of a heat map how many of its levels are drawn, the first and the last among them', () => {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, i) => [0, 1].map((y) => ({ x: i, y, z: i }))).flat();
    const drawn = (count: number) => {
      const { option } = heatMap(rows(count), { x: 'x', y: 'y', value: 'z', xLabel: 'alpha' });
      const [cells] = option.series as { data: [number, number, number][] }[];
      const texts = (option.graphic as { style: { text: string } }[]).map(({ style }) => style.text);
      return { values: [...new Set(cells!.data.map(([, , value]) => value))], texts };
    };
    const many = drawn(512);
    expect(many.texts).toContain('alpha (drawn 200 of 512 levels)');
    expect(many.values).toHaveLength(200);
    expect([many.values[0], many.values.at(-1)]).toEqual([0, 511]);
    const whole = drawn(200);
    expect(whole.texts).toContain('alpha');
    expect(whole.values).toHaveLength(200);
  });

  it('thins heat maps and lines that are finer than the eye', async () => {
    const many = Array.from({ length: 5000 }, (_, x) => ({ x, y: x % 2, z: x }));
    const heat = await renderChart(heatMap(many, { x: 'x', y: 'y', value: 'z' }), 'heat', 'heat');
    const line = await renderChart(lineChart(many, { x: 'x', y: 'z' }), 'line', 'line');
    expect(heat.length).toBeLessThan(100_000);
    expect(line.length).toBeLessThan(30_000);
  });
});

describe('the look', () => {
  it('never tells two series apart by colour alone', () => {
    const looks = Array.from({ length: 9 }, (_, i) => seriesStyle(i));
    expect(new Set(looks.map((look) => look.colour)).size).toBe(9);
    expect(new Set(looks.map((look) => look.dash + look.symbol)).size).toBe(9);
  });

  it('writes numbers as people read them', () => {
    const written = [
      0,
      -0,
      0.1 + 0.2,
      1e-8,
      123456789,
      0.410184281028,
      1e21,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
    ];
    expect(written.map((value) => formatNumber(value))).toEqual([
      '0',
      '0',
      '0.3',
      '1e-8',
      '123456789',
      '0.410184',
      '1e21',
      'NaN',
      '−∞',
    ]);
  });
});

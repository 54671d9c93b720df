// The figures of runs without a report: which ones a run has, what they show as rows, and that they are made of odd runs
// as well. One run is a real one, carried out in this process; the others are made by hand.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Chart } from '../../src/report/echarts.js';
import { writeRunReport } from '../../src/report/load.js';
import { contourChart } from '../../src/report/search/contours.js';
import { frontChart, frontOf } from '../../src/report/search/front.js';
import { historyChart, stepsOf } from '../../src/report/search/history.js';
import { importanceChart } from '../../src/report/search/importance-bars.js';
import { type Curve, intermediateChart } from '../../src/report/search/intermediate.js';
import { slicesChart } from '../../src/report/search/slices.js';
import { smoothSurface } from '../../src/report/search/surface.js';
import type { Axis, Searched, State } from '../../src/report/search/trials.js';
import { inside, rangeOf, scaleOf, viewOf } from '../../src/report/search/view.js';
import { startRun } from '../../src/sweep/start.js';
import { Browser, CHROMIUM } from '../browser.js';
import { fixture } from '../sweep/session.js';
import { expectBothForms } from './forms.js';
import { findXmlFault } from './xml.js';

interface Trial {
  readonly state?: State;
  readonly values: readonly number[];
  readonly point: Readonly<Record<string, number | string>>;
}

/** A run by hand; parameters are numbers or text by their first value. */
function made(trials: readonly Trial[], goals: readonly ('min' | 'max')[] = ['min']): Searched {
  const column = (of: (trial: Trial) => number | undefined) =>
    Float64Array.from(trials, (trial) => of(trial) ?? Number.NaN);
  const names = [...new Set(trials.flatMap(({ point }) => Object.keys(point)))];
  const values = goals.map((_, i) => column(({ values: own }) => own[i]));
  const axes = names.map((name): Axis => {
    const all = trials.map(({ point }) => point[name]);
    const texts = [...new Set(all.filter((value) => typeof value === 'string'))].sort();
    const numbers = column(({ point }) => {
      const value = point[name];
      return typeof value === 'string' ? texts.indexOf(value) : value;
    });
    const range = rangeOf(numbers);
    const labels = texts.length > 0 ? texts : null;
    return { name, values: numbers, labels, range, scale: labels === null ? scaleOf(range) : 'linear' };
  });
  return {
    objectives: goals.map((goal, i) => ({ metric: `m${i}`, goal })),
    constraints: [],
    count: trials.length,
    trial: Float64Array.from(trials, (_, i) => i),
    state: trials.map(({ state = 'ok' }) => state),
    values,
    views: values.map((own, i) => viewOf(own, goals[i]!)),
    axes,
  };
}

const cellsOf = (chart: Chart) => chart.data!.marks.map(({ cells }) => cells);

describe('the history', () => {
  const run = made([
    { values: [5], point: { x: 1 } },
    { values: [1], state: 'infeasible', point: { x: 2 } },
    { values: [3], point: { x: 3 } },
    { values: [], state: 'failed', point: { x: 4 } },
    { values: [2], state: 'pruned', point: { x: 5 } },
    { values: [4], point: { x: 6 } },
    { values: [2.5], point: { x: 7 } },
  ]);

  test('only what can be best makes a step; all are drawn, each with its status', async () => {
    expect(stepsOf(run)).toEqual([
      { row: 0, value: 5 },
      { row: 2, value: 3 },
      { row: 6, value: 2.5 },
    ]);
    const chart = historyChart(run);
    expect(cellsOf(chart)).toEqual([
      [0, 'ok', 5, 5],
      [1, 'infeasible', 1, 5],
      [2, 'ok', 3, 3],
      [3, 'failed', null, 3],
      [4, 'pruned', 2, 3],
      [5, 'ok', 4, 3],
      [6, 'ok', 2.5, 2.5],
    ]);
    const [svg] = await expectBothForms(chart);
    for (const name of ['best so far', 'ok', 'infeasible', 'pruned', 'failed'])
      expect(svg).toContain(`>${name}<`);
  });

  test('of what is to be large the steps go up', () => {
    const most = made(
      [1, 3, 2, 4].map((value) => ({ values: [value], point: { x: value } })),
      ['max'],
    );
    expect(stepsOf(most).map(({ value }) => value)).toEqual([1, 3, 4]);
  });

  test('of many some are drawn, every step among them, and the figure says so', () => {
    const chart = historyChart(
      made(Array.from({ length: 20_000 }, (_, i) => ({ values: [i === 19_998 ? -1 : 1], point: { x: i } }))),
    );
    expect(chart.data!.marks.length).toBeLessThan(3010);
    expect(cellsOf(chart)).toContainEqual([19_998, 'ok', -1, -1]);
    expect(JSON.stringify(chart.option.title)).toContain('of 20,000 are drawn');
  });
});

describe('what an axis shows', () => {
  test('ends before a tenth that is far off, and puts it on the edge', () => {
    const values = Float64Array.from([
      ...Array.from({ length: 95 }, (_, i) => i / 100 - 0.2),
      1e9,
      1e9,
      1e9,
      1e9,
      1e9,
    ]);
    const view = viewOf(values, 'min');
    expect(view.beyond).toBe(5);
    expect(view.high).toBeLessThan(2);
    expect(inside(1e9, view)).toBe(view.high);
    expect(inside(Number.NaN, view)).toBe(view.high);
    const mirrored = viewOf(
      values.map((value) => -value),
      'max',
    );
    expect(mirrored.low).toBeCloseTo(-view.high, 12);
    expect(mirrored.edge).toBe(mirrored.low);
  });

  test('is logarithmic over more than two decades; of no value it is something', () => {
    expect(viewOf(Float64Array.of(1e-3, 1, 1e3), 'min')).toMatchObject({ scale: 'log', beyond: 0 });
    expect(viewOf(Float64Array.of(Number.NaN), 'min')).toMatchObject({ low: 0, high: 1 });
  });
});

test('slices: a row for each value that a parameter has, the most important first', async () => {
  const run = made([
    { values: [1], point: { a: 1, kind: 'x' } },
    { values: [2], point: { a: 2, kind: 'y', deep: 3 } },
    { values: [], state: 'failed', point: { a: 3, kind: 'x' } },
  ]);
  const chart = slicesChart(run, ['kind', 'deep+other']);
  expect(cellsOf(chart)).toEqual([
    ['kind', 'x', 1, 0, 'ok'],
    ['kind', 'y', 2, 1, 'ok'],
    ['kind', 'x', null, 2, 'failed'],
    ['deep', 3, 2, 1, 'ok'],
    ['a', 1, 1, 0, 'ok'],
    ['a', 2, 2, 1, 'ok'],
    ['a', 3, null, 2, 'failed'],
  ]);
  await expectBothForms(chart);
});

describe('contours', () => {
  const grid = Array.from({ length: 400 }, (_, i) => [(i % 20) / 19, Math.floor(i / 20) / 19] as const);

  test('the surface is near what it goes through, and has nothing where no point is', () => {
    const [xs, ys] = [grid.map(([x]) => x), grid.map(([, y]) => y)];
    const values = grid.map(([x, y]) => 3 * x - 2 * y);
    const surface = smoothSurface({ xs, ys, values }, 10);
    surface.forEach((value, cell) => {
      const [x, y] = [((cell % 10) + 0.5) / 10, (Math.floor(cell / 10) + 0.5) / 10];
      expect(Math.abs(value - (3 * x - 2 * y))).toBeLessThan(0.35);
    });
    const half = smoothSurface({ xs: xs.map((x) => x / 3), ys, values }, 10);
    expect(half[9]).toBeNaN();
    expect(half[0]).not.toBeNaN();
  });

  test('are of the two most important parameters that are numbers', async () => {
    const trials = grid.map(([a, b], i) => ({
      values: [a * b],
      point: { a, b: 10 ** (4 * b), c: i % 7, kind: i % 2 ? 'x' : 'y' },
    }));
    const chart = contourChart(made(trials), ['kind', 'b', 'c', 'a'])!;
    expect(chart.data!.columns).toEqual(['trial', 'b', 'c', 'm0']);
    await expectBothForms(chart);
    expect(contourChart(made(trials.slice(0, 9)), ['a'])).toBeUndefined();
    const words = trials.map(({ values, point: { a, kind } }) => ({ values, point: { a, kind } }));
    expect(contourChart(made(words), [])).toBeUndefined();
  });

  test('of a parameter that hardly ever exists, and of values that are all alike', async () => {
    const rare = grid.map(([a, b], i) => ({ values: [1], point: i % 40 === 0 ? { a, b } : { a } }));
    await expectBothForms(contourChart(made(rare), [])!);
  });
});

test('the front: feasible ones that no other beats; a step line for two, points for three', async () => {
  const values = [
    [1, 5],
    [2, 2],
    [5, 1],
    [3, 3],
    [0, 0],
    [6, 6],
  ];
  const trials = values.map((own, i) => ({
    values: own,
    state: i === 4 ? ('infeasible' as const) : ('ok' as const),
    point: { i },
  }));
  const run = made(trials, ['min', 'min']);
  expect(frontOf(run)).toEqual([0, 1, 2]);
  await expectBothForms(frontChart(run));
  expect(frontOf(made(trials, ['max', 'min']))).toEqual([2, 5]);
  const three = made(
    trials.map((trial, i) => ({ ...trial, values: [...trial.values, -i] })),
    ['min', 'min', 'min'],
  );
  expect(frontOf(three)).toEqual([0, 1, 3, 2, 5]);
  await expectBothForms(frontChart(three));
});

test('lines on the way end where trials ended', async () => {
  const line = (trial: number, state: State, length: number): Curve => ({
    ...{ trial, state },
    points: Array.from({ length }, (_, step) => [step, 1 / (step + 1 + trial)]),
  });
  const curves = [line(0, 'ok', 5), line(1, 'pruned', 2), line(2, 'failed', 3), line(3, 'ok', 1)];
  const chart = intermediateChart({ series: 'loss', best: 3, count: 9, curves }, 'min');
  expect(chart.data!.marks).toHaveLength(11);
  expect(JSON.stringify(chart.option.title)).toContain('4 of 9 trials');
  const [svg] = await expectBothForms(chart);
  for (const name of ['best', 'ok', 'pruned', 'failed']) expect(svg).toContain(`>${name}<`);
});

test('importance: a bar a parameter with its interval; of a search what decides beside it', async () => {
  const share = (parameter: string, importance: number, method: 'fanova' | 'ped-anova') => ({
    ...{ parameter, metric: 'loss', importance, method },
    ...{ low: importance / 2, high: importance * 1.1 },
  });
  const parameters = [
    share('lr', 0.7, 'fanova'),
    share('a name that is much too long for any axis of a figure', 0.1, 'fanova'),
  ];
  const deciding = [share('lr', 0.4, 'ped-anova')];
  const chart = importanceChart({ parameters, deciding, configurations: 90, sampled: 90, pruned: 0 });
  expect(cellsOf(chart)).toHaveLength(3);
  expect(cellsOf(chart)[0]!.slice(0, 2)).toEqual(['lr', 0.7]);
  const [svg] = await expectBothForms(chart);
  expect(svg).toContain('fanova and ped-anova, of 90 configurations');
  const [pruned] = await expectBothForms(
    importanceChart({ parameters, deciding, configurations: 90, sampled: 90, pruned: 30 }),
  );
  expect(pruned!.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')).toContain(
    'fanova, of 90 configurations that were not pruned, no fair sample of all; ped-anova, of these and 30 pruned ones',
  );
});

describe('a run without a report', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-search-'));
  const read = (path: string) => readFileSync(join(folder, 'run', path), 'utf8');
  const FIGURES = ['history', 'front', 'importance', 'slices', 'contours', 'intermediate'];
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(async () => {
    const run = await startRun({
      sweep: fixture('bowl'),
      ...{
        sampler: { name: 'random' },
        trials: 60,
        objectives: ['loss', 'size'],
        out: join(folder, 'run'),
        workers: 1,
      },
    });
    await run.outcome;
    await writeRunReport(join(folder, 'run'));
  }, 60_000);

  test('has the figures of a search, each with its table and its form for phones', () => {
    const html = read('report.html');
    const shown = [...html.matchAll(/<figure id="figure-([a-z]+)"><div class="drawing has-narrow"/g)];
    expect(shown.map(([, name]) => name)).toEqual(FIGURES);
    expect(html.match(/<summary>Data behind this figure/g)).toHaveLength(FIGURES.length);
    for (const name of FIGURES) expect(findXmlFault(read(`figures/${name}.svg`))).toBeUndefined();
  });

  test('tables for people and for programs say the same', () => {
    expect(read('summary/best.csv').split('\n')[0]).toBe(
      'front,trial,replicates,lr,width,kind,momentum,dropout,loss,loss_low,loss_high,size,size_low,size_high,feasible',
    );
    expect(read('summary/best.md')).toContain('\n60 rows: [best.csv](best.csv)\n');
    const [head, first] = read('summary/importance.csv').split('\n');
    expect(head).toBe('parameter,metric,importance,low,high,method');
    expect(first).toMatch(/^lr,loss,0\.\d+,0\.\d+,0\.\d+,fanova$/);
    expect(read('summary/importance.md')).toContain('| lr | loss | 0.');
  });

  test('gives the same bytes again', async () => {
    const before = [...FIGURES.map((name) => `figures/${name}.svg`), 'report.html'].map(read);
    await writeRunReport(join(folder, 'run'));
    expect([...FIGURES.map((name) => `figures/${name}.svg`), 'report.html'].map(read)).toEqual(before);
    expect(existsSync(join(folder, 'run/figures/absent.svg'))).toBe(false);
  });

  test.skipIf(CHROMIUM === undefined)(
    'on a phone in a real browser every figure fits, and tells its values to the keyboard (skipped without Chromium)',
    async () => {
      const browser = new Browser();
      try {
        for (const dark of [false, true]) {
          const visit = await browser.visit(pathToFileURL(join(folder, 'run/report.html')).href, {
            width: 390,
            dark,
          });
          const told = await visit.evaluate(`[...document.querySelectorAll('main > figure')].map((figure) => {
            const svg = figure.querySelector('.narrow svg');
            const box = figure.querySelector('.drawing');
            box.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }));
            const { left, right } = svg.getBoundingClientRect();
            return { fits: left >= 0 && right <= 390 && right - left > 250, said: figure.querySelector('.said').textContent };
          })`);
          expect(told).toHaveLength(FIGURES.length);
          for (const { fits, said } of told as { fits: boolean; said: string }[]) {
            expect(fits).toBe(true);
            expect(said).toMatch(/^(trial|parameter): .+, /);
          }
          expect({ errors: visit.errors, refused: visit.refused }).toEqual({ errors: [], refused: [] });
          await visit.page.close();
        }
      } finally {
        await browser.close();
      }
    },
  );
});

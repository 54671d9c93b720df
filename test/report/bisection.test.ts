// The figures of a bisection without a report: of real runs, whose thresholds are known.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/report/database.js';
import type { Chart } from '../../src/report/echarts.js';
import { writeRunReport } from '../../src/report/load.js';
import { type Bisected, readBisected } from '../../src/report/search/bisection.js';
import { bisectionChart, chooseSearch } from '../../src/report/search/bisection-chart.js';
import { thresholdsChart } from '../../src/report/search/thresholds-chart.js';
import { openRunFolder } from '../../src/run/folder.js';
import type { RunRequest } from '../../src/sweep/contract.js';
import { makeProject } from '../sweep/project.js';
import { list, runHere } from '../sweep/session.js';
import { expectBothForms } from './forms.js';
import { findXmlFault } from './xml.js';

const root = mkdtempSync(join(tmpdir(), 'sweepline-bisection-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Diverges above 0.1, 0.2, … for widths 1, 2, …, twice as high with sgd, and answers wrongly as often as `err` says. */
const { sweep } = makeProject(
  `params: { lr: z.number().default(0), width: z.number().default(1), err: z.number().default(0),
      kind: z.enum(['adam', 'sgd']).default('adam'), up: z.boolean().default(true) },
    metrics: { diverged: { type: 'boolean' } },
    run({ params: { lr, width, kind, err, up }, random }) {
      const isAbove = lr > (width / 10) * (kind === 'sgd' ? 2 : 1);
      return { diverged: (isAbove === up) !== (random('err').uniform() < err) };
    }`,
  `axes: { kind: ['adam', 'sgd'], width: [1, 2, 3, 6], lr: [0, 1] }`,
);
const thresholdOf = (kind: unknown, width: unknown) => ((width as number) / 10) * (kind === 'sgd' ? 2 : 1);

async function bisect(
  name: string,
  request: Partial<RunRequest>,
): Promise<{ folder: string; run: Bisected }> {
  const folder = join(root, name);
  await runHere({ sweep, out: folder, ...request });
  const database = await openDatabase([folder]);
  try {
    const { manifest } = await openRunFolder(folder);
    return { folder, run: (await readBisected(database, manifest))! };
  } finally {
    database.close();
  }
}

const BISECT = { name: 'bisect', axis: 'lr', metric: 'diverged', tolerance: 0.01 };
const cellsOf = (chart: Chart) => chart.data!.marks.map(({ cells }) => cells);

describe.each([true, false])('of a metric that is %s above its thresholds', (up) => {
  test('each threshold lies in its bracket; what does not turn is drawn past the end where it would', async () => {
    const { run } = await bisect(`plain-${up}`, {
      sampler: BISECT,
      set: { up: { kind: 'list', values: [up] } },
    });
    const chart = thresholdsChart(run)!;
    expect(chart.data!.columns).toEqual(['trial', 'kind', 'width', 'threshold', 'lower', 'upper', 'trials']);
    const cells = cellsOf(chart);
    expect(cells).toHaveLength(8);
    for (const [, kind, width, threshold, lower, upper, trials] of cells as (number & string)[][]) {
      const truth = thresholdOf(kind, width);
      if (truth > 1) expect([threshold, lower, upper, trials]).toEqual([null, null, null, 2]);
      else {
        expect(lower).toBeLessThanOrEqual(truth);
        expect(upper).toBeGreaterThan(truth);
        expect(upper! - lower!).toBeLessThanOrEqual(0.01);
        expect(threshold).toBe((lower! + upper!) / 2);
      }
    }
    const outside = chart.data!.marks.find(({ cells: [, kind, width] }) => kind === 'sgd' && width === 6)!;
    expect(outside.point).toEqual([6, 1]);
    const [svg] = await expectBothForms(chart);
    for (const name of ['kind=adam', 'kind=sgd', 'past an end of the search'])
      expect(svg).toContain(`>${name}<`);
  });
});

test('with wrong answers: the posterior, which grows narrow about the threshold with the answers', async () => {
  const { run } = await bisect('noisy', {
    sampler: { ...BISECT, tolerance: 0.05, noise: 0.2 },
    ...{ replicates: 2, set: { err: list(0.2), kind: list('adam'), width: list(1, 3) } },
  });
  expect(run.searches).toHaveLength(2);
  const thresholds = cellsOf(thresholdsChart(run)!);
  for (const [, width, threshold, lower, upper] of thresholds as number[][]) {
    expect(Math.abs(threshold! - width! / 10)).toBeLessThan(0.1);
    expect(upper! - lower!).toBeLessThanOrEqual(0.05);
  }
  const chart = bisectionChart(run);
  expect(chart.data!.columns).toEqual(['trial', 'lr', 'diverged', 'median', 'lower', 'upper']);
  const cells = cellsOf(chart);
  const { answers, threshold, low, high } = run.searches[chooseSearch(run)]!;
  expect(cells.map(([trial, at, value]) => ({ trial, at, value }))).toEqual(answers);
  expect(cells.at(-1)!.slice(3)).toEqual([threshold, low, high]);
  const widths = cells.map(([, , , , lower, upper]) => ((upper as number) ?? 1) - ((lower as number) ?? 0));
  expect(widths[0]).toBeGreaterThan(0.8);
  expect(widths.at(-1)).toBeLessThanOrEqual(0.05);
  await expectBothForms(chart);
});

test('of one configuration alone there is how it was searched, halving by halving', async () => {
  const { run, folder } = await bisect('one', {
    sampler: BISECT,
    set: { kind: list('adam'), width: list(3) },
  });
  expect(thresholdsChart(run)).toBeUndefined();
  const cells = cellsOf(bisectionChart(run)) as number[][];
  cells.slice(1).forEach(([, , , , lower, upper], i) => {
    expect(upper! - lower!).toBeCloseTo(2 ** -i, 12);
    expect(lower).toBeLessThanOrEqual(0.3);
    expect(upper).toBeGreaterThan(0.3);
  });
  await writeRunReport(folder);
  const html = readFileSync(join(folder, 'report.html'), 'utf8');
  expect([...html.matchAll(/<figure id="figure-([a-z]+)"/g)].map(([, name]) => name)).toEqual(['bisection']);
  expect(findXmlFault(readFileSync(join(folder, 'figures/bisection.svg'), 'utf8'))).toBeUndefined();
});

test('replicates without noise are searches of their own; failed trials are no answers', async () => {
  const { run } = await bisect('replicates', {
    sampler: BISECT,
    ...{ replicates: 3, set: { err: list(0.1), kind: list('adam'), width: list(1, 2) } },
  });
  expect(run.searches.map(({ replicate }) => replicate)).toEqual([0, 1, 2, 0, 1, 2]);
  await expectBothForms(thresholdsChart(run)!);
  const failing: Bisected = {
    ...run,
    searches: run.searches.map((search) => ({
      ...search,
      ...{ threshold: Number.NaN, low: Number.NaN, high: Number.NaN },
      answers: search.answers.map((answer) => ({ ...answer, value: null })),
    })),
  };
  expect(cellsOf(thresholdsChart(failing)!)).toEqual([]);
  await expectBothForms(thresholdsChart(failing)!);
  const [svg] = await expectBothForms(bisectionChart(failing));
  expect(svg).toContain('>no answer<');
});

test('many settings are drawn alike, and are all in the table', async () => {
  const { run } = await bisect('many', {
    sampler: { ...BISECT, tolerance: 0.2 },
    set: { width: list(1, 2, 3, 4, 5), err: list(...Array.from({ length: 10 }, (_, i) => i / 1e6)) },
  });
  const chart = thresholdsChart(run)!;
  expect(cellsOf(chart)).toHaveLength(100);
  const [svg] = await expectBothForms(chart);
  expect(svg).not.toContain('kind=adam');
  expect(svg).toContain('>past an end of the search<'); // that of sgd with width 5, which is the end
});

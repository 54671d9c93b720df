// The figure of schedules, of a real run with population-based training over numbers and text, and the other figures of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/report/database.js';
import { renderChart } from '../../src/report/echarts.js';
import { redraw, WIDE } from '../../src/report/form.js';
import { writeRunReport } from '../../src/report/load.js';
import { lineageOf, readSchedules } from '../../src/report/search/schedules.js';
import { schedulesChart } from '../../src/report/search/schedules-chart.js';
import { openRunFolder } from '../../src/run/folder.js';
import { explainTrial } from '../../src/sweep/explain/explain.js';
import { fixture, read, rowsOf, runSweep } from '../sweep/session.js';
import { findXmlFault } from './xml.js';

let folder = '';
beforeAll(async () => {
  ({ folder } = await runSweep({
    ...{ sweep: fixture('paused'), sampler: { name: 'random' }, trials: 16 },
    set: {
      alpha: { kind: 'loguniform', from: 0.005, to: 0.9 },
      kind: { kind: 'choice', values: ['adam', 'sgd'] },
    },
    pruner: { name: 'pbt', interval: 2, max: 8, mutate: 'kind,alpha' },
  }));
}, 60_000);

async function readFound(best: number | null) {
  const database = await openDatabase([folder]);
  try {
    return (await readSchedules(database, (await openRunFolder(folder)).manifest, best))!;
  } finally {
    database.close();
  }
}

test('what it shows is schedules.csv, and the way to a trial is its lineage', async () => {
  const rows = rowsOf(read(folder, 'schedules.csv'));
  expect(rows.length).toBeGreaterThan(22);
  for (let trial = 0; trial < 16; trial++) {
    const found = await readFound(trial);
    expect(found.axes.map(({ name }) => name)).toEqual(['kind', 'alpha']);
    expect(found.stretches.map(({ trial: of, step }) => [of, step])).toEqual(
      rows.map((row) => [Number(row.trial), Number(row.step)]),
    );
    const { lineage } = await explainTrial(folder, trial);
    const { stretches, axes } = found;
    expect(
      lineageOf(found, found.best).map((place) => ({
        ...{ trial: stretches[place]!.trial, from: stretches[place]!.step },
        params: {
          kind: axes[0]!.labels![axes[0]!.values[place]!],
          alpha: axes[1]!.values[place],
        },
      })),
    ).toEqual(lineage!.weights.map(({ to: _, ...each }) => each));
    // A trial's stretches follow one another up to its end.
    for (const [i, { trial: of, to }] of stretches.entries())
      expect(to).toBe(stretches[i + 1]?.trial === of ? stretches[i + 1]!.step : 8);
  }
});

test('its marks are where parameters changed, in either form', async () => {
  const chart = schedulesChart(await readFound(0));
  const rows = rowsOf(read(folder, 'schedules.csv'));
  const cells = chart.data!.marks.map(({ cells: [parameter, trial, step, value, from] }) => [
    ...[parameter, String(trial), String(step), String(value)],
    from === null ? '' : String(from),
  ]);
  expect(cells).toEqual(
    ['kind', 'alpha'].flatMap((axis) =>
      rows.map(({ trial, step, from, ...values }) => [axis, trial, step, values[axis], from]),
    ),
  );
  for (const drawn of [chart, redraw(chart, { ...WIDE, isNarrow: true })!]) {
    const svg = await renderChart(drawn, 'schedules', 'about');
    expect(findXmlFault(svg)).toBeUndefined();
    for (const text of ['kind', 'alpha', 'adam', 'way to the best', 'took over']) expect(svg).toContain(text);
  }
  // Without a best one.
  const none = await renderChart(schedulesChart(await readFound(null)), 'schedules', 'about');
  expect(none).not.toContain('way to the best');
});

test('the report of the run has it beside its learning curves, and says where the schedule is', async () => {
  const { html, faults } = await writeRunReport(folder);
  expect(faults).toEqual([]);
  const page = readFileSync(join(folder, html), 'utf8');
  for (const name of ['schedules', 'intermediate', 'slices']) {
    const svg = read(folder, `figures/${name}.svg`);
    expect(findXmlFault(svg)).toBeUndefined();
  }
  expect(page).toContain('pbt changed kind, alpha on the way: schedules.csv has every value');
  expect(page).toContain('Of what changed on the way it has what trials began with.');
  expect(read(folder, 'summary/best.csv').split('\n', 1)[0]).toMatch(/,feasible,kind_final,alpha_final$/);
});

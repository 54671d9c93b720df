import { expect, test } from 'vitest';
import { defineSuite } from '../../src/suite/define.js';
import { listShippedSuites, loadSuite } from '../../src/suite/load.js';
import { shippedSweeps } from '../../src/sweep/definition/load.js';
import { planRun } from '../../src/sweep/plan/plan.js';

test('all faults of a suite are told together', () => {
  expect(() =>
    defineSuite({
      name: 'two words',
      tilte: 'x',
      runs: [{ sweep: 'escape', set: { h: 'lin(0,1)' } }, { sweep: 'escape' }, { sweep: '', sets: {} }],
    } as never),
  ).toThrow(
    /"tilte"[\s\S]*two words[\s\S]*axis h[\s\S]*"sets"[\s\S]*expected a sweep[\s\S]*two runs are called escape/,
  );
  expect(() => defineSuite({ name: 'none', runs: [] })).toThrow('one or more');
  expect(() => defineSuite({ name: 'x', runs: [{ sweep: 'escape', name: 'again' }] })).toThrow(
    'a run is called again',
  );
});

const SHIPPED = ['nightly', 'nightly-small', 'tour'];

test('the shipped suites are those of the study', async () => {
  expect((await listShippedSuites()).map(({ name }) => name)).toEqual(SHIPPED);
  expect((await shippedSweeps()).map(({ name }) => name)).not.toContain('suites');
});

test.each(SHIPPED)('each of the runs of %s can be planned', async (name) => {
  const suite = await loadSuite(name);
  expect(suite.runs.map((run) => run.sweep)).toEqual(['escape', 'latent', 'blur']);
  for (const { sweep, set, replicates } of suite.runs) {
    const plan = await planRun({
      sweep,
      set,
      ...(replicates === undefined ? {} : { replicates }),
      data: 'digits',
      workers: 1,
    });
    expect(plan.new).toBeGreaterThan(0);
    expect(plan.stages.map((stage) => stage.name)).toEqual(sweep === 'blur' ? ['judge'] : []);
  }
});

// What a pruner that pauses trials cannot serve is refused before anything starts, with every fault at once.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunRequest } from '../../../src/sweep/contract.js';
import { runProgram } from '../../cli/program.js';
import { makeProject } from '../project.js';
import { newFolder, runHere } from '../session.js';

const WORKER = `params: {
    a: z.number().default(1), b: z.number().default(1), c: z.number().default(1), kind: z.string().default('x'),
  },
  metrics: { loss: { type: 'number', goal: 'min' }, cost: { type: 'number', goal: 'min' } }, series: ['loss'],`;
const RUN = `async run(trial) { return { loss: trial.params.a, cost: 1 }; }`;
const GRID = `axes: { a: [1, 2], b: [1, 2], kind: ['x', 'y'] }`;

/** The faults, one a line; the run folder is not made. */
async function faultsOf(sweep: string, request: Partial<RunRequest>, worker = WORKER + RUN): Promise<string> {
  const out = join(newFolder(), 'run');
  const project = makeProject(worker, sweep);
  const failed = await runHere({ sweep: project.sweep, out, ...request }).then(
    () => undefined,
    (error: Error) => error,
  );
  expect(failed, 'nothing was refused').toBeDefined();
  expect(existsSync(out)).toBe(false);
  return failed!.message;
}

const PBT = { name: 'pbt', interval: 2, max: 9, mutate: ['a'] };
const ASHA = { name: 'asha', max: 9, pause: true };
const DOMAINS = `axes: { a: 'uniform(0,1)', b: 'uniform(0,1)' }`;

describe('samplers that wait for results', () => {
  const TOLD: readonly (readonly [string, Partial<RunRequest>])[] = [
    ['tpe', { sampler: { name: 'tpe' }, trials: 9 }],
    ['gp', { sampler: { name: 'gp' }, trials: 9 }],
    ['cmaes', { sampler: { name: 'cmaes' }, trials: 9 }],
    ['nsga2', { sampler: { name: 'nsga2' }, trials: 9 }],
    ['random', { sampler: { name: 'random' }, trials: 9, replicates: 'auto' }],
  ];
  test.each(TOLD)('%s', async (name, request) => {
    for (const pruner of [ASHA, { ...PBT, mutate: ['a', 'b'] }]) {
      const faults = await faultsOf(DOMAINS, { objectives: ['loss:min'], ...request, pruner });
      const waits = request.replicates === 'auto' ? '--replicates auto' : `sampler ${name}`;
      expect(faults).toContain(`${waits} waits for their results`);
      expect(faults).toContain(pruner.name === 'pbt' ? 'pruner pbt:' : 'pruner asha with pause=true:');
    }
  });

  test('bisect', async () => {
    const worker = `params: { a: z.number().default(1) }, metrics: { ok: { type: 'boolean' }, loss: { type: 'number', goal: 'min' } },
      series: ['loss'], async run() { return { ok: true, loss: 1 }; }`;
    const sampler = { name: 'bisect', axis: 'a', metric: 'ok' };
    const faults = await faultsOf('axes: { a: [1, 2, 3] }', { sampler, pruner: ASHA }, worker);
    expect(faults).toContain('sampler bisect waits for their results');
  });
});

test('populations that never change', async () => {
  const faults = await faultsOf('axes: { a: [1], b: [1, 2] }', { pruner: { ...PBT, interval: 9 } });
  expect(faults).toContain('max 9: no two trials are ever compared from interval (9) on');
  const alone = await faultsOf('axes: { a: [1], b: [1, 2] }', { pruner: PBT });
  expect(alone).toContain('a has one value, which cannot change');
});

test('all faults of a request at once, exit 2', async () => {
  const project = makeProject(
    WORKER + RUN,
    `axes: { a: [1, 2], b: [1, 2], kind: ['x', 'y'], c: 'uniform(0,1)' }, zip: [['a', 'b']]`,
  );
  const given = ['interval=2', 'max=9', 'mutate=a,nosuch', 'lookahead=3'];
  const options = given.flatMap((each) => ['--pruner-option', each]);
  const argv = ['run', project.sweep, '--pruner', 'pbt', ...options, '--sampler', 'tpe', '--trials', '9'];
  const { code, stdout, stderr } = await runProgram(project.home, ...argv, '--out', 'out');
  expect([code, stdout, existsSync(join(project.home, 'out'))], stderr).toEqual([2, '', false]);
  expect(stderr).toContain('sampler tpe waits for their results');
  expect(stderr).toContain('lookahead 3');
  expect(stderr).toContain('"nosuch"');
  expect(stderr).toContain('a moves together with others');
  expect(stderr).toContain('trials that differ in c are no population');
}, 60_000);

describe('pbt', () => {
  test('wants interval, max and mutate, and says how to give them', async () => {
    const faults = await faultsOf(GRID, { pruner: { name: 'pbt' } });
    for (const option of ['interval', 'max', 'mutate'])
      expect(faults).toMatch(
        new RegExp(`pruner pbt: ${option} is missing; give it with --pruner-option ${option}=`),
      );
  });

  test.each([
    [{ quantile: 0.9 }, 'quantile 0.9'],
    [{ quantile: 0 }, 'quantile 0'],
    [{ resample: 2 }, 'resample 2'],
    [{ interval: 0 }, 'interval 0'],
    [{ interval: Number.NaN }, 'interval NaN'],
    [{ mutate: [] }, 'mutate'],
    [{ mutate: 7 }, 'mutate 7'],
    [{ mutate: 'a,,b' }, 'mutate'],
    [{ factor: 3 }, '"factor"'],
    [{ pause: true }, '"pause"'],
  ])('%j', async (more, message) => {
    expect(await faultsOf(GRID, { pruner: { ...PBT, ...more } })).toContain(message);
  });

  test.each([
    ['an axis that there is not', GRID, ['nosuch'], 'no axis of the sweep'],
    ['a fixed parameter', `axes: { a: [1, 2] }, fixed: { b: 2 }`, ['b'], '"b"'],
    [
      'a zipped axis',
      `axes: { a: [1, 2], b: [1, 2] }, zip: [['a', 'b']]`,
      ['a'],
      'moves together with others',
    ],
    [
      'an axis that others depend on',
      `axes: { kind: ['x', 'y'], a: { values: [1, 2], when: { kind: 'x' } } }`,
      ['kind'],
      'depends on kind',
    ],
    ['not all axes without an end', DOMAINS, ['a'], 'trials that differ in b are no population'],
  ])('%s', async (_, sweep, mutate, message) => {
    const sampler = sweep === DOMAINS ? { sampler: { name: 'random' }, trials: 4 } : {};
    expect(await faultsOf(sweep, { ...sampler, pruner: { ...PBT, mutate } })).toContain(message);
  });

  test('an axis of a stage', async () => {
    const stages = `stages: { first: { params: ['a'], metrics: { done: { type: 'number' } }, run() { return { done: 1 }; } } },`;
    const faults = await faultsOf(GRID, { pruner: PBT }, WORKER + stages + RUN);
    expect(faults).toContain('stage first is run for values of a before the trials');
  });

  test('a program', async () => {
    const command = `command: ['true', '{a}']`;
    const faults = await faultsOf(GRID, { pruner: PBT }, WORKER + command);
    expect(faults).toContain('is a program');
  });
});

test('a pruner that pauses and a lookahead', async () => {
  expect(await faultsOf(GRID, { pruner: { ...ASHA, lookahead: 4 } })).toContain('lookahead 4');
  expect(await faultsOf(GRID, { pruner: { ...ASHA, pause: 'yes' } })).toContain(
    'pause "yes": expected true or false',
  );
});

// How long `plan` says that trials will take.
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderPlan } from '../../src/cli/plan-table.js';
import type { RunRequest } from '../../src/sweep/contract.js';
import { planRun } from '../../src/sweep/plan.js';
import { fitLine } from '../../src/sweep/predict.js';
import { startRun } from '../../src/sweep/start.js';
import { makeProject } from './project.js';

const worker = (cost: string) =>
  `params: { i: z.int().default(0), epochs: z.int().default(1) }, metrics: { y: { type: 'number' } }, ${cost}
run: ({ params }) => ({ y: params.i })`;
const COSTED = 'cost: ({ epochs }) => 10 * epochs,';
const epochs = (n: number) => ({ epochs: { kind: 'list', values: [n] } as const });

const made = async (text: string) => {
  const { home, sweep, write } = makeProject(worker(text), 'axes: { i: [0, 1, 2, 3] }');
  const root = join(home, 'runs');
  await (await startRun({ sweep, root, workers: 1 })).outcome;
  const plan = (n: number, file = sweep) => planRun({ sweep: file, root, workers: 1, set: epochs(n) });
  return { plan, write };
};

describe('the time that is predicted', () => {
  test('is in proportion to the cost of trials, where the worker tells it', async () => {
    const { plan, write } = await made(COSTED);
    const [one, fifty] = [await plan(1), await plan(50)];
    expect(one.predictedFrom).toBe('cost');
    expect(one.predictedMs).toBeGreaterThan(0);
    expect(fifty.predictedMs! / one.predictedMs!).toBeCloseTo(50, 6);
    // What of the time does not grow with the cost is not known yet.
    expect([one.isUpperBound, fifty.isUpperBound]).toEqual([undefined, true]);
    expect(renderPlan(fifty)).toContain('at most about ');
    // A run of another sweep of the same worker tells it too.
    const other = write(
      'other.mjs',
      "export default defineSweep({ name: 'other', worker: new URL('./worker.mjs', import.meta.url), axes: { i: [7, 8] } });",
    );
    expect((await plan(50, other)).predictedMs! / one.predictedMs!).toBeCloseTo(25, 6);
  });

  test('is the mean of the newest run where it does not, and says so', async () => {
    const { plan } = await made('');
    const [one, fifty] = [await plan(1), await plan(50)];
    expect(fifty).toMatchObject({ predictedFrom: 'mean', predictedMs: one.predictedMs });
  });

  test('is not known before anything has run', async () => {
    const { home, sweep } = makeProject(worker(COSTED), 'axes: { i: [0, 1] }');
    const plan = await planRun({ sweep, root: join(home, 'runs') });
    expect(plan).toMatchObject({ predictedMs: null, predictedFrom: null });
  });

  test.each([
    ['() => 0', 'its cost returns 0 at'],
    ['() => NaN', 'its cost returns NaN at'],
    ['() => "much"', 'its cost returns "much" at'],
    ['() => { throw new Error("no idea"); }', 'its cost throws Error: no idea at'],
  ])('cost: %s is refused in words', async (cost, message) => {
    const { home, sweep } = makeProject(worker(`cost: ${cost},`), 'axes: { i: [0, 1] }');
    await expect(planRun({ sweep, root: join(home, 'runs') })).rejects.toThrow(message);
  });
});

describe('the line through earlier trials', () => {
  test('goes through points that lie on one, whatever their spread', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1e4, noNaN: true }),
        fc.double({ min: 1e-6, max: 1e3, noNaN: true }),
        fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 20 }),
        (fixedMs, unitMs, units) => {
          const line = fitLine(units.map((each) => ({ units: each, ms: fixedMs + unitMs * each })))!;
          for (const each of [1, 500, 5000]) {
            const exact = fixedMs + unitMs * each;
            // A slope that is a millionth of the rest is lost in rounding.
            expect(Math.abs(line.fixedMs + line.unitMs * each - exact) / exact).toBeLessThan(1e-3);
          }
        },
      ),
      { seed: 291, numRuns: 300 },
    );
  });

  test('has no negative part, and keeps the whole time of the samples', () => {
    const sample = fc.record({
      units: fc.integer({ min: 1, max: 100 }),
      ms: fc.double({ min: 0.01, max: 1000, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 30 }), (samples) => {
        const line = fitLine(samples)!;
        expect(Math.min(line.fixedMs, line.unitMs)).toBeGreaterThanOrEqual(0);
        const sum = (of: (one: (typeof samples)[number]) => number) =>
          samples.reduce((total, one) => total + of(one), 0);
        const told = sum(({ units }) => line.fixedMs + line.unitMs * units);
        expect(told / sum(({ ms }) => ms)).toBeCloseTo(1, 9);
      }),
      { seed: 292, numRuns: 500 },
    );
  });

  test('goes through the origin where all cost the same, and is none without samples', () => {
    expect(fitLine([10, 12, 14].map((ms) => ({ units: 5, ms })))).toEqual({ fixedMs: 0, unitMs: 36 / 15 });
    expect(fitLine([])).toBeNull();
  });
});

describe('what is predicted', () => {
  const STAGED = `params: { i: z.int().default(0), epochs: z.int().default(1), size: z.int().default(1) },
    metrics: { y: { type: 'number' } }, cost: ({ epochs }) => epochs,
    stages: { first: { params: ['size'], metrics: {}, cost: ({ size }) => size, run: () => ({}) } },
    run: ({ params }) => ({ y: params.i })`;

  test('are stages, too, once they have been timed, and only what is still to run', async () => {
    const { home, sweep } = makeProject(STAGED, 'axes: { i: [0, 1], size: [1, 2] }');
    const root = join(home, 'runs');
    const plan = (set: RunRequest['set'], out?: string) =>
      planRun({
        sweep,
        root,
        workers: 1,
        ...(set === undefined ? {} : { set }),
        ...(out === undefined ? {} : { out }),
      });
    expect(await plan(undefined)).toMatchObject({
      predictedMs: null,
      stages: [{ trials: 2, done: 0, predictedMs: null }],
    });
    const { folder } = await (await startRun({ sweep, root, workers: 1 })).outcome;
    const size = (...values: number[]) => ({ size: { kind: 'list', values } as const });
    const same = await plan(size(1, 2));
    const large = await plan(size(1000, 2000));
    expect(same.stages[0]!.predictedMs).toBeGreaterThan(0);
    expect(large.stages[0]!.predictedMs).toBeGreaterThanOrEqual(same.stages[0]!.predictedMs!);
    expect(large.predictedMs! - large.stages[0]!.predictedMs!).toBeCloseTo(
      same.predictedMs! - same.stages[0]!.predictedMs!,
      6,
    );
    expect(await plan(undefined, folder)).toMatchObject({
      new: 0,
      predictedMs: 0,
      stages: [{ done: 2, predictedMs: 0 }],
    });
  });

  test('are trials that the constraint accepts and that have not ended', async () => {
    const { home, sweep, write } = makeProject(worker(COSTED), 'axes: { i: [0, 1], epochs: [1] }');
    const root = join(home, 'runs');
    const out = join(root, 'mine', 'one');
    await (await startRun({ sweep, root, workers: 1, out })).outcome;
    const other = write(
      'other.mjs',
      `export default defineSweep({ name: 'mine', worker: './worker.mjs', axes: { i: [0, 1], epochs: [1, 100, 10000] },
        where: (p) => p.epochs < 1000 });`,
    );
    const plan = await planRun({ sweep: other, root, workers: 1 });
    const cheap = await planRun({ sweep: other, root, workers: 1, set: epochs(1) });
    // Two trials of one epoch and two of a hundred.
    expect(plan.predictedMs! / cheap.predictedMs!).toBeCloseTo(101, 6);
  });

  test('are as many trials as a sample says, where the space is too large to be counted', async () => {
    const { home, sweep } = makeProject(
      worker(COSTED),
      "axes: { i: 'range(1,100000,1)', epochs: 'range(1,1000,1)' }, where: (p) => (p.i + p.epochs) % 4 === 0",
    );
    const plan = await planRun({ sweep, root: join(home, 'runs') });
    expect(plan).toMatchObject({ trials: 1e8, excluded: null, isEstimate: true });
    expect(plan.new / 1e8).toBeCloseTo(0.25, 1);
    expect(renderPlan(plan)).toMatch(/new +\d\d,\d{3},\d{3} +never run; taken from the sample/);
    expect(renderPlan(plan)).toMatch(/To run: about \d\d,\d{3},\d{3}, time not measured yet/);
  });
});

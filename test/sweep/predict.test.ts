// How long `plan` says that trials will take.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planRun } from '../../src/sweep/plan.js';
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

// How long `plan` says that trials will take.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderPlan } from '../../../src/cli/plan-table.js';
import { planRun } from '../../../src/sweep/plan/plan.js';
import { startRun } from '../../../src/sweep/start.js';
import { makeProject } from '../project.js';

const worker = (cost: string) =>
  `params: { i: z.int().default(0), epochs: z.int().default(1) }, metrics: { y: { type: 'number' } }, ${cost}
run: ({ params }) => ({ y: params.i })`;
const staged = (cost: string, stage = 'judge') =>
  `params: { i: z.int().default(0), depth: z.int().default(1) }, metrics: { y: { type: 'number' } },
cost: () => 1, stages: { ${stage}: { params: ['depth'], metrics: {}, ${cost} run: () => ({}) } },
run: ({ params }) => ({ y: params.i })`;
const COSTED = 'cost: ({ epochs }) => 10 * epochs,';
const epochs = (n: number) => ({ epochs: { kind: 'list', values: [n] } as const });

const made = async (text: string) => {
  const { home, sweep, write } = makeProject(worker(text), 'axes: { i: [0, 1, 2, 3] }');
  const root = join(home, 'runs');
  const { folder: out } = await (await startRun({ sweep, root, workers: 1, set: epochs(1) })).outcome;
  const plan = (n: number, file = sweep, into?: string) =>
    planRun({
      ...{ sweep: file, root, workers: 1, set: epochs(n) },
      ...(into === undefined ? {} : { out: into }),
    });
  return { plan, write, out };
};

describe('the time that is predicted', () => {
  test('is in proportion to the cost of trials, where the worker tells it', async () => {
    const { plan, write } = await made(COSTED);
    const ms = async (n: number, file?: string) => (await plan(n, file)).predictedMs!;
    const one = await plan(1);
    expect(one).toMatchObject({ predictedFrom: 'cost', stages: [] });
    expect(one.predictedMs).toBeGreaterThan(0);
    // Beside what its thread needs once.
    const slope = (await ms(51)) - one.predictedMs!;
    expect(slope).toBeGreaterThan(0);
    expect(((await ms(151)) - (await ms(51))) / slope).toBeCloseTo(2, 6);
    // A run of another sweep of the same worker tells it too.
    const other = write(
      'other.mjs',
      "export default defineSweep({ name: 'other', worker: new URL('./worker.mjs', import.meta.url), axes: { i: [7, 8] } });",
    );
    // Another version of the worker may take another time.
    expect(one.predictedWith).toBeUndefined();
    write('worker.mjs', `export default defineWorker({ name: 'mine', version: '2', ${worker(COSTED)} });\n`);
    expect(await plan(1)).toMatchObject({ predictedWith: ['version 1 of the worker'] });
    expect(((await ms(51, other)) - (await ms(1, other))) / slope).toBeCloseTo(0.5, 6);
  });

  test('is the mean of the newest run where it does not, and says so', async () => {
    const { plan } = await made('');
    const [one, fifty] = [await plan(1), await plan(50)];
    expect(fifty).toMatchObject({ predictedFrom: 'mean', predictedMs: one.predictedMs });
  });

  test('is that of the trials that are new, and 0 where none is', async () => {
    const { plan, out } = await made(COSTED);
    expect(await plan(1, undefined, out)).toMatchObject({ new: 0, predictedMs: 0 });
  });

  test('includes stages that are still to run; of one that is not measured it says so', async () => {
    const { home, sweep, write } = makeProject(staged('cost: ({ depth }) => depth,'), 'axes: { i: [0, 1] }');
    const root = join(home, 'runs');
    const depth = (...values: number[]) => ({ depth: { kind: 'list', values } as const });
    const plan = (...values: number[]) => planRun({ sweep, root, workers: 1, set: depth(...values) });
    const none = await plan(1);
    expect(none).toMatchObject({ predictedMs: null, stages: [{ new: 1, predictedMs: null }] });
    const { folder } = await (await startRun({ sweep, root, workers: 1 })).outcome;

    const [one, thousand] = [await plan(1), await plan(1000)];
    const [stage, large] = [one, thousand].map((each) => each.stages[0]!);
    expect(stage).toMatchObject({ name: 'judge', new: 1, predictedFrom: 'cost' });
    expect(large!.predictedMs! / stage!.predictedMs!).toBeCloseTo(1000, 6);
    expect(thousand.predictedMs! - large!.predictedMs!).toBeCloseTo(
      one.predictedMs! - stage!.predictedMs!,
      6,
    );
    expect(renderPlan(thousand)).not.toContain('measured');

    // What has run in the folder that is asked for is not run again.
    const out = folder;
    const more = await planRun({ sweep, root, out, workers: 1, set: depth(1, 1000) });
    expect(more.stages).toMatchObject([{ trials: 2, done: 1, new: 1, predictedMs: large!.predictedMs }]);

    write(
      'worker.mjs',
      `export default defineWorker({ name: 'mine', version: '1', ${staged('', 'other')} });\n`,
    );
    const other = await plan(1);
    expect(other).toMatchObject({ stages: [{ name: 'other', predictedMs: null, predictedFrom: null }] });
    expect(renderPlan(other)).toMatch(/To run: 2, about .*, stage other not measured yet, on 1 worker/);
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

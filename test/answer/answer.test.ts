// The answer of real runs: with replicates, stopped half-way, in shards and merged, drawn, bisected, failed.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Answer, askRun } from '../../src/answer/answer.js';
import { answerReport } from '../../src/answer/files.js';
import { renderAnswer } from '../../src/answer/words.js';
import { meanInterval } from '../../src/stats/interval.js';
import { mergeRuns } from '../../src/sweep/shards/merge.js';
import { makeProject } from '../sweep/project.js';
import { fixture, list, newFolder, resume, rowsOf, runHere, runPart } from '../sweep/session.js';

const WORKER = `params: { a: z.number().default(0), b: z.number().default(0), kind: z.string().default('x') },
  metrics: { loss: { type: 'number', goal: 'min' }, size: { type: 'integer', unit: 'kB' } },
  run: ({ params: { a, b, kind }, random }) => {
    if (kind === 'bad') throw new Error('lost at step ' + Math.round(a * 1000) + '\\nand more');
    if (kind === 'worse') throw new TypeError('no such kind');
    return { loss: (a - 0.5) ** 2 + 0.01 * random('noise').normal(), size: Math.round(10 * a) };
  }`;

async function answerOf(folder: string, question = {}): Promise<Answer> {
  return (await askRun(folder, question)).answer;
}

test('the best is that of the means of trials.csv, with its interval', async () => {
  const { sweep } = makeProject(WORKER, 'axes: { a: [0, 0.25, 0.5, 0.75, 1], b: [1, 2] }, replicates: 4');
  const { folder, trials_csv } = await runHere({ sweep });
  const answer = await answerOf(folder);
  const byPoint = new Map<string, number[]>();
  for (const { a, b, loss } of rowsOf(trials_csv))
    byPoint.set(`${a} ${b}`, [...(byPoint.get(`${a} ${b}`) ?? []), Number(loss)]);
  const means = [...byPoint].map(([point, losses]) => ({ point, ...meanInterval(losses) }));
  means.sort((one, other) => one.mean - other.mean);
  expect(answer).toMatchObject({
    configurations: 10,
    unranked: 0,
    infeasible: 0,
    first: 1,
    varying: ['a', 'b'],
  });
  answer.best.forEach(({ point, values, replicates }, place) => {
    expect(`${point.a} ${point.b}`).toBe(means[place]!.point);
    expect(values[0]!.mean).toBeCloseTo(means[place]!.mean, 12);
    expect(values[0]!.low).toBeCloseTo(means[place]!.low!, 10);
    expect(replicates).toBe(4);
  });
  // Both have a = 0.5, and b does nothing.
  expect(answer.best.map(({ point }) => point.a)).toEqual([0.5, 0.5]);
  expect(answer.comparison!.verdict).toBe('within noise');
  expect(answer.importance.map(({ parameter, method }) => `${parameter} ${method}`)).toEqual([
    'a anova',
    'b anova',
  ]);
  expect(answer.importance[0]!.importance).toBeGreaterThan(0.9);
  expect(answer.importance[1]!.importance).toBeLessThan(0.1);
  const clear = await answerOf(folder, { where: ['size != 5'] });
  expect(clear).toMatchObject({ infeasible: 2, constraints: ['size != 5'] });
  expect(clear.best[0]!.point.a).not.toBe(0.5);
});

test('a run that was stopped answers for what it has, and resumed for all', async () => {
  const { sweep } = makeProject(WORKER, "axes: { a: 'lin(0,1,400)' }");
  const out = join(newFolder(), 'run');
  const { left } = await runPart({ sweep, out, workers: 1, blockSize: 1 });
  const part = await answerOf(out);
  expect(part.configurations).toBe(400 - left);
  expect(part.first).toBe(1);
  await resume(out);
  expect(await answerOf(out)).toMatchObject({ configurations: 400, first: 1 });
});

test('shards answer for themselves; merged they answer as the whole', async () => {
  const { sweep, home } = makeProject(WORKER, "axes: { a: 'lin(0,1,21)', b: [1, 2] }, replicates: 2");
  const whole = await runHere({ sweep });
  const shards = await Promise.all(
    [1, 2].map((index) => runHere({ sweep, shard: { index, count: 2 }, workers: 1 })),
  );
  const parts = await Promise.all(shards.map(({ folder }) => answerOf(folder)));
  expect(parts[0]!.configurations + parts[1]!.configurations).toBeGreaterThanOrEqual(42);
  const out = join(home, 'merged');
  await mergeRuns(
    shards.map(({ folder }) => folder),
    out,
  );
  const { runMs: _, ...expected } = await answerOf(whole.folder);
  expect(await answerOf(out)).toMatchObject(expected);
});

test('drawn points with a condition and replicates; points of bisection', async () => {
  const drawn = await runHere({ sweep: fixture('drawn'), sampler: { name: 'random' }, trials: 60 });
  const found = await answerOf(drawn.folder);
  expect(found).toMatchObject({ objectives: [{ metric: 'y', goal: 'max' }], configurations: 30 });
  expect(found.best[0]).toMatchObject({ replicates: 2, rank: 1 });
  expect(found.importance.every(({ method }) => method === 'fanova')).toBe(true);
  const bisected = await runHere({
    sweep: fixture('noisy'),
    sampler: { name: 'bisect', axis: 'x', metric: 'above', from: 0, to: 1, tolerance: 0.01 },
    set: { kind: list('plain') },
    replicates: 1,
  });
  const least = await answerOf(bisected.folder, { objectives: ['y:min'], where: ['above = true'] });
  expect(least.best[0]!.point.x).toBeGreaterThan(0.3137);
  expect(least.best[0]!.point.x).toBeLessThan(0.3237);
});

test('failures are told by what they say, numbers aside; without an ok trial nothing is best', async () => {
  const { sweep } = makeProject(WORKER, "axes: { kind: ['bad', 'worse'], a: 'lin(0.1,0.9,5)' }");
  const { folder } = await runHere({
    sweep,
    maxFailures: { fraction: 1 },
    set: { kind: list('bad', 'worse', 'x') },
  });
  const answer = await answerOf(folder);
  expect(answer.failures).toEqual([
    { status: 'failed', message: 'lost at step 100', count: 5, trial: 0 },
    { status: 'failed', message: 'TypeError: no such kind', count: 5, trial: 5 },
  ]);
  expect(answer).toMatchObject({ unranked: 10, first: 1 });
  const { folder: bad } = await runHere({ sweep, maxFailures: { fraction: 1 } });
  const none = await answerOf(bad);
  expect(none).toMatchObject({ best: [], first: 0, importance: [], comparison: null });
  expect(renderAnswer(none, [])[0]).toBe('  best    not known: no trial has ended ok with a finite value');
});

test('a trial that fails first and is retried well is no failure', async () => {
  const { sweep, write, home } = makeProject('params: {}, metrics: {}, run: () => ({})', 'axes: {}');
  const log = JSON.stringify(join(home, 'log'));
  appendFileSync(join(home, 'log'), '');
  write(
    'worker.mjs',
    `import { existsSync, writeFileSync } from 'node:fs';
export default defineWorker({ name: 'mine', version: '1', params: { a: z.number().default(0) },
  metrics: { loss: { type: 'number', goal: 'min' } },
  run: ({ params }) => {
    const file = ${log} + params.a;
    if (!existsSync(file)) { writeFileSync(file, ''); throw new Error('not yet'); }
    return { loss: params.a };
  } });\n`,
  );
  write(
    'sweep.mjs',
    "export default defineSweep({ name: 'mine', worker: new URL('./worker.mjs', import.meta.url), axes: { a: [1, 2, 3] } });\n",
  );
  const { folder } = await runHere({ sweep, maxFailures: { fraction: 1 } });
  expect(await answerOf(folder)).toMatchObject({ failures: [{ count: 3, message: 'not yet' }] });
  await resume(folder, { retry: 'failed' });
  expect(await answerOf(folder)).toMatchObject({
    failures: [],
    first: 1,
    best: [{ trial: 0 }, { trial: 1 }],
  });
});

test('where no metric has a goal nothing is claimed; objectives are asked for by name', async () => {
  const worker = WORKER.replace(", goal: 'min'", '');
  const { sweep } = makeProject(worker, 'axes: { a: [0, 0.5, 1] }');
  const { folder } = await runHere({ sweep });
  const answer = await answerOf(folder);
  expect(answer).toMatchObject({ objectives: [], best: [], importance: [] });
  expect(renderAnswer(answer, [{ name: 'loss', type: 'number' }])[0]).toContain('--objective loss:min');
  expect(await answerOf(folder, { objectives: ['loss:max'] })).toMatchObject({ first: 1 });
  await expect(askRun(folder, { objectives: ['los:min', 'size'], where: ['loss <'] })).rejects.toMatchObject({
    code: 'BAD_USAGE',
    message: expect.stringMatching(
      /unknown metric "los"; did you mean "loss"\? \(legal: loss, size\)[\s\S]*size:min or size:max[\s\S]*loss </,
    ),
  });
});

test('what the sweep declares is in the manifest, and what is asked for takes its place', async () => {
  const { sweep } = makeProject(
    WORKER,
    "axes: { a: 'lin(0,1,11)' }, objectives: ['loss', 'size:max'], constraints: ['size <= 8']",
  );
  const { folder } = await runHere({ sweep });
  const { answer, status } = await askRun(folder);
  expect(status.manifest.aims).toEqual({
    objectives: [
      { metric: 'loss', goal: 'min' },
      { metric: 'size', goal: 'max' },
    ],
    constraints: [{ metric: 'size', operator: '<=', value: 8 }],
  });
  expect(answer).toMatchObject({ infeasible: 2, comparison: null });
  // From the least loss on, a larger size costs loss.
  expect(answer.first).toBeGreaterThanOrEqual(2);
  const other = await runHere({ sweep, objectives: ['size:min'] });
  expect(await answerOf(other.folder)).toMatchObject({
    objectives: [{ metric: 'size', goal: 'min' }],
    first: 1,
  });
});

test.each([
  ["objectives: ['nothing:min']", 'unknown metric "nothing"'],
  ["objectives: ['size']", 'write size:min or size:max'],
  ["objectives: ['loss', 'loss:max']", '"loss" is given twice'],
  ["constraints: ['size is 3']", 'such as memory <= 2e9'],
  ["objectives: 'loss:up'", 'such as loss:min or accuracy:max'],
  ['objectives: 3', 'expected a list of texts'],
])('%s is refused before anything starts', async (declared, message) => {
  const { sweep } = makeProject(WORKER, `axes: { a: [1] }, ${declared}`);
  await expect(runHere({ sweep })).rejects.toMatchObject({
    code: 'BAD_DEFINITION',
    message: expect.stringContaining(message),
  });
});

test('tables of the answer: their rows are those of the ranking', async () => {
  const { sweep } = makeProject(WORKER, "axes: { a: [0, 0.5, 1], kind: ['x', 'y,\"z'] }");
  const { folder } = await runHere({ sweep });
  const {
    files: [best, importance],
    importances,
  } = await answerReport(folder);
  const lines = best!.text.trimEnd().split('\n');
  expect(lines[0]).toBe('rank,trial,replicates,a,kind,loss,loss_low,loss_high,feasible');
  expect(lines).toHaveLength(7);
  const asked = await askRun(folder, { limit: 6 });
  expect(lines.slice(1).map((line) => Number(line.split(',')[1]))).toEqual(
    asked.answer.best.map(({ trial }) => trial),
  );
  expect(lines.filter((line) => line.includes(',"y,""z",'))).toHaveLength(3);
  expect(importance!.text.split('\n')[0]).toBe('parameter,metric,importance,low,high,method');
  expect(importance!.rows).toBe(2);
  // Of every metric that is a number, the first objective's as in the table.
  expect([...importances.keys()]).toEqual(['loss', 'size']);
  expect(importances.get('loss')!.parameters).toEqual(asked.answer.importance);
});

test('without a goal there is no table, but importances all the same', async () => {
  const { sweep } = makeProject(WORKER.replace(", goal: 'min'", ''), 'axes: { a: [0, 0.5, 1] }');
  const { folder } = await runHere({ sweep });
  const { files, importances } = await answerReport(folder);
  expect(files).toEqual([]);
  expect(importances.get('loss')!.parameters.map(({ parameter }) => parameter)).toEqual(['a']);
});

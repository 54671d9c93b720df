// When attempts ended, as the journal keeps it: of a run, of its merge, and of a journal of before.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type AttemptEnds, readAttemptEnds } from '../../src/run/attempt-ends.js';
import { createRunFolder } from '../../src/run/folder.js';
import { openJournal } from '../../src/run/journal.js';
import { mergeRuns } from '../../src/run/merge.js';
import { spaceRecord } from '../../src/run/records.js';
import { readRunStatus } from '../../src/run/status.js';
import { makeProject } from '../sweep/project.js';
import { read, rowsOf, runSweep } from '../sweep/session.js';
import { sampleManifest, sampleRows, temporaryFolder } from './samples.js';

async function endsOf(folder: string): Promise<AttemptEnds[]> {
  const { state } = await readRunStatus(folder);
  return [...readAttemptEnds(folder, state.epoch)];
}

const identity = { runId: 'merged', created: 'now', host: 'here', command: ['merge'] };

test('every attempt of a run ends while the run goes on, and trials.csv knows nothing of it', async () => {
  const { sweep } = makeProject(
    `params: { a: z.number().default(0) }, metrics: { b: { type: 'number' } },
     run: ({ params: { a } }) => { if (a === 3) throw new Error('no'); return { b: a }; }`,
    'axes: { a: [1, 2, 3, 4, 5] }',
  );
  const before = Date.now();
  const [{ folder, trials_csv }, other] = [
    await runSweep({ sweep, retries: 1, retryPauseMs: 1 }),
    await runSweep({ sweep, workers: 1 }),
  ];
  const after = Date.now();
  expect(other.trials_csv).toBe(trials_csv);
  const ends = await endsOf(folder);
  const timings = rowsOf(read(folder, 'timings.csv')).map(({ trial, attempt }) => `${trial} ${attempt}`);
  const known = ends.flatMap(({ first, count, attempt }) =>
    Array.from({ length: count }, (_, i) => `${first + i} ${attempt}`),
  );
  expect(known.sort()).toEqual([...timings].sort());
  for (const { at, each, count } of ends) {
    expect(at).toBeGreaterThan(before - 1);
    expect(at + (count - 1) * each).toBeLessThanOrEqual(after);
  }
});

test('a merge and an edited grid keep when attempts ended', async () => {
  const declared = (values: string) =>
    [
      "params: { a: z.number().default(0) }, metrics: { b: { type: 'number' } }, run: ({ params: { a } }) => ({ b: a })",
      `axes: { a: [${values}] }`,
    ] as const;
  const project = makeProject(...declared('1, 2, 3'));
  const { folder } = await runSweep({ sweep: project.sweep });
  const ends = await endsOf(folder);
  const merged = join(temporaryFolder(), 'merged');
  await mergeRuns([folder], merged, identity);
  expect(await endsOf(merged)).toEqual(ends);
  const latest = Math.max(...ends.map(({ at }) => at));
  await runSweep({ sweep: project.sweep, out: folder, set: { a: { kind: 'list', values: [2, 3] } } });
  const carried = await endsOf(folder);
  expect(carried.reduce((sum, { count }) => sum + count, 0)).toBe(2);
  expect(Math.max(...carried.map(({ at }) => at))).toBeLessThanOrEqual(latest);
});

test('of a block each trial has its part of the time; a journal of before says nothing', async () => {
  const manifest = sampleManifest({});
  const { path } = await createRunFolder(join(temporaryFolder(), 'run'), manifest);
  const journal = await openJournal(path);
  await journal.append(spaceRecord(manifest));
  for (const [trials, at] of [
    [{ first: 0, count: 4 }, 1_000_000],
    [[5, 7, 8], 2_000_000],
    [{ first: 9, count: 2 }, undefined],
  ] as const) {
    const { record, rows, series } = sampleRows(manifest, trials);
    await journal.appendRows({ ...record, ...(at === undefined ? {} : { at }) }, rows, series);
  }
  await journal.close();
  // 1.5 ms each.
  expect(await endsOf(path)).toEqual([
    { first: 0, count: 4, attempt: 1, at: 1_000_000 - 4.5, each: 1.5 },
    { first: 5, count: 1, attempt: 1, at: 2_000_000 - 3, each: 1.5 },
    { first: 7, count: 2, attempt: 1, at: 2_000_000 - 1.5, each: 1.5 },
  ]);
});

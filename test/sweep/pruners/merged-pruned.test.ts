// Merged runs under a pruner. Of a shard that was interrupted while trials that had ended waited for what it decides on
// earlier ones, a merge has none of these, says so, and has all once the shard was finished. What a pruner noted is kept.
import { existsSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJournal, readRecords } from '../../../src/run/read-journal.js';
import { mergeRuns } from '../../../src/sweep/shards/merge.js';
import { startRun } from '../../../src/sweep/start.js';
import { until } from '../../conformance/pool.js';
import { makeProject } from '../project.js';
import { newFolder, resume, rowsOf, runHere, runSweep } from '../session.js';

/** The trials that a file lists hang after their second step. */
const workerOf = (gate: string) => `
  params: { x: z.int().default(0) },
  metrics: { loss: { type: 'number', goal: 'min' } }, series: ['curve'],
  async run(trial) {
    const { x } = trial.params;
    for (let step = 1; step <= 9; step++) {
      while (step > 2 && existsSync(${JSON.stringify(gate)}) && JSON.parse(readFileSync(${JSON.stringify(gate)}, 'utf8')).includes(x)) {
        if (trial.stopRequested) throw trial.stopped();
        await new Promise((done) => setTimeout(done, 10));
      }
      if (trial.report(step, { curve: x + 1 / step }).stop) throw trial.stopped();
    }
    return { loss: x };
  }`;

test('what waits in a shard is not merged, and not lost', async () => {
  const gate = join(newFolder(), 'go');
  const project = makeProject(
    workerOf(gate),
    `axes: { x: 'range(0,11,1)' }, pruner: { name: 'asha', metric: 'curve:min', min: 3, max: 9 }`,
  );
  const file = join(project.home, 'worker.mjs');
  writeFileSync(file, `import { existsSync, readFileSync } from 'node:fs';\n${readFileSync(file, 'utf8')}`);
  const outs = [1, 2].map((index) => join(newFolder(), `shard ${index}`));
  const request = (index: number) => ({
    ...{ sweep: project.sweep, out: outs[index - 1]!, workers: 2, shard: { index, count: 2 } },
  });
  const heldIn = (out: string) =>
    existsSync(join(out, 'journal.bin'))
      ? [...(readJournal(out).state.epochs.at(-1)?.held.all().keys() ?? [])]
      : [];

  // Shards that nobody interrupts; the first trial of each is the one that hangs then.
  const again = [];
  for (const index of [1, 2])
    again.push(await runSweep({ ...request(index), out: join(newFolder(), 'run') }));
  const firsts = again.map(({ trials_csv }) => Number(rowsOf(trials_csv)[0]!.x));
  writeFileSync(gate, JSON.stringify(firsts));

  const shards = await Promise.all([1, 2].map((index) => startRun(request(index))));
  // All others end, and wait.
  await until(() => outs.flatMap(heldIn).length === 10);
  shards[0]!.stop();
  expect(await shards[0]!.outcome).toMatchObject({ interrupted: true });
  unlinkSync(gate);
  await shards[1]!.outcome;

  const waiting = heldIn(outs[0]!).sort((a, b) => a - b);
  const parts = await mergeRuns(outs, join(newFolder(), 'merged'));
  expect(parts).toMatchObject({ isWhole: false, isPrunedApart: true, trials: 12 - waiting.length - 1 });
  expect(parts.leftTrials).toEqual(expect.arrayContaining(waiting));
  const note = parts.notes.find((text) => text.includes('wait for'))!;
  expect(note).toContain(
    `${waiting.length} trials (${waiting.join(', ')}) ended and wait for what the pruner`,
  );
  expect(note).toContain(`\`sweepline resume '${outs[0]}'\`, and merge again`);

  await resume(outs[0]!);
  const whole = await mergeRuns(outs, join(newFolder(), 'merged'));
  expect(whole).toMatchObject({ isWhole: true, trials: 12, notes: [] });
  const other = await mergeRuns(
    again.map(({ folder }) => folder),
    join(newFolder(), 'merged'),
  );
  expect(readFileSync(join(whole.folder, 'trials.csv'), 'utf8')).toBe(
    readFileSync(join(other.folder, 'trials.csv'), 'utf8'),
  );
}, 180_000);

test.each([
  ['exploit', { name: 'pbt', metric: 'loss:min', interval: 5, max: 20, mutate: 'lr' }],
  ['prune', { name: 'asha', metric: 'loss:min', min: 5, max: 20 }],
])('why trials stopped or went on otherwise is merged: %s records', async (kind, pruner) => {
  const { sweep } = makeProject(
    `params: { lr: z.number().default(1) },
    metrics: { loss: { type: 'number', goal: 'min' } }, series: ['loss'],
    async run(trial) {
      const { lr } = trial.params;
      const kept = trial.loadCheckpoint();
      const { from, value } = kept === undefined ? { from: 0, value: 10 } : JSON.parse(Buffer.from(kept).toString());
      let loss = value;
      for (let step = from + 1; step <= 20; step++) {
        loss -= lr;
        trial.saveCheckpoint(Buffer.from(JSON.stringify({ from: step, value: loss })));
        if (trial.report(step, { loss }).stop) throw trial.stopped();
      }
      return { loss };
    }`,
    "axes: { lr: 'lin(0.8,0.1,8)' }",
  );
  const { folder } = await runHere({ sweep, pruner, workers: 1 });
  const merged = await mergeRuns([folder], join(newFolder(), 'merged'));
  const notesOf = (path: string) =>
    [...readRecords(path)].map(({ record }) => record).filter(({ t }) => t === kind);
  expect(notesOf(folder).length).toBeGreaterThan(2);
  expect(notesOf(merged.folder)).toEqual(notesOf(folder));
});

// Runs whose trials paused, taken further: more trials, other grids, retries, merged shards. What would not be right is
// refused, and nothing is written.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readRunStatus } from '../../../src/run/status.js';
import { explainTrial } from '../../../src/sweep/explain/explain.js';
import { mergeRuns } from '../../../src/sweep/shards/merge.js';
import { cutRun, isParked } from '../cut-run.js';
import { fixture, list, newFolder, read, resume, rowsOf, runSweep } from '../session.js';

const sweep = fixture('paused');
const PBT = { name: 'pbt', interval: 2, max: 8, mutate: 'alpha' };
const ASHA = { name: 'asha', pause: true, factor: 2, max: 8 };
const random = { sampler: { name: 'random' }, trials: 6 };

const copyOf = (folder: string): string => {
  const into = join(newFolder(), 'copy');
  cpSync(folder, into, { recursive: true });
  return into;
};

const journalOf = (folder: string) => readFileSync(join(folder, 'journal.bin'));

describe('population-based training', () => {
  let six = '';
  beforeAll(async () => {
    six = (await runSweep({ sweep, pruner: PBT, ...random })).folder;
  }, 60_000);
  afterEach(() => {
    delete process.env.PAUSED_VERSION;
  });

  test('has the number of trials that it began with', async () => {
    const before = journalOf(six);
    const words =
      /pruner pbt: the 6 trials of the run are populations that train together; 12 trials are a new run/;
    await expect(resume(six, { trials: 12 })).rejects.toThrow(words);
    await expect(runSweep({ sweep, pruner: PBT, ...random, trials: 12, out: six })).rejects.toThrow(words);
    expect(journalOf(six).equals(before)).toBe(true);
    expect(await resume(six, { trials: 6 })).toMatchObject({ trials: 6, ok: 6 });
  }, 60_000);

  test('failed trials of it are not tried again later', async () => {
    const { folder } = await runSweep({ sweep, pruner: PBT, set: { alpha: list(0.1, 0.4, 2) } });
    expect(
      rowsOf(read(folder, 'trials.csv')).filter(({ status }) => status === 'failed').length,
    ).toBeGreaterThan(1);
    await expect(resume(folder, { retry: 'failed' })).rejects.toThrow(
      'pruner pbt: the populations of trials that have failed are past the point where they did; leave --retry out, or start a new run',
    );
  }, 60_000);

  test('an edited grid is refused, a new version of the worker runs all anew', async () => {
    const set = { alpha: list(0.05, 0.1, 0.4) };
    const { folder, trials_csv } = await runSweep({ sweep, pruner: PBT, set });
    const before = journalOf(folder);
    const other = { sweep, pruner: PBT, set: { alpha: list(0.05, 0.1, 0.4, 0.8) }, out: folder };
    await expect(runSweep(other)).rejects.toThrow(
      'pruner pbt: the run has 6 trials: the trials of a population train together, and an edited grid makes other populations',
    );
    expect(journalOf(folder).equals(before)).toBe(true);
    expect(read(folder, 'trials.csv')).toBe(trials_csv);
    process.env.PAUSED_VERSION = '2';
    const { trials_csv: anew, trials } = await runSweep({ sweep, pruner: PBT, set, out: folder });
    expect(trials).toBe(6);
    const schedules = read(folder, 'schedules.csv');
    const fresh = await runSweep({ sweep, pruner: PBT, set });
    expect(anew).toBe(fresh.trials_csv);
    expect(schedules).toBe(read(fresh.folder, 'schedules.csv'));
  }, 60_000);

  test('merged shards keep their schedules; a part of them is no run that goes on', async () => {
    const shards = [];
    for (const index of [1, 2]) {
      const { folder } = await runSweep({ sweep, pruner: PBT, shard: { index, count: 2 } });
      shards.push(folder);
    }
    const out = join(newFolder(), 'merged');
    await expect(mergeRuns([shards[0]!], out)).rejects.toThrow(
      /^pruner pbt: .* parts are merged once all have ended; 6 trials have not run, shards 2\/2 are missing$/,
    );
    const merged = await mergeRuns(shards, out);
    expect(merged).toMatchObject({ isWhole: true, trials: 12 });
    const rows = shards.flatMap((shard) => read(shard, 'schedules.csv').trimEnd().split('\n').slice(1));
    const place = (row: string) => Number(row.split(',')[0]) * 100 + Number(row.split(',')[1]);
    expect(read(merged.folder, 'schedules.csv').trimEnd().split('\n').slice(1)).toEqual(
      rows.sort((a, b) => place(a) - place(b)),
    );
    expect(rows.length).toBeGreaterThan(15);
    const [trial] = rows.find((row) => row.split(',')[1] !== '0')!.split(',');
    const shard = shards.find((each) => read(each, 'trials.csv').includes(`\n${trial},`))!;
    const [whole, own] = [
      await explainTrial(merged.folder, Number(trial)),
      await explainTrial(shard, Number(trial)),
    ];
    expect(whole.lineage!.takeovers.length).toBeGreaterThan(0);
    expect(whole.lineage!.takeovers).toEqual(own.lineage!.takeovers);
    expect(whole.lineage!.weights).toEqual(own.lineage!.weights);
    // The same trials from two places count once.
    const twice = await mergeRuns([...shards, merged.folder], join(newFolder(), 'twice'));
    expect(read(twice.folder, 'schedules.csv')).toBe(read(merged.folder, 'schedules.csv'));
  }, 120_000);
});

describe('asha that pauses', () => {
  let six = '';
  beforeAll(async () => {
    six = (await runSweep({ sweep, pruner: ASHA, ...random })).folder;
  }, 60_000);

  test('goes on to more trials: those that were pruned stay so', async () => {
    const folder = copyOf(six);
    const before = rowsOf(read(six, 'trials.csv'));
    const { trials, failed } = await resume(folder, { trials: 12 });
    expect({ trials, failed }).toEqual({ trials: 12, failed: 0 });
    const rows = rowsOf(read(folder, 'trials.csv'));
    for (const row of before) expect(rows).toContainEqual(row);
    expect(rows.filter(({ status }) => status === 'ok').length).toBeGreaterThan(
      before.filter(({ status }) => status === 'ok').length,
    );
    const pruned = before.find(({ status }) => status === 'pruned')!;
    // What was decided among six is not what would be among twelve, and that is told.
    const told = await explainTrial(folder, Number(pruned.trial));
    expect(told).toMatchObject({ status: 'pruned', promotions: { rungs: null }, pruned: { paused: true } });
  }, 60_000);

  test('an edited grid keeps the trials that have ended', async () => {
    const set = { alpha: list(0.05, 0.1, 0.4) };
    const { folder } = await runSweep({ sweep, pruner: ASHA, set });
    const before = new Map(rowsOf(read(folder, 'trials.csv')).map((row) => [row.key, row]));
    const edited = { sweep, pruner: ASHA, set: { alpha: list(0.05, 0.2, 0.4, 0.8) }, out: folder };
    const { trials_csv } = await runSweep(edited);
    const rows = rowsOf(trials_csv);
    expect(rows).toHaveLength(8);
    for (const { trial: _, ...row } of rows.filter(({ key }) => before.has(key))) {
      const { trial: __, ...own } = before.get(row.key!)!;
      expect(row).toEqual(own);
    }
  }, 60_000);

  test('but not where some wait for what is decided on others', async () => {
    const set = { alpha: list(0.02, 0.05, 0.1, 0.4) };
    const { folder } = await runSweep({ sweep, pruner: ASHA, set });
    const cut = cutRun(folder, 5, isParked);
    const { waiting } = await readRunStatus(cut);
    expect(waiting.paused.length).toBeGreaterThan(0);
    const before = journalOf(cut);
    const edited = { sweep, pruner: ASHA, set: { alpha: list(0.02, 0.4) }, out: cut };
    await expect(runSweep(edited)).rejects.toThrow(
      /^pruner asha: the run has \d trials that have paused: they go on in the grid/,
    );
    expect(journalOf(cut).equals(before)).toBe(true);
  }, 60_000);

  test('merged shards have the rows of both, and tell the rungs of each as it decided', async () => {
    const shards = [];
    for (const index of [1, 2])
      shards.push((await runSweep({ sweep, pruner: ASHA, shard: { index, count: 2 } })).folder);
    const merged = await mergeRuns(shards, join(newFolder(), 'merged'));
    const rows = shards.flatMap((shard) => rowsOf(read(shard, 'trials.csv')));
    expect(rowsOf(read(merged.folder, 'trials.csv'))).toEqual(
      rows.sort((a, b) => Number(a.trial) - Number(b.trial)),
    );
    const { trial } = rowsOf(read(shards[1]!, 'trials.csv')).find(({ status }) => status === 'pruned')!;
    const [here, there] = [merged.folder, shards[1]!].map((folder) => explainTrial(folder, Number(trial)));
    expect((await here)!.promotions!.rungs!.length).toBeGreaterThan(0);
    expect((await here)!.promotions).toEqual((await there)!.promotions);
  }, 60_000);
});

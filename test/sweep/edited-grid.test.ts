// A grid that is edited: what it has no longer leaves trials.csv, and stays findable. Shards that are missing are named.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRunStatus } from '../../src/run/status.js';
import { mergeRuns } from '../../src/sweep/shards/merge.js';
import { startRun } from '../../src/sweep/start.js';
import { fixture, newFolder, runHere } from './session.js';

const sweep = fixture('noisy');
const lin = (count: number) => ({ x: { kind: 'lin', from: 0, to: 1, count } as const });

test('rows that an edited grid drops lie beside it, and come back with their points', async () => {
  const out = join(newFolder(), 'run');
  const six = await runHere({ sweep, set: lin(6), out });
  const lines: string[] = [];
  const run = await startRun({ sweep, set: lin(3), out, workers: 2 }, [
    { onLine: (line) => lines.push(line) },
  ]);
  expect(await run.outcome).toMatchObject({ trials: 18 });
  expect(lines).toEqual([
    expect.stringMatching(/^24 trials of the grid before .*earlier\/1\/trials\.csv has them/),
  ]);
  expect(readFileSync(join(out, 'earlier', '1', 'trials.csv'), 'utf8')).toBe(six.trials_csv);

  const again: string[] = [];
  const back = await startRun({ sweep, set: lin(6), out, workers: 2 }, [
    { onLine: (line) => again.push(line) },
  ]);
  expect(await back.outcome).toMatchObject({ trials: 36 });
  expect(again).toEqual([]);
  expect(existsSync(join(out, 'earlier', '2'))).toBe(false);
  expect(readFileSync(join(out, 'trials.csv'), 'utf8')).toBe(six.trials_csv);
});

test('a merge of some shards says which are missing, and is no whole run', async () => {
  const shard = (index: number) => runHere({ sweep, shard: { index, count: 3 } });
  const [one, two, three] = [await shard(1), await shard(2), await shard(3)];
  const part = await mergeRuns([three.folder, one.folder], join(newFolder(), 'part'));
  expect(part).toMatchObject({ missing: ['2/3'], notes: [], left: two.trials, isWhole: false });
  expect(await readRunStatus(part.folder)).toMatchObject({ stopped: 'interrupted', total: 126 });
  const whole = await mergeRuns([three.folder, two.folder, one.folder], join(newFolder(), 'whole'));
  expect(whole).toMatchObject({ missing: [], trials: 126, left: 0, isWhole: true });
  expect(await readRunStatus(whole.folder)).toMatchObject({ stopped: 'end', total: 126 });
});

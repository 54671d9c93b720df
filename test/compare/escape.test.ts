// The shipped escape sweep compared with itself: its trials have no seed to speak of, so that one of each says it all.
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { compareRuns, startRun } from '../../src/index.js';
import { newFolder } from '../sweep/session.js';

const home = newFolder();

async function run(name: string, eps: number): Promise<string> {
  const list = (values: readonly number[]) => ({ kind: 'list', values }) as const;
  const out = join(home, name);
  const handle = await startRun({
    ...{ sweep: 'escape', out, workers: 1 },
    set: { alpha: list([0.3]), h: list([0.1, 0.4]), eps: list([eps]) },
  });
  expect((await handle.outcome).failed).toBe(0);
  return out;
}

let folders: string[];
beforeAll(async () => {
  folders = [await run('a', 1e-8), await run('b', 1e-8), await run('c', 0.01)];
});

const verdicts = async (a: string, b: string) => {
  const { sets, isWorse } = await compareRuns([a, b], { ignore: ['eps'] });
  const { cells } = sets[0]!.runs[0]!;
  const found = Array.from({ length: cells.length }, (_, i) => `${cells.metricAt(i)} ${cells.verdictAt(i)}`);
  return { isWorse, found: new Set(found), count: found.length };
};

test('the same twice is the same', async () => {
  const { found, count } = await verdicts(folders[0]!, folders[1]!);
  expect([...found].filter((each) => !each.endsWith(' same'))).toEqual([]);
  expect(count).toBeGreaterThan(500);
});

test('any difference counts, however small', async () => {
  const { found, isWorse } = await verdicts(folders[0]!, folders[2]!);
  expect([...found].sort()).toEqual(
    expect.arrayContaining(['escaped moved', 'final_theta moved', 'peak moved']),
  );
  // A step of escape that only one of them has may come from the seed, as far as a comparison knows.
  expect([...found].filter((each) => each.endsWith(' noisy'))).toEqual(['escape_step noisy']);
  expect(isWorse).toBe(false);
});

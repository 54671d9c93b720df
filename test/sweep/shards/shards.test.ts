// What a shard says of itself: its own trials, not those of the whole grid.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderStatus } from '../../../src/cli/plan-table.js';
import { readRunStatus } from '../../../src/run/status.js';
import type { RunRequest } from '../../../src/sweep/contract.js';
import { planResume } from '../../../src/sweep/plan/plan.js';
import { makeProject } from '../project.js';
import { newFolder, resume, runHere, runPart } from '../session.js';

const worker = `
  params: { x: z.int().default(0), y: z.int().default(0) },
  metrics: { sum: { type: 'integer' } },
  run: ({ params }) => ({ sum: params.x + params.y }),`;
const grid = 'axes: { x: "range(0,10,1)", y: "range(0,6,1)" }';

describe('a shard', () => {
  test.each<[string, string, Partial<RunRequest>, number]>([
    ['of a grid', grid, {}, 77],
    ['with replicates', grid, { replicates: 3 }, 231],
    ['with a constraint', `${grid}, where: ({ x, y }) => x > y`, {}, 49],
    ['of two grids that meet', 'grids: [{ axes: { x: [1, 2, 3] } }, { axes: { x: [3, 4] } }]', {}, 4],
    ['of random trials', grid, { sampler: { name: 'random' }, trials: 20 }, 20],
  ])('%s counts its own trials', async (_, space, request, whole) => {
    const { sweep } = makeProject(worker, space);
    let sum = 0;
    for (const index of [1, 2, 3]) {
      const { folder, ok } = await runHere({ sweep, ...request, shard: { index, count: 3 } });
      const status = await readRunStatus(folder);
      expect(status).toMatchObject({ total: ok, done: ok, ok });
      expect(status.manifest.shard).toEqual({ index, count: 3, by: 'key', of: whole });
      expect(await planResume(folder)).toMatchObject({ trials: ok, done: ok, new: 0 });
      sum += ok;
    }
    expect(sum).toBe(whole);
  });

  test('that was interrupted tells what is left of it', async () => {
    const { sweep } = makeProject(worker, grid);
    const out = join(newFolder(), 'run');
    const { ok, left } = await runPart({
      ...{ sweep, out, workers: 1, blockSize: 1, shard: { index: 2, count: 3 } },
    });
    const total = ok + left;
    expect(total).toBeLessThan(40);
    expect(await readRunStatus(out)).toMatchObject({ total, done: ok });
    expect(await planResume(out)).toMatchObject({ trials: total, done: ok, new: left });
    expect(await resume(out)).toMatchObject({ ok: total, left: 0 });
    expect(renderStatus(await readRunStatus(out))).toMatch(new RegExp(`trials +${total} done of ${total}\n`));
  });

  test('of an earlier version, which did not keep how many there are, claims nothing', async () => {
    const { sweep } = makeProject(worker, grid);
    const { folder, ok } = await runHere({ sweep, shard: { index: 1, count: 3 } });
    const file = join(folder, 'manifest.json');
    const { trials, ...earlier } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    expect(trials).toBe(ok);
    writeFileSync(file, JSON.stringify(earlier));
    expect(await readRunStatus(folder)).toMatchObject({ total: null, done: ok });
    writeFileSync(file, JSON.stringify({ ...earlier, shard: null }));
    expect(await readRunStatus(folder)).toMatchObject({ total: 77 });
  });

  test('may grow to the whole run, and is no place for another one', async () => {
    const { sweep } = makeProject(worker, grid);
    const { folder, trials } = await runHere({ sweep, shard: { index: 1, count: 3 } });
    await expect(runHere({ sweep, out: folder, shard: { index: 2, count: 3 } })).rejects.toMatchObject({
      code: 'BAD_USAGE',
      message: expect.stringContaining('it is shard 1/3, not shard 2/3'),
    });
    expect(await readRunStatus(folder)).toMatchObject({ total: trials, done: trials });
    await runHere({ sweep, out: folder });
    const status = await readRunStatus(folder);
    expect(status).toMatchObject({ total: 77, done: 77 });
    expect(status.manifest.shard).toBeNull();
    await expect(runHere({ sweep, out: folder, shard: { index: 2, count: 3 } })).rejects.toThrow(
      'it is a whole run, not shard 2/3',
    );
  });
});

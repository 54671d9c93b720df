// A shard is continued only as it was cut; what the cut is made from lies in the worker or in a run that is named, and a
// shard whose inputs have changed meanwhile is refused.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRunFolder } from '../../../src/run/folder.js';
import { readKeyTimes } from '../../../src/sweep/shards/key-times.js';
import { mergeRuns } from '../../../src/sweep/shards/merge.js';
import { dealByWeight } from '../../../src/sweep/shards/share.js';
import { makeProject, type Project } from '../project.js';
import { fixture, list, newFolder, read, resume, rowsOf, runPart, runSweep } from '../session.js';

const worker = (cost: string) => `
  params: { x: z.int().default(0) },
  metrics: { double: { type: 'integer' } },
  cost: ({ x }) => ${cost},
  async run({ params }) {
    await new Promise((done) => setTimeout(done, params.x));
    return { double: 2 * params.x };
  },`;
const axes = (values: string) => `axes: { x: ${values} }`;
const half = (index: number) => ({ index, count: 2 });
const twelve = axes('[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]');

function setCost({ write }: Project, cost: string): void {
  write('worker.mjs', `export default defineWorker({ name: 'mine', version: '1', ${worker(cost)} });\n`);
}

describe('a shard', () => {
  test('by cost is refused once the costs have changed, and is not lost', async () => {
    const project = makeProject(worker('x'), twelve);
    const { sweep } = project;
    const out = join(newFolder(), 'one');
    const { manifest } = await openRunFolder(
      (await runPart({ sweep, out, shard: half(1), workers: 1, blockSize: 1 })).folder,
    );
    expect(manifest.shard).toMatchObject({
      by: 'cost',
      of: 12,
      cut: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    setCost(project, '100 / x');
    await expect(resume(out)).rejects.toThrow(
      new RegExp(`the costs that the worker declares have changed since \\(cut ${manifest.shard!.cut}, now`),
    );
    await expect(runSweep({ sweep, out, shard: half(1) })).rejects.toThrow(
      'the costs that the worker declares',
    );
    await expect(runSweep({ sweep, out, shard: half(1), shardBy: 'key' })).rejects.toThrow(
      'its trials were dealt by cost, not by key',
    );
    setCost(project, 'x');
    const one = await runSweep({ sweep, out, shard: half(1) });
    // The other half, cut by other costs: what both have and what none has is told.
    setCost(project, '100 / x');
    const two = await runSweep({ sweep, shard: half(2) });
    const merged = await mergeRuns([out, two.folder], join(newFolder(), 'merged'), [], { anyCode: true });
    expect(merged.notes.join('\n')).toMatch(/are shards of two cuts/);
    expect(one.ok + two.ok - merged.repeated + merged.left!).toBe(12);
    expect(merged).toMatchObject({ total: 12, isWhole: merged.left === 0 });
  });

  test('by cost may get another grid', async () => {
    const { sweep } = makeProject(worker('x'), axes('[1, 2, 3, 4]'));
    const parts = [1, 2].map((index) => ({ out: join(newFolder(), String(index)), shard: half(index) }));
    for (const part of parts) await runSweep({ sweep, ...part });
    const set = { x: list(9, 1, 2, 3, 4, 5, 6) };
    for (const part of parts) await runSweep({ sweep, ...part, set });
    const merged = await mergeRuns(
      parts.map(({ out }) => out),
      join(newFolder(), 'merged'),
    );
    expect(merged).toMatchObject({ trials: 7, left: 0, isWhole: true });
    const whole = await runSweep({ sweep, set });
    expect(readFileSync(join(merged.folder, 'trials.csv'), 'utf8')).toBe(whole.trials_csv);
  });

  test('by the times of a run takes them from there, and so does who resumes it', async () => {
    const { sweep } = makeProject(worker('x').replace(/cost.*\n/, ''), axes('[40, 1, 2, 3, 4, 5]'));
    const timed = await runSweep({ sweep, workers: 1, blockSize: 1 });
    const parts: string[] = [];
    for (const index of [1, 2]) {
      const out = join(newFolder(), String(index));
      const request = { sweep, out, shard: half(index), shardBy: timed.folder };
      await runPart({ ...request, workers: 1, blockSize: 1 });
      await resume(out);
      const { manifest } = await openRunFolder(out);
      expect(manifest.shard).toMatchObject({ by: 'times', of: 6 });
      expect(existsSync(join(out, manifest.shard!.times!))).toBe(true);
      parts.push(out);
    }
    // By what each really took: on a busy machine a short trial may take as long as the long one.
    const keys = rowsOf(timed.trials_csv).map(({ key }) => key!);
    const times = await readKeyTimes(timed.folder, keys, null);
    expect(new Set(times).size).toBeGreaterThan(1);
    const dealt = dealByWeight(
      keys.map((key, i) => ({ key, weight: Number(times[i]!.toPrecision(6)) })),
      2,
    );
    const shards = parts.map((out) => rowsOf(read(out, 'trials.csv')).map(({ key }) => key!));
    expect(shards).toEqual([0, 1].map((shard) => keys.filter((_, i) => dealt[i] === shard)));
    const merged = await mergeRuns(parts, join(newFolder(), 'merged'));
    expect(merged).toMatchObject({ trials: 6, isWhole: true });
    const other = await runSweep({ sweep: makeProject(worker('x'), axes('[77]')).sweep });
    await expect(runSweep({ sweep, shard: half(1), shardBy: other.folder })).rejects.toThrow(
      /of its 1 timed trial none is one of this run/,
    );
  });

  test('that an earlier version dealt by number is merged, not continued', async () => {
    const { sweep } = makeProject(worker('x'), twelve);
    const out = join(newFolder(), 'old');
    await runPart({ sweep, out, shard: half(1), workers: 1, blockSize: 1 });
    const file = join(out, 'manifest.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...manifest, shard: half(1) }));
    await expect(resume(out)).rejects.toThrow('its trials were dealt by number, by an earlier version');
    const whole = await runSweep({ sweep });
    const merged = await mergeRuns([out, whole.folder], join(newFolder(), 'merged'));
    expect(merged).toMatchObject({ trials: 12, isWhole: true });
  });

  test('of a search is not taken for the whole of it, however it was dealt', async () => {
    const sampler = { name: 'bisect', axis: 'x', metric: 'above', from: 0, to: 1, tolerance: 0.01 } as const;
    const request = { sweep: fixture('noisy'), sampler, replicates: 1 };
    const run = async (index: number, shardBy: string, count = 2) =>
      (await runSweep({ ...request, shard: { index, count }, shardBy })).folder;
    const [first, second] = [await run(1, 'count'), await run(2, 'count')];
    const isWhole = async (...folders: string[]) =>
      (await mergeRuns(folders, join(newFolder(), 'merged'))).isWhole;
    expect(await isWhole(first)).toBe(false);
    // Of two cuts, between which a search may fall through.
    expect(await isWhole(first, await run(2, 'key', 3))).toBe(false);
    expect(await isWhole(first, second)).toBe(true);
  });
});

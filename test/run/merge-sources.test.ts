// Runs that are not at rest, or not parts of one, when they are merged; and a great many of them.
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, test } from 'vitest';
import { disk } from '../../src/ground/file-system.js';
import { createRunFolder } from '../../src/run/folder.js';
import { openJournal } from '../../src/run/journal.js';
import { mergeRuns } from '../../src/run/merge.js';
import { spaceRecord } from '../../src/run/records.js';
import { apply, RunState } from '../../src/run/state.js';
import { makeRun, sampleManifest, sampleRows, temporaryFolder } from './samples.js';

const identity = { runId: 'merged', created: 'now', host: 'here', command: ['merge'] };
const read = (folder: string, name = 'trials.csv') => readFileSync(join(folder, name), 'utf8');

test('a journal whose space was changed has not ended', () => {
  const state = new RunState();
  const placed = { at: 0, bodyAt: 0, body: [] };
  const space = spaceRecord(sampleManifest());
  for (const record of [space, { t: 'stop', reason: 'end' } as const]) apply(state, record, placed);
  expect(state.stopped).toBe('end');
  apply(state, space, placed);
  expect(state.stopped).toBeNull();
});

describe('merging', () => {
  const { now } = disk;
  afterEach(() => {
    disk.now = now;
  });

  it('takes of a run that goes on what it had in the beginning', async () => {
    const root = temporaryFolder();
    const whole = await makeRun(join(root, 'whole'), {}, [[[0, 1, 2]], [[3, 4]]]);
    const short = await makeRun(join(root, 'short'), {}, [[[0, 1, 2]]]);
    const journal = join(whole, 'journal.bin');
    const bytes = readFileSync(journal);
    truncateSync(journal, readFileSync(join(short, 'journal.bin')).length);
    let opens = 0;
    disk.now = {
      ...now,
      open: (path, flags) => {
        // It has been looked at, and goes on.
        if (path === journal && ++opens === 2) writeFileSync(journal, bytes);
        return now.open(path, flags);
      },
    };
    const merged = await mergeRuns([whole], join(root, 'merged'), identity);
    expect([opens, merged.trials]).toEqual([2, 3]);
    expect(read(merged.folder)).toBe(read(short));
  });

  it('refuses a run that was killed while its grid was changed, and says what to do', async () => {
    const root = temporaryFolder();
    const one = await makeRun(join(root, 'one'), {}, [[[0, 1]]]);
    const manifest = JSON.parse(read(one, 'manifest.json')) as { seed: number };
    writeFileSync(join(one, 'manifest.json'), JSON.stringify({ ...manifest, seed: 8 }));
    await expect(mergeRuns([one], join(root, 'merged'), identity)).rejects.toMatchObject({
      ...{ code: 'BAD_RUN_FOLDER', message: expect.stringContaining('stopped as its space was changed') },
      hint: expect.stringContaining('start it again as it is to be'),
    });
  });

  it('mixes no two searches, whichever is preferred', async () => {
    const root = temporaryFolder();
    const search = async (name: string, alphas: readonly number[], from = 0) => {
      const manifest = sampleManifest({ sampler: { name: 'random', proposes: true } });
      const { path } = await createRunFolder(join(root, name), manifest);
      const journal = await openJournal(path);
      await journal.append(spaceRecord(manifest));
      const points = alphas.map((alpha, i) => ({
        trial: from + i,
        replicate: 0,
        point: { kind: 'a', alpha },
      }));
      await journal.append({ t: 'propose', epoch: 0, points });
      const numbers = points.map(({ trial }) => trial);
      const { record, rows, series } = sampleRows(manifest, numbers);
      await journal.appendRows(record, rows, series);
      await journal.close();
      return path;
    };
    const [a, b, c] = [
      await search('a', [0.1, 0.2]),
      await search('b', [0.1, 0.9]),
      await search('c', [0.2], 1),
    ];
    for (const prefer of [[], [a], [b]])
      await expect(mergeRuns([a, b], join(root, 'ab'), identity, { prefer })).rejects.toMatchObject({
        ...{
          code: 'BAD_USAGE',
          message: expect.stringMatching(/two searches: trial 1 is another point.*0\.9/),
        },
      });
    expect((await mergeRuns([a, c], join(root, 'ac'), identity)).trials).toBe(2);
  });

  it('of many runs that have the same trials holds few of them open', async () => {
    const root = temporaryFolder();
    const runs: string[] = [];
    for (let i = 0; i < 140; i++) runs.push(await makeRun(join(root, `${i}`), {}, [[[0, 5, 9]], [[12, 19]]]));
    const open = new Set<number>();
    let most = 0;
    disk.now = {
      ...now,
      open: (path, flags) => {
        const fd = now.open(path, flags);
        if (path.endsWith('journal.bin')) open.add(fd);
        most = Math.max(most, open.size);
        return fd;
      },
      close: (fd) => {
        open.delete(fd);
        now.close(fd);
      },
    };
    const merged = await mergeRuns(runs, join(root, 'merged'), identity);
    expect(merged).toMatchObject({ trials: 5, repeated: 5 });
    expect(read(merged.folder)).toBe(read(runs[0]!));
    expect(open.size).toBe(0);
    expect(most).toBeGreaterThan(100);
    expect(most).toBeLessThanOrEqual(129);
  });
});

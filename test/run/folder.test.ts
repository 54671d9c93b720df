// Making, opening and finding run folders, and what is refused with nothing written.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { randomFor } from '../../src/ground/random.js';
import { findNewestRun, findRun } from '../../src/run/find.js';
import { createRunFolder, createRunId, openRunFolder, writeManifest } from '../../src/run/folder.js';
import { openJournal } from '../../src/run/journal.js';
import { spaceRecord } from '../../src/run/records.js';
import { readRunStatus } from '../../src/run/status.js';
import { sampleManifest, sampleRows, temporaryFolder } from './samples.js';

const manifest = sampleManifest();

describe('run folder', () => {
  it('is made once and then found as it was', async () => {
    const out = join(temporaryFolder(), 'a', 'b');
    const made = await createRunFolder(out, manifest);
    expect(made).toEqual({ path: out, manifest, isNew: true, made: [dirname(out), out] });
    const other = { ...manifest, seed: 99 };
    expect(await createRunFolder(out, other)).toEqual({ path: out, manifest, isNew: false });
    await writeManifest(out, other);
    expect((await openRunFolder(out)).manifest).toEqual(other);
    expect(readdirSync(out)).toEqual(['manifest.json']);
  });

  it('is made by exactly one of many at once', async () => {
    const out = join(temporaryFolder(), 'run');
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, seed) => createRunFolder(out, { ...manifest, seed })),
    );
    const [winner] = made.filter(({ isNew }) => isNew);
    expect(made.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(made.map((run) => run.manifest.seed))).toEqual(new Set([winner!.manifest.seed]));
    expect(readdirSync(out)).toEqual(['manifest.json']);
  });

  it('keeps a long list of values on one line, and reads it as it was', async () => {
    const values = Array.from({ length: 100_000 }, (_, i) => i / 2);
    const long = sampleManifest({
      title: '"0:0" and so on',
      space: { grids: [{ axes: [{ names: ['alpha'], values: [{ kind: 'list', values }] }] }], replicates: 1 },
    });
    const out = join(temporaryFolder(), 'run');
    await createRunFolder(out, long);
    expect((await openRunFolder(out)).manifest).toEqual(long);
    const text = readFileSync(join(out, 'manifest.json'), 'utf8');
    expect(text.split('\n').length).toBeLessThan(200);
    expect(text.replace(/\[[\d.,]{1000,}\]/, '[]')).toBe(
      `${JSON.stringify({ ...long, space: { grids: [{ axes: [{ names: ['alpha'], values: [{ kind: 'list', values: [] }] }] }], replicates: 1 } }, null, 2)}\n`,
    );
  });

  it('takes an empty folder, and one with the leftovers of a killed start', async () => {
    const out = temporaryFolder();
    writeFileSync(join(out, '.manifest.json.1.tmp'), '{');
    expect((await createRunFolder(out, manifest)).isNew).toBe(true);
  });

  it('refuses folders of other things and of other sweeps, and writes nothing there', async () => {
    const out = temporaryFolder();
    writeFileSync(join(out, 'thesis.tex'), '');
    await expect(createRunFolder(out, manifest)).rejects.toMatchObject({
      code: 'BAD_USAGE',
      message: `${out} is not empty and is no run folder: it holds thesis.tex`,
    });
    expect(readdirSync(out)).toEqual(['thesis.tex']);
    const run = join(temporaryFolder(), 'run');
    await createRunFolder(run, manifest);
    const before = readFileSync(join(run, 'manifest.json'));
    await expect(createRunFolder(run, { ...manifest, sweep: 'other' })).rejects.toThrow(
      'holds a run of the sweep "sample", not of "other"',
    );
    expect(readFileSync(join(run, 'manifest.json')).equals(before)).toBe(true);
  });

  it('refuses what it cannot read: nothing there, a file, a broken manifest, another format', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const fails = (path: string, text: string) =>
      expect(openRunFolder(path)).rejects.toMatchObject({
        code: 'BAD_RUN_FOLDER',
        message: expect.stringContaining(text),
      });
    await fails(join(folder, 'nowhere'), 'there is no folder');
    await fails(file, 'cannot read the folder');
    await fails(folder, 'is no run folder');
    for (const [name, text, message] of [
      ['torn', '{"format":1,', 'cannot read'],
      ['newer', '{"format":2}', 'has format 2; this Sweepline reads 1'],
      ['null', 'null', 'is no manifest of Sweepline: it holds null'],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'manifest.json'), text);
      await fails(join(folder, name), message);
    }
    await expect(createRunFolder(join(file, 'under'), manifest)).rejects.toMatchObject({
      code: 'BAD_RUN_FOLDER',
    });
  });
});

describe('findRun', () => {
  it('finds by path, id, sweep and id, and by sweep the newest', async () => {
    const root = temporaryFolder();
    const clock = (ms: number) => ({ now: () => ms, elapsed: () => ms });
    const ids = [0, 1, 86_400_000].map((ms) =>
      createRunId(clock(1_795_472_130_000 + ms * 1000), randomFor(ms)),
    );
    expect(ids[0]).toMatch(/^20261123-221530-[0-9a-f]{4}$/);
    for (const id of ids) await createRunFolder(join(root, 'escape', id), manifest);
    expect(await findRun(join(root, 'escape', ids[0]!), root)).toBe(join(root, 'escape', ids[0]!));
    expect(await findRun(ids[1]!, root)).toBe(join(root, 'escape', ids[1]!));
    expect(await findRun(`escape/${ids[0]}`, root)).toBe(join(root, 'escape', ids[0]!));
    expect(await findRun('escape', root)).toBe(join(root, 'escape', [...ids].sort().at(-1)!));
    await expect(findRun('escpae', root)).rejects.toThrow('did you mean "escape"?');
    await expect(findRun('escape', join(root, 'nowhere'))).rejects.toThrow('holds no runs');
  });
});

describe('runs that somebody has named', () => {
  const [first, second, third] = ['20261123-221530-aaaa', '20261123-221531-bbbb', '20261124-000000-cccc'];
  const place = async (path: string, runId: string, sweep = 'sample') =>
    (await createRunFolder(path, { ...manifest, runId, sweep })).path;

  it.each([
    ['', 'mine'],
    ['under another folder', join('deep', 'mine')],
  ])('are found by their sweep and as the newest, by when they began %s', async (_, mine) => {
    const root = temporaryFolder();
    const old = await place(join(root, 'sample', first!), first!);
    const named = await place(join(root, mine), second!);
    expect(await findNewestRun(root)).toBe(named);
    expect(await findRun('sample', root)).toBe(named);
    expect(await findRun('mine', root)).toBe(named);
    const newest = await place(join(root, 'sample', third!), third!);
    expect(await findNewestRun(root)).toBe(newest);
    expect(await findRun('sample', root)).toBe(newest);
    expect(await findRun(first!, root)).toBe(old);
  });

  it('are alone there too, and what lies in them is none', async () => {
    const root = temporaryFolder();
    const named = await place(join(root, 'mine'), first!);
    await place(join(named, 'earlier', '1'), second!);
    expect(await findNewestRun(root)).toBe(named);
    await expect(findRun('sampel', root)).rejects.toThrow('did you mean "sample"? (runs of: mine, sample)');
  });

  it('are found with a manifest that is torn, as the oldest', async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'torn'));
    writeFileSync(join(root, 'torn', 'manifest.json'), '{"format":1,');
    expect(await findNewestRun(root)).toBe(join(root, 'torn'));
    const named = await place(join(root, 'mine'), first!);
    expect(await findNewestRun(root)).toBe(named);
  });

  it('are none in an empty folder', async () => {
    await expect(findNewestRun(temporaryFolder())).rejects.toThrow('holds no runs');
  });
});

describe('readRunStatus', () => {
  it('counts beside a live writer and leaves half a record alone', async () => {
    const { path } = await createRunFolder(join(temporaryFolder(), 'run'), manifest);
    await expect(readRunStatus(path)).rejects.toMatchObject({ code: 'BAD_RUN_FOLDER' });
    const journal = await openJournal(path);
    await expect(readRunStatus(path)).rejects.toThrow('stopped before it began');
    await journal.append(spaceRecord(manifest));
    const { record, rows, series } = sampleRows(manifest, { first: 0, count: 4 }, { failed: [2] });
    await journal.appendRows(record, rows, series);
    await journal.append({ ...record, t: 'attempt', trials: [9], status: 'lost' });
    await journal.close();
    const file = join(path, 'journal.bin');
    const torn = Buffer.concat([readFileSync(file), Buffer.from('half a record')]);
    writeFileSync(file, torn);
    expect(await readRunStatus(path)).toMatchObject({
      total: 20,
      done: 4,
      ok: 3,
      failed: 1,
      orphaned: 1,
      meanRunMs: 1.5,
      stopped: null,
      coordinator: null,
    });
    expect(readFileSync(file).equals(torn)).toBe(true);
  });
});

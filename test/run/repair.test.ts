// Repair keeps every whole record and only those, writes nothing where nothing is damaged, and restores what the rest
// depends on where it can be known.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRunFolder, stageFolder, writeManifest } from '../../src/run/folder.js';
import { openJournal } from '../../src/run/journal.js';
import { acquireLock } from '../../src/run/lock.js';
import type { Manifest } from '../../src/run/manifest.js';
import { readJournal } from '../../src/run/read-journal.js';
import { spaceRecord } from '../../src/run/records.js';
import { type Repaired, repairJournal, repairRun } from '../../src/run/repair.js';
import { sampleManifest, sampleRows, temporaryFolder } from './samples.js';

const manifest = sampleManifest();
/** Trials of the records of rows, each written by itself. */
const ROWS = [[0, 1, 2, 3], [4, 5], [6, 7, 8], [9], [10, 11, 12, 13, 14]];

interface Journalled {
  readonly folder: string;
  readonly path: string;
  readonly whole: Buffer;
  /** Where each record begins: opening, space, rows, and the end of the file. */
  readonly starts: readonly number[];
}

/** A run of `first`, and of grids that it was edited to. */
async function makeRun(...manifests: readonly Manifest[]): Promise<Journalled> {
  const folder = join(temporaryFolder(), 'run');
  await createRunFolder(folder, manifests[0]!);
  const journal = await openJournal(folder);
  for (const [epoch, each] of manifests.entries()) {
    await journal.append(spaceRecord(each));
    if (epoch > 0) await writeManifest(folder, each);
    for (const trials of ROWS) {
      const { record, rows, series } = sampleRows(each, trials, { epoch });
      await journal.appendRows(record, rows, series);
    }
  }
  await journal.close();
  const path = join(folder, 'journal.bin');
  const whole = readFileSync(path);
  const starts = [0];
  while (starts.at(-1)! < whole.length) starts.push(starts.at(-1)! + 8 + whole.readUInt32LE(starts.at(-1)!));
  return { folder, path, whole, starts };
}

function damage({ path, whole }: Journalled, at: number, bytes = 1): void {
  const damaged = Buffer.from(whole);
  for (let i = at; i < Math.min(at + bytes, whole.length); i++) damaged[i] = damaged[i]! ^ 0x41;
  writeFileSync(path, damaged);
}

const namesIn = (folder: string) => readdirSync(folder).sort();

async function repaired(folder: string): Promise<Repaired> {
  const result = await repairJournal(folder);
  if (result === undefined) throw new Error('nothing was repaired');
  return result;
}

describe('a damaged journal', () => {
  it('keeps every record but those that were hit, wherever they were hit', async () => {
    const run = await makeRun(manifest);
    const { folder, path, whole, starts } = run;
    // The last record cannot be told from one that was cut short.
    const end = starts.at(-2)!;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: starts[2]!, max: end - 1 }),
        fc.integer({ min: 1, max: 700 }),
        async (at, bytes) => {
          damage(run, at, Math.min(bytes, end - at));
          const bad = readFileSync(path);
          expect(() => readJournal(folder)).toThrow(/damaged at byte/);
          const result = await repaired(folder);
          const isHit = (i: number) => starts[i]! < at + bytes && starts[i + 1]! > at;
          const kept = starts
            .slice(0, -1)
            .flatMap((start, i) =>
              i < starts.length - 2 && isHit(i) ? [] : [whole.subarray(start, starts[i + 1])],
            );
          expect(readFileSync(path).equals(Buffer.concat(kept))).toBe(true);
          expect(readFileSync(join(folder, result.damaged)).equals(bad)).toBe(true);
          expect(result).toMatchObject({
            kept: kept.length,
            restored: [],
            done: readJournal(folder).state.epoch.doneCount,
          });
          expect(result.dropped.reduce((sum, { bytes: each }) => sum + each, 0)).toBe(
            whole.length - Buffer.concat(kept).length,
          );
          expect(await repairJournal(folder)).toBeUndefined();
        },
      ),
      { seed: 13, numRuns: 120 },
    );
  });

  it('says what was dropped, as far as its header can be read', async () => {
    const run = await makeRun(manifest);
    const { folder, starts } = run;
    damage(run, starts[4]! - 3);
    expect(await repaired(folder)).toMatchObject({
      kept: 6,
      dropped: [{ at: starts[3], bytes: starts[4]! - starts[3]!, what: 'rows of 2 trials' }],
      again: 2,
      isExact: true,
      done: 13,
    });
    damage(run, starts[3]! + 13, 20);
    expect(await repaired(folder)).toMatchObject({ dropped: [{ what: null }], again: 0, isExact: false });
    expect(namesIn(folder)).toEqual([
      'journal.bin',
      'journal.damaged-1.bin',
      'journal.damaged-2.bin',
      'manifest.json',
    ]);
  });

  it('says nothing of trials that other records have', async () => {
    const { folder, starts } = await makeRun(manifest);
    const journal = await openJournal(folder);
    const again = sampleRows(manifest, [4, 5], { attempt: 2 });
    await journal.appendRows(again.record, again.rows, again.series);
    await journal.append({ t: 'stop', reason: 'end' });
    await journal.close();
    const path = join(folder, 'journal.bin');
    const whole = readFileSync(path);
    whole[starts[4]! - 3] = whole[starts[4]! - 3]! ^ 1;
    writeFileSync(path, whole);
    expect(await repaired(folder)).toMatchObject({ again: 0, isExact: true, done: 15 });
  });

  it('gets back its opening and its space record, byte for byte', async () => {
    const run = await makeRun(manifest);
    const { folder, path, whole, starts } = run;
    for (const [at, bytes, restored] of [
      [0, 20, ['open']],
      [starts[1]! + 30, 40, ['space']],
      [starts[1]! - 5, 20, ['open', 'space']],
    ] as const) {
      damage(run, at, bytes);
      expect(await repaired(folder)).toMatchObject({ restored, done: 15 });
      expect(readFileSync(path).equals(whole)).toBe(true);
    }
  });

  it('gets back the newest space record of an edited grid, and no earlier one', async () => {
    const edited = sampleManifest({ seed: 8 });
    const run = await makeRun(manifest, edited);
    const { folder, path, whole, starts } = run;
    const second = starts[2 + ROWS.length]!;
    damage(run, second + 40);
    expect(await repaired(folder)).toMatchObject({ restored: ['space'], done: 15 });
    expect(readFileSync(path).equals(whole)).toBe(true);
    damage(run, starts[1]! + 40);
    const before = readFileSync(path);
    const names = namesIn(folder);
    await expect(repairJournal(folder)).rejects.toMatchObject({
      code: 'BAD_RUN_FOLDER',
      message: expect.stringContaining('another grid than the rows'),
    });
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(namesIn(folder)).toEqual(names);
  });

  it('begins anew where no record is left', async () => {
    const { folder, path } = await makeRun(manifest);
    writeFileSync(path, Buffer.alloc(5000));
    expect(await repaired(folder)).toMatchObject({ kept: 0, restored: ['open'], done: 0, isExact: false });
    const journal = await openJournal(folder);
    expect(journal.state.epochs).toEqual([]);
    await journal.close();
  });
});

describe('where nothing is damaged', () => {
  it('nothing is written, also behind a record that was cut short, and none is made', async () => {
    const { folder, path, whole, starts } = await makeRun(manifest);
    for (const length of [whole.length, starts.at(-2)! + 50, starts[2]!, starts[1]!, 20, 0]) {
      writeFileSync(path, whole.subarray(0, length));
      expect(await repairJournal(folder)).toBeUndefined();
      expect(readFileSync(path).length).toBe(length);
    }
    const fresh = join(temporaryFolder(), 'run');
    await createRunFolder(fresh, manifest);
    expect(await repairJournal(fresh)).toBeUndefined();
    expect(namesIn(fresh)).toEqual(['manifest.json']);
  });
});

describe('a run', () => {
  it('is repaired with its stages, and only while nobody works on it', async () => {
    const staged = sampleManifest({ worker: { ...manifest.worker, stages: ['first', 'second'] } });
    const { folder } = await makeRun(staged);
    const stage = stageFolder(folder, 'first');
    mkdirSync(stage, { recursive: true });
    const run = await makeRun(manifest);
    for (const name of namesIn(run.folder))
      writeFileSync(join(stage, name), readFileSync(join(run.folder, name)));
    damage({ ...run, path: join(stage, 'journal.bin') }, run.starts[4]! - 3);

    const lock = await acquireLock(stage);
    await expect(repairRun(folder)).rejects.toMatchObject({ code: 'LOCKED' });
    await lock.release();
    const found = await repairRun(folder);
    expect([...found.keys()]).toEqual([folder, stage]);
    expect(found.get(folder)).toBeUndefined();
    expect(found.get(stage)).toMatchObject({ again: 2, done: 13 });
    expect([...(await repairRun(folder)).values()]).toEqual([undefined, undefined]);
    expect(namesIn(folder)).toEqual(['journal.bin', 'manifest.json', 'stages']);
  });
});

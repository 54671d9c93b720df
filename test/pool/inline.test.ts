// The pool without threads or processes, held to every pool's promises.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { disk } from '../../src/ground/file-system.js';
import { createInlinePool } from '../../src/pool/inline.js';
import { createFolderStore } from '../../src/trial/store.js';
import { defineWorker } from '../../src/worker/define.js';
import { poolConformance, rangeTask, setupOf, spaceOf, textOf } from '../conformance/pool.js';

poolConformance('inline', (workerUrl) => createInlinePool(workerUrl));

it('takes a worker as it is, without a module', async () => {
  const pool = createInlinePool(
    defineWorker({ name: 'bare', version: '1', params: {}, metrics: {}, run: () => ({}) }),
  );
  await pool.begin(setupOf(spaceOf({})));
  expect(textOf((await pool.submit(rangeTask(1, 0, 1)).result).rows)).toMatch(/^0,[^,]+,0,\d+,ok\n$/);
  await pool.close();
});

it('a checkpoint that a trial goes on from is read once, by the worker alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-inline-'));
  createFolderStore(folder).putCheckpoint('other', Uint8Array.of(1, 2, 3));
  const pool = createInlinePool(
    defineWorker({
      ...{ name: 'bare', version: '1', params: {}, metrics: { bytes: { type: 'integer' } } },
      run: (trial) => ({ bytes: trial.loadCheckpoint()!.length }),
    }),
  );
  await pool.begin({ ...setupOf(spaceOf({})), folder });
  const { now } = disk;
  const read: string[] = [];
  const readFile = (path: string) => {
    read.push(path);
    return now.readFile(path);
  };
  disk.now = { ...now, readFile };
  try {
    const go = async (load: string) => {
      const from = { past: 1, checkpoint: { load, save: 'own' } };
      return pool.submit({ ...rangeTask(1, 0, 1), from }).result;
    };
    expect(textOf((await go('other')).rows)).toMatch(/,ok,3\n$/);
    expect(read.filter((path) => existsSync(path))).toEqual([join(folder, 'checkpoints/other.bin')]);
    expect((await go('gone')).notes[0]!.error!.message).toContain('has paused without a checkpoint');
  } finally {
    disk.now = now;
    await pool.close();
    rmSync(folder, { recursive: true });
  }
});

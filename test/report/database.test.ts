import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openDatabase, type RunDatabase } from '../../src/report/database.js';
import { makeManifest, makeRunFolder, newFolder, type TrialRow } from './folders.js';

async function using<T>(folders: string[], work: (database: RunDatabase) => Promise<T>): Promise<T> {
  const database = await openDatabase(folders);
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

const worker = {
  params: [
    { name: 'alpha', type: 'number', default: 0.3 },
    { name: 'size', type: 'integer', default: 16 },
    { name: 'name', type: 'string', default: "it's" },
    { name: 'deep', type: 'boolean', default: false },
  ],
  metrics: [
    { name: 'loss', type: 'number' },
    { name: 'note', type: 'string' },
  ],
  series: ['train'],
} as const;
const manifest = makeManifest({ axes: ['alpha', 'size'], fixed: { deep: true }, worker });

describe('a run folder as a database', () => {
  it('types columns by the manifest, reads empty cells as NULL, adds the other parameters', async () => {
    const folder = await makeRunFolder(manifest, [
      { alpha: 1, size: 2, loss: 1, note: 'a,"b"\nc' },
      { alpha: 0.5, size: null, loss: null, note: null, status: 'failed' },
    ]);
    const { columns, rows } = await using([folder], (db) => db.query('SELECT * FROM trials ORDER BY trial'));
    expect(columns).toEqual('run,trial,key,replicate,seed,alpha,size,status,loss,note,name,deep'.split(','));
    const constants = { run: 'test-run', replicate: 0, name: "it's", deep: true };
    expect(rows).toEqual([
      {
        ...constants,
        trial: 0,
        key: 'k0',
        seed: 0,
        alpha: 1,
        size: 2,
        status: 'ok',
        loss: 1,
        note: 'a,"b"\nc',
      },
      {
        ...constants,
        trial: 1,
        key: 'k1',
        seed: 1,
        alpha: 0.5,
        size: null,
        status: 'failed',
        loss: null,
        note: null,
      },
    ]);
    const types = await using([folder], (db) =>
      db.query('SELECT typeof(alpha) AS a, typeof(size) AS s FROM trials LIMIT 1'),
    );
    expect(types.rows).toEqual([{ a: 'DOUBLE', s: 'BIGINT' }]);
  });

  it('gives every float64 back to the last bit', async () => {
    const doubles = fc.sample(fc.double({ noDefaultInfinity: false }), { numRuns: 3000, seed: 1 });
    const trials: TrialRow[] = doubles.map((loss) => ({ alpha: 0, size: 0, loss }));
    const folder = await makeRunFolder(manifest, trials);
    const read = (view: string) =>
      using([folder], async (db) => {
        const { rows } = await db.query(`SELECT loss FROM ${view} ORDER BY trial`);
        return rows.map((row) => row.loss);
      });
    expect(await read('trials_raw')).toEqual(doubles.map((loss) => (loss === 0 ? 0 : loss)));
    expect(await read('trials')).toEqual(
      doubles.map((loss) => (Number.isNaN(loss) ? null : loss === 0 ? 0 : loss)),
    );
  });

  it('has empty views for files that are not there yet', async () => {
    const folder = await makeRunFolder(manifest, []);
    rmSync(join(folder, 'trials.csv'));
    await using([folder], async (db) => {
      expect(await db.query('SELECT trial, alpha FROM trials')).toEqual({
        columns: ['trial', 'alpha'],
        rows: [],
      });
      expect((await db.query('SELECT * FROM metrics')).columns).toEqual(['run', 'trial', 'step', 'train']);
      expect((await db.query('SELECT run_ms FROM timings')).rows).toEqual([]);
    });
  });

  it('puts several runs under each other, told apart by `run`, whatever their columns', async () => {
    const one = await makeRunFolder(manifest, [{ alpha: 1, size: 2, loss: 3 }]);
    const wide = makeManifest({ runId: 'other', axes: ['alpha', 'name'], worker });
    const two = await makeRunFolder(wide, [{ alpha: 4, name: 'x', loss: 5 }]);
    const { rows } = await using([one, two], (db) =>
      db.query('SELECT run, alpha, size, name, deep, loss FROM trials ORDER BY alpha'),
    );
    expect(rows).toEqual([
      { run: 'test-run', alpha: 1, size: 2, name: "it's", deep: true, loss: 3 },
      { run: 'other', alpha: 4, size: 16, name: 'x', deep: false, loss: 5 },
    ]);
    const repeated = await using([one, one], (db) => db.query('SELECT DISTINCT run FROM trials'));
    expect(repeated.rows).toHaveLength(1);
  });

  it('keeps tables for later queries', async () => {
    const folder = await makeRunFolder(manifest, [{ alpha: 1, size: 2, loss: 3 }]);
    await using([folder], async (db) => {
      await db.keep('best', 'SELECT max(loss) AS loss FROM trials;');
      expect((await db.query('SELECT loss FROM best')).rows).toEqual([{ loss: 3 }]);
    });
  });

  it('refuses torn and foreign CSVs, folders without a manifest, and SQL that does not run', async () => {
    const folder = await makeRunFolder(manifest, [{ alpha: 1, size: 2, loss: 3 }]);
    const path = join(folder, 'trials.csv');
    const whole = readFileSync(path, 'utf8');
    await using([folder], (db) =>
      expect(db.query('SELECT los FROM trials')).rejects.toMatchObject({
        code: 'BAD_DEFINITION',
        message: expect.stringContaining('"los"'),
      }),
    );
    appendFileSync(path, '1,k1,0');
    await expect(openDatabase([folder])).rejects.toMatchObject({ code: 'BAD_RUN_FOLDER' });
    writeFileSync(path, whole.replace('alpha', 'alhpa'));
    await expect(openDatabase([folder])).rejects.toMatchObject({
      code: 'BAD_RUN_FOLDER',
      message: expect.stringContaining('its manifest says'),
    });
    await expect(openDatabase([newFolder()])).rejects.toMatchObject({ code: 'BAD_RUN_FOLDER' });
  });
});

// SQL over runs as they are: any number of them, going on, killed or without CSVs, and none of them changed.
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { explain, mayReadArtifacts, withQuery } from '../../src/export/query.js';
import { writeDerived } from '../../src/run/derive.js';
import { readJournal } from '../../src/run/read-journal.js';
import { makeManifest } from '../report/folders.js';
import { everythingIn, makeRun, newFolder } from './runs.js';

const worker = {
  params: [
    { name: 'alpha', type: 'number', default: 0.3 },
    { name: 'size', type: 'integer', default: 16 },
    { name: 'kind', type: 'string', default: "it's" },
  ],
  metrics: [
    { name: 'loss', type: 'number' },
    { name: 'deep', type: 'boolean' },
    { name: 'note', type: 'string' },
  ],
  series: ['train', 'test'],
} as const;
const manifest = makeManifest({ runId: 'first', axes: ['alpha'], worker });
const other = makeManifest({ runId: 'second', sweep: 'blur', axes: ['size'], worker });

const trials = [
  {
    point: { alpha: 0.1 },
    metrics: { loss: 0.5, deep: true, note: 'a "b",\nc' },
    series: [
      [0, { train: 1, test: null }],
      [1.5, { train: 0.25, test: 2 }],
    ],
  },
  { point: { alpha: 0.2 }, metrics: { loss: Number.NaN, deep: false, note: null }, series: [] },
] as const;

const query = (folders: readonly string[], sql: string, withArtifacts = mayReadArtifacts(sql)) =>
  withQuery(folders, { withArtifacts }, (database) => database.query(sql).then(({ rows }) => rows));

describe('the tables', () => {
  it('have the trials of stages, of every run that has some', async () => {
    const judge = (runId: string) =>
      makeManifest({
        ...{ runId, sweep: 'blur.judge', axes: ['sigma'] },
        worker: {
          params: [
            { name: 'sigma', type: 'number', default: 1 },
            { name: 'stage', type: 'string', default: 'x' },
          ],
          metrics: [{ name: 'accuracy', type: 'number' }],
          series: [],
        },
      });
    const staged = makeManifest({
      runId: 'third',
      sweep: 'blur',
      worker: { ...worker, stages: ['judge', 'later'] },
    });
    const folder = await makeRun(staged, []);
    const points = [0.5, 2].map((sigma) => ({ point: { sigma }, metrics: { accuracy: sigma / 4 } }));
    await makeRun(judge('inner'), points, join(folder, 'stages', 'judge'));
    const folders = [await makeRun(manifest, trials), folder];
    expect(await query(folders, 'FROM stages ORDER BY trial')).toEqual(
      points.map(({ point, metrics }, trial) => ({
        ...{ run: 'third', sweep: 'blur', stage_2: 'judge', trial, key: `key${trial}`, replicate: 0 },
        ...{ seed: 100 + trial, ...point, status: 'ok', ...metrics, stage: 'x' },
      })),
    );
    expect(await query([folders[0]!], 'SELECT run, stage, trial FROM stages')).toEqual([]);
    expect(await query(folders, 'SELECT count(*) AS n FROM trials')).toEqual([{ n: 2 }]);
  });

  it('have every run, which says whose rows they are', async () => {
    const folders = [
      await makeRun(manifest, trials),
      await makeRun(other, [{ point: { size: 8 }, metrics: { loss: 2 } }]),
    ];
    expect(await query(folders, 'FROM trials ORDER BY run, trial')).toEqual([
      {
        ...{ run: 'first', sweep: 'escape', trial: 0, key: 'key0', replicate: 0, seed: 100, alpha: 0.1 },
        ...{ status: 'ok', loss: 0.5, deep: true, note: 'a "b",\nc', size: 16, kind: "it's" },
      },
      {
        ...{ run: 'first', sweep: 'escape', trial: 1, key: 'key1', replicate: 0, seed: 101, alpha: 0.2 },
        ...{ status: 'ok', loss: null, deep: false, note: null, size: 16, kind: "it's" },
      },
      {
        ...{ run: 'second', sweep: 'blur', trial: 0, key: 'key0', replicate: 0, seed: 100, alpha: 0.3 },
        ...{ status: 'ok', loss: 2, deep: null, note: null, size: 8, kind: "it's" },
      },
    ]);
  });

  it('are long too: a row a value, none where there is none', async () => {
    const folder = await makeRun(manifest, trials);
    const own = { run: 'first', sweep: 'escape', trial: 0 };
    const trial = { ...own, key: 'key0', replicate: 0, status: 'ok' };
    expect(await query([folder], 'FROM trials_long')).toEqual([
      { ...trial, metric: 'loss', value: 0.5, text: null },
      { ...trial, metric: 'deep', value: 1, text: null },
      { ...trial, metric: 'note', value: null, text: 'a "b",\nc' },
      { ...trial, trial: 1, key: 'key1', metric: 'deep', value: 0, text: null },
    ]);
    expect(await query([folder], 'FROM metrics_long')).toEqual([
      { ...own, step: 0, series: 'train', value: 1 },
      { ...own, step: 1.5, series: 'train', value: 0.25 },
      { ...own, step: 1.5, series: 'test', value: 2 },
    ]);
    expect(await query([folder], 'SELECT trial, status, run_ms, host FROM timings')).toEqual([
      { trial: 0, status: 'ok', run_ms: 0, host: 'here' },
      { trial: 1, status: 'ok', run_ms: 0, host: 'here' },
    ]);
  });

  it('have the files that trials have kept, and no links', async () => {
    const folder = await makeRun(manifest, trials);
    const own = join(folder, 'artifacts', '1');
    mkdirSync(join(own, 'sub'), { recursive: true });
    mkdirSync(join(folder, 'artifacts', 'by-key', 'x'), { recursive: true });
    writeFileSync(join(own, 'model, "1".onnx'), 'four');
    writeFileSync(join(own, 'sub', 'a.bin'), 'xx');
    writeFileSync(join(folder, 'artifacts', 'by-key', 'x', 'old'), '');
    symlinkSync('/etc/passwd', join(own, 'link'));
    const row = { run: 'first', sweep: 'escape', trial: 1 };
    expect(await query([folder], 'FROM artifacts')).toEqual([
      { ...row, name: 'model, "1".onnx', path: join(own, 'model, "1".onnx'), bytes: 4 },
      { ...row, name: 'sub/a.bin', path: join(own, 'sub', 'a.bin'), bytes: 2 },
    ]);
    expect(mayReadArtifacts("FROM query_table('arti' || 'facts')")).toBe(true);
    expect(mayReadArtifacts('FROM trials')).toBe(false);
  });

  it('name metrics and columns as they are, whatever they are called', async () => {
    const odd = makeManifest({
      axes: ['Sweep'],
      worker: {
        params: [{ name: 'Sweep', type: 'number', default: 0 }],
        metrics: [
          { name: 'val/loss', type: 'number' },
          { name: 'metric', type: 'number' },
          { name: 'Loss', type: 'number' },
          { name: 'loss', type: 'number' },
        ],
        series: [],
      },
    });
    const folder = await makeRun(odd, [
      { point: { Sweep: 3 }, metrics: { 'val/loss': 1, metric: 2, Loss: 3, loss: 4 } },
    ]);
    expect(await query([folder], 'SELECT sweep_2, "Sweep", "val/loss", loss_2 FROM trials')).toEqual([
      { sweep_2: 'escape', Sweep: 3, 'val/loss': 1, loss_2: 4 },
    ]);
    expect(await query([folder], 'SELECT metric, value FROM trials_long')).toEqual([
      { metric: 'val/loss', value: 1 },
      { metric: 'metric', value: 2 },
      { metric: 'Loss', value: 3 },
      { metric: 'loss', value: 4 },
    ]);
  });
});

describe('a run', () => {
  const sql = 'SELECT trial, alpha, status FROM trials ORDER BY trial';
  const rows = [
    { trial: 0, alpha: 0.1, status: 'ok' },
    { trial: 1, alpha: 0.2, status: 'ok' },
  ];

  it('that was killed is read from its journal, and left as it is: no CSV, old ones, damaged ones, half a record', async () => {
    const folder = await makeRun(manifest, trials);
    appendFileSync(join(folder, 'journal.bin'), 'half a record');
    for (const csv of [undefined, 'trial,key\n', 'trial,key,replicate,seed,alpha,status,loss,deep,note\n']) {
      if (csv !== undefined) writeFileSync(join(folder, 'trials.csv'), csv);
      const before = everythingIn(folder);
      expect(await query([folder], sql)).toEqual(rows);
      expect(everythingIn(folder)).toEqual(before);
    }
  });

  it('that has not begun has no rows; one without its journal has those of its CSVs', async () => {
    const empty = newFolder();
    writeFileSync(join(empty, 'manifest.json'), JSON.stringify(manifest));
    expect(await query([empty], sql)).toEqual([]);
    const folder = await makeRun(manifest, trials);
    await writeDerived(folder, readJournal(folder).state);
    rmSync(join(folder, 'journal.bin'));
    expect(await query([folder], sql)).toEqual(rows);
  });

  it('is told from its copy by its folder', async () => {
    const folder = await makeRun(manifest, trials);
    const copy = newFolder();
    for (const name of ['manifest.json', 'journal.bin']) copyFileSync(join(folder, name), join(copy, name));
    expect(await query([folder, copy], 'SELECT DISTINCT run FROM trials ORDER BY run')).toEqual(
      [folder, copy].sort().map((run) => ({ run })),
    );
  });

  it('that is none, or is damaged, is refused; nothing is left behind', async () => {
    const before = readdirSync(tmpdir()).filter(
      (name) => name.startsWith('sweepline-export-') && !name.includes('test'),
    );
    const folder = await makeRun(manifest, trials);
    const bytes = Buffer.from(everythingIn(folder)[join(folder, 'journal.bin')]!, 'latin1');
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(join(folder, 'journal.bin'), bytes);
    await expect(query([folder], sql)).rejects.toMatchObject({ code: 'BAD_RUN_FOLDER' });
    await expect(query([newFolder()], sql)).rejects.toMatchObject({ code: 'BAD_RUN_FOLDER' });
    await query([await makeRun(manifest, trials)], sql);
    const after = readdirSync(tmpdir()).filter(
      (name) => name.startsWith('sweepline-export-') && !name.includes('test'),
    );
    expect(after).toEqual(before);
  });
});

describe('SQL that is wrong', () => {
  test.each([
    ['SELECT los FROM trials', ['"los"', 'trials has run, sweep, trial, key', 'loss, deep, note']],
    ['SELECT 1 FROM trails', ['trails', 'there are the tables trials, trials_long, metrics']],
    [
      'SELECT * FROM metrics_long WHERE x = 1',
      ['"x"', 'metrics_long has run, sweep, trial, step, series, value'],
    ],
    ['SELEC 1', ['SELEC']],
  ])('%s is told what there is', async (sql, words) => {
    const folder = await makeRun(manifest, trials);
    const told = await withQuery([folder], {}, (database) =>
      database.query(sql).catch((error) => explain(error, database, sql)),
    );
    const { message, hint } = told as { message: string; hint: string };
    for (const word of words) expect(`${message}\n${hint}`).toContain(word);
  });

  test('does not reach the snapshot, the run folder, or the file that is being written', async () => {
    const folder = await makeRun(manifest, trials);
    const file = join(newFolder(), 'out.parquet');
    await withQuery([folder], { writable: [file] }, async (database) => {
      for (const sql of [
        `FROM read_text('${join(folder, 'manifest.json')}')`,
        `FROM read_blob('${join(folder, 'journal.bin')}')`,
        `FROM glob('${tmpdir()}/*')`,
        `COPY trials TO '${file}' (FORMAT parquet)`,
        `SELECT 1) TO '${file}'; --`,
        `SELECT 1 /*`,
        `SELECT getenv('HOME')`,
        'INSTALL httpfs',
        "SET memory_limit = '1TB'",
        'CREATE TABLE mine AS SELECT 1',
        'DROP VIEW trials',
      ])
        for (const run of [database.query, database.stream, (text: string) => database.write(file, text)])
          await expect(run(sql), sql).rejects.toMatchObject({ code: 'BAD_DEFINITION' });
      expect(readdirSync(join(file, '..'))).toEqual([]);
      expect(await database.write(file, 'FROM trials -- all of them')).toBe(2);
      expect(readdirSync(join(file, '..'))).toEqual(['out.parquet']);
    });
  });

  test('an interrupt ends what runs, and nothing else', async () => {
    const folder = await makeRun(manifest, trials);
    await withQuery([folder], {}, async (database) => {
      const long = database.query(
        'SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range < b.range',
      );
      const failed = expect(long).rejects.toMatchObject({ message: expect.stringContaining('Interrupted') });
      database.interrupt();
      const again = setInterval(() => database.interrupt(), 10); // it may not have begun
      await failed;
      clearInterval(again);
      expect((await database.query('SELECT count(*) AS n FROM trials')).rows).toEqual([{ n: 2 }]);
    });
  });
});

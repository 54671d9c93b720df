// Null, lists and objects as values, names with dots, slashes and Greek letters, chosen seeds: from the definition to
// trials.csv, to `run`, and back.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRun } from '../../../src/answer/read.js';
import { barChart, lineChart } from '../../../src/report/charts.js';
import { defineReport } from '../../../src/report/define.js';
import { writeReport } from '../../../src/report/write.js';
import { replayTrial } from '../../../src/sweep/verify/replay.js';
import { runProgram } from '../../cli/program.js';
import { makeProject } from '../project.js';
import { newFolder, read, runHere, runSweep } from '../session.js';

const WORKER = `
  params: {
    'net.hidden': z.array(z.int()).nullable().default([8]),
    'opt/β': z.object({ name: z.string(), lr: z.number() }).default({ name: 'sgd', lr: 1 }),
    depth: z.int().nullable().default(null),
    tag: z.string().nullable().default(null),
  },
  metrics: { 'val/loss': { type: 'number' }, 'σ.said': { type: 'string' } },
  series: ['train/loss'],
  run(trial) {
    const { params, random } = trial;
    trial.report(1, { 'train/loss': params['opt/β'].lr });
    const hidden = params['net.hidden'];
    const sum = (hidden ?? []).reduce((a, b) => a + b, 0);
    // What a trial does to its values is its own affair.
    hidden?.push(1000);
    params['opt/β'].lr = 99;
    return { 'val/loss': sum + random('noise').uniform(), 'σ.said': [params.tag, params.depth, hidden?.length].join() };
  },`;
const SWEEP = `
  axes: {
    'net.hidden': [[64, 32], [64], null, []],
    'opt/β': { values: [{ name: 'adam', lr: 0.1 }, { lr: 0.2, name: 'a,"b"' }], when: { 'net.hidden': [[64.0, 32], null] } },
    depth: [null, 2],
  },
  where: [['net.hidden', 'depth'], (p) => p['net.hidden'] === null || p.depth === null || p['net.hidden'].length > 0],
  seeds: [7, 4294967295],`;

describe('structured values', () => {
  test('run as they are written, and are in the row as canonical JSON', async () => {
    const { sweep } = makeProject(WORKER, SWEEP);
    const one = await runSweep({ sweep, workers: 1 });
    const two = await runSweep({ sweep, workers: 2, blockSize: 1 });
    expect(two.trials_csv).toBe(one.trials_csv);
    expect(read(two.folder, 'metrics.csv')).toBe(read(one.folder, 'metrics.csv'));
    const [header, ...rows] = one.trials_csv.trimEnd().split('\n');
    expect(header).toBe('trial,key,replicate,seed,net.hidden,opt/β,depth,status,val/loss,σ.said');
    expect(rows).toHaveLength(2 * (2 * 2 * 2 + 2 + 1));
    expect(rows[0]).toMatch(
      /^0,[a-p]{20},0,7,"\[64,32\]","\{""lr"":0.1,""name"":""adam""\}",,ok,96\.\d+,",,3"$/,
    );
    expect(rows.at(-1)).toMatch(/^\d+,[a-p]{20},1,4294967295,\[\],,,ok,0\.\d+,",,1"$/);

    const back = [...(await readRun(one.folder)).trials()];
    expect(back[0]!.point).toEqual({
      'net.hidden': [64, 32],
      'opt/β': { lr: 0.1, name: 'adam' },
      depth: null,
    });
    expect(back.find(({ point }) => point['net.hidden'] === null)!.point).toEqual({
      ...{ 'net.hidden': null, 'opt/β': { lr: 0.1, name: 'adam' }, depth: null },
    });
    expect(new Set(back.map(({ key }) => key)).size).toBe(rows.length);
    expect((await replayTrial(one.folder, 5)).csv).toBe(`${header}\n${rows[5]}\n`);
  });

  test('are found again in an edited grid, seeds by what they are', async () => {
    const { sweep, write } = makeProject(WORKER, SWEEP);
    const out = join(newFolder(), 'run');
    const first = await runHere({ sweep, out });
    const head = "const worker = new URL('./worker.mjs', import.meta.url);\n";
    const edited = SWEEP.replace('[[64, 32], [64], null, []]', '[[], [64.0, 32], null]').replace(
      '[7, 4294967295]',
      '[3, 4294967295, 7]',
    );
    const editedFile = write(
      'edited.mjs',
      `${head}export default defineSweep({ name: 'mine', worker, ${edited} });`,
    );
    const again = await runHere({ sweep: editedFile, out });
    const cells = (csv: string) =>
      new Map(
        csv
          .trimEnd()
          .split('\n')
          .map((row) => [row.split(',')[1], row.split(',').slice(3).join()]),
      );
    const before = cells(first.trials_csv);
    const kept = [...cells(again.trials_csv)].filter(([key]) => before.has(key));
    for (const [key, row] of kept) expect(row).toBe(before.get(key));
    // Three of four values, two of three seeds; the header is one more.
    expect(kept).toHaveLength(1 + 2 * (2 * 2 * 2 + 1));
    const whole = await runHere({ sweep: editedFile });
    expect(again.trials_csv).toBe(whole.trials_csv);
  });

  test('are columns of a report: text, and null where there is no value', async () => {
    const { sweep } = makeProject(WORKER, SWEEP.replace(/where.*/, ''));
    const { folder } = await runHere({ sweep, set: { tag: { kind: 'list', values: ['', null, 'null'] } } });
    const rows = readFileSync(join(folder, 'trials.csv'), 'utf8');
    expect(rows).toContain(',"",');
    const report = defineReport({
      name: 'mine',
      title: 'Mine',
      tables: [
        {
          name: 'by-tag',
          about: 'a',
          sql: 'SELECT tag, count(*) AS n FROM trials GROUP BY tag ORDER BY tag',
        },
        {
          name: 'by-net',
          about: 'a',
          sql: 'SELECT "net.hidden", avg("val/loss") AS "val/loss" FROM trials GROUP BY 1 ORDER BY 1',
        },
        {
          name: 'curve',
          about: 'a',
          sql: 'SELECT step, avg("train/loss") AS "train/loss" FROM metrics GROUP BY step',
        },
      ],
      figures: [
        {
          name: 'bars',
          about: 'a',
          table: 'by-net',
          draw: (rows) => barChart(rows, { x: 'net.hidden', y: 'val/loss' }),
        },
        {
          name: 'curve',
          about: 'a',
          table: 'curve',
          draw: (rows) => lineChart(rows, { x: 'step', y: 'train/loss' }),
        },
      ],
    });
    const written = await writeReport(folder, report);
    expect(written.faults ?? []).toEqual([]);
    const table = (name: string) => readFileSync(join(folder, 'summary', `${name}.csv`), 'utf8');
    const n = 2 * 2 * (2 * 2 + 2);
    expect(table('by-tag')).toBe(`tag,n\n"",${n}\nnull,${n}\n,${n}\n`);
    expect(
      table('by-net')
        .split('\n')
        .slice(0, 4)
        .map((row) => row.replace(/,[\d.]+$/, '')),
    ).toEqual(['net.hidden,val/loss', '"[64,32]"', '[64]', '[]']);
  });

  test('are typed on the command line, text where the parameter is text', async () => {
    const { home, sweep } = makeProject(WORKER, SWEEP);
    const run = (...argv: string[]) => runProgram(home, 'run', sweep, '--out', 'run', '--quiet', ...argv);
    const done = await run(
      ...['--set', 'net.hidden=[1,2],null', '--set', 'opt/β={"name":"a","lr":1}', '--set', 'depth=null'],
      ...['--set', 'tag=null,"null",[1]', '--seeds', '5,6'],
    );
    expect(done).toMatchObject({ code: 0 });
    const rows = [...(await readRun(join(home, 'run'))).trials()];
    const places = [[1, 2], null].flatMap((hidden) =>
      [null, 'null', '[1]'].flatMap((tag) => [5, 6].map((seed) => ({ hidden, tag, seed }))),
    );
    expect(rows.map(({ point, seed }) => ({ hidden: point['net.hidden'], tag: point.tag, seed }))).toEqual(
      places,
    );

    const refused = await run('--set', 'net.hidden=[1.5],7', '--replicates', '2');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      'replicates 2: the sweep has chosen its seeds (7, 4294967295); give others with --seeds',
    );
    const values = await run('--set', 'net.hidden=[1.5],7');
    expect(values.code).toBe(2);
    expect(values.stderr).toMatch(/net\.hidden: \[1\.5\] \(.*\), 7 \(/);
  });
});

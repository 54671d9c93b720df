// The files derived from the journal: trial order whatever the order of the journal, every trial once, and the bytes
// that fast-csv would write.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseString, writeToString } from 'fast-csv';
import { describe, expect, it } from 'vitest';

import { randomFor } from '../../src/ground/random.js';
import { writeDerived } from '../../src/run/derive.js';
import { openJournal } from '../../src/run/journal.js';
import { readJournal } from '../../src/run/read-journal.js';
import { spaceRecord } from '../../src/run/records.js';
import { TIMING_COLUMNS } from '../../src/run/timings.js';
import type { TrialNumbers } from '../../src/trial/selection.js';
import { type SampleOptions, sampleCells, sampleManifest, sampleRows, temporaryFolder } from './samples.js';

const manifest = sampleManifest();
const TRIAL_HEADER = ['trial', 'key', 'replicate', 'seed', 'alpha', 'kind', 'status', 'value', 'label'];

type Step = readonly [TrialNumbers, SampleOptions?];

async function derive(steps: readonly Step[]) {
  const folder = temporaryFolder();
  const journal = await openJournal(folder);
  await journal.append(spaceRecord(manifest));
  for (const [trials, options] of steps) {
    const { record, rows, series } = sampleRows(manifest, trials, options);
    await journal.appendRows(record, rows, series);
  }
  await journal.close();
  const derived = await writeDerived(folder, readJournal(folder).state);
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return {
    folder,
    derived,
    trials: read('trials.csv'),
    metrics: read('metrics.csv'),
    timings: read('timings.csv'),
  };
}

function writeCsv(rows: unknown[][]): Promise<string> {
  return writeToString(rows as string[][], { includeEndRowDelimiter: true });
}

function parseCsv(text: string): Promise<Record<string, string>[]> {
  return new Promise((resolve, reject) => {
    const rows: Record<string, string>[] = [];
    parseString(text, { headers: true, strictColumnHandling: true })
      .on('error', reject)
      .on('data-invalid', (row: unknown) => reject(new Error(`bad row ${JSON.stringify(row)}`)))
      .on('data', (row: Record<string, string>) => rows.push(row))
      .on('end', () => resolve(rows));
  });
}

describe('writeDerived', () => {
  it('puts every trial once and in order, whatever the records were, with the last one counting', async () => {
    const trials: fc.Arbitrary<TrialNumbers> = fc.oneof(
      fc.record({ first: fc.nat(15), count: fc.integer({ min: 1, max: 5 }) }),
      fc.uniqueArray(fc.nat(19), { minLength: 1, maxLength: 8 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(trials, { maxLength: 8 }), async (records) => {
        const salts = new Map<number, string>();
        records.forEach((record, i) => {
          const numbers =
            'first' in record ? Array.from({ length: record.count }, (_, k) => record.first + k) : record;
          for (const trial of numbers) salts.set(trial, `#${i}`);
        });
        const done = [...salts.keys()].sort((a, b) => a - b);
        const out = await derive(records.map((record, i) => [record, { salt: `#${i}` }]));
        expect(out.derived.trials).toBe(done.length);
        const cells = done.map((trial) => sampleCells(manifest, trial, 'ok', salts.get(trial)));
        expect(out.trials).toBe(await writeCsv([TRIAL_HEADER, ...cells]));
        const series = done.flatMap((trial) => [
          [trial, 1, trial / 7],
          [trial, 2, trial / 9],
        ]);
        expect(out.metrics).toBe(await writeCsv([['trial', 'step', 'loss'], ...series]));
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('gives the same bytes for single trials in a random order as for one block', async () => {
    const order = randomFor('derive').shuffle(Array.from({ length: 20 }, (_, i) => i));
    const one = await derive([[{ first: 0, count: 20 }]]);
    const many = await derive(order.map((trial) => [{ first: trial, count: 1 }]));
    const lists = await derive([[order.slice(0, 9)], [order.slice(9)]]);
    expect([many.trials, many.metrics]).toEqual([one.trials, one.metrics]);
    expect([lists.trials, lists.metrics]).toEqual([one.trials, one.metrics]);
    expect(readdirSync(one.folder).sort()).toEqual([
      'journal.bin',
      'metrics.csv',
      'timings.csv',
      'trials.csv',
    ]);
  });

  it('writes a row of timings an attempt, as fast-csv would, and reads back by it', async () => {
    const out = await derive([
      [{ first: 0, count: 4 }, { failed: [1, 3] }],
      [[3, 1], { attempt: 2, failed: [1] }],
      [[7], { attempt: 1 }],
    ]);
    const row = (trial: number, attempt: number, worker: number, status: string) => {
      const error = status === 'ok' ? '' : `TypeError: no "${trial}",\nsorry`;
      return [trial, attempt, worker, 'here:1', 'cpu', 0.123, 1.5, status, error];
    };
    const expected = [
      Object.keys(TIMING_COLUMNS),
      row(0, 1, 0, 'ok'),
      row(1, 1, 0, 'failed'),
      row(1, 2, 1, 'failed'),
      row(2, 1, 0, 'ok'),
      row(3, 1, 0, 'failed'),
      row(3, 2, 1, 'ok'),
      row(7, 1, 1, 'ok'),
    ];
    expect(out.timings).toBe(await writeCsv(expected));
    const parsed = await parseCsv(out.trials);
    expect(parsed.map(({ trial, status }) => [trial, status])).toEqual([
      ['0', 'ok'],
      ['1', 'failed'],
      ['2', 'ok'],
      ['3', 'ok'],
      ['7', 'ok'],
    ]);
  });

  it('tells attempts that left no row in the timings alone', async () => {
    const folder = temporaryFolder();
    const journal = await openJournal(folder);
    await journal.append(spaceRecord(manifest));
    const { record, rows, series } = sampleRows(manifest, { first: 0, count: 2 });
    await journal.append({
      ...record,
      t: 'attempt',
      status: 'lost',
      error: { name: 'Error', message: 'host died' },
    });
    await journal.appendRows({ ...record, attempt: 2 }, rows, series);
    await journal.append({ ...record, t: 'attempt', trials: [5], status: 'lost' });
    await writeDerived(folder, journal.state);
    await journal.close();
    const timings = await parseCsv(readFileSync(join(folder, 'timings.csv'), 'utf8'));
    expect(timings.map(({ trial, attempt, status, error }) => [trial, attempt, status, error])).toEqual([
      ['0', '1', 'lost', 'host died'],
      ['0', '2', 'ok', ''],
      ['1', '1', 'lost', 'host died'],
      ['1', '2', 'ok', ''],
      ['5', '1', 'lost', ''],
    ]);
    expect(await parseCsv(readFileSync(join(folder, 'trials.csv'), 'utf8'))).toHaveLength(2);
  });

  it('copies blocks larger than its buffers', async () => {
    const folder = temporaryFolder();
    const journal = await openJournal(folder);
    await journal.append(spaceRecord(manifest));
    const { record } = sampleRows(manifest, { first: 0, count: 1 });
    const count = 40_000;
    const text = (first: number) =>
      Array.from({ length: count }, (_, i) => `${first + i},key,0,1,0.5,a,ok,${'9'.repeat(i % 80)},\n`).join(
        '',
      );
    for (const first of [count, 0]) {
      await journal.appendRows({ ...record, trials: { first, count } }, Buffer.from(text(first)));
    }
    // One trial in the middle of a big block is replaced.
    await journal.appendRows({ ...record, trials: [17] }, Buffer.from('17,again\n'));
    await writeDerived(folder, journal.state);
    await journal.close();
    const expected = (text(0) + text(count)).replace(/^17,.*$/m, '17,again');
    expect(
      readFileSync(join(folder, 'trials.csv'), 'utf8') === `${TRIAL_HEADER.join(',')}\n${expected}`,
    ).toBe(true);
  });
});

// Journals of every format that there was stay readable: fixtures that were made once (test/fixtures/journal/make.ts).
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { writeDerived } from '../../src/run/derive.js';
import { readHistory } from '../../src/run/history.js';
import { openJournal } from '../../src/run/journal.js';
import { readJournal, readRecords } from '../../src/run/read-journal.js';
import type { RunState } from '../../src/run/state.js';
import { temporaryFolder } from './samples.js';

function copyFixture(name: string): string {
  const folder = temporaryFolder();
  const fixture = fileURLToPath(new URL(`../fixtures/journal/${name}`, import.meta.url));
  copyFileSync(fixture, join(folder, 'journal.bin'));
  return folder;
}

/** What both fixtures begin with. */
function expectGrid(state: RunState): void {
  const epoch = state.epochs[1]!;
  expect(epoch.counts()).toEqual({
    done: 9,
    ok: 8,
    failed: 1,
    timeout: 0,
    pruned: 0,
    skipped: 0,
    orphaned: 1,
  });
  expect([...epoch.done]).toEqual([0, 1, 2, 3, 4, 5, 7, 9, 12]);
  expect([...epoch.failed]).toEqual([2]);
  expect([...epoch.orphaned]).toEqual([15]);
  expect(epoch.lastAttempt(9)).toBe(2);
}

describe('a journal', () => {
  it('of format 1 is read for good', () => {
    const { state, torn } = readJournal(copyFixture('format-1.bin'));
    expect(torn).toBe(0);
    expect(state.epochs).toHaveLength(2);
    expectGrid(state);
    expect(state.stopped).toBe('interrupted');
  });

  it('of format 1 can be gone on with', async () => {
    const folder = copyFixture('format-1.bin');
    const before = readFileSync(join(folder, 'journal.bin'));
    const journal = await openJournal(folder);
    await journal.append({ t: 'report', epoch: 1, trial: 15, attempt: 2 }, Buffer.from('15,1,0.5\n'));
    await journal.append({ t: 'stop', reason: 'end' });
    await journal.close();
    const { state, torn } = readJournal(folder);
    expect(torn).toBe(0);
    expectGrid(state);
    expect(state.epoch.reports.all().map(({ trial }) => trial)).toEqual([15]);
    const after = readFileSync(join(folder, 'journal.bin'));
    expect(after.subarray(0, before.length).equals(before)).toBe(true);
  });

  it('of format 2 is read for good, with proposals, reports and attempts that stopped', async () => {
    const folder = copyFixture('format-2.bin');
    const { state, torn } = readJournal(folder);
    expect(torn).toBe(0);
    expect([...readRecords(folder)][0]!.record).toEqual({ t: 'open', format: 2 });
    expect(state.epochs).toHaveLength(3);
    expectGrid(state);
    const { epoch } = state;
    expect(epoch.counts()).toEqual({
      done: 1,
      ok: 1,
      failed: 0,
      timeout: 0,
      pruned: 0,
      skipped: 0,
      orphaned: 0,
    });
    expect(epoch.proposals).toBe(4);
    expect([1, 2, 3, 4].map((trial) => epoch.lastAttempt(trial))).toEqual([1, 1, 2, 1]);
    expect([1, 2, 3, 4].map((trial) => epoch.failedAttempts(trial))).toEqual([0, 0, 1, 0]);
    expect(epoch.reports.all().map(({ trial, places }) => [trial, places.length])).toEqual([
      [2, 1],
      [3, 1],
      [4, 2],
    ]);
    expect(state.stopped).toBe('interrupted');
    const { proposals, rows } = readHistory(folder, state, { listens: true, retried: new Set() });
    expect([...proposals.values()]).toEqual([
      { trial: 1, replicate: 0, point: { alpha: 0.1, kind: 'b' } },
      { trial: 2, replicate: 0, point: { alpha: 0.2, kind: 'a' } },
      { trial: 3, replicate: 0, point: { alpha: 0.2, kind: 'b' } },
      { trial: 4, replicate: 0, point: { alpha: 0.3, kind: 'a' } },
    ]);
    expect([...rows.keys()]).toEqual([1]);
    await writeDerived(folder, state);
    expect(readFileSync(join(folder, 'metrics.csv'), 'utf8').split('\n')).toEqual([
      'trial,step,loss',
      `1,1,${1 / 7}`,
      `1,2,${1 / 9}`,
      '2,1,0.25',
      '3,1,0.75',
      '3,2,0.5',
      '4,1,0.125',
      '4,2,0.0625',
      '',
    ]);
    const timings = readFileSync(join(folder, 'timings.csv'), 'utf8').trimEnd().split('\n').slice(1);
    expect(timings.map((row) => row.split(',').filter((_, i) => i < 2 || i > 6))).toEqual([
      ['1', '1', 'ok', ''],
      ['2', '1', 'stopped', ''],
      ['3', '1', 'failed', 'RangeError: too far'],
    ]);
  });
});

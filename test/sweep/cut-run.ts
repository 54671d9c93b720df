// A run as it was when its process was killed: a copy whose journal ends at one of its records.
import { cpSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { JOURNAL_FILE, readRecords } from '../../src/run/read-journal.js';
import type { JournalRecord } from '../../src/run/records.js';
import { newFolder } from './session.js';

/** Of the run in `folder` up to the `count`-th record that `isMeant`, that one included. */
export function cutRun(folder: string, count: number, isMeant: (record: JournalRecord) => boolean): string {
  const into = join(newFolder(), 'cut');
  cpSync(folder, into, { recursive: true });
  for (const name of [
    'trials.csv',
    'metrics.csv',
    'timings.csv',
    'schedules.csv',
    'report.html',
    'report.md',
  ])
    rmSync(join(into, name), { force: true });
  let left = count;
  for (const { record, at } of readRecords(folder)) {
    if (left === 0) {
      truncateSync(join(into, JOURNAL_FILE), at);
      return into;
    }
    if (isMeant(record)) left--;
  }
  throw new Error(`the journal has no ${count} such records and more behind them`);
}

export const isParked = (record: JournalRecord): boolean =>
  record.t === 'attempt' && record.status === 'parked';

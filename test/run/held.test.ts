// Results that wait for what is decided on other trials, as the state of a run knows them.
import { expect, test } from 'vitest';
import { Epoch } from '../../src/run/epoch.js';
import type { EndedRecord, RowsRecord } from '../../src/run/records.js';
import { spaceRecord } from '../../src/run/records.js';
import { sampleManifest } from './samples.js';

const ran = { epoch: 0, trials: [3], worker: 0, host: 'h', device: '', queue_ms: 0, run_ms: 1 };
const body = { rows: '3,k,0,0,a\n', series: '3,1,0\n' };
const bytes = { rowsBytes: body.rows.length, seriesBytes: body.series.length, at: 0 };
const rows = (attempt: number, status?: 'failed'): RowsRecord => ({
  ...{ t: 'rows', ...ran, ...bytes, attempt },
  notes: status === undefined ? [] : [{ trial: 3, status }],
});
const ended = (attempt: number): EndedRecord => ({ ...rows(attempt), t: 'ended' });
const placed = { at: 100, bodyAt: 200, body: [Buffer.from(body.rows + body.series)] };

test('a result waits until its trial has a row', () => {
  const epoch = new Epoch(spaceRecord(sampleManifest()));
  epoch.applyEnded(ended(1), placed);
  expect([...epoch.held.all().keys()]).toEqual([3]);
  expect(epoch.heldAgain()).toEqual([]);
  epoch.applyRows(rows(1), placed);
  expect(epoch.held.all().size).toBe(0);
  // Once more than the row knows of, such as a damaged journal may have it.
  epoch.applyEnded(ended(1), placed);
  expect(epoch.held.all().size).toBe(0);
});

test('one of a trial that failed before and was tried again waits too, and is not lost', () => {
  const epoch = new Epoch(spaceRecord(sampleManifest()));
  epoch.applyRows(rows(1, 'failed'), placed);
  epoch.applyEnded(ended(2), placed);
  expect(epoch.heldAgain()).toEqual([3]);
  epoch.applyRows(rows(2), placed);
  expect(epoch.heldAgain()).toEqual([]);
  expect(epoch.counts()).toMatchObject({ done: 1, ok: 1, failed: 0 });
});

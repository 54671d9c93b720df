// What killed processes left in a run folder goes when it is opened, and nothing else.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { isTemporaryName, temporaryName } from '../../src/ground/durable.js';
import { removeLeftovers } from '../../src/run/leftovers.js';
import { spaceRecord } from '../../src/run/records.js';
import { apply, RunState } from '../../src/run/state.js';
import { sampleManifest, sampleRows, temporaryFolder } from './samples.js';

function stateWith(done: readonly number[], failed: readonly number[]): RunState {
  const state = new RunState();
  const manifest = sampleManifest();
  const placed = { at: 0, bodyAt: 0, body: [] };
  apply(state, spaceRecord(manifest), placed);
  const { record, rows, series } = sampleRows(manifest, done, { failed });
  const lengths = { rowsBytes: rows.length, seriesBytes: series.length };
  apply(state, { t: 'rows', ...record, ...lengths }, { at: 0, bodyAt: 0, body: [rows, series] });
  return state;
}

test('files without a name go, of reports, of other tools and of finished trials none', async () => {
  const folder = temporaryFolder();
  const [gone, left] = [
    [
      ...['manifest.json', 'journal.bin', 'trials.csv', 'metrics.csv', 'timings.csv'],
      ...['checkpoints/abc.bin', 'artifacts/7/a.txt', 'artifacts/7/deep/er/b.txt', 'artifacts/2/c.txt'],
      'earlier/1/trials.csv',
    ].map((name) => temporaryName(name)),
    [
      ...['report.html', 'summary/best.csv', 'coordinator.lock', 'artifacts/1/a.txt'].map((name) =>
        temporaryName(name),
      ),
      ...['trials.csv', 'checkpoints/abc.bin', 'artifacts/7/a.txt', 'artifacts/7/x.tmp', '.mine.tmp'],
    ],
  ];
  for (const name of [...gone, ...left]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), 'x');
  }
  expect(gone.every((name) => isTemporaryName(name.slice(name.lastIndexOf('/') + 1)))).toBe(true);
  await removeLeftovers(folder, stateWith([0, 1, 2], [2]));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  expect(files.sort()).toEqual(left.sort());
});

// What trials report reaches the journal while they run, and metrics.csv with it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJournal } from '../../../src/run/read-journal.js';
import { keepSeriesFresh } from '../../../src/sweep/coordinator/live-series.js';
import { resumeRun, startRun } from '../../../src/sweep/start.js';
import { until } from '../../conformance/pool.js';
import { fixture, newFolder, rowsOf } from '../session.js';

const sweep = fixture('reporting');
const read = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');

test('curves can be read while their trials run, stay after an interruption, and are whole at the end', async () => {
  const data = newFolder();
  const out = join(newFolder(), 'run');
  const run = await startRun({ sweep, data, workers: 2, out });
  const reports = () => readJournal(out).state.epochs.at(-1)?.reports.all().length ?? 0;
  await until(() => reports() === 2);

  let now = 0;
  const clock = { now: () => now, elapsed: () => now };
  const fresh = keepSeriesFresh(out, readJournal(out).state, { clock, check: () => undefined });
  now = 4000;
  fresh.tick();
  await fresh.end();
  expect(existsSync(join(out, 'metrics.csv'))).toBe(false);
  now = 6000;
  fresh.tick();
  await fresh.end();
  expect(read(out, 'metrics.csv')).toBe('trial,step,loss\n0,1,0.5\n1,1,0.5\n');

  run.stop();
  expect(await run.outcome).toMatchObject({ trials: 0, left: 2, interrupted: true });
  expect(read(out, 'metrics.csv')).toBe('trial,step,loss\n0,1,0.5\n1,1,0.5\n');
  expect(rowsOf(read(out, 'timings.csv')).map(({ attempt, status }) => [attempt, status])).toEqual([
    ['1', 'stopped'],
    ['1', 'stopped'],
  ]);

  writeFileSync(join(data, 'go'), '');
  const outcome = await (await resumeRun(out, { workers: 1 })).outcome;
  expect(outcome).toMatchObject({ trials: 2, left: 0 });
  expect(read(out, 'metrics.csv')).toBe('trial,step,loss\n0,1,0.5\n0,2,0.25\n1,1,0.5\n1,2,0.25\n');
  expect(rowsOf(read(out, 'timings.csv')).map(({ attempt, status }) => [attempt, status])).toEqual([
    ['1', 'stopped'],
    ['2', 'ok'],
    ['1', 'stopped'],
    ['2', 'ok'],
  ]);
});

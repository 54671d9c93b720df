// Runs of earlier versions: folders as they left them (test/fixtures/earlier), with the trials.csv that a whole run of the
// same request gave there.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { readRunStatus } from '../../../src/run/status.js';
import { planResume } from '../../../src/sweep/plan/plan.js';
import { replayTrial } from '../../../src/sweep/verify/replay.js';
import { newFolder, read, resume } from '../session.js';

/** What manifests of that time had. */
interface Earlier {
  readonly sweepUrl: string;
  readonly worker: { readonly url: string };
}

/** A copy whose sweep and worker are those of this checkout. */
function copyRun(name: string): string {
  const folder = join(newFolder(), 'run');
  for (const file of ['manifest.json', 'journal.bin'])
    cpSync(resolve('test/fixtures/earlier', name, file), join(folder, file));
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Earlier;
  const here = (url: string) => pathToFileURL(resolve(url.slice(url.indexOf('dist/')))).href;
  const worker = { ...manifest.worker, url: here(manifest.worker.url) };
  writeFileSync(path, JSON.stringify({ ...manifest, sweepUrl: here(manifest.sweepUrl), worker }));
  return folder;
}

test('a bisection that 0.1.0 was interrupted in ends with the bytes of a whole one', async () => {
  const whole = readFileSync(resolve('test/fixtures/earlier/bisect-1/trials.csv'), 'utf8');
  const folder = copyRun('bisect-1');
  const before = await readRunStatus(folder);
  expect(before).toMatchObject({ done: 33, failed: 0, stopped: 'interrupted' });
  expect(await planResume(folder)).toMatchObject({
    done: 33,
    trials: 72,
    axes: ['kind: plain, wild', 'gain: 1, 2 when kind is wild', 'x: 0, 1'],
  });
  const outcome = await resume(folder);
  expect(outcome).toMatchObject({ trials: 72, ok: 72, failed: 0, interrupted: false });
  expect(read(folder, 'trials.csv')).toBe(whole);
  const after = await readRunStatus(folder);
  // One grid all along, and nothing that was done ran again.
  expect(after.state.epochs).toHaveLength(1);
  expect(read(folder, 'timings.csv').trimEnd().split('\n')).toHaveLength(1 + 72);
  const row = whole.split('\n')[3]!;
  const replay = await replayTrial(folder, Number(row.split(',')[0]));
  expect(replay.csv.split('\n')[1]).toBe(row);
});

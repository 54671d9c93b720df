// Definitions and code that are edited between run and resume, or while the run goes on.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../src/run/manifest.js';
import { resumeRun, startRun } from '../../src/sweep/start.js';
import { newFolder } from './session.js';

const entry = JSON.stringify(pathToFileURL(resolve('dist/src/index.js')).href);
const zod = JSON.stringify(pathToFileURL(resolve('node_modules/zod/index.js')).href);

const WORKER = `import { defineWorker } from ${entry};
import { z } from ${zod};
const stage = { params: ['x'], metrics: { s: { type: 'number' } }, run: ({ params }) => ({ s: params.x }) };
export default defineWorker({
  name: 'edited',
  version: '1',
  params: { x: z.number().default(0), rate: z.number().default(0.1) },
  metrics: { loss: { type: 'number', about: 'to be small' } },
  series: ['train'],
  stages: { before: stage },
  run({ params, stage }) {
    if (params.x === 3 && !globalThis.again) throw new Error('the third fails');
    return { loss: params.x * params.rate + stage('before').metrics.s };
  },
});
`;

const sweepOf = (where: string): string => `import { defineSweep } from ${entry};
export default defineSweep({
  name: 'edited',
  worker: new URL('./worker.mjs', import.meta.url),
  axes: { x: [1, 2, 3, 4] },
  where: ${where},
});
`;

async function begin(): Promise<{ readonly home: string; readonly out: string }> {
  const home = newFolder();
  const out = join(home, 'run');
  writeFileSync(join(home, 'worker.mjs'), WORKER);
  writeFileSync(join(home, 'sweep.mjs'), sweepOf('(p) => p.x !== 2'));
  const { outcome } = await startRun({ sweep: join(home, 'sweep.mjs'), out, debug: true });
  expect(await outcome).toMatchObject({ ok: 2, failed: 1 });
  return { home, out };
}

async function resumeWith(edit: (worker: string) => string): Promise<readonly string[]> {
  const { home, out } = await begin();
  writeFileSync(join(home, 'worker.mjs'), edit(WORKER));
  const lines: string[] = [];
  const observer = { onLine: (line: string) => lines.push(line) };
  const before = readFileSync(join(out, 'trials.csv'), 'utf8');
  await (await resumeRun(out, { workers: 1, retry: 'failed' }, [observer])).outcome.catch(() => undefined);
  expect(readFileSync(join(out, 'trials.csv'), 'utf8')).toBe(before);
  return lines;
}

describe('a worker that was edited without a new version', () => {
  test.each([
    ['default(0.1)', 'default(10)', /parameter rate is number, default 10; .* default 0\.1/],
    ['z.number().default(0.1)', "z.string().default('a')", /parameter rate is string/],
    [', rate: z.number().default(0.1)', '', /parameter rate is gone/],
    ['metrics: { loss', "metrics: { more: { type: 'number' }, loss", /metric more is new/],
    ["loss: { type: 'number'", "loss: { type: 'integer'", /metric loss is integer; .* number/],
    ["['train']", "['val', 'train']", /series val is new/],
    ["s: { type: 'number' }", "s: { type: 'string' }", /stages of worker edited/],
    ["name: 'edited'", "name: 'other'", /called other/],
    ["version: '1'", "version: '2'", /version 2; .* made with 1/],
  ])('is refused where %s has become %s', async (from, to, words) => {
    const { home, out } = await begin();
    writeFileSync(join(home, 'worker.mjs'), WORKER.replace(from, to));
    await expect(resumeRun(out, { workers: 1 })).rejects.toMatchObject({
      code: 'BAD_RUN_FOLDER',
      message: expect.stringMatching(words),
    });
  });

  test('is told once where only its code is other', async () => {
    const { home, out } = await begin();
    writeFileSync(
      join(home, 'worker.mjs'),
      WORKER.replace('to be small', 'as small as can be').concat('// more\n'),
    );
    for (const times of [1, 0]) {
      const lines: string[] = [];
      const { outcome } = await resumeRun(out, { workers: 1 }, [{ onLine: (line) => lines.push(line) }]);
      await outcome;
      expect(lines.filter((line) => line.includes('code of worker edited has changed'))).toHaveLength(times);
    }
    const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as Manifest;
    expect(manifest.fingerprint?.sources).toMatch(/^[0-9a-f]{64}$/);
  });

  test('says nothing where nothing was edited', async () => {
    expect(await resumeWith((worker) => worker)).toEqual([]);
  });
});

test('a constraint may be spelt anew, but must accept the same points', async () => {
  const { home, out } = await begin();
  writeFileSync(join(home, 'spelt.mjs'), sweepOf('({ x }) => x < 2 || x > 2'));
  writeFileSync(join(home, 'wider.mjs'), sweepOf('() => true'));
  const { outcome } = await resumeRun(out, { workers: 1, sweep: join(home, 'spelt.mjs') });
  expect(await outcome).toMatchObject({ trials: 3 });
  await expect(resumeRun(out, { workers: 1, sweep: join(home, 'wider.mjs') })).rejects.toThrow(
    'accepts other points',
  );
});

test('no thread that is started again loads code that was edited meanwhile', async () => {
  const home = newFolder();
  const out = join(home, 'run');
  const worker = `import { defineWorker } from ${entry};
import { z } from ${zod};
export default defineWorker({
  name: 'long', version: '1', params: { x: z.number().default(0) }, metrics: { y: { type: 'number' } },
  run({ params }) {
    if (params.x === 2) process.exit(1); // takes its thread down
    return { y: params.x };
  },
});
`;
  writeFileSync(join(home, 'worker.mjs'), worker);
  writeFileSync(join(home, 'sweep.mjs'), sweepOf('() => true'));
  const run = await startRun({ sweep: join(home, 'sweep.mjs'), out, workers: 1, blockSize: 1 }, [
    { onStart: () => writeFileSync(join(home, 'worker.mjs'), worker.replace('y: params.x', 'y: 77')) },
  ]);
  await expect(run.outcome).rejects.toThrow('was edited during the run');
  writeFileSync(join(home, 'worker.mjs'), worker);
  expect(await (await resumeRun(out, { workers: 1 })).outcome).toMatchObject({ ok: 3, failed: 1 });
  expect(readFileSync(join(out, 'trials.csv'), 'utf8')).not.toContain('77');
});

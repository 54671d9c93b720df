// Run folders that somebody made to be served: links, pipes, names and texts that mean something elsewhere. Nothing outside
// the folder is read, served or written. That no text is run as a script is shown in live.test.ts, in a browser.
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findRuns } from '../../src/dashboard/find-runs.js';
import { LiveRun } from '../../src/dashboard/live-run.js';
import type { Dashboard } from '../../src/dashboard/server.js';
import { unpackData } from '../../src/explore/unpack.js';
import { makeRun, makeTrials, manifestOf, newRoot, serve } from './runs.js';

const lock = JSON.stringify({ pid: process.pid, host: hostname(), started: null, token: 'x' });

describe('a folder with links', () => {
  let root: string;
  let outside: string;
  let dashboard: Dashboard;
  const run = (name: string) => join(root, 'rates', name);
  const get = (path: string) => fetch(new URL(path, dashboard.url));
  beforeAll(async () => {
    root = newRoot();
    outside = newRoot();
    await makeRun(join(outside, 'run'), makeTrials(3), manifestOf({ title: 'a secret title' }));
    writeFileSync(join(outside, 'secret.png'), 'a secret picture');
    mkdirSync(join(outside, 'artifacts', '0'), { recursive: true });
    writeFileSync(join(outside, 'artifacts', '0', 'secret.png'), 'a secret picture');
    for (const name of ['plain', 'artifacts', 'journal', 'manifest', 'requests', 'pipes', 'live', 'stages'])
      await makeRun(run(name), makeTrials(3));
    mkdirSync(join(run('plain'), 'artifacts', '0', 'deep'), { recursive: true });
    writeFileSync(join(run('plain'), 'artifacts', '0', 'deep', 'drawn.svg'), '<svg onload="alert(1)"/>');
    writeFileSync(join(run('plain'), 'artifacts', '0', 'page.html'), '<script>alert(1)</script>');
    symlinkSync(join(outside, 'secret.png'), join(run('plain'), 'artifacts', '0', 'link.png'));
    symlinkSync(outside, join(run('plain'), 'artifacts', '0', 'folder'));
    symlinkSync(join(outside, 'artifacts'), join(run('artifacts'), 'artifacts'));
    for (const [name, file] of [
      ['journal', 'journal.bin'],
      ['manifest', 'manifest.json'],
    ] as const) {
      rmSync(join(run(name), file));
      symlinkSync(join(outside, 'run', file), join(run(name), file));
    }
    writeFileSync(join(run('requests'), 'coordinator.lock'), lock);
    symlinkSync(outside, join(run('requests'), 'requests'));
    for (const file of ['coordinator.lock', 'live.json']) execFileSync('mkfifo', [join(run('pipes'), file)]);
    writeFileSync(join(run('live'), 'coordinator.lock'), lock);
    symlinkSync(join(outside, 'run', 'manifest.json'), join(run('live'), 'live.json'));
    symlinkSync(join(outside, 'run'), join(root, 'linked'));
    symlinkSync(outside, join(root, 'rates', 'folder'));
    dashboard = await serve(root);
  });
  afterAll(() => dashboard.close());

  test('no run behind a link is found, and none whose manifest is one', async () => {
    const names = ['plain', 'artifacts', 'journal', 'requests', 'pipes', 'live', 'stages'];
    expect([...(await findRuns(root))].sort()).toEqual(names.map((name) => `rates/${name}`).sort());
    for (const path of ['linked', 'rates/folder/run', 'rates/manifest'])
      expect((await get(`/api/data?run=${path}`)).status).toBe(404);
  });

  test('a journal that is a link is not read', async () => {
    const answer = await get('/api/data?run=rates/journal');
    expect([answer.status, await answer.text()]).toEqual([
      409,
      expect.stringContaining('has no file journal.bin of its own'),
    ]);
  });

  test('artifacts behind links are neither named nor served', async () => {
    const facts = async (name: string) => {
      const answer = await get(`/api/data?run=rates/${name}`);
      return unpackData(new Uint8Array(await answer.arrayBuffer())).facts;
    };
    expect((await facts('plain')).files).toEqual([[0, ['deep/drawn.svg', 'page.html']]]);
    expect((await facts('artifacts')).files).toEqual([]);
    for (const path of [
      'plain/artifacts/0/link.png',
      'plain/artifacts/0/folder/secret.png',
      'artifacts/artifacts/0/secret.png',
    ])
      expect((await get(`/run/rates/${path}`)).status).toBe(404);
  });

  test('a drawing is shown without its script, all else is saved', async () => {
    const drawing = await get('/run/rates/plain/artifacts/0/deep/drawn.svg');
    expect(drawing.headers.get('content-type')).toBe('image/svg+xml');
    expect(drawing.headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*sandbox/);
    const page = await get('/run/rates/plain/artifacts/0/page.html');
    expect(page.headers.get('content-type')).toBe('application/octet-stream');
    expect(page.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('a request is not put behind a link', async () => {
    const before = readdirSync(outside);
    const answer = await fetch(new URL('/api/requests?run=rates/requests', dashboard.url), {
      method: 'POST',
      headers: { 'x-sweepline': '1' },
      body: '{"do":"stop"}',
    });
    expect([answer.status, await answer.text()]).toEqual([500, expect.stringContaining('is no folder')]);
    expect(readdirSync(outside)).toEqual(before);
  });

  test('pipes are not opened, and what a link says is not believed', async () => {
    for (const name of ['pipes', 'live']) {
      const live = new LiveRun({ folder: run(name), root, shown: name, path: name });
      await live.refresh();
      expect([live.view().progress, live.view().threads]).toEqual([null, []]);
    }
  });

  test('nothing in the served folder was changed', () => {
    expect(readdirSync(run('plain')).sort()).toEqual(['artifacts', 'journal.bin', 'manifest.json']);
    expect(readFileSync(join(outside, 'secret.png'), 'utf8')).toBe('a secret picture');
  });
});

test('a folder that becomes a link while it is watched is not followed', async () => {
  const [root, outside] = [newRoot(), newRoot()];
  const folder = await makeRun(join(root, 'rates'), makeTrials(3));
  await makeRun(join(outside, 'rates'), makeTrials(9));
  const dashboard = await serve(root);
  try {
    const get = () => fetch(new URL('/api/data?run=rates', dashboard.url));
    expect((await get()).status).toBe(200);
    renameSync(folder, join(root, 'away'));
    symlinkSync(join(outside, 'rates'), folder);
    expect((await get()).status).toBe(404);
  } finally {
    await dashboard.close();
  }
});

test.each([
  ['a stage that is none', { stages: ['../../x'] }, 'manifest.json'],
  ['no metrics', { metrics: 'all' }, 'manifest.json'],
])('a manifest that is wrong is told: %s', async (_, worker, words) => {
  const folder = await makeRun(newRoot(), makeTrials(3));
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifestOf({ worker: worker as never })));
  const live = new LiveRun({ folder, root: folder, shown: 'it', path: '' });
  await expect(live.refresh()).rejects.toThrow(words);
});

// A run that is steered by way of its folder: paused, continued, stopped, one of its trials stopped; and what it tells of
// itself meanwhile.
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/ground/clock.js';
import { LIVE_FILE, type Live, readLive, writeLive } from '../../src/run/live.js';
import {
  askCoordinator,
  REQUESTS,
  type Request,
  removeRequests,
  takeRequests,
} from '../../src/run/requests.js';
import type { RunRequest } from '../../src/sweep/contract.js';
import { startRun } from '../../src/sweep/start.js';
import { fixture, list, newFolder, read, resume, rowsOf } from './session.js';

const clock = systemClock;
const PATIENCE_MS = 30_000;

/** One trial for each act, in order. */
async function begin(acts: readonly string[], changes: Partial<RunRequest> = {}) {
  const [data, home] = [newFolder(), newFolder()];
  const out = join(home, 'run');
  const set = { act: list(...acts), i: list(7) };
  const request = { sweep: fixture('unruly'), set, data, out, workers: 1, blockSize: 1, ...changes };
  const lines: string[] = [];
  const run = await startRun(request, [{ onLine: (line) => lines.push(line) }]);
  const started = () =>
    existsSync(join(data, 'log'))
      ? [...readFileSync(join(data, 'log'), 'utf8').matchAll(/start (\d+)/g)].map(([, trial]) =>
          Number(trial),
        )
      : [];
  return {
    ...{ run, out, request, lines, started },
    go: () => writeFileSync(join(data, 'go'), ''),
    ask: async (asked: Request) =>
      expect(await askCoordinator(out, asked, { clock, patienceMs: PATIENCE_MS })).toBe(true),
    hasStarted: (trial: number) => vi.waitUntil(() => started().includes(trial), PATIENCE_MS),
    live: (holds: (live: Live) => boolean) =>
      vi.waitUntil(async () => {
        const live = await readLive(out, process.pid);
        return live !== undefined && holds(live) && live;
      }, PATIENCE_MS),
  };
}

const statuses = (folder: string) =>
  rowsOf(read(folder, 'trials.csv')).map(({ status, y }) => `${status} ${y}`);

describe('a run', () => {
  test('tells what it does, and what each thread runs, until it ends', async () => {
    const { run, go, live, hasStarted, out } = await begin(['wait', 'none']);
    await hasStarted(0);
    const { threads, state, progress, workers } = await live(({ threads }) => threads.length > 0);
    expect({ state, workers, total: progress.total, done: progress.done }).toEqual({
      state: 'running',
      workers: 1,
      total: 2,
      done: 0,
    });
    expect(threads).toMatchObject([{ thread: 0, trial: 0, trials: 1 }]);
    expect(threads[0]!.process).not.toBe(process.pid);
    expect(threads[0]!.ms).toBeGreaterThan(0);
    go();
    expect(await run.outcome).toMatchObject({ ok: 2 });
    expect(readdirSync(out)).not.toContain(LIVE_FILE);
    expect(readdirSync(out)).not.toContain(REQUESTS);
  });

  test('that is paused starts nothing, goes on when it is continued, and has the same rows', async () => {
    const acts = ['wait', 'none', 'swallow'];
    const whole = await begin(acts);
    whole.go();
    await whole.run.outcome;
    const { run, go, live, hasStarted, started, ask, out, lines } = await begin(acts);
    await hasStarted(0);
    await ask({ do: 'pause' });
    await live(({ state }) => state === 'paused');
    go();
    await live(({ progress, threads }) => progress.done === 1 && threads.length === 0);
    expect(started()).toEqual([0]);
    expect(lines).toContain('paused on request: what runs comes to its end first');
    await ask({ do: 'continue' });
    expect(await run.outcome).toMatchObject({ ok: 3, interrupted: false });
    expect(read(out, 'trials.csv')).toBe(read(whole.out, 'trials.csv'));
    expect(rowsOf(read(out, 'timings.csv')).map(({ trial, status }) => `${trial} ${status}`)).toEqual([
      '0 ok',
      '1 ok',
      '2 ok',
    ]);
  });

  test('that is stopped is interrupted, and can be resumed; also while it is paused', async () => {
    const { run, go, live, hasStarted, ask, out } = await begin(['wait', 'none']);
    await hasStarted(0);
    await ask({ do: 'pause' });
    await live(({ state }) => state === 'paused');
    await ask({ do: 'stop' });
    expect(await run.outcome).toMatchObject({ interrupted: true, left: 2 });
    go();
    expect(await resume(out)).toMatchObject({ ok: 2, left: 0 });
  });
});

describe('a trial that is asked to stop', () => {
  test('has failed with what it returned, and the others run', async () => {
    const { run, hasStarted, ask, out } = await begin(['swallow', 'none'], { retries: 3 });
    await hasStarted(0);
    await ask({ do: 'stop-trial', trial: 0 });
    expect(await run.outcome).toMatchObject({ ok: 1, failed: 1, left: 0, interrupted: false });
    expect(statuses(out)).toEqual(['failed -1', 'ok 7']);
    expect(rowsOf(read(out, 'timings.csv')).map(({ status, error }) => `${status} ${error}`)).toEqual([
      'failed Stopped: the trial was stopped on request',
      'ok ',
    ]);
    expect(rowsOf(read(out, 'metrics.csv')).map(({ trial }) => trial)).toEqual(['0', '1']);
  });

  test('keeps what it reported last where it returned nothing', async () => {
    const { run, hasStarted, ask, out } = await begin(['wait', 'none']);
    await hasStarted(0);
    await ask({ do: 'stop-trial', trial: 0 });
    await run.outcome;
    const [row] = rowsOf(read(out, 'trials.csv'));
    const [reported] = rowsOf(read(out, 'metrics.csv'));
    expect(row).toMatchObject({ status: 'failed', y: '', drawn: reported!.drawn });
  });

  test('is killed where that is asked, and those beside it run again', async () => {
    const { run, go, hasStarted, ask, out, started } = await begin(['block', 'wait'], { workers: 2 });
    await hasStarted(0);
    await hasStarted(1);
    await ask({ do: 'stop-trial', trial: 0 });
    await ask({ do: 'stop-trial', trial: 0, force: true });
    await vi.waitUntil(() => started().filter((trial) => trial === 1).length === 2, PATIENCE_MS);
    go();
    expect(await run.outcome).toMatchObject({ ok: 1, failed: 1, left: 0 });
    expect(statuses(out)).toEqual(['failed ', 'ok 7']);
    expect(started().filter((trial) => trial === 0)).toHaveLength(1);
  });

  test('that does not run is told so', async () => {
    const { run, go, hasStarted, ask, lines } = await begin(['wait', 'none']);
    await hasStarted(0);
    await ask({ do: 'stop-trial', trial: 99 });
    go();
    expect(await run.outcome).toMatchObject({ ok: 2 });
    expect(lines).toContain('trial 99: not stopped, since it does not run');
  });
});

async function taken(folder: string): Promise<Request[]> {
  const requests: Request[] = [];
  for await (const request of takeRequests(folder)) requests.push(request);
  return requests;
}

describe('the files of a run that is steered', () => {
  test('are taken in order, and what is no request is passed over', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, REQUESTS));
    const put = (name: string, text: string) => writeFileSync(join(folder, REQUESTS, name), text);
    put('2.json', '{"do":"continue"}');
    put('1.json', '{"do":"pause"}');
    put('3.json', '{"do":"remove everything"}');
    put('4.json', `{"do":"stop","padding":"${'x'.repeat(2000)}"}`);
    put('5.json', '{"do":"stop-trial","trial":-1}');
    mkdirSync(join(folder, REQUESTS, '6.json'));
    expect(await taken(folder)).toEqual([{ do: 'pause' }, { do: 'continue' }]);
    expect(readdirSync(join(folder, REQUESTS))).toEqual([]);
    await removeRequests(folder);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('lead nowhere else: a link is neither read, written nor emptied', async () => {
    const [folder, elsewhere] = [newFolder(), newFolder()];
    writeFileSync(join(elsewhere, '1.json'), '{"do":"stop"}');
    symlinkSync(elsewhere, join(folder, REQUESTS));
    await expect(askCoordinator(folder, { do: 'pause' }, { clock })).rejects.toThrow('is no folder');
    expect(await taken(folder)).toEqual([]);
    await removeRequests(folder);
    expect(readdirSync(elsewhere)).toEqual(['1.json']);
    const progress = {
      total: 1,
      done: 0,
      failed: 0,
      running: 1,
      rate: 0,
      etaMs: null,
      elapsedMs: 1,
      metric: null,
    };
    const live: Live = { at: 1, pid: 7, state: 'running', progress, workers: 1, threads: [] };
    await writeLive(elsewhere, live);
    symlinkSync(join(elsewhere, LIVE_FILE), join(folder, LIVE_FILE));
    expect(await readLive(folder, 7)).toBeUndefined();
    expect(await readLive(elsewhere, 7)).toEqual(live);
    expect(await readLive(elsewhere, 8)).toBeUndefined();
  });

  test('are taken back where nobody works on the run', async () => {
    const folder = newFolder();
    expect(await askCoordinator(folder, { do: 'pause' }, { clock, patienceMs: 60 })).toBe(false);
    expect(readdirSync(join(folder, REQUESTS))).toEqual([]);
  });
});

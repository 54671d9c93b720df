// Sweeps of programs: their rows whoever runs them, their ends by timeout and by kill -9 of whoever runs them. Nothing of
// them may survive.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { startRun } from '../../../src/sweep/start.js';
import { until } from '../../conformance/pool.js';
import { makeProject } from '../project.js';
import { fixture, list, newFolder, read, resume, rowsOf, runPart, runSweep } from '../session.js';

const sweep = fixture('command');
/** Those that hang; `stray`: with a program that has left their session, which Linux alone can begin and find. */
const ACTS = ['hang', 'deaf', ...(process.platform === 'linux' ? ['stray'] : [])];
const XS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
};

/** Ended, and not yet waited for by whom the system gave it to. */
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false; // no Linux, or gone by now
  }
}

interface Hanging {
  readonly host: number;
  readonly pids: readonly number[];
}

/** What hangs, by its own words. */
const hanging = (log: string): Hanging[] =>
  (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []).map((line) => {
    const [host, ...pids] = line.split(' ').map(Number);
    return { host: host!, pids };
  });

const hangingPids = (log: string) => hanging(log).flatMap((each) => each.pids);

async function untilGone(log: string): Promise<void> {
  const pids = hangingPids(log);
  expect(pids.length).toBeGreaterThan(0);
  await until(() => !pids.some(isAlive));
}

const files = (folder: string) => ['trials.csv', 'metrics.csv'].map((name) => read(folder, name));

describe('a sweep of programs', () => {
  test('gives the same bytes on one worker, two, and in this process', async () => {
    const set = { x: list(...XS) };
    const one = await runSweep({ sweep, set, workers: 1 });
    expect(one).toMatchObject({ trials: 12, ok: 12 });
    expect(rowsOf(one.trials_csv).map(({ loss }) => Number(loss))).toEqual(XS);
    for (const other of [
      await runSweep({ sweep, set, workers: 2, blockSize: 1 }),
      await runSweep({ sweep, set, debug: true, blockSize: 5 }),
    ]) {
      expect(files(other.folder)).toEqual(files(one.folder));
      expect(existsSync(join(other.folder, 'work'))).toBe(false);
    }
  });

  test('is continued where it was interrupted', async () => {
    const request = { sweep, set: { x: list(...XS), act: list('slow') }, workers: 2, blockSize: 1 };
    const whole = await runSweep(request);
    const out = join(newFolder(), 'run');
    const part = await runPart({ ...request, out });
    expect(part.left).toBeGreaterThan(0);
    expect((await resume(out)).left).toBe(0);
    expect(files(out)).toEqual(files(whole.folder));
  });

  test('tries what fails again, and says in the end why it did', async () => {
    const run = await runSweep({
      sweep,
      set: { x: list(1), act: list('fail') },
      retries: 2,
      retryPauseMs: 1,
    });
    expect(run).toMatchObject({ ok: 0, failed: 1 });
    const timings = rowsOf(
      read(run.folder, 'timings.csv').replaceAll(/"([^"]*)"/g, (_, text: string) =>
        text.replaceAll(/[,\n]/g, ' '),
      ),
    );
    expect(timings.map(({ attempt, status }) => [attempt, status])).toEqual([
      ['1', 'failed'],
      ['2', 'failed'],
      ['3', 'failed'],
    ]);
    expect(timings[2]!.error).toBe('ProgramFailed: sh exited with code 3; the end of its stderr:   broken');
  });

  test('tells of an edit of its files', async () => {
    const worker =
      "params: {}, metrics: { loss: { type: 'number' } }, command: { run: ['sh', 'train.sh'], files: ['train.sh'] }";
    const { sweep: mine, write, home } = makeProject(worker, 'axes: {}');
    write('train.sh', '\necho loss=1');
    const out = join(home, 'run');
    const said: string[] = [];
    const start = async () =>
      (await startRun({ sweep: mine, out, workers: 1 }, [{ onLine: (line) => said.push(line) }])).outcome;
    await start();
    await start();
    expect(said.filter((line) => line.includes('has changed'))).toEqual([]);
    write('train.sh', '\necho loss=2');
    await start();
    expect(said.filter((line) => line.includes('the code of worker mine has changed'))).toHaveLength(1);
  });

  test('has the environment of the coordinator, not what a host is given for its own work', async () => {
    const print = `echo "threads=\${TF_NUM_INTRAOP_THREADS-none},\${TF_NUM_INTEROP_THREADS-none}"`;
    const worker = `params: {}, metrics: { threads: { type: 'string' } }, command: ${JSON.stringify(print)}`;
    const { sweep: mine } = makeProject(worker, 'axes: {}');
    process.env.TF_NUM_INTEROP_THREADS = '3';
    const run = await runSweep({ sweep: mine });
    delete process.env.TF_NUM_INTEROP_THREADS;
    expect(run.trials_csv).toContain('ok,"none,3"');
  });

  test('is not continued with another command', async () => {
    const worker = (line: string) => `params: {}, metrics: { loss: { type: 'number' } }, command: '${line}'`;
    const { sweep: mine, write, home } = makeProject(worker('echo loss=1'), 'axes: {}');
    const out = join(home, 'run');
    await runSweep({ sweep: mine, out });
    write(
      'worker.mjs',
      `export default defineWorker({ name: 'mine', version: '1', ${worker('echo loss=2')} });`,
    );
    await expect(resume(out)).rejects.toThrow(
      'the command of worker mine, or the order of its metrics or series, are others',
    );
  });
});

describe('a program that runs past its limit', () => {
  test.each(ACTS)('is ended with all that it started: %s', async (act) => {
    const log = join(newFolder(), 'log');
    const set = { x: list(1, 2), act: list(act), log: list(log) };
    // Again with more time where no program came so far as to say what it had started.
    for (let timeoutMs = 500; hangingPids(log).length === 0; timeoutMs *= 4) {
      const run = await runSweep({ sweep, set, timeoutMs, workers: 2, blockSize: 1 });
      expect(rowsOf(run.trials_csv).map(({ status }) => status)).toEqual(['timeout', 'timeout']);
    }
    await untilGone(log);
  });
});

/** A coordinator in a process group of its own, which its hosts belong to. */
function startChild(out: string, set: Record<string, ReturnType<typeof list>>): ChildProcess {
  const argv = [resolve('dist/test/sweep/children/run.js'), sweep, out, JSON.stringify(set)];
  return spawn(process.execPath, argv, { detached: true, stdio: ['ignore', 'ignore', 'inherit'] });
}

const ended = (child: ChildProcess) => new Promise((done) => child.once('close', done));

describe('kill -9', () => {
  const request = (log: string, act = ACTS.at(-1)!) => ({
    ...{ sweep, workers: 2, blockSize: 1 },
    set: { x: list(1, 2, 3, 4), act: list(act), log: list(log) },
  });
  const both = (log: string) => until(() => hanging(log).length === 2);
  const letGo = (log: string) => writeFileSync(`${log}.go`, '');

  test('of the host ends its programs, which run again', async () => {
    const log = join(newFolder(), 'log');
    const out = join(newFolder(), 'run');
    const { outcome } = await startRun({ ...request(log), out });
    await both(log);
    letGo(log);
    process.kill(hanging(log)[0]!.host, 'SIGKILL');
    await untilGone(log);
    expect(await outcome).toMatchObject({ ok: 4, failed: 0 });
    const whole = await runSweep(request(log));
    expect(files(out)).toEqual(files(whole.folder));
  });

  test.each<[string, (child: ChildProcess, log: string) => void]>([
    ['the coordinator', (child) => child.kill('SIGKILL')],
    ['their process group', (child) => process.kill(-child.pid!, 'SIGKILL')],
    [
      'the host, then the coordinator',
      (child, log) => {
        process.kill(hanging(log)[0]!.host, 'SIGKILL');
        child.kill('SIGKILL');
      },
    ],
  ])('of %s ends the programs, and a resume gives the same bytes', async (_, kill) => {
    const folder = newFolder();
    const out = join(folder, 'run');
    const log = join(folder, 'log');
    const child = startChild(out, request(log).set);
    const over = ended(child);
    await both(log);
    kill(child, log);
    await over;
    await untilGone(log);
    letGo(log);
    expect(await resume(out)).toMatchObject({ ok: 4, left: 0 });
    const whole = await runSweep(request(log));
    expect(files(out)).toEqual(files(whole.folder));
  });

  test('at random moments leaves no program and no folder, and the same bytes in the end', async () => {
    const random = randomFor('kill moments', 11);
    const log = join(newFolder(), 'log');
    const slow = { x: list(...XS), act: list('slow'), log: list(log) };
    const whole = await runSweep({ sweep, set: slow });
    for (let round = 0; round < 3; round++) {
      const out = join(newFolder(), 'run');
      writeFileSync(`${log}.hold`, ''); // none ends before the kill
      const child = startChild(out, slow);
      const over = ended(child);
      // From the first program on, which is when there is a folder for it.
      await until(() => existsSync(join(out, 'work')));
      const moment = random.below(40);
      for (let turn = 0; turn < moment; turn++) await new Promise(setImmediate);
      process.kill(-child.pid!, 'SIGKILL');
      await over;
      rmSync(`${log}.hold`);
      await until(() => programsIn(out).length === 0);
      expect((await resume(out)).left).toBe(0);
      expect(files(out)).toEqual(files(whole.folder));
      expect(readdirSync(out)).not.toContain('work');
    }
  }, 120_000);
});

/** Programs that have a folder below this one in their environment; none where there is no /proc. */
function programsIn(folder: string): string[] {
  if (!existsSync('/proc/self')) return [];
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`SWEEPLINE_FOLDER=${folder}`);
    } catch {
      return false; // no process, or somebody else's
    }
  });
}

// The pool in a process of its own, held to every pool's promises, and what is its own: the process may die, at any time
// and in any way, and the coordinator may die before it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Pool } from '../../src/pool/contract.js';
import { createHostPool } from '../../src/pool/host.js';
import {
  fixtureWorker,
  parseCells,
  poolConformance,
  rangeTask,
  setupOf,
  spaceOf,
  textOf,
  until,
} from '../conformance/pool.js';

poolConformance('host', (workerUrl) => createHostPool({ workerUrl, threads: 2 }));

describe('a host process', () => {
  let folder: string;
  let pool: Pool | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sweepline-host-'));
  });
  afterEach(async () => {
    await pool?.close();
    pool = undefined;
    rmSync(folder, { recursive: true, force: true });
  });
  const open = async (
    worker: string,
    options: { threads?: number; onLine?: (line: string, stream: string) => void } = {},
  ) => {
    pool = createHostPool({ workerUrl: fixtureWorker(worker), threads: 1, ...options });
    return pool;
  };
  /** Trials 0 to 3 of the crash worker do nothing, print, kill the host, kill it after a word. */
  const crashing = async (options: Parameters<typeof open>[1] = {}) => {
    const opened = await open('crash', options);
    await opened.begin(setupOf(spaceOf({ act: ['none', 'print', 'kill', 'last-words', 'exit'] })));
    return opened;
  };
  const pidOf = async (opened: Pool, id: number): Promise<number> => {
    const cells = await parseCells(textOf((await opened.submit(rangeTask(id, 0, 1)).result).rows));
    return Number(cells[0]!.at(-1));
  };

  it('rejects what it held when it is killed, and works again with the next task', async () => {
    const opened = await crashing({ threads: 2 });
    const before = await pidOf(opened, 1);
    const outcomes = await Promise.allSettled(
      [10, 11, 12].map((id) => opened.submit(rangeTask(id, 2, 1)).result),
    );
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { name: 'SweeplineError', code: 'HOST_DIED' },
      });
      expect((outcome as PromiseRejectedResult).reason.message).toContain(
        'was ended by SIGKILL while it held 3 tasks',
      );
    }
    const after = await pidOf(opened, 2);
    expect(after).not.toBe(before);
    expect(isAlive(before)).toBe(false);
    expect(isAlive(after)).toBe(true);
    await opened.close();
    expect(isAlive(after)).toBe(false);
  });

  it('is killed from outside in the middle of a task', async () => {
    const opened = await open('waiting');
    await opened.begin(setupOf(spaceOf({ i: [0, 1] }), { data: folder, folder }));
    const held = opened.submit(rangeTask(1, 0, 1)).result;
    const rejected = expect(held).rejects.toMatchObject({ code: 'HOST_DIED' });
    process.kill(await loggedPid(folder), 'SIGKILL');
    await rejected;
    writeFileSync(join(folder, 'go'), '');
    expect((await opened.submit(rangeTask(1, 0, 1, 2)).result).left).toEqual([]);
  });

  it('ignores SIGINT, SIGTERM and SIGHUP: the coordinator decides', async () => {
    const opened = await open('waiting');
    await opened.begin(setupOf(spaceOf({ i: [0] }), { data: folder, folder }));
    const held = opened.submit(rangeTask(1, 0, 1)).result;
    const pid = await loggedPid(folder);
    process.kill(pid, 'SIGINT');
    process.kill(pid, 'SIGTERM');
    process.kill(pid, 'SIGHUP');
    expect(await opened.questions.validate({ checks: {}, points: [] })).toEqual([]); // answered after the signals have arrived
    writeFileSync(join(folder, 'go'), '');
    expect((await held).left).toEqual([]);
  });

  it('quotes its last words', async () => {
    const opened = await crashing();
    await expect(opened.submit(rangeTask(1, 3, 1)).result).rejects.toThrow(
      /SIGKILL while it held 1 task; its last words:\n {2}out of luck$/,
    );
  });

  it('survives a trial that exits', async () => {
    const opened = await crashing();
    const pid = await pidOf(opened, 1);
    const { notes } = await opened.submit(rangeTask(2, 4, 1)).result;
    expect(notes).toMatchObject([{ trial: 4, status: 'failed', error: { name: 'ExitCalled' } }]);
    expect(await pidOf(opened, 3)).toBe(pid);
  });

  it('hands on what it and its trials print, line by line, and nothing reaches stdout', async () => {
    const lines: string[] = [];
    const opened = await crashing({ onLine: (line, stream) => lines.push(`${stream}: ${line}`) });
    await opened.submit(rangeTask(1, 1, 1)).result;
    await opened.close();
    expect(lines.sort()).toEqual(['stderr: to stderr', 'stdout: to stdout']);
  });

  it('tells why when it dies while it loads its worker, and does not try again by itself', async () => {
    const opened = await open('exits-on-import');
    const dies = /exited with code 7; its last words:\n {2}leaving while it loads$/;
    await expect(opened.questions.describe()).rejects.toThrow(dies);
    await expect(opened.begin(setupOf(spaceOf({})))).rejects.toThrow(dies);
    await expect(opened.submit(rangeTask(1, 0, 1)).result).rejects.toThrow('submit before begin');
  });

  it('says that nobody is to blame where it ends before it could run anything', async () => {
    const opened = await crashing();
    await expect(opened.submit(rangeTask(1, 2, 1)).result).rejects.toMatchObject({
      loss: { cause: 'evicted', blame: 'certain', host: hostname() },
    });
    // The next host is sent its task before it has begun: whoever ends it then, no trial did.
    const task = opened.submit(rangeTask(2, 2, 1)).result;
    await expect(task).rejects.toMatchObject({ loss: { cause: expect.stringMatching(/evicted|unstarted/) } });
  });

  it('dies for a task that blocks its thread past its limit; the others are not to blame', async () => {
    const opened = await open('blocking', { threads: 2 });
    await opened.begin(setupOf(spaceOf({ ms: [0, 1e9] })));
    const pid = await pidOf(opened, 1);
    opened.limit(30);
    const blocked = opened.submit(rangeTask(2, 1, 1)).result;
    await expect(blocked).rejects.toMatchObject({ loss: { cause: 'overdue', blame: 'certain' } });
    opened.limit(60_000); // on a busy machine the next one may take longer too
    expect(await pidOf(opened, 3)).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
  });

  it('closes without having been used, and kills without a trace', async () => {
    await (await open('echo')).close();
    const opened = await open('echo');
    const describing = opened.questions.describe();
    const rejected = expect(describing).rejects.toMatchObject({ code: 'HOST_DIED' });
    opened.kill();
    await rejected;
    await expect(opened.questions.describe()).rejects.toThrow('the pool is closed');
  });

  it('runs a worker that is TypeScript, in a package of ESM modules or not', async () => {
    const module = fileURLToPath(new URL('../../dist/src/worker/define.js', import.meta.url));
    const own = join(folder, 'own.ts'); // no package.json: taken for CommonJS
    writeFileSync(
      own,
      `import { defineWorker } from ${JSON.stringify(module)};
       enum Answer { All = 42 }
       export default defineWorker({
         name: 'own', version: '1', params: {}, metrics: { answer: { type: 'integer' } }, run: () => ({ answer: Answer.All }),
       });`,
    );
    const fixture = new URL('../fixtures/workers/echo.ts', import.meta.url);
    for (const [url, row] of [
      [pathToFileURL(own), /^0,[^,]+,0,\d+,ok,42\n$/],
      [fixture, /^0,[^,]+,0,\d+,ok,0,1,false,word,\n$/],
    ] as const) {
      const opened = createHostPool({ workerUrl: pathToFileURL(fileURLToPath(url)).href, threads: 1 });
      await opened.begin(setupOf(spaceOf({})));
      expect(textOf((await opened.submit(rangeTask(1, 0, 1)).result).rows)).toMatch(row);
      await opened.close();
    }
  });

  it('ends with its coordinator, even in the middle of a task', async () => {
    const opener = fileURLToPath(fixtureWorker('open-host'));
    const coordinator = spawn(process.execPath, [opener, fixtureWorker('waiting'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(coordinator, 'exit').then(([code]) =>
      Promise.reject(new Error(`it exited with ${code}`)),
    );
    exited.catch(() => undefined); // it is killed below
    const [said] = (await Promise.race([once(coordinator.stdout, 'data'), exited])) as [Buffer];
    const host = Number(said.toString().trim().split(' ')[2]);
    expect(isAlive(host)).toBe(true);
    coordinator.kill('SIGKILL');
    await until(() => !isAlive(host));
  });
});

async function loggedPid(folder: string): Promise<number> {
  const log = join(folder, 'log');
  // It is there before its first line is.
  await until(() => existsSync(log) && readFileSync(log, 'utf8').includes('\n'));
  return Number(readFileSync(join(folder, 'log'), 'utf8').trim().split(' ')[2]);
}

/** A process that has ended and has not been waited for (a zombie) counts as ended. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

// A thread that is ended takes its program along; its host lives on.
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createThreadPool } from '../../../src/pool/threads.js';
import { fixtureWorker, rangeTask, setupOf, spaceOf, until } from '../../conformance/pool.js';

it.each(['hang', 'deaf'])('a killed task leaves no program: %s', async (act) => {
  const log = join(mkdtempSync(join(tmpdir(), 'sweepline-command-')), 'log');
  const pool = createThreadPool({ workerUrl: fixtureWorker('command'), threads: 1 });
  await pool.begin(setupOf(spaceOf({ act: [act], log: [log] })));
  const { result, kill } = pool.submit(rangeTask(1, 0, 1));
  await until(() => existsSync(log) && readFileSync(log, 'utf8').endsWith('\n'));
  kill();
  await expect(result).rejects.toThrow('the task was killed');
  // Those that have ended stay in the table of processes until this one ends, whose thread would have asked for them.
  const [, ...pids] = readFileSync(log, 'utf8').trim().split(' ');
  await until(() => pids.every((pid) => !existsSync(`/proc/${pid}/exe`) || isZombie(pid)));
  await pool.close();
});

function isZombie(pid: string): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, ''));
  } catch {
    return true; // gone altogether
  }
}

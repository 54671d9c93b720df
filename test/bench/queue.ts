// The price of a trial that does nothing through a queue, on two threads of one host on this machine, beside the same two
// threads without a queue: 100,000 trials in blocks, and 1,000 trials one by one.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunRequest } from '../../src/sweep/contract.js';
import { startRun } from '../../src/sweep/start.js';
import { NO_REDIS, startRedis } from '../queue/redis.js';
import { type BenchRow, median } from './row.js';

const ROUNDS = 5;
const SINGLES = 1_000;

const sweep = fileURLToPath(new URL('./noop-sweep.js', import.meta.url));

/** Trials a second, and what the coordinator's memory has grown by, in MiB. */
async function measure(request: Omit<RunRequest, 'sweep'>): Promise<{ rate: number; grown: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-bench-'));
  try {
    const before = process.memoryUsage().rss;
    const run = await startRun({ sweep, out: join(folder, 'run'), ...request });
    const { trials, elapsedMs } = await run.outcome;
    return { rate: (trials / elapsedMs) * 1000, grown: (process.memoryUsage().rss - before) / 2 ** 20 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function benchQueue(): Promise<BenchRow[]> {
  if (NO_REDIS !== undefined) return [{ name: NO_REDIS, ours: 0, unit: '' }];
  const redis = await startRedis();
  const argv = [resolve('dist/src/cli/main.js'), 'host', '--queue', redis.url, '--threads', '2'];
  const host = spawn(process.execPath, argv, { stdio: 'ignore' });
  try {
    return await measureBoth(redis.url);
  } finally {
    host.kill('SIGTERM');
    await new Promise((done) => host.once('exit', done));
    await redis.remove();
  }
}

async function measureBoth(queue: string): Promise<BenchRow[]> {
  const singles = { blockSize: 1, set: { x: { kind: 'lin', from: 0, to: 1, count: SINGLES } } } as const;
  await measure({ queue, ...singles }); // whatever is only slow once
  const rates: Record<'blocks' | 'single' | 'local' | 'localSingle' | 'grown', number[]> = {
    ...{ blocks: [], single: [], local: [], localSingle: [], grown: [] },
  };
  for (let round = 0; round < ROUNDS; round++) {
    const { rate, grown } = await measure({ queue });
    rates.blocks.push(rate);
    rates.grown.push(grown);
    rates.local.push((await measure({ workers: 2 })).rate);
    rates.single.push((await measure({ queue, ...singles })).rate);
    rates.localSingle.push((await measure({ workers: 2, ...singles })).rate);
  }
  const ms = (values: readonly number[]) => 1000 / median(values);
  return [
    {
      name: 'no-op trials through a queue, in blocks',
      ours: median(rates.blocks),
      unit: 'trials/s',
      peer: 'without a queue',
      theirs: median(rates.local),
      target: '≥ 5,000',
    },
    {
      name: 'a task of one trial through a queue',
      ours: ms(rates.single),
      unit: 'ms',
      peer: 'without a queue',
      theirs: ms(rates.localSingle),
      target: '≤ 5 ms',
    },
    { name: 'coordinator, over 100,000 trials', ours: median(rates.grown), unit: 'MiB more' },
  ];
}

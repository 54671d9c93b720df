// How many hosts one coordinator can keep busy: what a task and a trial cost it is measured here, in processor time; the
// times of trials are recorded of a small latent sweep; the rest is simulated. One host in ten has a slow link, and one
// in ten dies on the way.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomFor } from '../../src/ground/random.js';
import { startRun } from '../../src/sweep/start.js';
import { type Price, simulate } from './cluster-model.js';
import type { BenchRow } from './row.js';

const HOSTS = [1, 10, 100, 1000, 10_000];
const THREADS = 8;
/** Mean seconds of a trial. */
const SECONDS = [1, 10, 60];
/** Of each thread, as far as there are not more than so many in all. */
const TRIALS_A_THREAD = 100;
const TRIALS = 1_000_000;
const NOOPS = 40_000;

const noop = fileURLToPath(new URL('./noop-sweep.js', import.meta.url));

async function inFolder<T>(act: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-bench-'));
  try {
    return await act(join(folder, 'run'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds of processor time that this process, the coordinator, takes for each of `trials`. */
function coordinatorMs(blockSize: number, trials: number): Promise<number> {
  return inFolder(async (out) => {
    const set = { x: { kind: 'lin', from: 0, to: 1, count: trials } } as const;
    const run = await startRun({ sweep: noop, set, workers: 2, blockSize, out });
    const before = process.cpuUsage();
    await run.outcome;
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / trials;
  });
}

/** Of the coordinator with its hosts on this machine, the journal included. */
export async function measurePrice(): Promise<Price> {
  const size = 1000;
  const single = await coordinatorMs(1, NOOPS);
  const block = await coordinatorMs(size, 20 * NOOPS);
  // single = task + trial; block = task / size + trial
  const task = ((single - block) * size) / (size - 1);
  return { task, trial: Math.max(0, single - task) };
}

/** Milliseconds of some real trials. */
function recordTimes(): Promise<readonly number[]> {
  return inFolder(async (out) => {
    const of = (...values: number[]) => ({ kind: 'list' as const, values });
    const set = { latent: of(2, 16, 64, 256), epochs: of(2), train: of(500), test: of(100) };
    const run = await startRun({ sweep: 'latent', data: 'digits', set, workers: 2, out });
    await run.outcome;
    const [header, ...lines] = readFileSync(join(out, 'timings.csv'), 'utf8').trimEnd().split('\n');
    const at = header!.split(',').indexOf('run_ms');
    return lines.map((line) => Number(line.split(',')[at]));
  });
}

export async function benchCluster(): Promise<BenchRow[]> {
  const price = await measurePrice();
  const times = await recordTimes();
  const mean = times.reduce((a, b) => a + b) / times.length;
  const rows: BenchRow[] = [
    { name: 'coordinator, a task', ours: price.task * 1000, unit: 'µs' },
    { name: 'coordinator, a trial of a task', ours: price.trial * 1000, unit: 'µs' },
  ];
  for (const seconds of SECONDS)
    for (const hosts of HOSTS) {
      const each = Math.min(TRIALS_A_THREAD, Math.floor(TRIALS / (hosts * THREADS)));
      const count = hosts * THREADS * each;
      const scaled = Array.from(
        { length: count },
        (_, i) => (times[i % times.length]! / mean) * seconds * 1000,
      );
      const cluster = {
        ...{ hosts, threads: THREADS, linkMs: 1, slowEvery: 10, noticeMs: 5000, returnMs: 30_000 },
        deathMs: 10 * each * seconds * 1000,
      };
      const { efficiency, coordinator, wasted, deaths } = simulate(
        scaled,
        cluster,
        price,
        randomFor('deaths'),
      );
      const busy = `coordinator busy ${percent(coordinator)}, ${deaths} deaths, ${percent(wasted)} of the work in vain`;
      rows.push({
        ...{
          name: `${hosts} hosts, trials of ${seconds} s`,
          ours: efficiency * 100,
          unit: '% of all threads',
        },
        peer: busy,
      });
    }
  return rows;
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}

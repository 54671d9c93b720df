// Whole sweeps, from definition to fsynced CSV: the price of a trial, a million cheap ones, ten million in constant memory.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AxisValues } from '../../src/space/types.js';
import type { RunRequest } from '../../src/sweep/contract.js';
import { startRun } from '../../src/sweep/start.js';
import { findPython } from '../python.js';
import { peakMemory } from './memory.js';
import { type BenchRow, median } from './row.js';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const list = (...values: (string | number)[]): AxisValues => ({ kind: 'list', values });

async function timeRun(request: RunRequest): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-bench-'));
  try {
    const run = await startRun({ workers: 2, ...request, out: join(folder, 'run') });
    const { failed, elapsedMs } = await run.outcome;
    if (failed > 0) throw new Error(`${failed} trials failed`);
    return elapsedMs;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function million(count: number): RunRequest {
  return {
    sweep: resolve('dist/test/bench/million.js'),
    set: { alpha: { kind: 'lin', from: 0.01, to: 0.51, count }, optimizer: list('adam') },
  };
}

export async function benchSweep(): Promise<BenchRow[]> {
  const rounds = 3;
  const rows: BenchRow[] = [];
  const python = findPython('numpy', 'pandas');
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await timeRun(million(1_000_000)));
    if (python !== undefined) {
      const script = resolve('test/bench/pandas_csv.py');
      theirs.push((JSON.parse(execFileSync(python, [script, tmpdir()]).toString()) as { ms: number }).ms);
    }
  }
  rows.push({
    name: '10⁶ escape trials to an fsynced CSV, two workers',
    ours: median(ours),
    unit: 'ms',
    target: '≤ 2500 ms, and below the peer',
    ...(theirs.length > 0 ? { peer: 'NumPy + DataFrame.to_csv', theirs: median(theirs) } : {}),
  });

  const single: number[] = [];
  for (let round = 0; round < rounds; round++)
    single.push(await timeRun({ sweep: here('./noop-sweep.js'), blockSize: 1 }));
  rows.push({
    name: 'no-op trials dispatched singly',
    ours: 100_000 / (median(single) / 1000),
    unit: 'trials/s',
    target: '≥ 20,000',
  });

  const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
  const help: number[] = [];
  const empty: number[] = [];
  for (let round = 0; round < 15; round++) {
    help.push(timeCommand(main, '--help'));
    empty.push(timeCommand('-e', '0'));
  }
  rows.push({
    name: 'sweepline --help',
    ours: median(help),
    unit: 'ms',
    peer: 'node -e 0',
    theirs: median(empty),
    target: '≤ 2 ×',
  });

  const memory = timeRun(million(10_000_000));
  rows.push({
    name: '10⁷ escape trials: peak memory, all processes',
    ours: (await peakMemory(memory)) / 1e6,
    unit: 'MB',
    target: '≤ 500',
  });
  return rows;
}

function timeCommand(...args: string[]): number {
  const started = performance.now();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return performance.now() - started;
}

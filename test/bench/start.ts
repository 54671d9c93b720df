// The price of a run before its first trial: one trial that does nothing, from the command line to its row on disk, beside
// the processes and the thread that it takes, bare: each of them loads zod, as a worker does. In turn.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { type BenchRow, median } from './row.js';

const ROUNDS = 9;

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

function timeNode(...args: string[]): number {
  const started = performance.now();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return performance.now() - started;
}

function timeRun(): number {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-bench-'));
  try {
    const run = [
      'run',
      here('./noop-sweep.js'),
      '--set',
      'x=0',
      '--workers',
      '1',
      '--out',
      join(folder, 'run'),
    ];
    return timeNode(here('../../src/cli/main.js'), ...run, '--no-report', '--quiet');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function benchStart(): Promise<BenchRow[]> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(timeRun());
    bare.push(timeNode(here('./bare.js')));
  }
  return [
    {
      name: 'a run of one no-op trial, from the command line to its row on disk',
      ours: median(ours),
      unit: 'ms',
      peer: 'two bare processes of Node and a thread, each with zod',
      theirs: median(bare),
    },
  ];
}

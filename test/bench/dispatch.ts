// The price of a trial that does nothing, dispatched singly to two workers, its row flushed to disk: beside the rates of
// Optuna, joblib and Ray Tune, each as its own documents have it, in turn.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRun } from '../../src/sweep/start.js';
import { findPython } from '../python.js';
import { type BenchRow, median } from './row.js';

const ROUNDS = 5;

interface Peer {
  readonly id: string;
  readonly name: string;
  /** What its program imports. */
  readonly module: string;
  /** Of those that take minutes. */
  readonly rounds?: number;
}

const PEERS: readonly Peer[] = [
  { id: 'joblib', name: 'joblib, 2 processes, nothing kept', module: 'joblib' },
  { id: 'optuna-memory', name: 'Optuna, in memory, 1 process', module: 'optuna' },
  { id: 'optuna-journal', name: 'Optuna, journal file, 1 process', module: 'optuna' },
  { id: 'ray', name: 'Ray Tune, 2 CPUs', module: 'ray.tune', rounds: 1 },
];

const sweep = fileURLToPath(new URL('./noop-sweep.js', import.meta.url));

async function ourRate(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-bench-'));
  try {
    const run = await startRun({ sweep, workers: 2, blockSize: 1, out: join(folder, 'run') });
    const { trials, elapsedMs } = await run.outcome;
    return (trials / elapsedMs) * 1000;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function theirRate(python: string, peer: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-bench-'));
  try {
    const argv = [resolve('test/bench/dispatch_peers.py'), peer, folder];
    const said = execFileSync(python, argv, { stdio: ['ignore', 'pipe', 'ignore'], timeout: 300_000 });
    const last = said.toString().trimEnd().split('\n').at(-1)!;
    return (JSON.parse(last) as { trials_per_second: number }).trials_per_second;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function benchDispatch(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const { id, name, module, rounds = ROUNDS } of PEERS) {
    const python = findPython(module);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(await ourRate());
      if (python !== undefined) theirs.push(theirRate(python, id));
    }
    rows.push({
      name: 'no-op trials dispatched singly',
      ours: median(ours),
      unit: 'trials/s',
      peer: python === undefined ? `${name}: not on this machine` : name,
      ...(python === undefined ? {} : { theirs: median(theirs) }),
    });
  }
  return rows;
}

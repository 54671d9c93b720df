// The price of a trial that does nothing on two workers, its row flushed to disk: beside Optuna and Ray Tune, which take
// trials one by one, and beside joblib, which puts calls into batches as we do by default; in turn.
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
  readonly isBatched?: true;
  /** Of those that take minutes. */
  readonly rounds?: number;
}

const PEERS: readonly Peer[] = [
  { id: 'joblib', name: 'joblib, 2 processes, nothing kept', module: 'joblib', isBatched: true },
  { id: 'optuna-memory', name: 'Optuna, in memory, 1 process', module: 'optuna' },
  { id: 'optuna-journal', name: 'Optuna, journal file, 1 process', module: 'optuna' },
  { id: 'ray', name: 'Ray Tune, 2 CPUs, actors reused', module: 'ray.tune', rounds: 2 },
];

const sweep = fileURLToPath(new URL('./noop-sweep.js', import.meta.url));

async function ourRate(isBatched: boolean): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-bench-'));
  try {
    const run = await startRun({
      ...{ sweep, workers: 2, out: join(folder, 'run') },
      ...(isBatched ? {} : { blockSize: 1 }),
    });
    const { trials, elapsedMs } = await run.outcome;
    return (trials / elapsedMs) * 1000;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Undefined where it fails: half an installation, say. */
function theirRate(python: string, peer: string): number | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-bench-'));
  try {
    const argv = [resolve('test/bench/dispatch_peers.py'), peer, folder];
    const said = execFileSync(python, argv, { stdio: ['ignore', 'pipe', 'ignore'], timeout: 300_000 });
    const last = said.toString().trimEnd().split('\n').at(-1)!;
    return (JSON.parse(last) as { trials_per_second: number }).trials_per_second;
  } catch {
    return undefined; // the row says that it does not run here
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function benchDispatch(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const { id, name, module, isBatched = false, rounds = ROUNDS } of PEERS) {
    const python = findPython(module);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(await ourRate(isBatched));
      const rate = python === undefined ? undefined : theirRate(python, id);
      if (rate !== undefined) theirs.push(rate);
    }
    rows.push({
      name: `no-op trials, ${isBatched ? 'batched' : 'one by one'}`,
      ours: median(ours),
      unit: 'trials/s',
      peer: theirs.length === 0 ? `${name}: not on this machine` : name,
      ...(theirs.length === 0 ? {} : { theirs: median(theirs) }),
    });
  }
  return rows;
}

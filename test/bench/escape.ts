// The escape kernel beside its peers: 10⁶ Adam runs of 20 steps with as many step sizes, on one core, in turn with the same
// work in vectorised C and in NumPy. Peers that are not at hand are said to be absent, not guessed.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { systemClock } from '../../src/ground/clock.js';
import { runEscapes } from '../../src/study/landscape/block.js';
import { type BenchRow, median } from './row.js';

const RUNS = 1_000_000;
const ROUNDS = 9;
/** Trials a block: what a worker is handed at a time. */
const BLOCK = 16_384;
/** The sum of all peaks, which every peer must find. */
const EXPECTED_SUM = 1287686.6388;

interface Peer {
  readonly name: string;
  /** The ratio not to be passed. */
  readonly target: number;
  /** Milliseconds of one run; undefined: the peer is absent. */
  readonly run: (() => number) | undefined;
}

/** One row a peer. The peers are programs in `$SWEEPLINE_PEERS`, else in ../shared/peers from the working directory. */
export async function benchEscape(): Promise<BenchRow[]> {
  const folder = resolve(process.env.SWEEPLINE_PEERS ?? '../shared/peers');
  const scratch = mkdtempSync(join(tmpdir(), 'sweepline-bench-'));
  try {
    return measure([
      { name: 'C, gcc -O3 -march=native', target: 1.2, run: compilePeer(join(folder, 'escape.c'), scratch) },
      { name: 'NumPy', target: 0.3, run: findNumpy(join(folder, 'escape_numpy.py')) },
    ]);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Ours and the peers in turn, so that all meet the same minute; the median of each. */
function measure(peers: readonly Peer[]): BenchRow[] {
  const ours = createOurs();
  for (let i = 0; i < 3; i++) ours();
  const mine: number[] = [];
  const theirs = peers.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    mine.push(ours());
    peers.forEach(({ run }, i) => {
      if (run !== undefined) theirs[i]!.push(run());
    });
  }
  const name = 'escape kernel, 10⁶ Adam runs of 20 steps, one core';
  const figure = { ours: median(mine), unit: 'ms' };
  return peers.map(({ name: peer, run, target }, i) =>
    run === undefined
      ? { name: `${name} (no ${peer} on this machine)`, ...figure }
      : { name, ...figure, peer, theirs: median(theirs[i]!), target: `≤ ${target} ×` },
  );
}

/** Our kernel as the worker calls it, filling all its metrics; the step sizes are written within the time, as in C. */
function createOurs(): () => number {
  const fixed = { beta1: 0.9, beta2: 0.999, eps: 1e-8, momentum: 0.9, decay: 0, steps: 20, h: 0.2 };
  const columns = new Map<string, Float64Array>();
  for (const [name, value] of Object.entries({ ...fixed, alpha: 0, slope_down: 1, slope_up: 1 })) {
    columns.set(name, new Float64Array(BLOCK).fill(value));
  }
  for (const name of ['escaped', 'reached', 'stuck', 'escape_step', 'peak', 'final_theta']) {
    columns.set(name, new Float64Array(BLOCK));
  }
  const column = (name: string) => columns.get(name)!;
  const codes = new Uint16Array(BLOCK);
  const [alpha, peak] = [column('alpha'), column('peak')];
  const peaks = new Float64Array(RUNS);
  return () => {
    const start = systemClock.elapsed();
    for (let first = 0; first < RUNS; first += BLOCK) {
      const count = Math.min(BLOCK, RUNS - first);
      for (let k = 0; k < count; k++) alpha[k] = 0.01 + (0.5 * (first + k)) / RUNS;
      const fail = (i: number) => {
        throw new Error(`trial ${first + i} is not finite`);
      };
      const strings = () => ({ values: codes, dictionary: ['adam'] });
      runEscapes({ count, numbers: column, metric: column, strings, fail });
      peaks.set(peak.subarray(0, count), first);
    }
    const ms = systemClock.elapsed() - start;
    checkSum(
      'ours',
      peaks.reduce((sum, x) => sum + x),
    );
    return ms;
  };
}

function compilePeer(source: string, scratch: string): (() => number) | undefined {
  const program = join(scratch, 'escape');
  if (!existsSync(source)) return undefined;
  const flags = ['-O3', '-march=native', '-fno-math-errno'];
  if (!canRun('gcc', [...flags, source, '-o', program, '-lm'])) return undefined;
  return () => runPeer(program, []);
}

function findNumpy(script: string): (() => number) | undefined {
  if (!existsSync(script)) return undefined;
  const python = ['python3', '/usr/bin/python3'].find((name) => canRun(name, ['-c', 'import numpy']));
  return python === undefined ? undefined : () => runPeer(python, [script]);
}

function canRun(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    // No such program, or one that ends with an error: either way the peer is absent.
    return false;
  }
}

/** Runs a peer and reads its line of JSON: its own measure of the time, and the sum that shows it did the same work. */
function runPeer(command: string, args: readonly string[]): number {
  const { ms, sum } = JSON.parse(execFileSync(command, args, { encoding: 'utf8' })) as {
    ms: number;
    sum: number;
  };
  checkSum(command, sum);
  return ms;
}

function checkSum(who: string, sum: number): void {
  if (!(Math.abs(sum - EXPECTED_SUM) < 1e-3))
    throw new Error(`${who}: sum of peaks ${sum}, expected ${EXPECTED_SUM}`);
}

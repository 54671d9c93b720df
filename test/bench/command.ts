// The price of a trial that is a program, over the program alone: /bin/true started by xargs, by GNU parallel where it is
// there, and by a bare loop of Node; ours with its folder, its environment, its row on disk. In turn.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { startRun } from '../../src/sweep/start.js';
import { type BenchRow, median } from './row.js';

const ROUNDS = 5;
const TRIALS = 500;
const FEW = 100;
const WIDTH = 2;

const sweep = fileURLToPath(new URL('./true-sweep.js', import.meta.url));

/** Milliseconds from one program to the next, of `WIDTH` at once. */
async function perProgram(work: () => Promise<void> | void): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / TRIALS;
}

/** Milliseconds of so many trials. */
async function timeOf(trials: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-bench-'));
  try {
    const set = { i: { kind: 'range', from: 1, to: trials, step: 1 } } as const;
    const run = await startRun({ sweep, set, workers: WIDTH, out: join(folder, 'run') });
    const { ok, elapsedMs } = await run.outcome;
    if (ok !== trials) throw new Error(`${ok} of ${trials} trials are ok`);
    return elapsedMs;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Without the start of the threads, which a run pays once. */
async function ours(): Promise<number> {
  const few = await timeOf(FEW);
  return ((await timeOf(FEW + TRIALS)) - few) / TRIALS;
}

async function bareLoop(): Promise<void> {
  let left = TRIALS;
  const lane = async () => {
    while (left-- > 0)
      await new Promise((done) => spawn('/bin/true', { stdio: 'ignore' }).once('close', done));
  };
  await Promise.all(Array.from({ length: WIDTH }, lane));
}

const numbers = Array.from({ length: TRIALS }, (_, i) => i).join('\n');
const pipeTo = (program: string, argv: readonly string[]) => () =>
  void execFileSync(program, argv, { input: numbers, stdio: ['pipe', 'ignore', 'ignore'] });

const PEERS: readonly { readonly name: string; readonly run: () => Promise<void> | void }[] = [
  { name: `xargs -P${WIDTH}`, run: pipeTo('xargs', ['-n1', `-P${WIDTH}`, '/bin/true']) },
  { name: `GNU parallel -j${WIDTH}`, run: pipeTo('parallel', [`-j${WIDTH}`, '/bin/true']) },
  { name: 'a bare loop of Node', run: bareLoop },
];

export async function benchCommand(): Promise<BenchRow[]> {
  const mine: number[] = [];
  const theirs = PEERS.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    mine.push(await ours());
    for (const [i, { run }] of PEERS.entries()) {
      const ms = await perProgram(run).catch(() => undefined); // not on this machine
      if (ms !== undefined) theirs[i]!.push(ms);
    }
  }
  return PEERS.map(({ name }, i) => ({
    name: `/bin/true as a trial, ${WIDTH} at once`,
    ours: median(mine),
    unit: 'ms a trial',
    peer: theirs[i]!.length === 0 ? `${name}: not on this machine` : name,
    ...(theirs[i]!.length === 0 ? {} : { theirs: median(theirs[i]!) }),
    target: '≤ 5 ms over the bare process',
  }));
}

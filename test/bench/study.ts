// The latent study at work: the same networks, epochs and metrics under a sweep on two workers and under joblib + PyTorch
// on two processes, in turn, in time and in memory; and how much of a nightly trial is spent in training.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findDataset, listDatasets } from '../../src/data/catalogue.js';
import { systemClock } from '../../src/ground/clock.js';
import { findPython } from '../python.js';
import { peakMemory } from './memory.js';
import { type BenchRow, median } from './row.js';

const ROUNDS = 2;
const WORKERS = 2;
const EPOCHS = 3;
const LATENTS = [2, 16, 64, 256];
const REPLICATES = 2;
const NIGHTLY_EPOCHS = 200;

interface Cost {
  readonly seconds: number;
  readonly megabytes: number;
}

export async function benchStudy(): Promise<BenchRow[]> {
  const home = mkdtempSync(join(tmpdir(), 'sweepline-study-'));
  try {
    const data = dataFolder();
    return [...(await compareSweeps(data, home)), await trainingShare(data, home)];
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** MNIST where it is found, else the digits that are drawn in its place. */
function dataFolder(): string {
  const sets = listDatasets();
  const used = sets.find(({ present }) => present) ?? sets.at(-1)!;
  if (!used.present) findDataset(used.name);
  return used.folder;
}

async function compareSweeps(data: string, home: string): Promise<BenchRow[]> {
  const python = findPython('torch', 'sklearn', 'joblib');
  const ours: Cost[] = [];
  const theirs: Cost[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const set = { latent: LATENTS.join(), epochs: EPOCHS };
    ours.push(
      await runLatent({
        data,
        out: join(home, `ours-${round}`),
        workers: WORKERS,
        set,
        replicates: REPLICATES,
      }),
    );
    if (python === undefined) continue;
    const out = join(home, `theirs-${round}`);
    mkdirSync(out);
    const sizes = [LATENTS.join(), REPLICATES, EPOCHS, WORKERS].map(String);
    theirs.push(await runProgram(python, [resolve('test/bench/study_torch.py'), data, out, ...sizes]));
  }
  const trials = `${LATENTS.length * REPLICATES} trials of ${EPOCHS} epochs`;
  const row = (name: string, unit: string, figure: (cost: Cost) => number): BenchRow => ({
    ...{ name: `${trials}, two workers: ${name}`, ours: median(ours.map(figure)), unit, target: '< 1 ×' },
    ...(theirs.length === 0
      ? {}
      : { peer: 'joblib + PyTorch + scikit-learn', theirs: median(theirs.map(figure)) }),
  });
  return [
    row('time', 's', ({ seconds }) => seconds),
    row('peak memory, all processes, shared pages once', 'MB', ({ megabytes }) => megabytes),
  ];
}

/**
 * A trial's time is a·epochs + b, and all that is not training (reading data, compiling, clustering, artifacts) is in b:
 * two lengths tell both, and so the share at full length.
 */
async function trainingShare(data: string, home: string): Promise<BenchRow> {
  const [short, long] = [2, 10];
  const out = join(home, 'share');
  // What a thread does once (opening its session, compiling) falls to the first trial, and stays in b.
  await runLatent({
    data,
    out,
    workers: 1,
    set: { latent: '16', epochs: `${short},${long}` },
    replicates: 2,
  });
  const times = readFileSync(join(out, 'timings.csv'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  const run = times[0]!.indexOf('run_ms');
  const [a, b, c, d] = times.slice(1).map((cells) => Number(cells[run])) as [number, number, number, number];
  const each = (Math.min(c, d) - Math.min(a, b)) / (long - short);
  const rest = Math.max(a, b) - short * each;
  const share = (NIGHTLY_EPOCHS * each) / (NIGHTLY_EPOCHS * each + rest);
  return {
    name: `training's share of a trial of ${NIGHTLY_EPOCHS} epochs, size 16 (from ${short} and ${long} epochs)`,
    ours: 100 * share,
    unit: '%',
    target: '≥ 90 %',
  };
}

interface LatentRun {
  readonly data: string;
  readonly out: string;
  readonly workers: number;
  readonly set: Readonly<Record<string, string | number>>;
  readonly replicates: number;
}

function runLatent({ data, out, workers, set, replicates }: LatentRun): Promise<Cost> {
  const options = { data, out, workers, replicates };
  return runProgram(process.execPath, [
    ...[resolve('dist/src/cli/main.js'), 'run', 'latent', '--quiet', '--no-report'],
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...Object.entries(set).flatMap(([axis, value]) => ['--set', `${axis}=${value}`]),
  ]);
}

/** From the program's start to its end. */
async function runProgram(command: string, args: readonly string[]): Promise<Cost> {
  const started = systemClock.elapsed();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise<void>((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code) =>
      code === 0 ? done() : fail(new Error(`${command} ${args.join(' ')} ended with ${code}`)),
    );
  });
  const bytes = await peakMemory(ended, 'proportional', child.pid);
  return { seconds: (systemClock.elapsed() - started) / 1000, megabytes: bytes / 1e6 };
}

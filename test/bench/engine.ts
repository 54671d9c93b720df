// Speed of the onnx engine on this machine, one thread, beside PyTorch where its script is found (SWEEPLINE_PEERS, or
// ../shared/peers next to the project): rounds in turn, so that both see the same load. Only ratios are worth quoting.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../src/ground/clock.js';
import type { Engine } from '../../src/session/contract.js';
import { openOnnx } from '../../src/session/onnx/engine.js';
import { BENCH_MODELS, type BenchModel, chunkFor, openTrainer } from './engine-models.js';
import { benchTfjs } from './engine-tfjs.js';
import { type BenchRow, median } from './row.js';

const PEERS = [process.env.SWEEPLINE_PEERS, '../shared/peers'].filter((path) => path !== undefined);
const ROUNDS = 3;
const WORKERS = 2;

export async function benchEngine(): Promise<BenchRow[]> {
  return [...(await steps()), ...(await benchTfjs()), ...(await compiling()), ...(await scaling())];
}

/** ms per step of every model, in rounds with the peer. */
async function steps(): Promise<BenchRow[]> {
  const engine = await openOnnx('cpu');
  const ours = new Map<string, number[]>(BENCH_MODELS.map(({ name }) => [name, []]));
  const theirs = new Map<string, number[]>(BENCH_MODELS.map(({ name }) => [name, []]));
  let peer: string | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    for (const model of BENCH_MODELS) ours.get(model.name)!.push(await msPerStep(engine, model));
    for (const line of runPeer()) {
      peer = line.peer;
      theirs.get(line.model)?.push(line.ms_per_step);
    }
  }
  await engine.dispose();
  return BENCH_MODELS.flatMap(({ name, target, flops }) => {
    const own = median(ours.get(name)!);
    const row: BenchRow = { name: `step ${name}`, ours: own, unit: 'ms', target: `≤ ${target} ×` };
    const compared = peer === undefined ? row : { ...row, peer, theirs: median(theirs.get(name)!) };
    return [compared, { name: `speed ${name}`, ours: flops / own / 1e6, unit: 'GFLOP/s' }];
  });
}

function runPeer(): readonly { peer: string; model: string; ms_per_step: number }[] {
  const script = PEERS.map((folder) => join(folder, 'torch_step.py')).find((path) => existsSync(path));
  if (script === undefined) return [];
  // Debian's python3-torch belongs to the system's Python, which need not be the first on the path.
  const python =
    process.env.SWEEPLINE_PYTHON ?? (existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3');
  const run = spawnSync(python, [script, '1'], { encoding: 'utf8' });
  return run.status === 0
    ? run.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
}

async function msPerStep(engine: Engine, model: BenchModel): Promise<number> {
  const trainer = await openTrainer(engine, model);
  const count = model.batch === 64 ? 5 : 20;
  const times: number[] = [];
  for (let i = 0; i < 6; i++) {
    const chunk = chunkFor(model, i * count, count);
    const start = systemClock.elapsed();
    await trainer.train(chunk);
    if (i > 0) times.push((systemClock.elapsed() - start) / count);
  }
  await trainer.dispose();
  return median(times);
}

/** From a trial's end to the next one's first step: on a cold graph, and on a warm one (less the step itself). */
async function compiling(): Promise<BenchRow[]> {
  const engine = await openOnnx('cpu');
  const rows: BenchRow[] = [];
  for (const model of [BENCH_MODELS[1]!, BENCH_MODELS[3]!]) {
    const chunk = chunkFor(model, 0, 1);
    const first = async () => {
      const start = systemClock.elapsed();
      const trainer = await openTrainer(engine, model);
      await trainer.train(chunk);
      const opened = systemClock.elapsed();
      await trainer.train(chunk);
      const step = systemClock.elapsed() - opened;
      await trainer.dispose();
      return opened - start - step;
    };
    rows.push({ name: `compile ${model.name}`, ours: await first(), target: '≤ 150', unit: 'ms' });
    const warm: number[] = [];
    for (let i = 0; i < 15; i++) warm.push(await first());
    rows.push({ name: `first step, warm, ${model.name}`, ours: median(warm), target: '≤ 1', unit: 'ms' });
  }
  await engine.dispose();
  return rows;
}

/** Throughput of 2 threads over 1, and the memory that a further thread takes, on 60,000 shared images. */
async function scaling(): Promise<BenchRow[]> {
  const images = new Uint8Array(new SharedArrayBuffer(60_000 * 784));
  for (let i = 0; i < images.length; i++) images[i] = Math.imul(i, 0x9e3779b9) >>> 24;
  const entry = new URL('./engine-thread.js', import.meta.url);
  const alongside = async (count: number): Promise<{ rate: number; rss: number }> => {
    const run = () =>
      new Promise<{ rate: number; rss: number }>((resolve, reject) => {
        const worker = new Worker(entry, { workerData: { images, seconds: 6 } });
        let posted: { rate: number; rss: number };
        worker.once('message', (message) => {
          posted = message;
        });
        worker.once('error', reject);
        worker.once('exit', () => resolve(posted));
      });
    const rates = await Promise.all(Array.from({ length: count }, run));
    return {
      rate: rates.reduce((sum, { rate }) => sum + rate, 0),
      rss: Math.max(...rates.map(({ rss }) => rss)),
    };
  };
  const one = await alongside(1);
  const two = await alongside(WORKERS);
  const memory = (two.rss - one.rss) / (WORKERS - 1) / 1e6;
  return [
    { name: `${WORKERS} workers over one`, ours: two.rate / one.rate, target: '≥ 1.9', unit: '×' },
    { name: 'memory of a further worker', ours: memory, target: '≤ 120', unit: 'MB' },
  ];
}

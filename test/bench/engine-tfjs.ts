// The dense step on the processor without native code: our tfjs engine on its own backend (pure JavaScript), and the
// same trainer on TensorFlow.js's WebAssembly backend where a folder has it (SWEEPLINE_TFJS_WASM; no dependency of
// Sweepline). Both are held against our onnx engine, in turn, one thread each. A step is slow there: few are timed.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { systemClock } from '../../src/ground/clock.js';
import type { Engine, Trainer } from '../../src/session/contract.js';
import { openOnnx } from '../../src/session/onnx/engine.js';
import { openTfjs } from '../../src/session/tfjs/engine.js';
import { registerGradients } from '../../src/session/tfjs/gradients.js';
import type { Tf } from '../../src/session/tfjs/runtime.js';
import { openTrainer as openOn } from '../../src/session/tfjs/trainer.js';
import { BENCH_MODELS, chunkFor, openTrainer } from './engine-models.js';
import { type BenchRow, median } from './row.js';

const MODEL = BENCH_MODELS[1]!;
const WASM = '@tensorflow/tfjs-backend-wasm';
const ROUNDS = 3;
const ENTRANTS = [
  { name: 'tfjs pure JavaScript', open: () => openTfjs('tfjs-cpu'), steps: 1 },
  { name: 'tfjs WebAssembly', open: openWasm, steps: 3 },
] as const;

/** Their ms per step beside those of our onnx engine. */
export async function benchTfjs(): Promise<BenchRow[]> {
  const onnx = await openOnnx('cpu');
  const rows: BenchRow[] = [];
  // One after the other: TensorFlow.js has one active backend for a thread, whichever copy of it was asked.
  for (const { name, open, steps } of ENTRANTS) {
    const engine = await open();
    if (engine === undefined) continue;
    const [theirs, ours] = [await openTrainer(engine, MODEL), await openTrainer(onnx, MODEL)];
    // Once before the clock starts: the graph is compiled, the code warm.
    await msPerStep(theirs, 0, 1);
    await msPerStep(ours, 0, 20);
    const times = { theirs: [] as number[], ours: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      times.theirs.push(await msPerStep(theirs, round, steps));
      times.ours.push(await msPerStep(ours, round, 20));
    }
    await theirs.dispose();
    await ours.dispose();
    await engine.dispose();
    rows.push({
      name: `${name}: step ${MODEL.name}`,
      ours: median(times.theirs),
      unit: 'ms',
      peer: 'our onnx engine',
      theirs: median(times.ours),
    });
  }
  await onnx.dispose();
  return rows;
}

async function msPerStep(trainer: Trainer, round: number, steps: number): Promise<number> {
  const chunk = chunkFor(MODEL, round * steps, steps);
  const start = systemClock.elapsed();
  await trainer.train(chunk);
  return (systemClock.elapsed() - start) / steps;
}

/** Our tfjs trainer over the WebAssembly backend; undefined, with a word, where there is none. */
async function openWasm(): Promise<Pick<Engine, 'compile' | 'dispose'> | undefined> {
  const load = createRequire(join(resolve(process.env.SWEEPLINE_TFJS_WASM ?? '.'), 'package.json'));
  try {
    load.resolve(WASM);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    process.stdout.write(`  tfjs WebAssembly: not installed: npm install ${WASM}@4.22.0\n`);
    return undefined;
  }
  // The tfjs-core beside that backend: its kernels are written for that version.
  const tf = createRequire(load.resolve(WASM))('@tensorflow/tfjs-core') as Tf;
  tf.enableProdMode();
  load(WASM);
  if (!(await tf.setBackend('wasm')) || tf.getBackend() !== 'wasm')
    throw new Error(`${WASM} is installed but does not start`);
  registerGradients(tf);
  const release = (tensors: readonly { dispose(): void }[]) => {
    for (const tensor of tensors) tensor.dispose();
  };
  const runtime = { tf, call: async <T>(work: () => T) => work(), hold: () => undefined, release };
  return {
    compile: async (program) => openOn(runtime, program),
    dispose: async () => tf.removeBackend('wasm'),
  };
}

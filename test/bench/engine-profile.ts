// Where a step's time goes, by ONNX operation: one JSON line an operation. `node dist/test/bench/engine-profile.js [model]`
// with the model's number in BENCH_MODELS (default: the discriminator).
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { sizeOf } from '../../src/net/graph.js';
import { scanModel } from '../../src/net/onnx/models.js';
import { optionsFor } from '../../src/session/onnx/engine.js';
import { BENCH_MODELS, type BenchModel, chunkFor } from './engine-models.js';

interface OperationTime {
  readonly operation: string;
  readonly calls: number;
  /** Per step. */
  readonly ms: number;
}

/** As ONNX Runtime's profiler sees it. */
async function profileStep(model: BenchModel, steps = 10): Promise<readonly OperationTime[]> {
  const prefix = `sweepline-profile-${process.pid}`;
  const session = await InferenceSession.create(scanModel(model.program, model.batch, 'uint8'), {
    ...optionsFor('cpu'),
    enableProfiling: true,
    profileFilePrefix: join(tmpdir(), prefix),
  });
  const chunk = chunkFor(model, 0, steps);
  const feeds: Record<string, Tensor> = {};
  for (const value of session.inputMetadata) {
    if (!value.isTensor) continue;
    const shape = value.shape.map((n) => (typeof n === 'string' ? steps : n));
    const bytes = value.name.includes('mask') ? chunk.masks[0]! : chunk.inputs;
    const part = value.name === 'all targets' ? chunk.targets! : bytes;
    feeds[value.name] =
      value.type === 'uint8'
        ? new Tensor(
            'uint8',
            Uint8Array.from({ length: sizeOf(shape) }, (_, i) => part[i % part.length]!),
            shape,
          )
        : new Tensor(
            'float32',
            value.name === 'all numbers' ? chunk.numbers : new Float32Array(sizeOf(shape)).fill(0.01),
            shape,
          );
  }
  await session.run(feeds);
  session.endProfiling();
  await session.release();
  const file = readdirSync(tmpdir()).find((name) => name.startsWith(prefix));
  return readProfile(join(tmpdir(), file!), steps);
}

function readProfile(file: string, steps: number): readonly OperationTime[] {
  const events = JSON.parse(readFileSync(file, 'utf8')) as {
    cat: string;
    name: string;
    dur: number;
    args: { op_name?: string };
  }[];
  rmSync(file);
  const times = new Map<string, { calls: number; ms: number }>();
  for (const { cat, name, dur, args } of events) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time') || args.op_name === 'Scan') continue;
    const sofar = times.get(args.op_name!) ?? { calls: 0, ms: 0 };
    times.set(args.op_name!, { calls: sofar.calls + 1 / steps, ms: sofar.ms + dur / 1000 / steps });
  }
  return [...times].map(([operation, time]) => ({ operation, ...time })).sort((a, b) => b.ms - a.ms);
}

const model = BENCH_MODELS[Number(process.argv[2] ?? BENCH_MODELS.length - 1)]!;
for (const row of await profileStep(model)) process.stdout.write(`${JSON.stringify(row)}\n`);

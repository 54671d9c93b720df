// The models that the engine's benchmark times: those of the peer's script, layer for layer.

import { sizeOf } from '../../src/net/graph.js';
import { initialParameters, initialStatistics } from '../../src/net/initial.js';
import * as m from '../../src/net/model.js';
import { optimizer, SLOTS } from '../../src/net/optimizer.js';
import type { Program } from '../../src/net/program.js';
import { net } from '../../src/net/shapes.js';
import { chunkOf } from '../../src/session/chunk.js';
import type { Chunk, Engine, Trainer } from '../../src/session/contract.js';
import { disnet } from '../../src/study/disnet.js';

export interface BenchModel {
  /** As the peer's script calls it. */
  readonly name: string;
  readonly program: Program;
  readonly batch: number;
  readonly target: number;
  /** Multiply-adds count as two. */
  readonly flops: number;
}

const common = { optimizer: 'adam', decays: false, clip: 'none', input: 'bytes' } as const;

function autoencoder(latent: number): BenchModel {
  const layers = [
    m.dense(256, { activation: 'relu' }),
    m.dense(latent),
    m.dense(256, { activation: 'relu' }),
    m.dense(784, { activation: 'sigmoid' }),
  ];
  const weights = 2 * 784 * 256 + 2 * 256 * latent;
  return {
    name: `784-256-${latent}-256-784 batch 256`,
    program: { ...common, net: net({ input: [784], layers }), losses: ['l1'], target: 'input' },
    batch: 256,
    target: 0.9,
    // Forward, weight gradients, and input gradients of all layers but the first.
    flops: 2 * 256 * (3 * weights - 784 * 256),
  };
}

function discriminator(): BenchModel {
  const [first, second, third] = [784 * 9 * 32, 196 * 9 * 32 * 64, 49 * 9 * 64 * 128];
  return {
    name: 'disnet 32-64-128 batch 64',
    program: { ...common, net: disnet([1, 28, 28]), losses: ['cce'], target: 'labels' },
    batch: 64,
    target: 1.2,
    flops: 2 * 64 * (2 * first + 3 * second + 3 * third),
  };
}

export const BENCH_MODELS: readonly BenchModel[] = [
  autoencoder(2),
  autoencoder(16),
  autoencoder(256),
  discriminator(),
];

/** A trainer that holds the model's starting weights. */
export async function openTrainer(
  engine: Pick<Engine, 'compile'>,
  { program }: BenchModel,
): Promise<Trainer> {
  const trainer = await engine.compile(program);
  const zeros = new Float32Array(program.net.parameterCount);
  await trainer.load({
    parameters: initialParameters(program.net, 'bench'),
    statistics: initialStatistics(program.net),
    slots: SLOTS[program.optimizer].map(() => zeros),
  });
  return trainer;
}

/** Steps [first, first + count) on noise. */
export function chunkFor({ program, batch }: BenchModel, first: number, count: number): Chunk {
  const inputs = new Uint8Array(count * batch * sizeOf(program.net.input));
  for (let i = 0; i < inputs.length; i++) inputs[i] = Math.imul(i + first, 0x9e3779b9) >>> 24;
  const labels = Uint8Array.from({ length: count * batch }, (_, i) => (i * 7 + (i >> 3)) % 2);
  const data = { count: count * batch, inputs, ...(program.target === 'labels' ? { targets: labels } : {}) };
  const plan = {
    program,
    optimizer: optimizer('adam'),
    lossWeights: [1],
    stepsPerEpoch: 100,
    epochs: 100,
    seed: 1,
  };
  return chunkOf(plan, data, { first, steps: count, batch });
}

// Two engines with nothing in common but the description: one writes graphs with gradients of its own, the other leaves
// them to TensorFlow.js's tape. From equal weights, batches and masks they must give equal losses.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFor } from '../../src/ground/random.js';
import { sizeOf } from '../../src/net/graph.js';
import { initialParameters, initialStatistics } from '../../src/net/initial.js';
import * as m from '../../src/net/model.js';
import { OPTIMIZERS, type Optimizer, optimizer, SLOTS } from '../../src/net/optimizer.js';
import type { Program } from '../../src/net/program.js';
import { net } from '../../src/net/shapes.js';
import { chunkOf } from '../../src/session/chunk.js';
import type { Chunk, Engine, TrainState } from '../../src/session/contract.js';
import { openOnnx } from '../../src/session/onnx/engine.js';
import { createSession } from '../../src/session/session.js';
import { openTfjs } from '../../src/session/tfjs/engine.js';
import type { TrainOptions } from '../../src/session/training-plan.js';

let onnx: Engine;
let tfjs: Engine;
beforeAll(async () => {
  [onnx, tfjs] = await Promise.all([openOnnx('cpu'), openTfjs('tfjs-cpu')]);
});
afterAll(async () => {
  await onnx.dispose();
  await tfjs.dispose();
});

/** Soft blobs on black, one an image: what an autoencoder can learn something of. */
function blobs(count: number, side: number): { inputs: Uint8Array; labels: Uint8Array } {
  const random = randomFor('blobs', side);
  const inputs = new Uint8Array(count * side * side);
  const labels = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    const [x, y] = [random.uniform() * side, random.uniform() * side];
    labels[n] = (x < side / 2 ? 0 : 1) + (y < side / 2 ? 0 : 2);
    for (let i = 0; i < side * side; i++) {
      const apart = ((i % side) - x) ** 2 + (Math.floor(i / side) - y) ** 2;
      inputs[n * side * side + i] = 255 * Math.exp((-8 * apart) / side ** 2);
    }
  }
  return { inputs, labels };
}

type Wish = Partial<Omit<Program, 'net'>> & {
  readonly layers: readonly m.Layer[];
  readonly shape: m.Shape;
  readonly chosen?: Optimizer;
};

/** A program, its starting state, and `steps` batches of it. */
function training(wish: Wish, steps: number, batch: number) {
  const { layers, shape, chosen = optimizer('adam', { alpha: 0.003 }), ...rest } = wish;
  const program: Program = {
    net: net({ input: shape, layers }),
    losses: ['l2'],
    optimizer: chosen.name,
    decays: chosen.decay !== 0,
    clip: chosen.clip.kind,
    input: 'bytes',
    target: 'input',
    ...rest,
  };
  const start: TrainState = {
    parameters: initialParameters(program.net, 5),
    statistics: initialStatistics(program.net),
    slots: SLOTS[program.optimizer].map(() => new Float32Array(program.net.parameterCount)),
  };
  const { inputs, labels } = blobs(steps * batch, Math.sqrt(sizeOf(shape)));
  const data = {
    count: steps * batch,
    inputs,
    ...(program.target === 'labels' ? { targets: labels } : {}),
  };
  const lossWeights = program.losses.map((_, i) => 1 - 0.4 * i);
  const plan = { program, optimizer: chosen, lossWeights, stepsPerEpoch: steps, epochs: 1, seed: 5 };
  return { program, start, chunk: chunkOf(plan, data, { first: 0, steps, batch }) };
}

async function run(engine: Engine, program: Program, start: TrainState, chunk: Chunk) {
  const trainer = await engine.compile(program);
  await trainer.load(start);
  const losses = await trainer.train(chunk);
  const state = await trainer.read();
  await trainer.dispose();
  return { losses, state };
}

/** Largest relative difference of two loss curves. */
const apart = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  a.length === b.length
    ? Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!) / Math.abs(b[i]!)))
    : Number.POSITIVE_INFINITY;

/** Root mean square difference of two vectors, against the second's own size. */
function distance(a: Float32Array, b: Float32Array): number {
  const square = (values: Float32Array) => values.reduce((sum, x) => sum + x * x, 0);
  return Math.sqrt(square(a.map((x, i) => x - b[i]!)) / square(b));
}

async function compare(wish: Wish, steps: number, batch: number) {
  const { program, start, chunk } = training(wish, steps, batch);
  const ours = await run(onnx, program, start, chunk);
  const theirs = await run(tfjs, program, start, chunk);
  return {
    first: ours.losses[0]!,
    last: ours.losses.at(-1)!,
    curves: apart(theirs.losses, ours.losses),
    weights: distance(theirs.state.parameters, ours.state.parameters),
  };
}

const autoencoder = [
  m.dense(64, { activation: 'relu' }),
  m.dense(8, { activation: 'relu', name: 'code' }),
  m.dense(64, { activation: 'relu' }),
  m.dense(256, { activation: 'sigmoid' }),
];

const convolutional = (rate: number) => [
  m.conv2d(6, 3, { activation: 'relu' }),
  m.maxPool2d(2),
  m.dropout(rate),
  m.conv2d(8, 3, { stride: 2, activation: 'relu' }),
  m.dropout(rate),
  m.flatten(),
  m.dense(4, { activation: 'softmax' }),
];

const judge = { shape: [1, 12, 12], losses: ['cce'], target: 'labels' } as const;

describe('50 steps', () => {
  it('of a dense autoencoder (l1, Adam)', async () => {
    const result = await compare({ shape: [256], layers: autoencoder, losses: ['l1'] }, 50, 32);
    expect(result.last).toBeLessThan(0.9 * result.first);
    expect(result.curves).toBeLessThan(1e-4);
  });

  it('of a convolutional net', async () => {
    const result = await compare({ ...judge, layers: convolutional(0) }, 50, 16);
    expect(result.last).toBeLessThan(0.8 * result.first);
    expect(result.curves).toBeLessThan(1e-4);
  });

  it('of a convolutional net with the same dropout masks', async () => {
    const result = await compare({ ...judge, layers: convolutional(0.25) }, 50, 16);
    expect(result.curves).toBeLessThan(1e-4);
  });
});

describe('a few steps', () => {
  const small = { shape: [36], layers: [m.dense(10, { activation: 'tanh' }), m.dense(36)] } as const;
  const agree = async (wish: Wish) => {
    // Not Adam where it is not the point: it makes whole steps of the rounding noise of a gradient that should be 0.
    const result = await compare({ chosen: optimizer('momentum', { alpha: 0.1 }), ...wish }, 8, 16);
    expect(result.curves).toBeLessThan(1e-5);
    expect(result.weights).toBeLessThan(1e-5);
  };

  it.each(OPTIMIZERS)('%s, plain and with weight decay', async (name) => {
    await agree({ ...small, chosen: optimizer(name, { alpha: 0.01, eps: 1e-6 }) });
    await agree({ ...small, chosen: optimizer(name, { alpha: 0.01, eps: 1e-6, decay: 0.05 }) });
  });

  it.each(['norm', 'value'] as const)('clipping by %s', (kind) =>
    agree({ ...small, chosen: optimizer('sgd', { alpha: 0.5, clip: { kind, limit: 0.003 } }) }),
  );

  it.each(['l1', 'l2', 'bce', 'cce'] as const)('loss %s', (loss) => agree({ ...small, losses: [loss] }));
  it('two weighted losses', () => agree({ ...small, losses: ['l1', 'l2'] }));
  it('labels', () => agree({ ...small, layers: [m.dense(4)], losses: ['cce'], target: 'labels' }));

  it.each(m.ACTIVATIONS)('activation %s', (activation) =>
    agree({ ...small, layers: [m.dense(36, { activation })] }),
  );

  it.each([
    ['convolution, valid, uneven', [m.conv2d(3, [2, 3], { stride: [1, 2], padding: 'valid' })]],
    ['convolution, same, stride 2, even kernel', [m.conv2d(3, 2, { stride: 2, bias: false })]],
    ['pooling that leaves an edge out', [m.conv2d(2, 3), m.maxPool2d([4, 5])]],
    ['batch normalisation of images', [m.conv2d(2, 3, { bias: false }), m.batchNorm(), m.activation('relu')]],
    ['flatten and reshape between them', [m.flatten(), m.reshape([4, 3, 3]), m.conv2d(2, 3)]],
    ['dropout on images', [m.dropout(0.4), m.conv2d(2, 3)]],
  ] as const)('%s', (_, layers) =>
    agree({ ...judge, shape: [1, 6, 6], layers: [...layers, m.flatten(), m.dense(4)] }),
  );

  it('batch normalisation and dropout of rows', () =>
    agree({ ...small, layers: [m.dense(12, { bias: false }), m.batchNorm(), m.dropout(0.3), m.dense(36)] }));
});

describe('sessions', () => {
  const { inputs } = blobs(90, 6);
  const options: TrainOptions = {
    net: net({ input: [36], layers: [m.dense(12, { activation: 'relu' }), m.dropout(0.1), m.dense(36)] }),
    data: { inputs, count: 90 },
    loss: { l1: 0.3, l2: 0.7 },
    optimizer: optimizer('nadam', {
      alpha: 0.01,
      schedule: { kind: 'cosine', floor: 0.1 },
      warmup: 0.5,
      clip: { kind: 'norm', limit: 0.05 },
    }),
    epochs: 5,
    batch: 16,
    validation: 0.2,
    seed: 2,
    keepBest: true,
  };

  it('with warm-up, schedule, clipping and validation give the same history and predictions', async () => {
    const ours = await createSession(onnx).train(options);
    const theirs = await createSession(tfjs).train(options);
    const losses = (rows: typeof ours.history) => rows.flatMap((row) => [row.loss, row.val_loss!]);
    expect(apart(losses(theirs.history), losses(ours.history))).toBeLessThan(1e-5);
    const decoded = await theirs.model.predict(options.data);
    expect(distance(decoded, await ours.model.predict(options.data))).toBeLessThan(1e-5);
    const loaded = createSession(onnx).model(options.net, theirs.model.parameters);
    expect(distance(decoded, await loaded.predict(options.data))).toBeLessThan(1e-6);
  });

  it('a training that one engine began goes on in the other', async () => {
    const whole = await createSession(onnx).train(options);
    let bytes: Uint8Array | undefined;
    const checkpoint = {
      load: () => bytes,
      save: (saved: Uint8Array) => {
        bytes = saved.slice();
      },
    };
    let left = 4;
    await createSession(tfjs).train({ ...options, checkpoint, stop: () => left-- === 0 });
    const { history } = await createSession(onnx).train({ ...options, checkpoint });
    expect(bytes).toBeDefined();
    expect(
      apart(
        history.map((row) => row.loss),
        whole.history.map((row) => row.loss),
      ),
    ).toBeLessThan(1e-5);
  });
});

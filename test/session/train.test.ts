// The training loop on real numbers: a curve learnt without any images, interruptions, early stopping, faults.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/ground/clock.js';
import { conv2d, dense, dropout, flatten, maxPool2d } from '../../src/net/model.js';
import { optimizer } from '../../src/net/optimizer.js';
import { net } from '../../src/net/shapes.js';
import type { Engine, TrainState } from '../../src/session/contract.js';
import type { Examples } from '../../src/session/examples.js';
import { openOnnx } from '../../src/session/onnx/engine.js';
import { createSession, type Session } from '../../src/session/session.js';
import type { TrainOptions } from '../../src/session/training-plan.js';

let engine: Engine;
let session: Session;
beforeAll(async () => {
  engine = await openOnnx('cpu');
  session = createSession(engine);
});
afterAll(() => session.dispose());

/** y = sin(3x) on [−1, 1]. */
function curve(count: number): Examples {
  const inputs = Float32Array.from({ length: count }, (_, i) => -1 + (2 * i) / (count - 1));
  return { inputs, count, targets: inputs.map((x) => Math.sin(3 * x)) };
}

it('regression on a curve, in a handful of lines', async () => {
  const { model, history } = await session.train({
    net: net({ input: [1], layers: [dense(32, { activation: 'tanh' }), dense(1)] }),
    data: curve(200),
    loss: 'l2',
    optimizer: optimizer('adam', { alpha: 0.05, schedule: { kind: 'cosine' } }),
    epochs: 300,
    batch: 50,
  });
  expect(history.at(-1)!.loss).toBeLessThan(0.005);
  const [middle] = await model.predict({ inputs: Float32Array.of(0.5), count: 1 });
  expect(middle).toBeCloseTo(Math.sin(1.5), 1);
});

it('moments of units that died are cleared once they have faded out of the normal range', async () => {
  let last: TrainState | undefined;
  const watched: Engine = {
    ...engine,
    async compile(program) {
      const trainer = await engine.compile(program);
      return {
        ...trainer,
        read: async () => {
          last = await trainer.read();
          return last;
        },
      };
    },
  };
  // With targets of 0, units give less and less until none fires: from then on all gradients are 0.
  const count = 10;
  const { history } = await createSession(watched).train({
    net: net({ input: [4], layers: [dense(6, { activation: 'relu' })] }),
    data: { inputs: new Float32Array(4 * count).fill(1), targets: new Float32Array(6 * count), count },
    loss: 'l1',
    optimizer: optimizer('adam', { alpha: 0.05, beta1: 0.6 }),
    epochs: 400,
    batch: count,
  });
  expect(history[0]!.loss).toBeGreaterThan(0);
  expect(history.at(-1)!.loss).toBe(0);
  const [first, second] = last!.slots;
  expect(first!.every((m) => m === 0)).toBe(true);
  expect(second!.some((v) => v > 0)).toBe(true);
});

/** Small, with everything that could break a resume: dropout, a short last batch, validation, the best weights. */
const images: TrainOptions = {
  net: net({
    input: [1, 6, 6],
    layers: [
      conv2d(4, 3, { activation: 'relu' }),
      maxPool2d(2),
      dropout(0.25),
      flatten(),
      dense(3, { activation: 'softmax' }),
    ],
  }),
  data: {
    inputs: Uint8Array.from({ length: 50 * 36 }, (_, i) => (i * 97 + (i % 7) * 31) % 256),
    labels: Uint8Array.from({ length: 50 }, (_, i) => i % 3),
    count: 50,
  },
  loss: 'cce',
  optimizer: optimizer('adam', { alpha: 0.01, warmup: 1 }),
  epochs: 4,
  batch: 8,
  validation: 0.1,
  keepBest: true,
  seed: 11,
};

/** On this clock every chunk takes a minute: chunks stay at one step. */
function slowClock(): Clock {
  let now = 0;
  return {
    now: () => 0,
    elapsed() {
      now += 60_000;
      return now;
    },
  };
}

/** A checkpoint file that is not on disk. */
function memory() {
  return {
    bytes: undefined as Uint8Array | undefined,
    load() {
      return this.bytes;
    },
    save(bytes: Uint8Array) {
      this.bytes = bytes;
    },
  };
}

describe('interruptions', () => {
  it.each([1, 2, 7, 13])('stopped after %i looks at the flag and resumed: the same bits', async (looks) => {
    const whole = await session.train(images);
    const checkpoint = memory();
    let left = looks;
    const stopped = await createSession(engine, slowClock()).train({
      ...images,
      checkpoint,
      stop: () => left-- === 0,
    });
    expect(stopped.stopped).toBe('requested');
    expect(stopped.steps).toBe(looks);
    const resumed = await session.train({ ...images, checkpoint });
    expect(resumed.stopped).toBeUndefined();
    expect(resumed.history).toEqual(whole.history);
    expect(resumed.model.parameters).toEqual(whole.model.parameters);
  });

  it('chunks of one step, or as many as fit: the same bits', async () => {
    const whole = await session.train(images);
    const steps = await createSession(engine, slowClock()).train(images);
    expect(steps.model.parameters).toEqual(whole.model.parameters);
    expect(steps.history).toEqual(whole.history);
  });

  it('a checkpoint of another training is not used', async () => {
    const checkpoint = memory();
    let left = 3;
    await session.train({ ...images, checkpoint, stop: () => left-- === 0 });
    const other = { ...images, seed: 12 };
    const fresh = await session.train(other);
    expect((await session.train({ ...other, checkpoint })).model.parameters).toEqual(fresh.model.parameters);
  });

  it('a damaged checkpoint says so', async () => {
    const checkpoint = memory();
    let left = 3;
    await session.train({ ...images, checkpoint, stop: () => left-- === 0 });
    checkpoint.bytes = checkpoint.bytes!.subarray(0, -3);
    await expect(session.train({ ...images, checkpoint })).rejects.toThrow(/checkpoint is damaged/);
  });

  it('a trial that is asked to stop throws its own error, and its epochs are reported', async () => {
    const rows: number[] = [];
    const trial = {
      seed: 5,
      splitSeed: 5,
      stopRequested: false,
      stopped: () => new Error('stopped on request'),
      report: (step: number) => void rows.push(step),
      isTakenOver: false,
      loadCheckpoint: () => undefined,
      saveCheckpoint: () => undefined,
    };
    await session.train({ ...images, trial });
    expect(rows).toEqual([1, 2, 3, 4]);
    await expect(session.train({ ...images, trial: { ...trial, stopRequested: true } })).rejects.toThrow(
      'on request',
    );
  });
});

describe('endings', () => {
  it('ends early when patience runs out, with the best epoch’s weights', async () => {
    const wild = { ...images, optimizer: optimizer('sgd', { alpha: 3 }), epochs: 60, patience: 2 };
    const { stopped, best, epochs, model } = await session.train(wild);
    expect(stopped).toBe('early');
    expect(epochs).toBe(best!.epoch + 2);
    const { patience: _, ...upToBest } = { ...wild, epochs: best!.epoch, keepBest: false };
    expect((await session.train(upToBest)).model.parameters).toEqual(model.parameters);
  });

  it('a loss that is no longer finite names the step, the numbers and the last finite loss', async () => {
    const data = curve(64);
    const layers = [dense(8), dense(1)];
    const wild = { net: net({ input: [1], layers }), data, loss: 'l2', epochs: 50, batch: 16 } as const;
    const run = session.train({ ...wild, optimizer: optimizer('sgd', { alpha: 1e6 }) });
    await expect(run).rejects.toMatchObject({
      code: 'TRIAL_FAILED',
      message: expect.stringMatching(
        /became (Infinity|NaN) at step \d+ \(epoch \d+\); last finite loss .*"alpha":1000000/,
      ),
    });
  });

  it('drops the short last batch where asked', async () => {
    const one = { ...images, validation: 0, epochs: 1 };
    expect((await session.train(one)).steps).toBe(7);
    expect((await session.train({ ...one, lastBatch: 'drop' })).steps).toBe(6);
  });
});

describe('faults', () => {
  it('all faults of a training are told together', async () => {
    const wrong = {
      ...images,
      epochs: 1.5,
      batch: 0,
      optimizer: optimizer('adam', { beta1: 1, alpha: Number.NaN }),
    };
    await expect(session.train(wrong)).rejects.toMatchObject({
      code: 'BAD_USAGE',
      message: expect.stringMatching(/beta1 is 1[\s\S]*alpha is NaN[\s\S]*epochs is 1.5[\s\S]*batch is 0/),
    });
  });

  it('data that do not fit are told with their sizes', async () => {
    const short = { ...images.data, inputs: new Uint8Array(10), labels: new Uint8Array(50).fill(3) };
    await expect(session.train({ ...images, data: short })).rejects.toThrow(
      /inputs has 10 values, expected 50 examples × 36 = 1800[\s\S]*label 0 is 3, the net has 3 outputs/,
    );
  });
});

it('data in a SharedArrayBuffer give the same bits', async () => {
  const shared = (values: Uint8Array) => {
    const copy = new Uint8Array(new SharedArrayBuffer(values.length));
    copy.set(values);
    return copy;
  };
  const data = {
    ...images.data,
    inputs: shared(images.data.inputs as Uint8Array),
    labels: shared(images.data.labels!),
  };
  const [own, other] = [await session.train(images), await session.train({ ...images, data })];
  expect(other.model.parameters).toEqual(own.model.parameters);
  expect(await other.model.predict(data)).toEqual(await own.model.predict(images.data));
});

// What every engine must do (the guarantees of src/session/contract.ts), and what every session must do on top of it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFor } from '../../src/ground/random.js';
import { type Node, sizeOf } from '../../src/net/graph.js';
import { initialParameters, initialStatistics } from '../../src/net/initial.js';
import { interpret } from '../../src/net/interpret.js';
import * as m from '../../src/net/model.js';
import { updateShape } from '../../src/net/ops/fused.js';
import { OPTIMIZERS, optimizer, SLOTS } from '../../src/net/optimizer.js';
import { evaluation, type Program, trainingStep } from '../../src/net/program.js';
import { net } from '../../src/net/shapes.js';
import { chunkOf } from '../../src/session/chunk.js';
import type { Chunk, Engine, TrainState } from '../../src/session/contract.js';
import { createSession } from '../../src/session/session.js';

export interface Traits {
  /** Equal calls give equal bits. */
  readonly exact: boolean;
}

const autoencoder = () =>
  net({
    input: [12],
    layers: [
      m.dense(8, { activation: 'relu' }),
      m.dense(3, { name: 'code' }),
      m.dense(8, { activation: 'leakyRelu' }),
      m.dense(12, { activation: 'sigmoid' }),
    ],
  });

const convolutional = () =>
  net({
    input: [2, 7, 6],
    layers: [
      m.conv2d(4, 3, { activation: 'relu' }),
      m.maxPool2d(2),
      m.dropout(0.25),
      // No bias: batchNorm takes it off again, and Adam would blow up the rounding noise of its gradient.
      m.conv2d(5, [2, 3], { stride: [1, 2], padding: 'valid', bias: false }),
      m.batchNorm(),
      m.activation('tanh'),
      m.flatten(),
      m.dropout(0.5),
      m.dense(3, { activation: 'softmax' }),
    ],
  });

const base = { optimizer: 'adam', decays: false, clip: 'none' } as const;
const auto: Program = { ...base, net: autoencoder(), losses: ['l1'], input: 'bytes', target: 'input' };
const conv: Program = { ...base, net: convolutional(), losses: ['cce'], input: 'floats', target: 'labels' };

const SEED = 7;

function startOf({ net, optimizer }: Program): TrainState {
  const slots = SLOTS[optimizer].map(() => new Float32Array(net.parameterCount));
  return { parameters: initialParameters(net, SEED), statistics: initialStatistics(net), slots };
}

/** Steps [first, first + steps) of an endless training on random examples. */
function chunk(program: Program, first: number, steps: number, batch = 6): Chunk {
  const values = (name: string, width: number, kind: string) => {
    const all = Array.from({ length: steps }, (_, i) => {
      const random = randomFor('conformance', name, first + i);
      return Array.from({ length: batch * width }, () =>
        kind === 'labels'
          ? random.below(width === 1 ? 3 : 2)
          : kind === 'bytes'
            ? random.below(256)
            : random.normal(),
      );
    }).flat();
    return kind === 'floats' ? Float32Array.from(all) : Uint8Array.from(all);
  };
  const { target } = program;
  const width = target === 'labels' ? 1 : sizeOf(program.net.output);
  const data = {
    count: steps * batch,
    inputs: values('inputs', sizeOf(program.net.input), program.input),
    ...(target === 'input' ? {} : { targets: values('targets', width, target) }),
  };
  const chosen = optimizer(program.optimizer, {
    alpha: 0.01,
    decay: program.decays ? 0.1 : 0,
    clip: program.clip === 'none' ? { kind: 'none' } : { kind: program.clip, limit: 0.02 },
  });
  const plan = { program, optimizer: chosen, stepsPerEpoch: 10, epochs: 10, seed: SEED };
  return chunkOf({ ...plan, lossWeights: program.losses.map((_, i) => 1 - 0.3 * i) }, data, {
    first,
    steps,
    batch,
  });
}

/** The same steps in float64, without any engine. */
function reference(program: Program, start: TrainState, { steps, batch, ...data }: Chunk) {
  const step = trainingStep(program, batch);
  const { parameters, statistics } = program.net;
  let state = [
    ...parameters.map((p) => Float64Array.from(start.parameters.subarray(p.offset, p.offset + p.size))),
    ...parameters.flatMap((p) =>
      start.slots.map((s) => Float64Array.from(s.subarray(p.offset, p.offset + p.size))),
    ),
    ...statistics.map((s) => Float64Array.from(start.statistics.subarray(s.offset, s.offset + s.size))),
  ];
  const flat = (s: typeof step.state) => [...s.parameters, ...s.slots.flat(), ...s.statistics];
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const fed = new Map<Node, ArrayLike<number>>(flat(step.state).map((node, k) => [node, state[k]!]));
    const part = (node: Node | undefined, values: ArrayLike<number> | undefined) => {
      if (node === undefined || values === undefined) return;
      const size = sizeOf(node.shape);
      fed.set(node, Array.prototype.slice.call(values, i * size, (i + 1) * size));
    };
    part(step.inputs, data.inputs);
    part(step.targets, data.targets);
    part(step.numbers, data.numbers);
    for (const [k, mask] of step.masks.entries()) part(mask, data.masks[k]);
    if (step.maskScales !== undefined) fed.set(step.maskScales, data.maskScales);
    const [loss, ...next] = interpret([step.loss, ...flat(step.next)], fed);
    losses.push(loss![0]!);
    state = next as Float64Array<ArrayBuffer>[];
  }
  const join = (vectors: readonly Float64Array[]) => Float64Array.from(vectors.flatMap((v) => [...v]));
  const slots = SLOTS[program.optimizer].length;
  return {
    losses,
    parameters: join(state.slice(0, parameters.length)),
    statistics: join(state.slice(parameters.length * (1 + slots))),
  };
}

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < b.length; i++)
    worst = Math.max(worst, Math.abs(a[i]! - b[i]!) / (0.01 + Math.abs(b[i]!)));
  return a.length === b.length ? worst : Infinity;
}

/** Runs the suite; `open` opens a fresh engine. */
export function sessionConformance(name: string, open: () => Promise<Engine>, traits: Traits): void {
  describe(`engine ${name}`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine.dispose());

    async function follow(program: Program, steps = 5): Promise<void> {
      const start = startOf(program);
      const work = chunk(program, 0, steps);
      const expected = reference(program, start, work);
      const trainer = await engine.compile(program);
      await trainer.load(start);
      expect(furthest(await trainer.train(work), expected.losses)).toBeLessThan(1e-4);
      const state = await trainer.read();
      expect(furthest(state.parameters, expected.parameters)).toBeLessThan(2e-3);
      expect(furthest(state.statistics, expected.statistics)).toBeLessThan(1e-4);
      await trainer.dispose();
    }

    it.each(OPTIMIZERS)('%s follows float64', (optimizer) => follow({ ...auto, optimizer }));
    it.each(OPTIMIZERS)(
      '%s follows float64 with parameters large enough to be updated in tiles',
      (optimizer) => {
        // Two kernels of 65,664 values: unlike gradients and slots in each tile, so that a mix-up shows.
        const wide = [m.dense(5472, { activation: 'tanh' }), m.dense(12, { activation: 'sigmoid' })];
        for (const { size, name } of net({ input: [12], layers: wide }).parameters)
          if (name.endsWith('kernel')) expect(updateShape([size])).toEqual([2, 1, 1, 32_832]);
        return follow(
          { ...auto, net: net({ input: [12], layers: wide }), optimizer, decays: true, clip: 'norm' },
          3,
        );
      },
    );
    it.each(['adam', 'adamw', 'sgd'] as const)('%s with weight decay follows float64', (optimizer) =>
      follow({ ...auto, optimizer, decays: true }),
    );
    it.each(['norm', 'value'] as const)('clipping by %s follows float64', (clip) =>
      follow({ ...auto, clip }),
    );
    it('a convolutional net with pooling, dropout and batchNorm follows float64', () => follow(conv));
    it('bce from bytes follows float64', () => follow({ ...auto, losses: ['bce'], target: 'bytes' }));
    it('weighted losses on floats follow float64', () =>
      follow({ ...auto, losses: ['l1', 'l2'], input: 'floats', target: 'floats' }));
    it.each(['softplus', 'tanh', 'softmax', 'linear'] as const)('%s follows float64', (activation) =>
      follow({ ...auto, net: net({ input: [12], layers: [m.dense(12, { activation })] }), losses: ['l2'] }),
    );

    it('how steps are cut into chunks changes nothing', async () => {
      for (const program of [auto, conv]) {
        const trainer = await engine.compile(program);
        await trainer.load(startOf(program));
        const whole = [...(await trainer.train(chunk(program, 0, 4)))];
        const end = await trainer.read();
        await trainer.load(startOf(program));
        const parts = [
          ...(await trainer.train(chunk(program, 0, 1))),
          ...(await trainer.train(chunk(program, 1, 3))),
        ];
        expect(furthest(parts, whole)).toBeLessThan(traits.exact ? Number.MIN_VALUE : 1e-5);
        const again = await trainer.read();
        if (traits.exact) expect(again).toEqual(end);
        await trainer.dispose();
      }
    });

    it('gives back the state it was loaded with, to the bit', async () => {
      const trainer = await engine.compile(conv);
      const random = randomFor('state');
      const start = startOf(conv);
      for (const vector of [start.parameters, start.statistics, ...start.slots])
        for (let i = 0; i < vector.length; i++) vector[i] = random.normal();
      await trainer.load(start);
      expect(await trainer.read()).toEqual(start);
      await trainer.dispose();
    });

    it('evaluates without dropout and with running statistics, and changes nothing', async () => {
      const trainer = await engine.compile(conv);
      const start = startOf(conv);
      await trainer.load(start);
      const batch = chunk(conv, 3, 1, 5);
      const graph = evaluation(conv, 5);
      const fed = new Map<Node, ArrayLike<number>>();
      conv.net.parameters.forEach(({ offset, size }, i) => {
        fed.set(graph.parameters[i]!, start.parameters.subarray(offset, offset + size));
      });
      conv.net.statistics.forEach(({ offset, size }, i) => {
        fed.set(graph.statistics[i]!, start.statistics.subarray(offset, offset + size));
      });
      fed.set(graph.inputs, batch.inputs).set(graph.targets!, batch.targets!).set(graph.weights, [1]);
      const expected = interpret([graph.loss], fed)[0]![0]!;
      expect(await trainer.evaluate(batch, [1])).toBeCloseTo(expected, 5);
      expect(await trainer.read()).toEqual(start);
      await trainer.dispose();
    });

    it.each(['l1', 'l2', 'bce'] as const)(
      'a mean of 200,000 like values keeps its digits: %s',
      async (loss) => {
        // Weights of 0 decode each pixel of these images as 0.5, so that all terms of the mean are alike and none cancels.
        const [batch, byte] = [256, 77];
        const program: Program = {
          ...base,
          net: net({ input: [784], layers: [m.dense(784, { activation: 'sigmoid' })] }),
          losses: [loss],
          input: 'bytes',
          target: 'input',
        };
        const trainer = await engine.compile(program);
        await trainer.load({ ...startOf(program), parameters: new Float32Array(program.net.parameterCount) });
        const inputs = new Uint8Array(batch * 784).fill(byte);
        const away = 0.5 - byte / 255;
        const truth = { l1: away, l2: away ** 2, bce: Math.log(2) }[loss];
        expect(Math.abs((await trainer.evaluate({ count: batch, inputs }, [1])) / truth - 1)).toBeLessThan(
          2e-6,
        );
        const plan = {
          program,
          optimizer: optimizer('adam'),
          lossWeights: [1],
          stepsPerEpoch: 1,
          epochs: 1,
          seed: 0,
        };
        const [trained] = await trainer.train(
          chunkOf(plan, { count: batch, inputs }, { first: 0, steps: 1, batch }),
        );
        expect(Math.abs(trained! / truth - 1)).toBeLessThan(2e-6);
        await trainer.dispose();
      },
    );

    it('predicts any layer of a net', async () => {
      const parameters = initialParameters(auto.net, SEED);
      const predictor = await engine.predictor(auto.net, 'floats', 'code');
      await predictor.load(parameters, new Float32Array(0));
      const inputs = Float32Array.from({ length: 24 }, (_, i) => Math.sin(i));
      const codes = await predictor.run(inputs, 2);
      expect(codes.length).toBe(6);
      const whole = await engine.predictor(auto.net, 'floats');
      await whole.load(parameters, new Float32Array(0));
      expect((await whole.run(inputs, 2)).length).toBe(24);
      await expect(engine.predictor(auto.net, 'floats', 'cod')).rejects.toThrow(
        /unknown layer "cod"; did you mean "code"/,
      );
    });

    it('refuses a loss that does not fit the net', async () => {
      await expect(engine.compile({ ...auto, losses: ['cce'] })).rejects.toThrow(
        /dense4: loss cce needs softmax/,
      );
      await expect(engine.compile({ ...conv, target: 'input' })).rejects.toThrow(/\[3\].*\[2, 7, 6\]/);
    });

    it('trains a net in a session, and predicts with it', async () => {
      const session = createSession(engine);
      const inputs = Uint8Array.from(
        { length: 40 * 12 },
        (_, i) => ((i % 12) * 20 * (1 + (Math.floor(i / 12) % 3))) % 256,
      );
      const { model, history } = await session.train({
        net: auto.net,
        data: { inputs, count: 40 },
        loss: 'l2',
        optimizer: optimizer('adam', { alpha: 0.02 }),
        epochs: 12,
        batch: 16,
        validation: 0.2,
        seed: 3,
      });
      expect(history.length).toBe(12);
      expect(history.at(-1)!.val_loss!).toBeLessThan(0.6 * history[0]!.val_loss!);
      const codes = await model.encode({ inputs, count: 40 }, 'code', { batch: 7 });
      expect(codes.length).toBe(120);
    });

    it('after dispose every call rejects; disposing twice is fine', async () => {
      const other = await open();
      const trainer = await other.compile(auto);
      await trainer.load(startOf(auto));
      const running = trainer.train(chunk(auto, 0, 2));
      await other.dispose();
      expect((await running).length).toBe(2);
      await other.dispose();
      await expect(trainer.train(chunk(auto, 0, 1))).rejects.toThrow(/disposed/);
      await expect(other.compile(auto)).rejects.toThrow(/disposed/);
    });
  });
}

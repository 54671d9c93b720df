// TensorFlow.js frees nothing by itself: after each call an engine holds its state's tensors and no others.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { initialParameters, initialStatistics } from '../../src/net/initial.js';
import * as m from '../../src/net/model.js';
import { optimizer } from '../../src/net/optimizer.js';
import { net } from '../../src/net/shapes.js';
import type { Engine, TrainState } from '../../src/session/contract.js';
import { createSession } from '../../src/session/session.js';
import { openTfjs } from '../../src/session/tfjs/engine.js';
import { findTfjs } from '../../src/session/tfjs/find.js';
import { loadTfjs } from '../../src/session/tfjs/load.js';
import type { Tf } from '../../src/session/tfjs/runtime.js';

const judge = net({
  input: [1, 6, 6],
  layers: [
    m.conv2d(3, 3, { activation: 'relu' }),
    m.maxPool2d(2),
    m.dropout(0.2),
    m.batchNorm(),
    m.flatten(),
    m.dense(2, { activation: 'softmax' }),
  ],
});
/** 6 parameters, as many of each of amsgrad's three slots, 2 statistics. */
const STATE_TENSORS = 6 * 4 + 2;
const program = {
  net: judge,
  losses: ['cce'],
  optimizer: 'amsgrad',
  decays: true,
  clip: 'norm',
  input: 'bytes',
  target: 'labels',
} as const;

const vector = () => new Float32Array(judge.parameterCount);
const start: TrainState = {
  parameters: initialParameters(judge, 1),
  slots: [vector(), vector(), vector()],
  statistics: initialStatistics(judge),
};
const batch = { count: 4, inputs: new Uint8Array(4 * 36).fill(9), targets: Uint8Array.of(0, 1, 1, 0) };
const chunk = {
  ...batch,
  steps: 2,
  batch: 2,
  numbers: Float32Array.from([0.1, 0, 0.9, 0.99, 1e-8, 0.01, 1, 1, 0.1, 0, 0.9, 0.99, 1e-8, 0.01, 1, 1]),
  masks: [new Uint8Array(2 * 27 * 2).fill(1)],
  maskScales: Float32Array.of(1.25),
};

let tf: Tf;
let engine: Engine;
let before: number;
const held = () => tf.memory().numTensors - before;
beforeEach(async () => {
  tf = (await loadTfjs(findTfjs('tfjs-cpu'))).tf;
  before = tf.memory().numTensors;
  engine = await openTfjs('tfjs-cpu');
});
afterEach(() => engine.dispose());

it('a trainer holds its state, whatever it is asked, and nothing after its end', async () => {
  const trainer = await engine.compile(program);
  expect(held()).toBe(0);
  for (let i = 0; i < 3; i++) {
    await trainer.load(start);
    expect(held()).toBe(STATE_TENSORS);
    await trainer.train(chunk);
    await trainer.evaluate(batch, [1]);
    await trainer.read();
    expect(held()).toBe(STATE_TENSORS);
  }
  await trainer.dispose();
  expect(held()).toBe(0);
  await expect(trainer.read()).rejects.toThrow(/no state: call load/);
});

it('a step that fails leaves the state as it was', async () => {
  const trainer = await engine.compile(program);
  await trainer.load(start);
  await expect(trainer.train({ ...chunk, targets: new Uint8Array(0) })).rejects.toThrow();
  expect(await trainer.read()).toEqual(start);
});

it('a predictor holds its weights, and nothing after its end', async () => {
  const predictor = await engine.predictor(judge, 'bytes');
  await expect(predictor.run(batch.inputs, 4)).rejects.toThrow(/no weights: call load/);
  for (let i = 0; i < 3; i++) {
    await predictor.load(start.parameters, start.statistics);
    await predictor.run(batch.inputs, 4);
    expect(held()).toBe(6 + 2);
  }
  await predictor.dispose();
  expect(held()).toBe(0);
});

it('the end of an engine is the end of all that it holds', async () => {
  const trainer = await engine.compile(program);
  await trainer.load(start);
  const session = createSession(engine);
  const data = { inputs: batch.inputs, labels: batch.targets, count: 4 };
  const options = { net: judge, data, loss: 'cce', optimizer: optimizer('adam'), epochs: 2 } as const;
  const { model } = await session.train(options);
  await model.predict(data);
  expect(held()).toBe(STATE_TENSORS + 6 + 2);
  await session.dispose();
  expect(held()).toBe(0);
});

it('neither keeps nor changes the arrays that it is handed, nor hands out its own', async () => {
  const trainer = await engine.compile(program);
  const mine = { ...start, parameters: start.parameters.slice() };
  await trainer.load(mine);
  mine.parameters.fill(0);
  (await trainer.read()).parameters.fill(0);
  expect((await trainer.read()).parameters).toEqual(start.parameters);
  const through = net({ input: [2], layers: [m.flatten()] });
  const predictor = await engine.predictor(through, 'floats');
  await predictor.load(new Float32Array(0), new Float32Array(0));
  const inputs = Float32Array.of(1, 2);
  const outputs = await predictor.run(inputs, 1);
  outputs.fill(0);
  expect(inputs).toEqual(Float32Array.of(1, 2));
});

// Every operation, layer, loss: the graph's gradient against central finite differences, both in float64.
import { describe, expect, it } from 'vitest';
import { randomFor } from '../../src/ground/random.js';
import { gradients } from '../../src/net/gradient.js';
import { Graph, type Node, sizeOf } from '../../src/net/graph.js';
import { interpret } from '../../src/net/interpret.js';
import * as m from '../../src/net/model.js';
import * as e from '../../src/net/ops/elementwise.js';
import { norm1 } from '../../src/net/ops/fused.js';
import { affine, matmul } from '../../src/net/ops/matmul.js';
import { mean, scale, spread, sum } from '../../src/net/ops/reduce.js';
import { input, reshape, transpose } from '../../src/net/ops/shape.js';
import { maxPool, unfold } from '../../src/net/ops/window.js';
import { type Program, trainingStep } from '../../src/net/program.js';
import { net } from '../../src/net/shapes.js';

type Values = Map<Node, Float64Array>;

/** Largest |analytic − numeric| over the entries of `wrt`, relative to 1 + |numeric|. */
function worstError(loss: Node, wrt: readonly Node[], values: Values): number {
  const analytic = interpret(gradients(loss, wrt), values);
  const at = () => interpret([loss], values)[0]![0]!;
  const width = 1e-5;
  let worst = 0;
  wrt.forEach((node, k) => {
    const x = values.get(node)!;
    for (let i = 0; i < x.length; i++) {
      const held = x[i]!;
      x[i] = held + width;
      const above = at();
      x[i] = held - width;
      const below = at();
      x[i] = held;
      const numeric = (above - below) / (2 * width);
      worst = Math.max(worst, Math.abs(analytic[k]![i]! - numeric) / (1 + Math.abs(numeric)));
    }
  });
  return worst;
}

/** Normal values, kept 0.05 away from 0, where kinks are. */
function draw(name: string, size: number): Float64Array {
  const random = randomFor('gradients', name);
  return Float64Array.from({ length: size }, () => {
    const x = random.normal();
    return x + Math.sign(x) * 0.05;
  });
}

/** Σ w·y with fixed weights w, so that no gradient cancels. */
function probe(y: Node): Node {
  const flat = reshape(y, [sizeOf(y.shape)]);
  return sum(e.mul(flat, e.constant(y, [...draw('probe', sizeOf(y.shape))], flat.shape)), [0]);
}

function checkOp(shapes: readonly m.Shape[], build: (...x: Node[]) => Node, positive = false): void {
  const graph = new Graph();
  const inputs = shapes.map((shape, i) => input(graph, `x${i}`, shape));
  const values: Values = new Map(
    inputs.map((node, i) => {
      const drawn = draw(`x${i}`, sizeOf(node.shape));
      return [node, positive ? drawn.map(Math.abs) : drawn];
    }),
  );
  expect(worstError(probe(build(...inputs)), inputs, values)).toBeLessThan(1e-7);
}

const window = (kernel: number, stride: number, pads: [number, number, number, number]) => ({
  kernel: [kernel, kernel] as const,
  stride: [stride, stride] as const,
  pads,
});

describe('operations', () => {
  const image = [2, 5, 6, 3];
  type Case = readonly [string, readonly m.Shape[], (...x: Node[]) => Node, boolean?];
  const cases: readonly Case[] = [
    ['add, broadcast', [[3, 4], [4]], (a, b) => e.add(a!, b!)],
    [
      'sub, broadcast',
      [
        [3, 1],
        [1, 4],
      ],
      (a, b) => e.sub(a!, b!),
    ],
    [
      'mul, broadcast',
      [
        [2, 3, 4],
        [3, 1],
      ],
      (a, b) => e.mul(a!, b!),
    ],
    ['mul with itself', [[5]], (a) => e.mul(a!, a!)],
    ['div', [[3, 4], [4]], (a, b) => e.div(a!, b!)],
    ['negate', [[4]], (a) => e.negate(a!)],
    ['sqrt', [[6]], (a) => e.sqrt(a!), true],
    ['log', [[6]], (a) => e.log(a!), true],
    ['exp', [[6]], (a) => e.exp(a!)],
    ['abs', [[6]], (a) => e.abs(a!)],
    ['norm1', [[2, 3]], (a) => e.mul(norm1(a!), norm1(a!))],
    ['relu', [[9]], (a) => e.relu(a!)],
    ['leakyRelu', [[9]], (a) => e.leakyRelu(a!)],
    ['sigmoid', [[9]], (a) => e.sigmoid(a!)],
    ['tanh', [[9]], (a) => e.tanh(a!)],
    ['softplus', [[9]], (a) => e.softplus(a!)],
    [
      'matmul',
      [
        [3, 4],
        [4, 2],
      ],
      (a, b) => matmul(a!, b!),
    ],
    [
      'matmul, A turned',
      [
        [4, 3],
        [4, 2],
      ],
      (a, b) => matmul(a!, b!, { turnA: true }),
    ],
    [
      'matmul, B turned',
      [
        [3, 4],
        [2, 4],
      ],
      (a, b) => matmul(a!, b!, { turnB: true }),
    ],
    [
      'matmul, both turned',
      [
        [4, 3],
        [2, 4],
      ],
      (a, b) => matmul(a!, b!, { turnA: true, turnB: true }),
    ],
    ['affine', [[3, 4], [4, 2], [2]], (a, b, c) => affine(a!, b!, c!)],
    ['sum', [[3, 4, 2]], (a) => sum(a!, [0, 2])],
    ['mean', [[3, 4]], (a) => mean(a!, [1])],
    ['scale', [[3]], (a) => scale(a!, -2.5)],
    ['spread', [[3, 1]], (a) => spread(a!, [2, 3, 4])],
    ['transpose', [[2, 3, 4]], (a) => transpose(a!, [2, 0, 1])],
    ['reshape', [[2, 6]], (a) => reshape(a!, [3, 4])],
    ['unfold, same', [image], (a) => unfold(a!, window(3, 1, [1, 1, 1, 1]))],
    ['unfold, stride 2', [image], (a) => unfold(a!, window(3, 2, [1, 0, 1, 1]))],
    ['unfold, valid', [image], (a) => unfold(a!, window(2, 1, [0, 0, 0, 0]))],
    ['maxPool 2', [image], (a) => maxPool(a!, [2, 2])],
    ['maxPool 3×2', [image], (a) => maxPool(a!, [3, 2])],
  ];
  for (const [name, shapes, build, positive] of cases) it(name, () => checkOp(shapes, build, positive));
});

/** A whole training step's gradients: the step is sgd with α = 1, so that p − p' is the gradient. */
function checkProgram(program: Omit<Program, 'optimizer' | 'decays' | 'clip'>, batch = 4): void {
  const step = trainingStep({ ...program, optimizer: 'sgd', decays: false, clip: 'none' }, batch);
  const values: Values = new Map();
  const fill = (node: Node, value: (i: number) => number) =>
    values.set(
      node,
      Float64Array.from({ length: sizeOf(node.shape) }, (_, i) => value(i)),
    );
  const random = randomFor('program');
  for (const node of [...step.state.parameters, step.inputs]) fill(node, () => random.normal());
  for (const node of step.masks) fill(node, () => random.below(2));
  for (const node of step.state.statistics) fill(node, () => 0.5 + random.uniform());
  if (step.maskScales !== undefined) fill(step.maskScales, () => 1.25);
  fill(step.numbers, () => 1);
  const outputs = sizeOf(program.net.output);
  if (step.targets !== undefined)
    fill(step.targets, () => (program.target === 'labels' ? random.below(outputs) : random.uniform()));
  expect(worstError(step.loss, step.state.parameters, values)).toBeLessThan(1e-6);
}

describe('losses', () => {
  const on = (activation: m.Activation) => net({ input: [3], layers: [m.dense(4, { activation })] });
  it.each([
    ['l1', 'tanh', 'floats'],
    ['l2', 'softplus', 'floats'],
    ['l2', 'softmax', 'floats'],
    ['bce', 'sigmoid', 'floats'],
    ['bce', 'linear', 'floats'],
    ['cce', 'softmax', 'labels'],
    ['cce', 'linear', 'floats'],
  ] as const)('%s on %s', (loss, activation, target) =>
    checkProgram({ net: on(activation), losses: [loss], input: 'floats', target }),
  );
  it('two at once', () =>
    checkProgram({ net: on('linear'), losses: ['l1', 'l2'], input: 'floats', target: 'floats' }));
});

describe('layers', () => {
  const rows: readonly (readonly [string, readonly m.Layer[]])[] = [
    [
      'dense stack',
      [m.dense(5, { activation: 'leakyRelu' }), m.dense(3, { activation: 'relu', bias: false })],
    ],
    ['batchNorm on rows', [m.dense(4), m.batchNorm(), m.activation('tanh')]],
    ['dropout on rows', [m.dense(4), m.dropout(0.2)]],
  ];
  it.each(rows)('%s', (_, layers) =>
    checkProgram({ net: net({ input: [6], layers }), losses: ['l2'], input: 'floats', target: 'floats' }),
  );

  const images: readonly (readonly [string, readonly m.Layer[]])[] = [
    ['conv2d same', [m.conv2d(3, 3, { activation: 'tanh' })]],
    ['conv2d valid, stride 2', [m.conv2d(2, [3, 2], { stride: 2, padding: 'valid', bias: false })]],
    ['conv2d same, stride 2', [m.conv2d(2, 3, { stride: [2, 1] })]],
    [
      'conv, pool, dropout, dense',
      [m.conv2d(3, 3, { activation: 'relu' }), m.maxPool2d(2), m.dropout(0.2), m.flatten(), m.dense(2)],
    ],
    ['batchNorm on images', [m.conv2d(2, 3), m.batchNorm(), m.maxPool2d([2, 1])]],
    ['reshape and back', [m.flatten(), m.dense(8), m.reshape([2, 2, 2]), m.conv2d(2, 2)]],
  ];
  it.each(images)('%s', (_, layers) =>
    checkProgram({
      net: net({ input: [2, 5, 4], layers }),
      losses: ['l2'],
      input: 'floats',
      target: 'floats',
    }),
  );
});

it('a tie of a pooled window goes to its first value', () => {
  const graph = new Graph();
  const x = input(graph, 'x', [1, 2, 2, 1]);
  const [g] = interpret(
    gradients(sum(reshape(maxPool(x, [2, 2]), [1]), [0]), [x]),
    new Map([[x, [1, 1, 1, 0]]]),
  );
  expect([...g!]).toEqual([1, 0, 0, 0]);
});

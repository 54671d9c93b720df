// Operations that work value by value. Two operands are broadcast as in NumPy. ONNX forms are chosen for speed on ONNX
// Runtime's CPU provider and so that WebGPU has them (it has no Sign): comparisons are multiplied in as 0 and 1.
import { InternalError } from '../../ground/errors.js';
import type { Node, Op } from '../graph.js';
import { sizeOf } from '../graph.js';
import type { Shape } from '../model.js';
import { LEAKY_SLOPE } from '../model.js';
import { broadcastIndex, sumTo } from './reduce.js';

type Pointwise = (a: number, b: number) => number;

function binary(
  name: string,
  onnx: string,
  meaning: Pointwise,
  vjp: (g: Node, a: Node, b: Node, y: Node) => readonly [() => Node, () => Node],
): (a: Node, b: Node) => Node {
  const op: Op = {
    name,
    shape: ([a, b]) => broadcastShape(a!, b!),
    vjp(g, node, wanted) {
      const parts = vjp(g, node.inputs[0]!, node.inputs[1]!, node);
      return parts.map((part, i) => (wanted[i] ? sumTo(part(), node.inputs[i]!.shape) : undefined));
    },
    onnx: (emit, inputs) => emit.op(onnx, inputs),
    compute([a, b], node) {
      const ia = broadcastIndex(node.inputs[0]!.shape, node.shape);
      const ib = broadcastIndex(node.inputs[1]!.shape, node.shape);
      return Float64Array.from({ length: sizeOf(node.shape) }, (_, i) => meaning(a![ia(i)]!, b![ib(i)]!));
    },
  };
  return (a, b) => a.graph.make(op, [unspread(a, b.shape), unspread(b, a.shape)]);
}

/** Leaves out a spread that the operation's own broadcast does as well. */
function unspread(x: Node, other: Shape): Node {
  const isEqual = x.shape.length === other.length && x.shape.every((n, i) => n === other[i]);
  return x.op.name === 'spread' && isEqual ? x.inputs[0]! : x;
}

function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw new InternalError(`shapes [${a}] and [${b}] do not broadcast`);
    return Math.max(x, y);
  });
}

export const add = binary(
  'add',
  'Add',
  (a, b) => a + b,
  (g) => [() => g, () => g],
);
export const sub = binary(
  'sub',
  'Sub',
  (a, b) => a - b,
  (g) => [() => g, () => negate(g)],
);
export const mul = binary(
  'mul',
  'Mul',
  (a, b) => a * b,
  (g, a, b) => [() => mul(g, b), () => mul(g, a)],
);
export const div = binary(
  'div',
  'Div',
  (a, b) => a / b,
  (g, _a, b, y) => [() => div(g, b), () => negate(div(mul(g, y), b))],
);

const stopped = (): never => {
  throw new InternalError('no gradient flows through max: it is used where nothing is trained');
};
/** The larger of two, for optimiser state. */
export const max = binary('max', 'Max', Math.max, () => [stopped, stopped]);

const gateOp: Op = {
  name: 'gate',
  shape: ([g]) => g!,
  vjp: (g, node) => [gate(g, node.inputs[1]!), undefined],
  // A cast and a product take two thirds of the time of Where.
  onnx: (emit, [g, y]) =>
    emit.op('Mul', [g!, emit.op('Cast', [emit.op('Greater', [y!, emit.float(0)])], { to: 1 })]),
  compute: ([g, y]) => g!.map((value, i) => (y![i]! > 0 ? value : 0)),
};

/** g where y > 0, else 0, for equal shapes: the gradient of operations with a kink. No gradient flows to y. */
function gate(g: Node, y: Node): Node {
  return g.graph.make(gateOp, [g, y]);
}

function unary(
  name: string,
  meaning: (x: number) => number,
  onnx: Op['onnx'],
  vjp: ((g: Node, x: Node, y: Node) => Node) | undefined,
): (x: Node) => Node {
  const op: Op = {
    name,
    shape: ([x]) => x!,
    onnx,
    compute: ([x]) => x!.map(meaning),
    ...(vjp === undefined ? {} : { vjp: (g, node) => [vjp(g, node.inputs[0]!, node)] }),
  };
  return (x) => x.graph.make(op, [x]);
}

const plain =
  (type: string): Op['onnx'] =>
  (emit, inputs) =>
    emit.op(type, inputs);

export const negate = unary(
  'negate',
  (x) => -x,
  plain('Neg'),
  (g) => negate(g),
);
export const sqrt = unary('sqrt', Math.sqrt, plain('Sqrt'), (g, _x, y) => div(g, add(y, y)));
export const exp = unary('exp', Math.exp, plain('Exp'), (g, _x, y) => mul(g, y));
export const log = unary('log', Math.log, plain('Log'), (g, x) => div(g, x));
export const tanh = unary('tanh', Math.tanh, plain('Tanh'), (g, _x, y) =>
  mul(g, sub(scalar(y, 1), mul(y, y))),
);
export const relu = unary(
  'relu',
  (x) => Math.max(x, 0),
  plain('Relu'),
  (g, _x, y) => gate(g, y),
);
export const sigmoid = unary('sigmoid', logistic, plain('Sigmoid'), (g, _x, y) =>
  mul(g, mul(y, sub(scalar(y, 1), y))),
);
export const abs = unary('abs', Math.abs, plain('Abs'), (g, x) => mul(sign(x), g));

/**
 * −1, 0 or 1. As a saturated line, four times faster than Sign and known to every provider: |x| below 3e-39 (a
 * denormal) would give a fraction.
 */
export const sign = unary(
  'sign',
  Math.sign,
  (emit, [x]) => emit.op('Clip', [emit.op('Mul', [x!, emit.float(3e38)]), emit.float(-1), emit.float(1)]),
  (g) => scalar(g, 0),
);

export const leakyRelu = unary(
  'leakyRelu',
  (x) => (x > 0 ? x : LEAKY_SLOPE * x),
  (emit, inputs) => emit.op('LeakyRelu', inputs, { alpha: { float: LEAKY_SLOPE } }),
  (g, _x, y) => add(mul(g, scalar(g, LEAKY_SLOPE)), gate(mul(g, scalar(g, 1 - LEAKY_SLOPE)), y)),
);

/** ln(1 + e^x), as max(x, 0) + ln(1 + e^−|x|): neither overflows nor loses small values. */
export const softplus = unary(
  'softplus',
  (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  (emit, [x]) => {
    const tail = emit.op('Exp', [emit.op('Neg', [emit.op('Abs', [x!])])]);
    return emit.op('Add', [emit.op('Relu', [x!]), emit.op('Log', [emit.op('Add', [tail, emit.float(1)])])]);
  },
  (g, x) => mul(g, sigmoid(x)),
);

function logistic(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

const constantOp: Op = {
  name: 'constant',
  shape: (_, attributes) => attributes.shape as readonly number[],
  onnx: (emit, _, node) => emit.floats(node.attributes.values as readonly number[], node.shape),
  compute: (_, node) => Float64Array.from(node.attributes.values as readonly number[]),
};

/** A number that never varies, in the graph of `like`. */
export function scalar(like: Node, value: number): Node {
  return like.graph.make(constantOp, [], { values: [value], shape: [] });
}

export function constant(like: Node, values: readonly number[], shape: Shape): Node {
  return like.graph.make(constantOp, [], { values, shape });
}

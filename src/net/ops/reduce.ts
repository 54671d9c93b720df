// Sums and maxima over axes, and the way back from a broadcast.
import type { Node, Op } from '../graph.js';
import { sizeOf } from '../graph.js';
import type { Shape } from '../model.js';
import { reshape } from './shape.js';

const axesOf = (node: Node) => node.attributes.axes as readonly number[];

function keptShape([shape]: readonly Shape[], attributes: Node['attributes']): Shape {
  return shape!.map((n, axis) => ((attributes.axes as readonly number[]).includes(axis) ? 1 : n));
}

function fold(
  node: Node,
  x: Float64Array,
  start: number,
  step: (a: number, b: number) => number,
): Float64Array {
  const out = new Float64Array(sizeOf(node.shape)).fill(start);
  const place = broadcastIndex(node.shape, node.inputs[0]!.shape);
  for (let i = 0; i < x.length; i++) out[place(i)] = step(out[place(i)]!, x[i]!);
  return out;
}

const sumOp: Op = {
  name: 'sum',
  shape: keptShape,
  vjp: (g, node) => [spread(g, node.inputs[0]!.shape)],
  onnx(emit, [x], node) {
    const [rows, columns] = node.inputs[0]!.shape;
    // A row of ones times the matrix takes a third of ReduceSum's time down the columns.
    if (node.inputs[0]!.shape.length === 2 && axesOf(node).join() === '0' && columns! > 1)
      return emit.op('Gemm', [emit.floats(new Float32Array(rows!).fill(1), [1, rows!]), x!]);
    const add = (values: string, axes: readonly number[]) =>
      emit.op('ReduceSum', [values, emit.ints(axes)], { keepdims: 1 });
    // Sums to one number go row by row: the CPU adds in float32 straight on, and a mean over 200,000 like values was
    // found 1e-4 off when they were summed in one go.
    const [last, ...others] = axesOf(node).toReversed();
    return sizeOf(node.shape) === 1 && others.length > 0
      ? add(add(x!, [last!]), others)
      : add(x!, axesOf(node));
  },
  compute: ([x], node) => fold(node, x!, 0, (a, b) => a + b),
};

const maxOp: Op = {
  name: 'rowMax',
  shape: keptShape,
  vjp: () => [undefined],
  onnx: (emit, [x], node) => emit.op('ReduceMax', [x!], { axes: axesOf(node), keepdims: 1 }),
  compute: ([x], node) => fold(node, x!, -Infinity, Math.max),
};

/** Sum over `axes`, which stay as axes of size 1. */
export function sum(x: Node, axes: readonly number[]): Node {
  return axes.length === 0 ? x : x.graph.make(sumOp, [x], { axes });
}

export function mean(x: Node, axes: readonly number[]): Node {
  const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
  return scale(sum(x, axes), 1 / count);
}

/** Largest value over `axes`. No gradient flows: it is there to keep exponentials small. */
export function largest(x: Node, axes: readonly number[]): Node {
  return x.graph.make(maxOp, [x], { axes });
}

const scaleOp: Op = {
  name: 'scale',
  shape: ([x]) => x!,
  vjp: (g, node) => [scale(g, node.attributes.by as number)],
  onnx: (emit, [x], node) => emit.op('Mul', [x!, emit.float(node.attributes.by as number)]),
  compute: ([x], node) => x!.map((value) => value * (node.attributes.by as number)),
};

/** Times a number that never varies. */
export function scale(x: Node, by: number): Node {
  return x.graph.make(scaleOp, [x], { by });
}

const spreadOp: Op = {
  name: 'spread',
  shape: (_, attributes) => attributes.shape as Shape,
  vjp: (g, node) => [sumTo(g, node.inputs[0]!.shape)],
  onnx: (emit, [x], node) => emit.op('Expand', [x!, emit.ints(node.shape)]),
  compute([x], node) {
    const place = broadcastIndex(node.inputs[0]!.shape, node.shape);
    return Float64Array.from({ length: sizeOf(node.shape) }, (_, i) => x![place(i)]!);
  },
};

/** Broadcasts to `shape`. */
export function spread(x: Node, shape: Shape): Node {
  return x.graph.make(spreadOp, [x], { shape });
}

/** Sums a broadcast gradient back to the shape that was broadcast. */
export function sumTo(g: Node, shape: Shape): Node {
  if (g.shape.length === shape.length && g.shape.every((n, i) => n === shape[i])) return g;
  const extra = g.shape.length - shape.length;
  const axes = g.shape.flatMap((n, i) => (i < extra || (shape[i - extra] === 1 && n !== 1) ? [i] : []));
  return reshape(sum(g, axes), shape);
}

/** Maps a flat index in `to` to the flat index in `from`, which is broadcast to it. */
export function broadcastIndex(from: Shape, to: Shape): (index: number) => number {
  const extra = to.length - from.length;
  const strides = to.map((_, axis) => {
    const own = axis - extra;
    return own < 0 || from[own] === 1 ? 0 : sizeOf(from.slice(own + 1));
  });
  return (index) => {
    let rest = index;
    let place = 0;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      place += (rest % to[axis]!) * strides[axis]!;
      rest = Math.floor(rest / to[axis]!);
    }
    return place;
  };
}

// Operations that ONNX Runtime's CPU does in fewer passes over memory than the plain ones they are made of.
import type { Node, Op } from '../graph.js';
import { sizeOf } from '../graph.js';
import type { Shape } from '../model.js';
import { reshape } from './shape.js';

/** Below this many values the reshapes around the passes cost more than what is saved. */
const WORTH_FUSING = 32_768;

/** Values of a tile at most: six arrays of it, what a step of Adam has in use, fill two thirds of 2 MiB. */
const MOST = 57_344;
/** Smaller tiles are lost in the cost of a turn. */
const LEAST = 16_384;

/**
 * The shape in which an optimiser works on a parameter: large ones as lines [1, 1, n], see addScaled, and where they
 * can be cut into equal tiles of a fitting size, as [tiles, 1, 1, n], see onnx/tiles.ts.
 */
export function updateShape(shape: Shape): Shape {
  const size = sizeOf(shape);
  if (size < WORTH_FUSING) return shape;
  for (let count = Math.ceil(size / MOST); count > 1 && size / count >= LEAST; count++)
    if (size % count === 0) return [count, 1, 1, size / count];
  return [1, 1, size];
}

const isLine = (shape: Shape) => shape.length === 3 && shape[0] === 1 && shape[1] === 1;

/** Whether `updateShape` gave a state this shape to be worked on tile by tile. */
export const isInTiles = (shape: Shape) =>
  sizeOf(shape) >= WORTH_FUSING && shape.length === 4 && isLine(shape.slice(1));

const addScaledOp: Op = {
  name: 'addScaled',
  shape: ([y]) => y!,
  onnx(emit, [y, x, by], node) {
    if (emit.options.cpu !== true || !isLine(node.shape))
      return emit.op('Add', [emit.op('Mul', [x!, by!]), y!]);
    // A convolution of one channel and one weight, added onto y: the CPU's only multiply-add of whole tensors.
    return emit.contrib('FusedConv', [x!, by!, '', y!], { kernel_shape: [1] });
  },
  compute: ([y, x, by]) => y!.map((value, i) => value + x![i]! * by![0]!),
};

/** y + by·x for equal shapes and a number `by`. No gradient flows: it is for optimisers. */
export function addScaled(y: Node, x: Node, by: Node): Node {
  return y.graph.make(addScaledOp, [y, x, isLine(y.shape) ? reshape(by, [1, 1, 1]) : by]);
}

/** Steepness of the saturated line that stands for a sign on the CPU: |x| under 1e-30 would give a fraction. */
const STEEP = 1e30;

const signedOp: Op = {
  name: 'signed',
  shape: ([x]) => x!,
  onnx(emit, [x, by]) {
    const line = (steep: string, low: string, high: string) =>
      emit.op('Clip', [emit.op('Mul', [x!, steep]), low, high]);
    if (emit.options.cpu !== true)
      return emit.op('Mul', [line(emit.float(3e38), emit.float(-1), emit.float(1)), by!]);
    const bound = emit.op('Abs', [by!]);
    return line(emit.op('Mul', [by!, emit.float(STEEP)]), emit.op('Neg', [bound]), bound);
  },
  compute: ([x, by]) => x!.map((value) => Math.sign(value) * by![0]!),
};

const norm1Op: Op = {
  name: 'norm1',
  shape: () => [],
  vjp: (g, node) => [g.graph.make(signedOp, [node.inputs[0]!, g])],
  onnx(emit, [x], node) {
    const axes = [...node.inputs[0]!.shape.keys()];
    const last = axes.pop()!;
    const rows =
      emit.options.cpu === true
        ? emit.op('ReduceL1', [x!], { axes: [last], keepdims: 0 })
        : emit.op('ReduceSum', [emit.op('Abs', [x!]), emit.ints([last])], { keepdims: 0 });
    // Row by row for the digits it keeps: see sum.
    return axes.length === 0 ? rows : emit.op('ReduceSum', [rows, emit.ints(axes)], { keepdims: 0 });
  },
  compute: ([x]) => Float64Array.of(x!.reduce((total, value) => total + Math.abs(value), 0)),
};

/** Σ|x|, a scalar. Its gradient is the sign, 0 at 0. */
export function norm1(x: Node): Node {
  return x.graph.make(norm1Op, [x]);
}

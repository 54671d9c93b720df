// Operations that ONNX Runtime's CPU does in fewer passes over memory than the plain ones they are made of.
import type { Node, Op } from '../graph.js';
import { sizeOf } from '../graph.js';
import type { Shape } from '../model.js';

/** Below this many values the reshapes around the passes cost more than what is saved. */
const WORTH_FUSING = 32_768;

/** The shape in which an optimiser works on a parameter: large ones as one line [1, 1, n], see addScaled. */
export function updateShape(shape: Shape): Shape {
  const size = sizeOf(shape);
  return size < WORTH_FUSING ? shape : [1, 1, size];
}

const addScaledOp: Op = {
  name: 'addScaled',
  shape: ([y]) => y!,
  onnx(emit, [y, x, by], node) {
    const isLine = node.shape.length === 3 && node.shape[0] === 1 && node.shape[1] === 1;
    if (emit.options.cpu !== true || !isLine) return emit.op('Add', [emit.op('Mul', [x!, by!]), y!]);
    // A convolution of one channel and one weight, added onto y: the CPU's only multiply-add of whole tensors.
    const weight = emit.op('Reshape', [by!, emit.ints([1, 1, 1])]);
    return emit.contrib('FusedConv', [x!, weight, '', y!], { kernel_shape: [1] });
  },
  compute: ([y, x, by]) => y!.map((value, i) => value + x![i]! * by![0]!),
};

/** y + by·x for equal shapes and a number `by`. No gradient flows: it is for optimisers. */
export function addScaled(y: Node, x: Node, by: Node): Node {
  return y.graph.make(addScaledOp, [y, x, by]);
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

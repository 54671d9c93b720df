// Operations that move values without changing them, and the inputs of a graph.
import { InternalError } from '../../ground/errors.js';
import type { Graph, Node, Op } from '../graph.js';
import { sizeOf } from '../graph.js';
import type { Shape } from '../model.js';

const inputOp: Op = {
  name: 'input',
  shape: (_, attributes) => attributes.shape as Shape,
  onnx: (_emit, _inputs, node) => node.attributes.name as string,
  compute: (_, node) => {
    throw new InternalError(`no value for input ${node.attributes.name}`);
  },
};

export function input(graph: Graph, name: string, shape: Shape, element: Node['element'] = 'float'): Node {
  return graph.make(inputOp, [], { name, shape }, element);
}

const castOp: Op = {
  name: 'toFloat',
  shape: ([x]) => x!,
  onnx: (emit, inputs) => emit.op('Cast', inputs, { to: 1 }),
  compute: ([x]) => x!,
};

const unitOp: Op = {
  name: 'toUnit',
  shape: ([x]) => x!,
  // One pass where the bytes come as bytes; see EmitOptions.
  onnx: (emit, [x]) =>
    emit.options.bytes === 'uint8'
      ? emit.op('DequantizeLinear', [x!, emit.float(1 / 255)])
      : emit.op('Mul', [x!, emit.float(1 / 255)]),
  compute: ([x]) => x!.map((value) => value / 255),
};

/** Bytes as value/255; floats as they are. */
export function toUnit(x: Node): Node {
  return x.element === 'float' ? x : x.graph.make(unitOp, [x]);
}

/** Bytes as floats, 0 to 255. */
export function toFloat(x: Node): Node {
  return x.element === 'float' ? x : x.graph.make(castOp, [x]);
}

const reshapeOp: Op = {
  name: 'reshape',
  shape([x], attributes) {
    const shape = attributes.shape as Shape;
    if (sizeOf(shape) !== sizeOf(x!)) throw new InternalError(`reshape of [${x}] to [${shape}]`);
    return shape;
  },
  vjp: (g, node) => [reshape(g, node.inputs[0]!.shape)],
  onnx: (emit, [x], node) => emit.op('Reshape', [x!, emit.ints(node.shape)]),
  compute: ([x]) => x!,
};

export function reshape(x: Node, shape: Shape): Node {
  if (x.shape.length === shape.length && x.shape.every((n, i) => n === shape[i])) return x;
  return x.graph.make(reshapeOp, [x], { shape });
}

const transposeOp: Op = {
  name: 'transpose',
  shape: ([x], attributes) => (attributes.order as readonly number[]).map((axis) => x![axis]!),
  vjp(g, node) {
    const order = node.attributes.order as readonly number[];
    return [
      transpose(
        g,
        order.map((_, axis) => order.indexOf(axis)),
      ),
    ];
  },
  onnx: (emit, inputs, node) =>
    emit.op('Transpose', inputs, { perm: node.attributes.order as readonly number[] }),
  compute([x], node) {
    const from = node.inputs[0]!.shape;
    const order = node.attributes.order as readonly number[];
    const strides = order.map((axis) => sizeOf(from.slice(axis + 1)));
    return Float64Array.from({ length: x!.length }, (_, index) => {
      let rest = index;
      let place = 0;
      for (let axis = order.length - 1; axis >= 0; axis--) {
        place += (rest % node.shape[axis]!) * strides[axis]!;
        rest = Math.floor(rest / node.shape[axis]!);
      }
      return x![place]!;
    });
  },
};

/** Axis i of the result is axis order[i] of x. */
export function transpose(x: Node, order: readonly number[]): Node {
  return x.graph.make(transposeOp, [x], { order });
}

const pickOp: Op = {
  name: 'pick',
  shape: () => [],
  onnx(emit, [x], node) {
    const index = node.attributes.index as number;
    const one = emit.op('Slice', [x!, emit.ints([index]), emit.ints([index + 1]), emit.ints([0])]);
    // An empty shape constant has no elements: a reshape to [] makes a scalar.
    return emit.op('Reshape', [one, emit.ints([])]);
  },
  compute: ([x], node) => x!.slice(node.attributes.index as number, (node.attributes.index as number) + 1),
};

/** One number of a vector that is fed in. No gradient flows: nothing is trained behind it. */
export function pick(x: Node, index: number): Node {
  return x.graph.make(pickOp, [x], { index });
}

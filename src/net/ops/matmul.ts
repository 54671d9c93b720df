// The matrix product, and class numbers as rows of 0 and 1.
import { InternalError } from '../../ground/errors.js';
import { type Node, type Op, sizeOf } from '../graph.js';
import type { Shape } from '../model.js';
import type { Emitter } from '../onnx/emitter.js';
import { constant } from './elementwise.js';
import { sumTo } from './reduce.js';
import { reshape, toFloat } from './shape.js';

const turned = (node: Node) => [node.attributes.turnA === 1, node.attributes.turnB === 1] as const;

/** From this many values on, the CPU's product with Aᵀ is slower (by 5 to 15 %) than turning A and a plain product. */
const TURNED_APART = 32_768;

/** Aᵀ of A [rows, columns]; the axis in front keeps ONNX Runtime from folding it back into the product. */
function turnedApart(emit: Emitter, a: string, [rows, columns]: readonly [number, number]): string {
  const one = emit.op('Reshape', [a, emit.ints([1, rows, columns])]);
  const turnedOne = emit.op('Transpose', [one], { perm: [0, 2, 1] });
  return emit.op('Reshape', [turnedOne, emit.ints([columns, rows])]);
}

const matmulOp: Op = {
  name: 'matmul',
  shape([a, b], attributes): Shape {
    const [rows, inner] = attributes.turnA === 1 ? [a![1]!, a![0]!] : [a![0]!, a![1]!];
    const [innerB, columns] = attributes.turnB === 1 ? [b![1]!, b![0]!] : [b![0]!, b![1]!];
    if (a!.length !== 2 || b!.length !== 2 || inner !== innerB)
      throw new InternalError(`matmul of [${a}] and [${b}] (${JSON.stringify(attributes)})`);
    return [rows, columns];
  },
  // y = AB: dA = g·Bᵀ, dB = Aᵀ·g; each turned where its operand was.
  vjp(g, node, wanted) {
    const [a, b] = node.inputs as [Node, Node];
    const [turnA, turnB] = turned(node);
    const da = () => (turnA ? matmul(b, g, { turnA: turnB, turnB: true }) : matmul(g, b, { turnB: !turnB }));
    const db = () => (turnB ? matmul(g, a, { turnA: true, turnB: turnA }) : matmul(a, g, { turnA: !turnA }));
    return [wanted[0] ? da() : undefined, wanted[1] ? db() : undefined];
  },
  onnx(emit, [a, b], node) {
    const [turnA, turnB] = turned(node);
    const shape = node.inputs[0]!.shape as readonly [number, number];
    const own = emit.options.cpu === true && turnA && sizeOf(shape) >= TURNED_APART;
    const left = own ? turnedApart(emit, a!, shape) : a!;
    return emit.op('Gemm', [left, b!], { transA: turnA && !own ? 1 : 0, transB: turnB ? 1 : 0 });
  },
  compute([a, b], node) {
    const [turnA, turnB] = turned(node);
    const [rows, columns] = node.shape as [number, number];
    const inner = node.inputs[0]!.shape[turnA ? 0 : 1]!;
    const out = new Float64Array(rows * columns);
    for (let i = 0; i < rows; i++)
      for (let k = 0; k < inner; k++) {
        const left = a![turnA ? k * rows + i : i * inner + k]!;
        for (let j = 0; j < columns; j++)
          out[i * columns + j]! += left * b![turnB ? j * inner + k : k * columns + j]!;
      }
    return out;
  },
};

/** A·B of two matrices, either of them transposed first. */
export function matmul(a: Node, b: Node, turn: { turnA?: boolean; turnB?: boolean } = {}): Node {
  const attributes = { turnA: turn.turnA === true ? 1 : 0, turnB: turn.turnB === true ? 1 : 0 };
  return a.graph.make(matmulOp, [a, b], attributes);
}

const affineOp: Op = {
  name: 'affine',
  shape: ([a, b], attributes) => matmulOp.shape([a!, b!], attributes),
  vjp(g, node, wanted) {
    const [a, b, bias] = node.inputs as [Node, Node, Node];
    return [
      wanted[0] ? matmul(g, b, { turnB: true }) : undefined,
      wanted[1] ? matmul(a, g, { turnA: true }) : undefined,
      wanted[2] ? sumTo(g, bias.shape) : undefined,
    ];
  },
  onnx: (emit, inputs) => emit.op('Gemm', inputs),
  compute: ([a, b, bias], node) =>
    matmulOp.compute([a!, b!], node).map((value, i) => value + bias![i % bias!.length]!),
};

/** A·B plus a row that is added to every row: one pass less than the two apart. */
export function affine(a: Node, b: Node, bias: Node): Node {
  return a.graph.make(affineOp, [a, b, bias]);
}

const equalOp: Op = {
  name: 'equal',
  shape: ([a, b]) => [a![0]!, b![1]!],
  onnx: (emit, inputs) => emit.op('Cast', [emit.op('Equal', inputs)], { to: 1 }),
  compute([a, b], node) {
    const columns = node.shape[1]!;
    return Float64Array.from({ length: a!.length * columns }, (_, i) =>
      a![Math.floor(i / columns)] === b![i % columns] ? 1 : 0,
    );
  },
};

/** [n] class numbers as [n, classes] rows, 1 at the class. */
export function oneHot(labels: Node, classes: number): Node {
  const column = reshape(toFloat(labels), [labels.shape[0]!, 1]);
  const numbers = constant(
    column,
    Array.from({ length: classes }, (_, i) => i),
    [1, classes],
  );
  return column.graph.make(equalOp, [column, numbers]);
}

// A small symbolic graph with static shapes. Nodes are made by the functions in ops/; equal nodes are one node. Each
// operation carries its shape rule, its vector-Jacobian product, its ONNX form and its float64 meaning. Nothing here
// knows of layers, or assumes that axis 0 is the batch.

import type { Shape } from './model.js';
import type { Emitter } from './onnx/emitter.js';

export type Attributes = Readonly<Record<string, number | string | readonly number[]>>;

export interface Node {
  readonly graph: Graph;
  /** Number in order of creation: inputs always come before what uses them. */
  readonly id: number;
  readonly op: Op;
  readonly inputs: readonly Node[];
  readonly attributes: Attributes;
  readonly shape: Shape;
  /** `bytes` only on inputs of the graph: the first thing that happens to them is a cast. */
  readonly element: 'float' | 'bytes';
}

export interface Op {
  readonly name: string;
  shape(inputs: readonly Shape[], attributes: Attributes): Shape;
  /**
   * Given the gradient `g` of the node's value, the gradient of each input (undefined: none flows). An operation
   * without one stops the gradient: nothing that is trained may stand behind it.
   */
  vjp?(g: Node, node: Node, wanted: readonly boolean[]): readonly (Node | undefined)[];
  /** Writes the ONNX nodes and returns the name of the result. */
  onnx(emit: Emitter, inputs: readonly string[], node: Node): string;
  /** The reference: row-major float64 values of the result. */
  compute(inputs: readonly Float64Array[], node: Node): Float64Array;
}

export class Graph {
  readonly nodes: Node[] = [];
  readonly #known = new Map<string, Node>();

  make(
    op: Op,
    inputs: readonly Node[],
    attributes: Attributes = {},
    element: 'float' | 'bytes' = 'float',
  ): Node {
    const key = `${op.name}(${inputs.map((n) => n.id).join()})${JSON.stringify(attributes)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const shape = op.shape(
      inputs.map((n) => n.shape),
      attributes,
    );
    const node: Node = { graph: this, id: this.nodes.length, op, inputs, attributes, shape, element };
    this.nodes.push(node);
    this.#known.set(key, node);
    return node;
  }
}

export const sizeOf = (shape: Shape) => shape.reduce((product, n) => product * n, 1);

/** The nodes that `outputs` need, in order of creation. */
export function reachable(outputs: readonly Node[]): readonly Node[] {
  const seen = new Set<Node>();
  const open = [...outputs];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    open.push(...node.inputs);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

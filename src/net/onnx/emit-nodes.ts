// Writes nodes of the graph as ONNX nodes, each after what it needs.
import { InternalError } from '../../ground/errors.js';
import { type Node, reachable } from '../graph.js';
import type { Emitter } from './emitter.js';

/** The name that a graph input was given. */
export const nameOf = (node: Node) => node.attributes.name as string;

/** Writes everything that `outputs` need; `names` holds the names of the graph's inputs, by node. */
export function emitNodes(emit: Emitter, outputs: readonly Node[], names: Map<Node, string>): void {
  for (const node of reachable(outputs)) {
    if (names.has(node)) continue;
    const inputs = node.inputs.map((input) => {
      const name = names.get(input);
      if (name === undefined) throw new InternalError(`${input.op.name} is used before it is written`);
      return name;
    });
    names.set(node, node.op.onnx(emit, inputs, node));
  }
}

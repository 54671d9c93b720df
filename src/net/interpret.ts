// What a graph means, in float64 and without any engine: slow, and exact enough to check the others against.
import { InternalError } from '../ground/errors.js';
import { type Node, reachable, sizeOf } from './graph.js';

/** Values of `outputs` (row-major), given the values of the graph's inputs. */
export function interpret(
  outputs: readonly Node[],
  inputs: ReadonlyMap<Node, ArrayLike<number>>,
): readonly Float64Array[] {
  const values = new Map<Node, Float64Array>();
  for (const node of reachable(outputs)) {
    const given = inputs.get(node);
    const value =
      given === undefined
        ? node.op.compute(
            node.inputs.map((input) => values.get(input)!),
            node,
          )
        : Float64Array.from(given);
    if (value.length !== sizeOf(node.shape))
      throw new InternalError(`${node.op.name} of shape [${node.shape}] has ${value.length} values`);
    values.set(node, value);
  }
  return outputs.map((node) => values.get(node)!);
}

// Reverse-mode differentiation: walks the graph backwards from one scalar and adds up vector-Jacobian products
// (Griewank and Walther 2008, chapter 3). The gradients are nodes of the same graph.
import { InternalError } from '../ground/errors.js';
import { type Node, reachable, sizeOf } from './graph.js';
import { add, scalar } from './ops/elementwise.js';
import { spread } from './ops/reduce.js';

/** d loss / d each of `wrt`; zeros where the loss does not depend on it. `loss` must hold one value. */
export function gradients(loss: Node, wrt: readonly Node[]): readonly Node[] {
  if (sizeOf(loss.shape) !== 1) throw new InternalError(`the gradient of a loss of shape [${loss.shape}]`);
  const order = reachable([loss]);
  const moves = new Set<Node>(wrt);
  for (const node of order) if (node.inputs.some((input) => moves.has(input))) moves.add(node);
  const found = new Map<Node, Node>([[loss, spread(scalar(loss, 1), loss.shape)]]);
  for (const node of [...order].reverse()) {
    const g = found.get(node);
    if (g === undefined || node.inputs.length === 0 || !moves.has(node)) continue;
    const wanted = node.inputs.map((input) => moves.has(input));
    if (node.op.vjp === undefined) throw new InternalError(`${node.op.name} has no gradient`);
    node.op.vjp(g, node, wanted).forEach((part, i) => {
      const input = node.inputs[i]!;
      if (part === undefined || !wanted[i]) return;
      const sofar = found.get(input);
      found.set(input, sofar === undefined ? part : add(sofar, part));
    });
  }
  return wrt.map((node) => found.get(node) ?? spread(scalar(loss, 0), node.shape));
}

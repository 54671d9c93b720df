// Cutting values off at a limit that is fed.
import type { Node, Op } from '../graph.js';

const clampOp: Op = {
  name: 'clamp',
  shape: ([x]) => x!,
  onnx: (emit, [x, limit]) => emit.op('Clip', [x!, emit.op('Neg', [limit!]), limit!]),
  compute: ([x, limit]) => x!.map((value) => Math.min(Math.max(value, -limit![0]!), limit![0]!)),
};

/** x cut to ± limit (a scalar of at least 0). No gradient flows: it is for gradients themselves. */
export function clamp(x: Node, limit: Node): Node {
  return x.graph.make(clampOp, [x, limit]);
}

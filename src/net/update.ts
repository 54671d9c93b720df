// Optimisers as graphs: the formulas of optimizer.ts for one parameter tensor. The step's numbers are fed.
import type { Node } from './graph.js';
import { clamp } from './ops/clamp.js';
import { add, div, max, mul, negate, scalar, sqrt, sub } from './ops/elementwise.js';
import { addScaled } from './ops/fused.js';
import { sum } from './ops/reduce.js';
import { reshape } from './ops/shape.js';
import type { OptimizerName, StepNumbers } from './optimizer.js';

export type StepNodes = Readonly<Record<keyof StepNumbers, Node>>;

export interface Updated {
  readonly parameter: Node;
  readonly slots: readonly Node[];
}

/** Gradients cut to ± clip each, or scaled so that their common Euclidean norm is at most clip. */
export function clipped(
  kind: 'none' | 'norm' | 'value',
  gradients: readonly Node[],
  clip: Node,
): readonly Node[] {
  if (kind === 'none') return gradients;
  if (kind === 'value') return gradients.map((g) => clamp(g, clip));
  const squares = gradients.map((g) => reshape(sum(mul(g, g), [...g.shape.keys()]), []));
  const norm = sqrt(squares.reduce((a, b) => add(a, b)));
  // PyTorch's clip_grad_norm_: min(1, clip / (norm + 1e-6)), written as clip / max(clip, norm + 1e-6).
  const factor = div(clip, max(clip, add(norm, scalar(norm, 1e-6))));
  return gradients.map((g) => mul(g, factor));
}

export interface Rule {
  readonly name: OptimizerName;
  /** False: the weight decay is 0, and left out of the graph. */
  readonly decays: boolean;
}

/** One step of a rule for the parameter `p` with gradient `raw`; `slots` in the order of SLOTS, all of one shape. */
export interface UpdateTask {
  readonly rule: Rule;
  readonly p: Node;
  readonly raw: Node;
  readonly slots: readonly Node[];
  readonly step: StepNodes;
}

/** The nodes after the step. Value by value: a part of the result needs just the same part of `p`, `raw` and `slots`. */
export function update({ rule, p, raw, slots, step: n }: UpdateTask): Updated {
  const { name, decays } = rule;
  const g = name === 'adamw' || !decays ? raw : addScaled(raw, p, n.decay);
  const [first, second, third] = slots;
  const descend = (from: Node, along: Node) => addScaled(from, along, negate(n.step));
  const damped = (v: Node) => add(sqrt(v), n.eps);
  switch (name) {
    case 'sgd':
      return { parameter: descend(p, g), slots: [] };
    case 'momentum': {
      const m = addScaled(g, first!, n.beta1);
      return { parameter: descend(p, m), slots: [m] };
    }
    case 'nesterov': {
      const m = addScaled(g, first!, n.beta1);
      return { parameter: descend(p, addScaled(g, m, n.beta1)), slots: [m] };
    }
    case 'rmsprop': {
      const v = addScaled(mul(g, g), first!, n.beta2);
      return { parameter: descend(p, div(g, damped(v))), slots: [v] };
    }
    case 'adagrad': {
      const v = add(first!, mul(g, g));
      return { parameter: descend(p, div(g, damped(v))), slots: [v] };
    }
    default: {
      const m = addScaled(g, first!, n.beta1);
      const v = addScaled(mul(g, g), second!, n.beta2);
      const u = name === 'amsgrad' ? max(third!, v) : v;
      const start = name === 'adamw' && decays ? sub(p, mul(p, n.decay)) : p;
      const parameter =
        name === 'nadam'
          ? sub(start, div(addScaled(mul(g, n.mix), m, n.step), damped(u)))
          : descend(start, div(m, damped(u)));
      return { parameter, slots: name === 'amsgrad' ? [m, v, u] : [m, v] };
    }
  }
}

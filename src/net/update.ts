// Optimisers as graphs: the formulas of optimizer.ts for one parameter tensor. The step's numbers are fed.
import type { Node } from './graph.js';
import { clamp } from './ops/clamp.js';
import { add, div, max, mul, scalar, sqrt, sub } from './ops/elementwise.js';
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

/** One step of a rule for the parameter `p` with gradient `raw`; `slots` in the order of SLOTS. */
export function update(rule: Rule, p: Node, raw: Node, slots: readonly Node[], n: StepNodes): Updated {
  const { name, decays } = rule;
  const g = name === 'adamw' || !decays ? raw : add(raw, mul(p, n.decay));
  const [first, second, third] = slots;
  const descend = (by: Node) => sub(p, by);
  const damped = (v: Node) => add(sqrt(v), n.eps);
  switch (name) {
    case 'sgd':
      return { parameter: descend(mul(g, n.step)), slots: [] };
    case 'momentum': {
      const m = add(mul(first!, n.beta1), g);
      return { parameter: descend(mul(m, n.step)), slots: [m] };
    }
    case 'nesterov': {
      const m = add(mul(first!, n.beta1), g);
      return { parameter: descend(mul(add(g, mul(m, n.beta1)), n.step)), slots: [m] };
    }
    case 'rmsprop': {
      const v = add(mul(first!, n.beta2), mul(g, g));
      return { parameter: descend(div(mul(g, n.step), damped(v))), slots: [v] };
    }
    case 'adagrad': {
      const v = add(first!, mul(g, g));
      return { parameter: descend(div(mul(g, n.step), damped(v))), slots: [v] };
    }
    default: {
      const m = add(mul(first!, n.beta1), g);
      const v = add(mul(second!, n.beta2), mul(g, g));
      const u = name === 'amsgrad' ? max(third!, v) : v;
      const along = name === 'nadam' ? add(mul(m, n.step), mul(g, n.mix)) : mul(m, n.step);
      const start = name === 'adamw' && decays ? sub(p, mul(p, n.decay)) : p;
      const parameter = sub(start, div(along, damped(u)));
      return { parameter, slots: name === 'amsgrad' ? [m, v, u] : [m, v] };
    }
  }
}

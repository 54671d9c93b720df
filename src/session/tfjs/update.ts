// Optimisers in TensorFlow.js operations: the formulas of net/optimizer.ts for one parameter tensor.
import type { Tensor } from '@tensorflow/tfjs-core';
import type { OptimizerName, StepNumbers } from '../../net/optimizer.js';
import type { Program } from '../../net/program.js';
import type { Tf } from './runtime.js';

/** Gradients cut to ± clip each, or scaled so that their common Euclidean norm is at most clip. */
export function clipGradients(
  tf: Tf,
  kind: Program['clip'],
  gradients: readonly Tensor[],
  clip: number,
): readonly Tensor[] {
  if (kind === 'none') return gradients;
  if (kind === 'value') return gradients.map((g) => tf.clipByValue(g, -clip, clip));
  const norm = tf.sqrt(gradients.map((g) => tf.sum(tf.square(g))).reduce((a, b) => tf.add(a, b)));
  const factor = tf.div(clip, tf.maximum(clip, tf.add(norm, 1e-6)));
  return gradients.map((g) => tf.mul(g, factor));
}

export interface Updated {
  readonly parameter: Tensor;
  readonly slots: readonly Tensor[];
}

/** One step for the parameter `p` with gradient `raw`; `slots` in the order of SLOTS. */
export function update(
  tf: Tf,
  rule: { readonly optimizer: OptimizerName; readonly decays: boolean },
  { p, raw, slots, n }: { p: Tensor; raw: Tensor; slots: readonly Tensor[]; n: StepNumbers },
): Updated {
  const { optimizer: name, decays } = rule;
  const g = decays && name !== 'adamw' ? tf.add(raw, tf.mul(p, n.decay)) : raw;
  /** factor·slot + x. */
  const gather = (slot: Tensor | undefined, factor: number, x: Tensor) => tf.add(tf.mul(slot!, factor), x);
  const damp = (along: Tensor, v: Tensor) => tf.div(along, tf.add(tf.sqrt(v), n.eps));
  const squared = () => tf.square(g);
  switch (name) {
    case 'sgd':
      return { parameter: tf.sub(p, tf.mul(g, n.step)), slots: [] };
    case 'momentum': {
      const m = gather(slots[0], n.beta1, g);
      return { parameter: tf.sub(p, tf.mul(m, n.step)), slots: [m] };
    }
    case 'nesterov': {
      const m = gather(slots[0], n.beta1, g);
      return { parameter: tf.sub(p, tf.mul(gather(m, n.beta1, g), n.step)), slots: [m] };
    }
    case 'rmsprop':
    case 'adagrad': {
      const v = gather(slots[0], name === 'rmsprop' ? n.beta2 : 1, squared());
      return { parameter: tf.sub(p, damp(tf.mul(g, n.step), v)), slots: [v] };
    }
    case 'adam':
    case 'amsgrad':
    case 'adamw':
    case 'nadam': {
      const m = gather(slots[0], n.beta1, g);
      const v = gather(slots[1], n.beta2, squared());
      const start = name === 'adamw' && decays ? tf.sub(p, tf.mul(p, n.decay)) : p;
      const along = tf.mul(m, n.step);
      if (name === 'amsgrad') {
        const u = tf.maximum(slots[2]!, v);
        return { parameter: tf.sub(start, damp(along, u)), slots: [m, v, u] };
      }
      const mixed = name === 'nadam' ? tf.add(along, tf.mul(g, n.mix)) : along;
      return { parameter: tf.sub(start, damp(mixed, v)), slots: [m, v] };
    }
  }
}

// Losses in TensorFlow.js operations, as net/loss.ts defines them.
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { LossName } from '../../net/loss.js';
import type { Forward } from './forward.js';
import type { Tf } from './runtime.js';

export interface LossTerm {
  readonly name: LossName;
  readonly weight: number;
}

/** The weighted sum of the losses; `target` [batch, n]. */
export function totalLoss(tf: Tf, terms: readonly LossTerm[], passed: Forward, target: Tensor): Scalar {
  const parts = terms.map(({ name, weight }) => tf.mul(lossOf(tf, name, passed, target), weight));
  return parts.reduce((a, b) => tf.add(a, b)) as Scalar;
}

function lossOf(tf: Tf, name: LossName, { output, logits }: Forward, target: Tensor): Tensor {
  const mean = (x: Tensor, count = x.size) => tf.mul(tf.sum(x), 1 / count);
  switch (name) {
    case 'l1': {
      // Not tf.abs: its gradient at 0 is −1 in TensorFlow.js.
      const apart = tf.sub(output, target);
      return mean(tf.mul(tf.sign(apart), apart));
    }
    case 'l2': {
      const apart = tf.sub(output, target);
      return mean(tf.mul(apart, apart));
    }
    case 'bce':
      return mean(tf.sub(tf.softplus(logits), tf.mul(logits, target)));
    case 'cce':
      return tf.mul(mean(tf.mul(tf.logSoftmax(logits), target), logits.shape[0]), -1);
  }
}

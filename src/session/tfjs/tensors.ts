// Arrays as tensors. The CPU backend computes on the arrays that it is given: they are copied, in and out.
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '../../net/model.js';
import type { Tf } from './runtime.js';

interface Part {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly shape?: Shape;
}

/** The parts of a flat vector. */
export function partTensors(tf: Tf, flat: Float32Array, parts: readonly Part[]): readonly Tensor[] {
  return parts.map(({ offset, size, shape }) =>
    tf.tensor(flat.slice(offset, offset + size), shape === undefined ? [size] : [...shape], 'float32'),
  );
}

/** Puts parts back into a flat vector of `size` floats. */
export function flatten(tensors: readonly Tensor[], parts: readonly Part[], size: number): Float32Array {
  const flat = new Float32Array(size);
  parts.forEach(({ offset }, i) => {
    flat.set(tensors[i]!.dataSync(), offset);
  });
  return flat;
}

/** Rows of values; bytes become value/255. */
export function rowTensor(tf: Tf, data: Uint8Array | Float32Array, width: number): Tensor {
  const values = tf.tensor(new Float32Array(data), [data.length / width, width], 'float32');
  return data instanceof Uint8Array ? tf.mul(values, 1 / 255) : values;
}

/** Class numbers as rows of one 1 among `classes` values. */
export function oneHotTensor(tf: Tf, labels: Uint8Array | Float32Array, classes: number): Tensor {
  const rows = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => {
    if (label < classes) rows[i * classes + label] = 1;
  });
  return tf.tensor(rows, [labels.length, classes], 'float32');
}

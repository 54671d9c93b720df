// Layers in TensorFlow.js operations. Between layers a value is rows [batch, n] or images [batch, height, width,
// channels], the only layout whose convolutions tfjs-node trains on a CPU; flattened images are channels-first, as
// descriptions say.
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../net/graph.js';
import { type Activation, LEAKY_SLOPE, type Net, type PlacedLayer, type Shape } from '../../net/model.js';
import type { Tf } from './runtime.js';

/** Parameters and running statistics, by name. */
export type Weights = ReadonlyMap<string, Tensor>;

/** What training adds to a forward pass. */
export interface Training {
  /** One for each dropout layer, in order, times its scale: [batch, n], or [channels, height, width, batch]. */
  readonly masks: readonly Tensor[];
  /** Is given each new running statistic [n]. */
  move(name: string, value: Tensor): void;
}

export interface Forward {
  /** [batch, n]. */
  readonly output: Tensor;
  /** The same before the last activation, where that is sigmoid or softmax. */
  readonly logits: Tensor;
}

interface Value {
  readonly tensor: Tensor;
  readonly form: 'rows' | 'images';
  /** Of one example, as the description has it. */
  readonly shape: Shape;
}

/** Runs rows of the net's input through its layers, up to `last` (all of them by default). */
export function forward(
  tf: Tf,
  { net, weights, training, last }: { net: Net; weights: Weights; training?: Training; last?: string },
  x: Tensor,
): Forward {
  const layers = new Layers(tf, weights, training);
  let value: Value = { tensor: x, form: 'rows', shape: net.input };
  let logits = value;
  for (const placed of net.layers) {
    const { layer, name, output } = placed;
    const before = { ...layers.apply(placed, value), shape: output };
    const kind = 'activation' in layer ? layer.activation : 'linear';
    value = { ...before, tensor: activate(tf, kind, before.tensor) };
    logits = kind === 'sigmoid' || kind === 'softmax' ? before : value;
    if (name === last) break;
  }
  return { output: asRows(tf, value), logits: asRows(tf, logits) };
}

class Layers {
  readonly #tf: Tf;
  readonly #weights: Weights;
  readonly #training: Training | undefined;
  #dropouts = 0;

  constructor(tf: Tf, weights: Weights, training: Training | undefined) {
    this.#tf = tf;
    this.#weights = weights;
    this.#training = training;
  }

  /** Everything of a layer but its activation. */
  apply(placed: PlacedLayer, value: Value): Omit<Value, 'shape'> {
    const tf = this.#tf;
    const { layer } = placed;
    switch (layer.type) {
      case 'dense': {
        const product = tf.matMul(asRows(tf, value), this.#weight(placed, 'kernel'));
        return { tensor: layer.bias ? tf.add(product, this.#weight(placed, 'bias')) : product, form: 'rows' };
      }
      case 'conv2d': {
        // [out, in, height, width] becomes [height, width, in, out].
        const kernel = tf.transpose(this.#weight(placed, 'kernel'), [2, 3, 1, 0]) as Tensor4D;
        const image = tf.conv2d(asImages(tf, value), kernel, [...layer.stride], layer.padding);
        return { tensor: layer.bias ? tf.add(image, this.#weight(placed, 'bias')) : image, form: 'images' };
      }
      case 'maxPool2d': {
        const size: [number, number] = [...layer.size];
        return { tensor: tf.maxPool(asImages(tf, value), size, size, 'valid'), form: 'images' };
      }
      case 'flatten':
      case 'reshape':
        return { tensor: asRows(tf, value), form: 'rows' };
      case 'dropout':
        return this.#drop(value);
      case 'batchNorm':
        return this.#normalise(placed, value);
      case 'activation':
        return value;
    }
  }

  #weight({ name }: PlacedLayer, part: string): Tensor {
    return this.#weights.get(`${name}/${part}`)!;
  }

  #drop(value: Value): Omit<Value, 'shape'> {
    const tf = this.#tf;
    const mask = this.#training?.masks[this.#dropouts++];
    if (mask === undefined) return value;
    return mask.rank === 4
      ? { tensor: tf.mul(asImages(tf, value), tf.transpose(mask, [3, 1, 2, 0])), form: 'images' }
      : { tensor: tf.mul(asRows(tf, value), mask), form: 'rows' };
  }

  #normalise(placed: PlacedLayer, value: Value): Omit<Value, 'shape'> {
    const tf = this.#tf;
    const { name, layer, input } = placed;
    if (layer.type !== 'batchNorm') return value;
    const form = input.length === 3 ? 'images' : 'rows';
    const x = form === 'images' ? asImages(tf, value) : asRows(tf, value);
    // The channels are the last axis in either form.
    const axes = [...x.shape.keys()].slice(0, -1);
    const count = sizeOf(x.shape) / input[0]!;
    const mean = (y: Tensor) => tf.mul(tf.sum(y, axes), 1 / count);
    const training = this.#training;
    const held = (part: string) => this.#weight(placed, part);
    const centre = training === undefined ? held('mean') : mean(x);
    const apart = tf.sub(x, centre);
    const spread = training === undefined ? held('variance') : mean(tf.mul(apart, apart));
    if (training !== undefined) {
      const move = (part: string, to: Tensor, factor: number) => {
        const next = tf.mul(to, factor * layer.momentum);
        training.move(`${name}/${part}`, tf.add(tf.mul(held(part), 1 - layer.momentum), next));
      };
      move('mean', centre, 1);
      move('variance', spread, count / Math.max(1, count - 1));
    }
    const normal = tf.div(apart, tf.sqrt(tf.add(spread, layer.eps)));
    return { tensor: tf.add(tf.mul(normal, held('gamma')), held('beta')), form };
  }
}

function asRows(tf: Tf, { tensor, form, shape }: Value): Tensor {
  if (form === 'rows') return tensor;
  return tf.reshape(tf.transpose(tensor, [0, 3, 1, 2]), [tensor.shape[0]!, sizeOf(shape)]);
}

function asImages(tf: Tf, { tensor, form, shape }: Value): Tensor4D {
  if (form === 'images') return tensor as Tensor4D;
  const channelsFirst: Tensor = tf.reshape(tensor, [tensor.shape[0]!, ...shape] as number[]);
  return tf.transpose(channelsFirst, [0, 2, 3, 1]) as Tensor4D;
}

function activate(tf: Tf, kind: Activation, x: Tensor): Tensor {
  switch (kind) {
    case 'linear':
      return x;
    case 'relu':
      return tf.relu(x);
    case 'leakyRelu':
      return tf.leakyRelu(x, LEAKY_SLOPE);
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'tanh':
      return tf.tanh(x);
    case 'softplus':
      return tf.softplus(x);
    case 'softmax':
      return tf.softmax(x);
  }
}

// Gradients of the kernels that nets are made of, for the pure CPU backend: tfjs-core has the tape, but hides its own
// gradients in files that Node cannot import. Packages that bring theirs (tfjs-node does) keep them.
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from './runtime.js';

/** Registers the gradients that are not there yet. */
export function registerGradients(tf: Tf): void {
  for (const config of [...pointwise(tf), ...shaping(tf), ...windows(tf)])
    if (tf.getGradient(config.kernelName) == null) tf.registerGradient(config);
}

function pointwise(tf: Tf): readonly GradConfig[] {
  /** The gradient of a broadcast operand. */
  const sumTo = (g: Tensor, { shape }: Tensor): Tensor => {
    const lead = g.rank - shape.length;
    const axes = g.shape.flatMap((n, i) => (i < lead || (shape[i - lead] === 1 && n > 1) ? [i] : []));
    return tf.reshape(axes.length === 0 ? g : tf.sum(g, axes), shape);
  };
  const binary = (
    kernelName: string,
    ofA: (g: Tensor, a: Tensor, b: Tensor) => Tensor,
    ofB: (g: Tensor, a: Tensor, b: Tensor) => Tensor,
  ): GradConfig => ({
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [g, a, b] = [dy as Tensor, saved[0]!, saved[1]!];
      return { a: () => sumTo(ofA(g, a, b), a), b: () => sumTo(ofB(g, a, b), b) };
    },
  });
  const ofInput = (kernelName: string, gradient: (g: Tensor, x: Tensor, attributes: unknown) => Tensor) => ({
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor | Tensor[], saved: Tensor[], attributes: unknown) => ({
      x: () => gradient(dy as Tensor, saved[0]!, attributes),
    }),
  });
  const ofOutput = (kernelName: string, gradient: (g: Tensor, y: Tensor) => Tensor, input = 'x') => ({
    kernelName,
    outputsToSave: [true],
    gradFunc: (dy: Tensor | Tensor[], saved: Tensor[]) => ({
      [input]: () => gradient(dy as Tensor, saved[0]!),
    }),
  });
  return [
    binary(
      tf.Add,
      (g) => g,
      (g) => g,
    ),
    binary(
      tf.Sub,
      (g) => g,
      (g) => tf.neg(g),
    ),
    binary(
      tf.Multiply,
      (g, _a, b) => tf.mul(g, b),
      (g, a) => tf.mul(g, a),
    ),
    binary(
      tf.RealDiv,
      (g, _a, b) => tf.div(g, b),
      (g, a, b) => tf.neg(tf.div(tf.mul(g, a), tf.square(b))),
    ),
    ofInput(tf.Sign, (_g, x) => tf.zerosLike(x)),
    ofInput(tf.Relu, (g, x) => tf.mul(g, tf.step(x))),
    ofInput(tf.LeakyRelu, (g, x, attributes) =>
      tf.mul(g, tf.step(x, (attributes as { readonly alpha: number }).alpha)),
    ),
    ofInput(tf.Softplus, (g, x) => tf.mul(g, tf.sigmoid(x))),
    ofOutput(tf.Sqrt, (g, y) => tf.div(g, tf.mul(y, 2))),
    ofOutput(tf.Sigmoid, (g, y) => tf.mul(g, tf.mul(y, tf.sub(1, y)))),
    ofOutput(tf.Tanh, (g, y) => tf.mul(g, tf.sub(1, tf.square(y)))),
    ofOutput(
      tf.Softmax,
      (g, y) => {
        const along = tf.mul(g, y);
        return tf.sub(along, tf.mul(tf.sum(along, -1, true), y));
      },
      'logits',
    ),
  ];
}

function shaping(tf: Tf): readonly GradConfig[] {
  return [
    {
      kernelName: tf.Reshape,
      inputsToSave: ['x'],
      gradFunc: (dy, saved) => ({ x: () => tf.reshape(dy as Tensor, saved[0]!.shape) }),
    },
    {
      kernelName: tf.Transpose,
      gradFunc: (dy, _saved, attributes) => {
        const perm = (attributes as unknown as { readonly perm: number[] }).perm;
        const back = perm.map((_, axis) => perm.indexOf(axis));
        return { x: () => tf.transpose(dy as Tensor, back) };
      },
    },
    {
      kernelName: tf.Sum,
      inputsToSave: ['x'],
      gradFunc: (dy, saved, attributes) => {
        const { shape } = saved[0]!;
        const { axis } = attributes as unknown as { readonly axis: number | number[] };
        const summed = tf.util.parseAxisParam(axis, shape);
        const kept = shape.map((n, i) => (summed.includes(i) ? 1 : n));
        return { x: () => tf.mul(tf.reshape(dy as Tensor, kept), tf.ones(shape)) };
      },
    },
    {
      // The nets here multiply plain matrices; transposed factors do not occur.
      kernelName: tf.BatchMatMul,
      inputsToSave: ['a', 'b'],
      gradFunc: (dy, saved) => ({
        a: () => tf.matMul(dy as Tensor, saved[1]!, false, true),
        b: () => tf.matMul(saved[0]!, dy as Tensor, true, false),
      }),
    },
  ];
}

function windows(tf: Tf): readonly GradConfig[] {
  const run = (kernel: string, inputs: Record<string, Tensor>, attributes: object) =>
    tf.engine().runKernel(kernel, inputs, attributes as NamedAttrMap) as Tensor;
  return [
    {
      kernelName: tf.Conv2D,
      inputsToSave: ['x', 'filter'],
      gradFunc: (given, saved, attributes) => {
        const dy = given as Tensor;
        const [x, filter] = saved as [Tensor, Tensor];
        const [inputShape, filterShape] = [x.shape, filter.shape];
        return {
          x: () => run(tf.Conv2DBackpropInput, { dy, filter }, { ...attributes, inputShape }),
          filter: () => run(tf.Conv2DBackpropFilter, { x, dy }, { ...attributes, filterShape }),
        };
      },
    },
    {
      kernelName: tf.MaxPool,
      inputsToSave: ['x'],
      outputsToSave: [true],
      gradFunc: (given, saved, attributes) => {
        const [input, output] = saved as [Tensor, Tensor];
        return { x: () => run(tf.MaxPoolGrad, { dy: given as Tensor, input, output }, attributes) };
      },
    },
  ];
}

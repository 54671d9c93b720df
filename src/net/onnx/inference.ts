// A trained net as an ordinary ONNX model for other tools: standard operators, weights inside, any batch size. `input`
// is float32 [batch, …shape], images channels-first; a net that was trained on bytes wants them divided by 255.
import type { Activation, Net, PlacedLayer } from '../model.js';
import { LEAKY_SLOPE } from '../model.js';
import { padsOf } from '../shapes.js';
import { Emitter } from './emitter.js';
import { encodeModel } from './proto.js';

/** The bytes of a `.onnx` file (IR 8, operator set 17): `input` to `output`. */
export function inferenceModel(net: Net, parameters: Float32Array, statistics: Float32Array): Uint8Array {
  const emit = new Emitter('t');
  const weights = new Map<string, string>();
  for (const { name, offset, size, shape } of net.parameters)
    weights.set(name, emit.floats(parameters.subarray(offset, offset + size), shape));
  for (const { name, offset, size } of net.statistics)
    weights.set(name, emit.floats(statistics.subarray(offset, offset + size), [size]));
  let x = 'input';
  for (const placed of net.layers) x = activate(emit, writeLayer(emit, placed, x, weights), placed);
  emit.alias(x, 'output');
  return encodeModel({
    name: 'net',
    nodes: emit.nodes,
    constants: emit.constants,
    inputs: [{ name: 'input', element: 'float', shape: ['batch', ...net.input] }],
    outputs: [{ name: 'output', element: 'float', shape: ['batch', ...net.output] }],
  });
}

function writeLayer(
  emit: Emitter,
  placed: PlacedLayer,
  x: string,
  weights: ReadonlyMap<string, string>,
): string {
  const { name, layer } = placed;
  const weight = (part: string) => weights.get(`${name}/${part}`)!;
  switch (layer.type) {
    case 'dense':
      return emit.op('Gemm', [x, weight('kernel'), ...(layer.bias ? [weight('bias')] : [])]);
    case 'conv2d':
      return emit.op('Conv', [x, weight('kernel'), ...(layer.bias ? [weight('bias')] : [])], {
        kernel_shape: layer.kernel,
        strides: layer.stride,
        pads: padsOf(layer, placed.input),
      });
    case 'maxPool2d':
      return emit.op('MaxPool', [x], { kernel_shape: layer.size, strides: layer.size });
    case 'batchNorm':
      return emit.op('BatchNormalization', [x, ...['gamma', 'beta', 'mean', 'variance'].map(weight)], {
        epsilon: { float: layer.eps },
      });
    case 'flatten':
    case 'reshape':
      return emit.op('Reshape', [x, emit.ints([-1, ...placed.output])]);
    case 'dropout':
    case 'activation':
      return x;
  }
}

const OPERATORS: Readonly<Record<Exclude<Activation, 'linear'>, string>> = {
  relu: 'Relu',
  leakyRelu: 'LeakyRelu',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  softplus: 'Softplus',
  softmax: 'Softmax',
};

function activate(emit: Emitter, x: string, { layer }: PlacedLayer): string {
  if (!('activation' in layer) || layer.activation === 'linear') return x;
  const slope = layer.activation === 'leakyRelu' ? { alpha: { float: LEAKY_SLOPE } } : {};
  return emit.op(OPERATORS[layer.activation], [x], slope);
}

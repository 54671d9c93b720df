// Puts layers in a row: names them, works out every shape, and lays their parameters out in one flat vector. Refuses
// what does not fit, all faults together, each with the layer's name and both shapes.
import { throwFaults } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import { sizeOf } from './graph.js';
import {
  ACTIVATIONS,
  type Initializer,
  type Layer,
  type Net,
  type Parameter,
  type PlacedLayer,
  type Shape,
  type Statistic,
} from './model.js';

interface Wish {
  readonly part: string;
  readonly shape: Shape;
  readonly init: Initializer;
  readonly fanIn?: number;
  readonly fanOut?: number;
}

/**
 * The network of `layers` on examples of shape `input` (without the batch axis; images [channels, height, width]).
 * Throws BAD_MODEL with every fault found.
 */
export function net(description: { readonly input: Shape; readonly layers: readonly Layer[] }): Net {
  const faults: string[] = [];
  const layers: PlacedLayer[] = [];
  const parameters: Parameter[] = [];
  const statistics: Statistic[] = [];
  const counts = new Map<string, number>();
  if (!description.input.every(isCount) || description.input.length === 0)
    faults.push(`input: shape ${show(description.input)} must hold whole numbers of at least 1`);
  if (description.layers.length === 0) faults.push('no layers: at least one is needed');
  let shape = description.input;
  let offset = 0;
  let statisticOffset = 0;
  for (const layer of description.layers) {
    const number = (counts.get(layer.type) ?? 0) + 1;
    counts.set(layer.type, number);
    const name = layer.name ?? `${layer.type}${number}`;
    if (layers.some((other) => other.name === name)) faults.push(`${name}: the name is used twice`);
    faults.push(...valueFaults(layer).map((fault) => `${name}: ${fault}`));
    const output = outputShape(layer, shape);
    if (typeof output === 'string') {
      // What follows has no shape to stand on: the faults up to here are the ones that can be told.
      faults.push(`${name}: ${output}`);
      break;
    }
    layers.push({ name, layer, input: shape, output });
    for (const wish of wishes(layer, shape)) {
      const size = sizeOf(wish.shape);
      const { part, fanIn = size, fanOut = size, ...rest } = wish;
      parameters.push({ name: `${name}/${part}`, offset, size, fanIn, fanOut, ...rest });
      offset += size;
    }
    if (layer.type === 'batchNorm')
      for (const [part, start] of [['mean', 0] as const, ['variance', 1] as const]) {
        statistics.push({ name: `${name}/${part}`, size: shape[0]!, offset: statisticOffset, start });
        statisticOffset += shape[0]!;
      }
    shape = output;
  }
  throwFaults('BAD_MODEL', 'the layers do not fit', faults);
  return {
    input: description.input,
    output: shape,
    layers,
    parameters,
    statistics,
    parameterCount: offset,
    statisticCount: statisticOffset,
  };
}

const isCount = (n: number) => Number.isSafeInteger(n) && n >= 1;
export const show = (shape: Shape) => `[${shape.join(', ')}]`;

/** Values that no shape can mend. */
function valueFaults(layer: Layer): readonly string[] {
  const faults: string[] = [];
  const count = (what: string, n: number) => {
    if (!isCount(n)) faults.push(`${what} is ${n}, expected a whole number of at least 1`);
  };
  if (layer.type === 'dense') count('units', layer.units);
  if (layer.type === 'conv2d') {
    count('filters', layer.filters);
    for (const n of [...layer.kernel, ...layer.stride]) count('kernel or stride', n);
  }
  if (layer.type === 'maxPool2d') for (const n of layer.size) count('size', n);
  if (layer.type === 'dropout' && !(layer.rate >= 0 && layer.rate < 1))
    faults.push(`rate is ${layer.rate}, expected 0 <= rate < 1`);
  if ('activation' in layer && !ACTIVATIONS.includes(layer.activation))
    faults.push(describeUnknown('activation', layer.activation, ACTIVATIONS));
  return faults;
}

/** The shape after a layer, or what is wrong. */
function outputShape(layer: Layer, input: Shape): Shape | string {
  switch (layer.type) {
    case 'dense':
      if (input.length === 1) return [layer.units];
      return `needs a flat input [n], got ${show(input)}: put flatten() before it`;
    case 'conv2d': {
      if (input.length !== 3) return `needs an image [channels, height, width], got ${show(input)}`;
      const size = [1, 2].map((axis) => windowsAlong(layer, input[axis]!, axis - 1));
      if (size.every((n) => n >= 1)) return [layer.filters, ...size];
      return `kernel ${show(layer.kernel)} does not fit into the image ${show(input)}`;
    }
    case 'maxPool2d': {
      if (input.length !== 3) return `needs an image [channels, height, width], got ${show(input)}`;
      const size = [1, 2].map((axis) => Math.floor(input[axis]! / layer.size[axis - 1]!));
      if (size.every((n) => n >= 1)) return [input[0]!, ...size];
      return `window ${show(layer.size)} does not fit into the image ${show(input)}`;
    }
    case 'reshape':
      if (layer.shape.every(isCount) && sizeOf(layer.shape) === sizeOf(input)) return layer.shape;
      return `${show(layer.shape)} has ${sizeOf(layer.shape)} values, its input ${show(input)} has ${sizeOf(input)}`;
    case 'flatten':
      return [sizeOf(input)];
    case 'batchNorm':
      if (input.length === 1 || input.length === 3) return input;
      return `needs [n] or [channels, height, width], got ${show(input)}`;
    case 'activation':
      if (layer.activation !== 'softmax' || input.length === 1) return input;
      return `softmax needs a flat input [n], got ${show(input)}`;
    case 'dropout':
      return input;
  }
}

function windowsAlong(layer: Layer & { type: 'conv2d' }, n: number, axis: number): number {
  const stride = layer.stride[axis]!;
  return layer.padding === 'same'
    ? Math.ceil(n / stride)
    : Math.floor((n - layer.kernel[axis]!) / stride) + 1;
}

/** Padding of a conv2d layer: rows above, columns left, rows below, columns right; the odd one at the end. */
export function padsOf(layer: Layer & { type: 'conv2d' }, image: Shape): [number, number, number, number] {
  if (layer.padding === 'valid') return [0, 0, 0, 0];
  const total = [0, 1].map((axis) => {
    const n = image[axis + 1]!;
    const stride = layer.stride[axis]!;
    return Math.max((Math.ceil(n / stride) - 1) * stride + layer.kernel[axis]! - n, 0);
  });
  const before = total.map((n) => Math.floor(n / 2));
  return [before[0]!, before[1]!, total[0]! - before[0]!, total[1]! - before[1]!];
}

/** The parameters that a layer asks for. */
function wishes(layer: Layer, input: Shape): readonly Wish[] {
  const zeros: Initializer = { kind: 'zeros' };
  if (layer.type === 'dense') {
    const fans = { fanIn: input[0]!, fanOut: layer.units };
    const kernel = { part: 'kernel', shape: [input[0]!, layer.units], init: layer.init, ...fans };
    return layer.bias ? [kernel, { part: 'bias', shape: [layer.units], init: zeros }] : [kernel];
  }
  if (layer.type === 'conv2d') {
    const area = layer.kernel[0] * layer.kernel[1];
    const fans = { fanIn: input[0]! * area, fanOut: layer.filters * area };
    const shape = [layer.filters, input[0]!, ...layer.kernel];
    const kernel = { part: 'kernel', shape, init: layer.init, ...fans };
    return layer.bias ? [kernel, { part: 'bias', shape: [layer.filters], init: zeros }] : [kernel];
  }
  if (layer.type !== 'batchNorm') return [];
  return [
    { part: 'gamma', shape: [input[0]!], init: { kind: 'ones' } },
    { part: 'beta', shape: [input[0]!], init: zeros },
  ];
}

// Layers as graphs. A value between layers is either rows [batch, n] or images [channels, height, width, batch] (see
// ops/window.ts for why the batch comes last there); it is turned only where a layer needs the other form.
import { InternalError } from '../ground/errors.js';
import { type Graph, type Node, sizeOf } from './graph.js';
import type { Activation, Layer, Net, PlacedLayer, Shape } from './model.js';
import {
  add,
  div,
  exp,
  leakyRelu,
  log,
  mul,
  relu,
  scalar,
  sigmoid,
  softplus,
  sqrt,
  sub,
  tanh,
} from './ops/elementwise.js';
import { affine, matmul } from './ops/matmul.js';
import { largest, mean, scale, sum } from './ops/reduce.js';
import { input, reshape, toFloat, transpose } from './ops/shape.js';
import { maxPool, unfold, windowCounts } from './ops/window.js';
import { padsOf } from './shapes.js';

/** Tensors that a graph is fed, by name. */
export interface Fed {
  readonly parameters: ReadonlyMap<string, Node>;
  readonly statistics: ReadonlyMap<string, Node>;
}

/** What training adds to a forward pass; absent when the net only predicts. */
export interface Training {
  /** One for each dropout layer, in order: 0 or 1, in the layer's own form. */
  readonly masks: readonly Node[];
  /** 1 / (1 − rate) of each. */
  readonly maskScales: readonly Node[];
}

export interface Forward {
  /** Output of the last layer asked for, [batch, …shape] flat: rows [batch, n]. */
  readonly output: Node;
  /** The same before the last activation, where that was sigmoid or softmax. */
  readonly logits: Node;
  /** New running statistics, by name; only in training. */
  readonly statistics: ReadonlyMap<string, Node>;
}

interface Value {
  readonly node: Node;
  readonly form: 'rows' | 'images';
  readonly shape: Shape;
}

/** Inputs for everything that a net holds; parameters in the form `as` of their shapes. */
export function feedParameters(graph: Graph, net: Net, as: (shape: Shape) => Shape = (shape) => shape): Fed {
  const parameters = net.parameters.map(({ name, shape }) => [name, input(graph, name, as(shape))] as const);
  const statistics = net.statistics.map(({ name, size }) => [name, input(graph, name, [size])] as const);
  return { parameters: new Map(parameters), statistics: new Map(statistics) };
}

/** Runs `x`, rows of the net's input, through the layers up to `last` (by name; all of them by default). */
export function forward(net: Net, x: Node, fed: Fed, training?: Training, last?: string): Forward {
  let value: Value = { node: x, form: 'rows', shape: net.input };
  let logits = value;
  let dropouts = 0;
  const statistics = new Map<string, Node>();
  for (let i = 0; i < net.layers.length; i++) {
    const placed = net.layers[i]!;
    const { layer, name } = placed;
    const pool = net.layers[i + 1];
    if (
      name !== last &&
      layer.type === 'conv2d' &&
      layer.activation === 'relu' &&
      pool?.layer.type === 'maxPool2d'
    ) {
      // Adding a bias and relu keep the order of values: done after the pool they give the same, on a quarter of them.
      value = {
        node: convolve(placed, asImages(value).node, fed.parameters, pool.layer.size),
        form: 'images',
        shape: pool.output,
      };
      logits = value = { ...value, node: relu(value.node) };
      i++;
      if (pool.name === last) break;
      continue;
    }
    if (layer.type === 'dropout') {
      const [mask, by] = [training?.masks[dropouts], training?.maskScales[dropouts]];
      dropouts++;
      if (mask !== undefined && by !== undefined) {
        const held = maskForm(layer, value) === 'images' ? asImages(value) : asRows(value);
        value = { ...held, node: mul(held.node, mul(toFloat(mask), by)) };
      }
      logits = value;
    } else if (layer.type === 'batchNorm') {
      value = normalise(placed, value, fed, training === undefined ? undefined : statistics);
      logits = value;
    } else {
      logits = linear(placed, value, fed.parameters);
      value = 'activation' in layer ? activate(layer.activation, logits) : logits;
      if (!('activation' in layer) || !['sigmoid', 'softmax'].includes(layer.activation)) logits = value;
    }
    if (name === last) break;
  }
  return { output: asRows(value).node, logits: asRows(logits).node, statistics };
}

/** The form in which a dropout layer's mask is fed: by its shape, whatever form its input happens to be in. */
function maskForm(_layer: Layer, value: Value): Value['form'] {
  return value.shape.length === 3 ? 'images' : 'rows';
}

/** Shape of the mask that a dropout layer of input `shape` is fed for one step. */
export function maskShape(shape: Shape, batch: number): Shape {
  return shape.length === 3 ? [...shape, batch] : [batch, sizeOf(shape)];
}

function asRows(value: Value): Value {
  if (value.form === 'rows') return value;
  const batch = value.node.shape[3]!;
  const columns = reshape(value.node, [sizeOf(value.shape), batch]);
  return { node: transpose(columns, [1, 0]), form: 'rows', shape: value.shape };
}

function asImages(value: Value): Value {
  if (value.form === 'images') return value;
  const turned = transpose(value.node, [1, 0]);
  return {
    node: reshape(turned, [...value.shape, value.node.shape[0]!]),
    form: 'images',
    shape: value.shape,
  };
}

/** Everything of a layer but its activation. */
function linear(placed: PlacedLayer, value: Value, parameters: Fed['parameters']): Value {
  const { name, layer, input, output } = placed;
  const parameter = (part: string) => parameters.get(`${name}/${part}`)!;
  switch (layer.type) {
    case 'dense': {
      const [x, kernel] = [asRows(value).node, parameter('kernel')];
      const node = layer.bias ? affine(x, kernel, parameter('bias')) : matmul(x, kernel);
      return { node, form: 'rows', shape: output };
    }
    case 'conv2d':
      return { node: convolve(placed, asImages(value).node, parameters), form: 'images', shape: output };
    case 'maxPool2d':
      return {
        node: maxPool(asImages({ ...value, shape: input }).node, layer.size),
        form: 'images',
        shape: output,
      };
    case 'flatten':
    case 'reshape':
      return { ...asRows(value), shape: output };
    default:
      return value;
  }
}

/** A convolution as one matrix product over the windows: kernel [out, in·kh·kw] times [in·kh·kw, down·across·batch]. */
function convolve(
  { name, layer }: PlacedLayer,
  x: Node,
  parameters: Fed['parameters'],
  pool?: readonly [number, number],
): Node {
  if (layer.type !== 'conv2d') throw new InternalError(`${name} is no convolution`);
  const windows = { kernel: layer.kernel, stride: layer.stride, pads: padsOf(layer, x.shape.slice(0, 3)) };
  const kernel = parameters.get(`${name}/kernel`)!;
  const flat = reshape(kernel, [layer.filters, sizeOf(kernel.shape.slice(1))]);
  const product = matmul(flat, unfold(x, windows));
  const image = reshape(product, [layer.filters, ...windowCounts(x.shape, windows), x.shape[3]!]);
  const pooled = pool === undefined ? image : maxPool(image, pool);
  if (!layer.bias) return pooled;
  // As a matrix, so that the bias's gradient is a sum along rows.
  const rows = reshape(pooled, [layer.filters, sizeOf(pooled.shape.slice(1))]);
  return reshape(add(rows, reshape(parameters.get(`${name}/bias`)!, [layer.filters, 1])), pooled.shape);
}

function activate(kind: Activation, value: Value): Value {
  const x = value.node;
  const with_ = (node: Node): Value => ({ ...value, node });
  switch (kind) {
    case 'linear':
      return value;
    case 'relu':
      return with_(relu(x));
    case 'leakyRelu':
      return with_(leakyRelu(x));
    case 'sigmoid':
      return with_(sigmoid(x));
    case 'tanh':
      return with_(tanh(x));
    case 'softplus':
      return with_(softplus(x));
    case 'softmax':
      return with_(softmax(x));
  }
}

/** Along the last axis. The largest logit is taken off first: exp never overflows. */
function softmax(x: Node): Node {
  const raised = exp(sub(x, largest(x, [x.shape.length - 1])));
  return div(raised, sum(raised, [x.shape.length - 1]));
}

export function logSoftmax(x: Node): Node {
  const shifted = sub(x, largest(x, [x.shape.length - 1]));
  return sub(shifted, log(sum(exp(shifted), [x.shape.length - 1])));
}

/** Batch normalisation; `moved` collects the new running statistics in training. */
function normalise(
  { name, layer, input }: PlacedLayer,
  value: Value,
  fed: Fed,
  moved?: Map<string, Node>,
): Value {
  if (layer.type !== 'batchNorm') return value;
  const { node: x, form, shape } = input.length === 3 ? asImages(value) : asRows(value);
  const axes = form === 'images' ? [1, 2, 3] : [0];
  const broadcast = form === 'images' ? [input[0]!, 1, 1, 1] : [1, input[0]!];
  const held = (part: string) => reshape(fed.statistics.get(`${name}/${part}`)!, broadcast);
  const own = (part: string) => reshape(fed.parameters.get(`${name}/${part}`)!, broadcast);
  const centre = moved === undefined ? held('mean') : mean(x, axes);
  const apart = sub(x, centre);
  const spread = moved === undefined ? held('variance') : mean(mul(apart, apart), axes);
  if (moved !== undefined) {
    const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
    const move = (part: string, to: Node) => {
      const next = add(scale(held(part), 1 - layer.momentum), scale(to, layer.momentum));
      moved.set(`${name}/${part}`, reshape(next, [input[0]!]));
    };
    move('mean', centre);
    move('variance', scale(spread, count / Math.max(1, count - 1)));
  }
  const normal = div(apart, sqrt(add(spread, scalar(x, layer.eps))));
  return { node: add(mul(normal, own('gamma')), own('beta')), form, shape };
}

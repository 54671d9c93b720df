// What a network is, as plain data: layers in a row, each with its name, shapes and parameters. Shapes leave out the
// batch axis; images are channels-first ([channels, height, width]). Nothing is computed here: builders only write
// descriptions down, and `net` (shapes.ts) refuses the ones whose shapes do not fit.

/** Sizes of one example, without the batch axis. */
export type Shape = readonly number[];

export type Activation = 'linear' | 'relu' | 'leakyRelu' | 'sigmoid' | 'tanh' | 'softplus' | 'softmax';

export const ACTIVATIONS: readonly Activation[] = [
  'linear',
  'relu',
  'leakyRelu',
  'sigmoid',
  'tanh',
  'softplus',
  'softmax',
];

/** Slope of leakyRelu below zero (PyTorch's default). */
export const LEAKY_SLOPE = 0.01;

/**
 * How a parameter starts. With fan_in and fan_out of the layer (for conv2d times the kernel's area):
 * Glorot and Bengio 2010: uniform ±sqrt(6/(fan_in+fan_out)), normal deviation sqrt(2/(fan_in+fan_out));
 * He et al. 2015: uniform ±sqrt(6/fan_in), normal deviation sqrt(2/fan_in).
 */
export type Initializer =
  | { readonly kind: 'zeros' | 'ones' | 'glorotUniform' | 'glorotNormal' | 'heUniform' | 'heNormal' }
  | { readonly kind: 'uniform'; readonly limit: number }
  | { readonly kind: 'normal'; readonly deviation: number };

export interface DenseLayer {
  readonly type: 'dense';
  readonly name?: string;
  readonly units: number;
  readonly activation: Activation;
  readonly bias: boolean;
  readonly init: Initializer;
}

export interface Conv2dLayer {
  readonly type: 'conv2d';
  readonly name?: string;
  readonly filters: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** `same`: ceil(n/stride) outputs, the odd row of padding at the end; `valid`: no padding. */
  readonly padding: 'same' | 'valid';
  readonly activation: Activation;
  readonly bias: boolean;
  readonly init: Initializer;
}

/** Largest of each window; windows that would reach past the edge are left out. A tie goes to the first in row order. */
export interface MaxPool2dLayer {
  readonly type: 'maxPool2d';
  readonly name?: string;
  readonly size: readonly [number, number];
}

/** In training each value is zeroed with probability `rate` and the others are divided by 1 − rate. */
export interface DropoutLayer {
  readonly type: 'dropout';
  readonly name?: string;
  readonly rate: number;
}

/**
 * Ioffe and Szegedy 2015, over the batch (and the image, for each channel). Training uses the batch's biased variance;
 * running = (1 − momentum)·running + momentum·batch, with the unbiased variance (PyTorch's convention).
 */
export interface BatchNormLayer {
  readonly type: 'batchNorm';
  readonly name?: string;
  readonly momentum: number;
  readonly eps: number;
}

export type Layer =
  | DenseLayer
  | Conv2dLayer
  | MaxPool2dLayer
  | DropoutLayer
  | BatchNormLayer
  | { readonly type: 'flatten'; readonly name?: string }
  | { readonly type: 'reshape'; readonly name?: string; readonly shape: Shape }
  | { readonly type: 'activation'; readonly name?: string; readonly activation: Activation };

/** One trainable tensor, at `offset` (in floats) of the flat parameter vector. */
export interface Parameter {
  /** `<layer>/kernel`, `<layer>/bias`, `<layer>/gamma` or `<layer>/beta`. */
  readonly name: string;
  /** dense kernel [in, out] (y = xW + b); conv2d kernel [out, in, height, width]; the others [units]. */
  readonly shape: Shape;
  readonly offset: number;
  readonly size: number;
  readonly init: Initializer;
  readonly fanIn: number;
  readonly fanOut: number;
}

/** Running statistics of a batchNorm layer (`<layer>/mean`, `<layer>/variance`), in a flat vector of their own. */
export interface Statistic {
  readonly name: string;
  readonly size: number;
  readonly offset: number;
  readonly start: 0 | 1;
}

/** A layer that has found its place. */
export interface PlacedLayer {
  /** Unique in its net: given, or type and number (`dense1`, `conv2d2`). */
  readonly name: string;
  readonly layer: Layer;
  readonly input: Shape;
  readonly output: Shape;
}

/** A network whose shapes fit. Plain data: it can be posted to another thread, or printed. */
export interface Net {
  readonly input: Shape;
  readonly output: Shape;
  readonly layers: readonly PlacedLayer[];
  readonly parameters: readonly Parameter[];
  readonly statistics: readonly Statistic[];
  /** Floats in the flat parameter vector, and in the statistics vector. */
  readonly parameterCount: number;
  readonly statisticCount: number;
}

export interface DenseOptions {
  readonly name?: string;
  readonly activation?: Activation;
  readonly bias?: boolean;
  readonly init?: Initializer | Initializer['kind'];
}

export interface ConvOptions extends DenseOptions {
  readonly stride?: number | readonly [number, number];
  readonly padding?: 'same' | 'valid';
}

/** `units` outputs, y = activation(xW + b), on a flat input. Kernels start Glorot-uniform, biases at 0. */
export function dense(units: number, options: DenseOptions = {}): DenseLayer {
  return { type: 'dense', units, ...named(options), ...weighted(options) };
}

/** Cross-correlation with `filters` kernels, as every framework calls convolution. Padding `same`, stride 1. */
export function conv2d(
  filters: number,
  kernel: number | readonly [number, number],
  options: ConvOptions = {},
): Conv2dLayer {
  return {
    type: 'conv2d',
    filters,
    kernel: pair(kernel),
    stride: pair(options.stride ?? 1),
    padding: options.padding ?? 'same',
    ...named(options),
    ...weighted(options),
  };
}

export function maxPool2d(
  size: number | readonly [number, number] = 2,
  options: { name?: string } = {},
): MaxPool2dLayer {
  return { type: 'maxPool2d', size: pair(size), ...named(options) };
}

export function dropout(rate: number, options: { name?: string } = {}): DropoutLayer {
  return { type: 'dropout', rate, ...named(options) };
}

export function batchNorm(options: { name?: string; momentum?: number; eps?: number } = {}): BatchNormLayer {
  return {
    type: 'batchNorm',
    momentum: options.momentum ?? 0.1,
    eps: options.eps ?? 1e-5,
    ...named(options),
  };
}

export function flatten(options: { name?: string } = {}): Layer {
  return { type: 'flatten', ...named(options) };
}

export function reshape(shape: Shape, options: { name?: string } = {}): Layer {
  return { type: 'reshape', shape, ...named(options) };
}

export function activation(kind: Activation, options: { name?: string } = {}): Layer {
  return { type: 'activation', activation: kind, ...named(options) };
}

function pair(size: number | readonly [number, number]): readonly [number, number] {
  return typeof size === 'number' ? [size, size] : size;
}

function named(options: { readonly name?: string }): { readonly name?: string } {
  return options.name === undefined ? {} : { name: options.name };
}

function weighted(options: DenseOptions): { activation: Activation; bias: boolean; init: Initializer } {
  const init = options.init ?? 'glorotUniform';
  return {
    activation: options.activation ?? 'linear',
    bias: options.bias ?? true,
    init: typeof init === 'string' ? ({ kind: init } as Initializer) : init,
  };
}

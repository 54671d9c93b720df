// A trained net: predicts in batches, gives its weights, and leaves as an ordinary ONNX model.
import { sizeOf } from '../net/graph.js';
import type { Net, Shape } from '../net/model.js';
import { inferenceModel } from '../net/onnx/inference.js';
import type { Engine, Predictor } from './contract.js';
import { checkExamples, type Examples } from './examples.js';

export interface PredictOptions {
  /** Examples in one run. Default 256; it changes no number beyond rounding. */
  readonly batch?: number;
  /** Name of the layer whose output is wanted; default the last. */
  readonly output?: string;
}

export interface Weight {
  readonly name: string;
  readonly shape: Shape;
  readonly values: Float32Array;
}

export interface Model {
  readonly net: Net;
  /** Flat, as `session.train`'s `initial` takes them. */
  readonly parameters: Float32Array;
  readonly statistics: Float32Array;
  /** Outputs of the net, or of the layer `output`: [count, …its shape] flat. */
  predict(data: Examples, options?: PredictOptions): Promise<Float32Array>;
  /** `predict` to a named layer: an autoencoder's codes. */
  encode(data: Examples, layer: string, options?: Omit<PredictOptions, 'output'>): Promise<Float32Array>;
  /** Copies of the parameters and running statistics, by name. */
  weights(): readonly Weight[];
  /** An ordinary inference model (`.onnx`), float32 `input` [batch, …shape] to `output`; bytes go in divided by 255. */
  toOnnx(): Uint8Array;
}

export function openModel(
  engine: Engine,
  net: Net,
  parameters: Float32Array,
  statistics: Float32Array,
): Model {
  const predictors = new Map<string, Predictor>();

  const predictorFor = async (kind: 'bytes' | 'floats', layer: string | undefined): Promise<Predictor> => {
    const key = `${kind} ${layer ?? ''}`;
    const held = predictors.get(key);
    if (held !== undefined) return held;
    const fresh = await engine.predictor(net, kind, layer);
    await fresh.load(parameters, statistics);
    predictors.set(key, fresh);
    return fresh;
  };

  const predict = async (
    data: Examples,
    { batch = 256, output }: PredictOptions = {},
  ): Promise<Float32Array> => {
    checkExamples('data', { inputs: data.inputs, count: data.count }, net);
    const predictor = await predictorFor(data.inputs instanceof Uint8Array ? 'bytes' : 'floats', output);
    const shape = output === undefined ? net.output : net.layers.find(({ name }) => name === output)!.output;
    const results = new Float32Array(data.count * sizeOf(shape));
    const width = sizeOf(net.input);
    for (let from = 0; from < data.count; from += batch) {
      const count = Math.min(batch, data.count - from);
      // slice, not subarray: native code cannot read a SharedArrayBuffer.
      const inputs = data.inputs.slice(from * width, (from + count) * width);
      results.set(await predictor.run(inputs, count), from * sizeOf(shape));
    }
    return results;
  };

  return {
    net,
    parameters,
    statistics,
    predict,
    encode: (data, layer, options) => predict(data, { ...options, output: layer }),
    weights: () => [
      ...net.parameters.map(({ name, shape, offset, size }) => ({
        name,
        shape,
        values: parameters.slice(offset, offset + size),
      })),
      ...net.statistics.map(({ name, offset, size }) => ({
        name,
        shape: [size],
        values: statistics.slice(offset, offset + size),
      })),
    ],
    toOnnx: () => inferenceModel(net, parameters, statistics),
  };
}

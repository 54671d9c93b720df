// A net that only runs forward, on the onnx engine. Weights are fed, so nets of one shape share one compiled graph.
import type { Tensor } from 'onnxruntime-node';
import { SweeplineError } from '../../ground/errors.js';
import { describeUnknown } from '../../ground/text.js';
import { sizeOf } from '../../net/graph.js';
import type { Net } from '../../net/model.js';
import { predictionModel } from '../../net/onnx/models.js';
import type { Program } from '../../net/program.js';
import type { Predictor } from '../contract.js';
import type { Runtime } from './runtime.js';
import { dataTensor, floatsOf, partTensors } from './tensors.js';

export interface PredictorWish {
  readonly net: Net;
  readonly input: Program['input'];
  readonly layer: string | undefined;
}

export function openPredictor(runtime: Runtime, { net, input, layer }: PredictorWish): Predictor {
  const names = net.layers.map(({ name }) => name);
  if (layer !== undefined && !names.includes(layer))
    throw new SweeplineError('BAD_MODEL', describeUnknown('layer', layer, names));
  const wish = { net, input, ...(layer === undefined ? {} : { layer }) };
  const key = `predict ${JSON.stringify(wish)}`;
  let fed: Record<string, Tensor> = {};
  return {
    load: (parameters, statistics) =>
      runtime.call(async () => {
        fed = { ...partTensors(parameters, net.parameters), ...partTensors(statistics, net.statistics) };
      }),
    run: (inputs, count) =>
      runtime.call(async () => {
        const session = await runtime.graph(`${key} ${count}`, () =>
          predictionModel(wish, count, runtime.bytes),
        );
        const given = dataTensor(inputs, [count, sizeOf(net.input)], runtime.bytes);
        return floatsOf((await session.run({ ...fed, inputs: given })).outputs);
      }),
    async dispose() {
      fed = {};
    },
  };
}

// A net that only runs forward, on the tfjs engine.
import type { Tensor } from '@tensorflow/tfjs-core';
import { InternalError, SweeplineError } from '../../ground/errors.js';
import { describeUnknown } from '../../ground/text.js';
import { sizeOf } from '../../net/graph.js';
import type { Net } from '../../net/model.js';
import type { Predictor } from '../contract.js';
import { forward } from './forward.js';
import type { Runtime } from './runtime.js';
import { partTensors, rowTensor } from './tensors.js';

export function openPredictor(runtime: Runtime, net: Net, layer: string | undefined): Predictor {
  const names = net.layers.map(({ name }) => name);
  if (layer !== undefined && !names.includes(layer))
    throw new SweeplineError('BAD_MODEL', describeUnknown('layer', layer, names));
  const { tf } = runtime;
  const parts = [...net.parameters, ...net.statistics];
  let tensors: readonly Tensor[] | undefined;
  const replace = (next: readonly Tensor[] | undefined) => {
    runtime.release(tensors ?? []);
    runtime.hold(next ?? []);
    tensors = next;
  };
  return {
    load: (parameters, statistics) =>
      runtime.call(() =>
        replace([
          ...partTensors(tf, parameters, net.parameters),
          ...partTensors(tf, statistics, net.statistics),
        ]),
      ),
    run: (inputs) =>
      runtime.call(() => {
        const held = tensors;
        if (held === undefined) throw new InternalError('the predictor has no weights: call load');
        const weights = new Map(parts.map(({ name }, i) => [name, held[i]!]));
        const wish = { net, weights, ...(layer === undefined ? {} : { last: layer }) };
        return tf.tidy(() => {
          const { output } = forward(tf, wish, rowTensor(tf, inputs, sizeOf(net.input)));
          return Float32Array.from(output.dataSync());
        });
      }),
    async dispose() {
      replace(undefined);
    },
  };
}

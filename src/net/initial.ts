// The state a training starts from. Every tensor has a stream of its own, named by the caller's name and the
// parameter's: adding a layer, or drawing in another order, changes no other layer's weights.
import { randomFor } from '../ground/random.js';
import type { Initializer, Net, Parameter } from './model.js';
import { fillUniform } from './uniform.js';

/** Starting values of all parameters, flat. Rounded once, from float64. */
export function initialParameters(net: Net, ...name: readonly (string | number)[]): Float32Array {
  const all = new Float32Array(net.parameterCount);
  for (const parameter of net.parameters)
    fill(all.subarray(parameter.offset, parameter.offset + parameter.size), parameter, name);
  return all;
}

/** Running means 0, running variances 1. */
export function initialStatistics(net: Net): Float32Array {
  const all = new Float32Array(net.statisticCount);
  for (const { offset, size, start } of net.statistics) all.fill(start, offset, offset + size);
  return all;
}

function fill(out: Float32Array, parameter: Parameter, name: readonly (string | number)[]): void {
  const { init, fanIn, fanOut } = parameter;
  if (init.kind === 'zeros') return;
  if (init.kind === 'ones') {
    out.fill(1);
    return;
  }
  const scale = scaleOf(init, fanIn, fanOut);
  const stream = [...name, 'weights', parameter.name];
  if (init.kind.toLowerCase().endsWith('normal')) {
    const random = randomFor(...stream);
    for (let i = 0; i < out.length; i++) out[i] = scale * random.normal();
    return;
  }
  // 32 bits as an odd multiple of 2^-32 in (−1, 1): more than a float32 keeps.
  fillUniform(out, scale * 2 ** -31, ...stream);
}

/** The limit of a uniform start, the deviation of a normal one. */
function scaleOf(init: Initializer, fanIn: number, fanOut: number): number {
  switch (init.kind) {
    case 'glorotUniform':
      return Math.sqrt(6 / (fanIn + fanOut));
    case 'glorotNormal':
      return Math.sqrt(2 / (fanIn + fanOut));
    case 'heUniform':
      return Math.sqrt(6 / fanIn);
    case 'heNormal':
      return Math.sqrt(2 / fanIn);
    case 'uniform':
      return init.limit;
    case 'normal':
      return init.deviation;
    default:
      return 0;
  }
}

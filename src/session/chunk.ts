// The numbers and masks of some steps of a plan: everything an engine is fed beside the examples themselves.
import { fillMask } from '../net/dropout.js';
import { maskShape } from '../net/forward.js';
import { sizeOf } from '../net/graph.js';
import { STEP_NUMBERS, stepNumbers } from '../net/optimizer.js';
import type { Batch, Chunk } from './contract.js';
import type { TrainingPlan } from './training-plan.js';

export interface ChunkPlace {
  /** Steps of the training done before this chunk. */
  readonly first: number;
  readonly steps: number;
  readonly batch: number;
}

export function chunkOf(
  plan: Pick<TrainingPlan, 'program' | 'optimizer' | 'lossWeights' | 'stepsPerEpoch' | 'epochs' | 'seed'>,
  data: Batch,
  { first, steps, batch }: ChunkPlace,
): Chunk {
  const { program, optimizer, lossWeights, stepsPerEpoch, epochs, seed } = plan;
  const numbers = Array.from({ length: steps }, (_, i) => {
    const n = stepNumbers(optimizer, { step: first + i, stepsPerEpoch, epochs });
    return [...STEP_NUMBERS.map((name) => n[name]), ...lossWeights];
  });
  const dropouts = program.net.layers.flatMap(({ name, layer, input }) =>
    layer.type === 'dropout' ? [{ name, rate: layer.rate, size: sizeOf(maskShape(input, batch)) }] : [],
  );
  const masks = dropouts.map(({ name, rate, size }) => {
    const mask = new Uint8Array(steps * size);
    for (let i = 0; i < steps; i++)
      fillMask(mask.subarray(i * size, (i + 1) * size), rate, [seed, name], first + i);
    return mask;
  });
  return {
    ...data,
    steps,
    batch,
    numbers: Float32Array.from(numbers.flat()),
    masks,
    maskScales: Float32Array.from(dropouts, ({ rate }) => 1 / (1 - rate)),
  };
}

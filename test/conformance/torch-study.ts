// An engine against PyTorch on the study's own networks, at full width: from PyTorch's starting weights, on the same
// minibatches, the L1 losses must agree to 1e-4 relative (test/fixtures/torch, written by its study.py).
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawDigits } from '../../src/data/digits.js';
import type { Net } from '../../src/net/model.js';
import { optimizer, SLOTS } from '../../src/net/optimizer.js';
import type { Program } from '../../src/net/program.js';
import { chunkOf } from '../../src/session/chunk.js';
import type { Engine } from '../../src/session/contract.js';
import { autoencoder } from '../../src/study/autoencoder.js';
import { mersenneTwister, uniformLikeTorch } from './mersenne.js';

const saved = JSON.parse(readFileSync(new URL('../fixtures/torch/study.json', import.meta.url), 'utf8')) as {
  readonly batch: number;
  readonly batches: number;
  readonly seed: number;
  readonly images: string;
  readonly nets: readonly {
    readonly latent: number;
    readonly weights: string;
    readonly losses: readonly number[];
  }[];
};

/** PyTorch's Glorot start and its sum: kernels drawn as [out, in] rows in the order of the layers, laid out as ours. */
function startLikeTorch(net: Net): { parameters: Float32Array; sum: string } {
  const words = mersenneTwister(saved.seed);
  const parameters = new Float32Array(net.parameterCount);
  const sum = createHash('sha256');
  for (const { init, shape, fanIn, fanOut, offset, size } of net.parameters) {
    if (init.kind === 'zeros') continue;
    const drawn = uniformLikeTorch(words, Math.sqrt(6 / (fanIn + fanOut)), size);
    sum.update(new Uint8Array(drawn.buffer));
    const [inputs, units] = shape as [number, number];
    for (let o = 0; o < units; o++)
      for (let i = 0; i < inputs; i++) parameters[offset + i * units + o] = drawn[o * inputs + i]!;
  }
  return { parameters, sum: sum.digest('hex') };
}

/** Runs the suite on some of the study's sizes, and on the first `steps` minibatches of each. */
export function torchStudy(
  name: string,
  open: () => Promise<Engine>,
  { latents, steps }: { readonly latents: readonly number[]; readonly steps: number },
): void {
  describe(`engine ${name} follows PyTorch through the study's networks`, () => {
    let engine: Engine;
    let batches: Uint8Array;
    beforeAll(async () => {
      engine = await open();
      batches = drawDigits('train', saved.batch * saved.batches).images;
    });
    afterAll(() => engine.dispose());

    it('the digits are those that PyTorch saw', () => {
      expect(createHash('sha256').update(batches).digest('hex')).toBe(saved.images);
    });

    it.each(saved.nets.filter(({ latent }) => latents.includes(latent)))(
      'latent size $latent',
      async ({ latent, weights, losses }) => {
        const net = autoencoder({
          ...{ input: 784, latent, hidden: 'study' },
          ...{ codeActivation: 'relu', output: 'sigmoid', init: 'glorot' },
        });
        const { parameters, sum } = startLikeTorch(net);
        expect(sum).toBe(weights);
        const program: Program = {
          ...{ net, losses: ['l1'], optimizer: 'adam', decays: false },
          ...{ clip: 'none', input: 'bytes', target: 'input' },
        };
        const trainer = await engine.compile(program);
        const slots = SLOTS.adam.map(() => new Float32Array(net.parameterCount));
        await trainer.load({ parameters, slots, statistics: new Float32Array(0) });
        const each = saved.batch * 784;
        const inputs = new Uint8Array(steps * each);
        for (let k = 0; k < steps; k++)
          inputs.set(
            batches.subarray((k % saved.batches) * each, ((k % saved.batches) + 1) * each),
            k * each,
          );
        const plan = {
          ...{ program, optimizer: optimizer('adam', { alpha: 1e-3 }), lossWeights: [1] },
          ...{ stepsPerEpoch: steps, epochs: 1, seed: 0 },
        };
        const place = { first: 0, steps, batch: saved.batch };
        const ours = await trainer.train(chunkOf(plan, { count: steps * saved.batch, inputs }, place));
        await trainer.dispose();
        expect(ours).toHaveLength(steps);
        const apart = Array.from(ours, (loss, k) => Math.abs(loss - losses[k]!) / losses[k]!);
        expect(Math.max(...apart)).toBeLessThan(1e-4);
      },
    );
  });
}

// An engine against PyTorch: from PyTorch's starting weights, on the same batches, the losses of 50 steps must agree to
// 1e-4 relative (test/fixtures/torch, written by its generate.py).
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as m from '../../src/net/model.js';
import { type Optimizer, type OptimizerName, optimizer, SLOTS } from '../../src/net/optimizer.js';
import type { Program } from '../../src/net/program.js';
import { net } from '../../src/net/shapes.js';
import { chunkOf } from '../../src/session/chunk.js';
import type { Engine } from '../../src/session/contract.js';

interface Place {
  readonly offset: number;
  readonly length: number;
  readonly shape: readonly number[];
  readonly type: 'float32' | 'uint8';
}

interface Entry {
  readonly name: string;
  readonly parameters: Place;
  readonly inputs: Place;
  readonly labels?: Place;
  readonly losses: readonly number[];
  readonly final: Place;
}

const folder = new URL('../fixtures/torch/', import.meta.url);
const saved = JSON.parse(readFileSync(new URL('trajectories.json', folder), 'utf8')) as {
  readonly steps: number;
  readonly nets: readonly [Entry, Entry];
  readonly optimizers: Readonly<Record<OptimizerName, Entry>>;
};
const blob = readFileSync(new URL('trajectories.bin', folder));

function floats({ offset, length }: Place): Float32Array {
  return new Float32Array(new Uint8Array(blob.subarray(offset, offset + 4 * length)).buffer);
}

const bytes = ({ offset, length }: Place) => new Uint8Array(blob.subarray(offset, offset + length));

/** The batches of all steps in turn: the saved ones, over and over. */
function repeat(place: Place, steps: number): Uint8Array {
  const all = bytes(place);
  const each = all.length / place.shape[0]!;
  const out = new Uint8Array(steps * each);
  for (let k = 0; k < steps; k++) {
    const from = (k % place.shape[0]!) * each;
    out.set(all.subarray(from, from + each), k * each);
  }
  return out;
}

const autoencoder = net({
  input: [144],
  layers: [
    m.dense(32, { activation: 'relu' }),
    m.dense(4),
    m.dense(32, { activation: 'relu' }),
    m.dense(144, { activation: 'sigmoid' }),
  ],
});
const convolutional = net({
  input: [1, 12, 12],
  layers: [
    m.conv2d(6, 3, { activation: 'relu' }),
    m.maxPool2d(2),
    m.conv2d(8, 3, { activation: 'relu' }),
    m.maxPool2d(2),
    m.flatten(),
    m.dense(3, { activation: 'softmax' }),
  ],
});
const small = net({ input: [144], layers: [m.dense(4, { activation: 'tanh' }), m.dense(144)] });

/** The settings of generate.py. */
const SETTINGS: Readonly<Record<OptimizerName, Optimizer>> = {
  sgd: optimizer('sgd', { alpha: 0.5 }),
  momentum: optimizer('momentum', { alpha: 0.1 }),
  nesterov: optimizer('nesterov', { alpha: 0.1, decay: 0.01 }),
  rmsprop: optimizer('rmsprop'),
  adagrad: optimizer('adagrad', { alpha: 0.01 }),
  adam: optimizer('adam', { decay: 0.01 }),
  amsgrad: optimizer('amsgrad'),
  adamw: optimizer('adamw', { decay: 0.1 }),
  nadam: optimizer('nadam'),
};

/** Runs the suite; `open` opens a fresh engine. */
export function torchConformance(name: string, open: () => Promise<Engine>): void {
  describe(`engine ${name} follows PyTorch`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine.dispose());

    async function follow(
      entry: Entry,
      given: Pick<Program, 'net' | 'losses'>,
      chosen: Optimizer,
    ): Promise<void> {
      const program: Program = {
        ...given,
        optimizer: chosen.name,
        decays: chosen.decay !== 0,
        clip: 'none',
        input: 'bytes',
        target: entry.labels === undefined ? 'input' : 'labels',
      };
      const { steps } = saved;
      const batch = entry.inputs.shape[1]!;
      const trainer = await engine.compile(program);
      const slots = SLOTS[chosen.name].map(() => new Float32Array(given.net.parameterCount));
      await trainer.load({ parameters: floats(entry.parameters), slots, statistics: new Float32Array(0) });
      const data = {
        count: steps * batch,
        inputs: repeat(entry.inputs, steps),
        ...(entry.labels === undefined ? {} : { targets: repeat(entry.labels, steps) }),
      };
      const plan = { program, optimizer: chosen, lossWeights: [1], stepsPerEpoch: steps, epochs: 1, seed: 0 };
      const losses = await trainer.train(chunkOf(plan, data, { first: 0, steps, batch }));
      const apart = entry.losses.map((loss, i) => Math.abs(losses[i]! - loss) / loss);
      expect(Math.max(...apart)).toBeLessThan(1e-4);
      const expected = floats(entry.final);
      const { parameters } = await trainer.read();
      const furthest = parameters.reduce((worst, p, i) => Math.max(worst, Math.abs(p - expected[i]!)), 0);
      expect(furthest).toBeLessThan(2e-3);
      await trainer.dispose();
    }

    it('a dense autoencoder, L1', () =>
      follow(saved.nets[0], { net: autoencoder, losses: ['l1'] }, optimizer('adam', { alpha: 3e-3 })));
    it('a convolutional net, cross-entropy', () =>
      follow(saved.nets[1], { net: convolutional, losses: ['cce'] }, optimizer('adam')));
    for (const [which, chosen] of Object.entries(SETTINGS))
      it(which, () =>
        follow(saved.optimizers[which as OptimizerName], { net: small, losses: ['l2'] }, chosen),
      );
  });
}

// What trainings of a population have in common, so that one can go on from another one's weights.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dense } from '../../src/net/model.js';
import { optimizer } from '../../src/net/optimizer.js';
import { net } from '../../src/net/shapes.js';
import type { Engine } from '../../src/session/contract.js';
import { openOnnx } from '../../src/session/onnx/engine.js';
import { createSession, type Session } from '../../src/session/session.js';
import { planTraining, type TrainOptions } from '../../src/session/training-plan.js';

let engine: Engine;
let session: Session;
beforeAll(async () => {
  engine = await openOnnx('cpu');
  session = createSession(engine);
});
afterAll(() => session.dispose());

const inputs = Float32Array.from({ length: 80 }, (_, i) => i / 40 - 1);
const OPTIONS: TrainOptions = {
  net: net({ input: [1], layers: [dense(8, { activation: 'tanh' }), dense(1)] }),
  data: { inputs, count: 80, targets: inputs.map((x) => Math.sin(3 * x)) },
  loss: 'l2',
  optimizer: optimizer('adam', { alpha: 0.02 }),
  epochs: 6,
  batch: 20,
  validation: 0.25,
};

interface Kept {
  bytes?: Uint8Array;
}

/** Stops after so many epochs. */
function trialOf(
  seed: number,
  more: { splitSeed?: number; kept?: Kept; stopAt?: number; isTakenOver?: boolean },
) {
  const { splitSeed = seed, kept = {}, stopAt = Number.POSITIVE_INFINITY, isTakenOver = false } = more;
  const rows: [epoch: number, loss: number][] = [];
  return {
    ...{ seed, splitSeed, isTakenOver, rows },
    get stopRequested() {
      return rows.length >= stopAt;
    },
    stopped: () => new Error('stopped'),
    report: (epoch: number, { loss }: Readonly<Record<string, number>>) => void rows.push([epoch, loss!]),
    loadCheckpoint: () => kept.bytes,
    saveCheckpoint(bytes: Uint8Array) {
      kept.bytes = bytes;
    },
  };
}

it('a fraction holds out the same examples in all trials of a population, and in each its own elsewhere', () => {
  const heldOut = (seed: number, splitSeed?: number) => [
    ...planTraining({ ...OPTIONS, seed, trial: trialOf(seed, splitSeed === undefined ? {} : { splitSeed }) })
      .validation!.examples,
  ];
  expect(heldOut(1, 77)).toEqual(heldOut(2, 77));
  expect(heldOut(1)).not.toEqual(heldOut(2));
  expect(heldOut(1)).toEqual([...planTraining({ ...OPTIONS, seed: 1 }).validation!.examples]);
});

it('goes on from the weights of another trial, whatever its step size and decay; its own history is that of the weights', async () => {
  const kept: Kept = {};
  const first = trialOf(1, { splitSeed: 9, kept, stopAt: 3 });
  await expect(session.train({ ...OPTIONS, trial: first })).rejects.toThrow('stopped');
  for (const changed of [
    { alpha: 0.05 },
    { alpha: 0.02, decay: 0.1 },
    { alpha: 0.02, clip: { kind: 'norm', limit: 1 } as const },
  ]) {
    const second = trialOf(2, { splitSeed: 9, kept: { ...kept }, isTakenOver: true });
    const options = { ...OPTIONS, optimizer: optimizer('adam', changed) };
    await session.train({ ...options, trial: second });
    expect(second.rows.slice(0, 3)).toEqual(first.rows);
    expect(second.rows).toHaveLength(6);
    // Not from the beginning: the loss goes on from where it was.
    expect(second.rows[3]![1]).toBeLessThan(first.rows[0]![1]);
  }
});

it('refuses the weights of another net, and leaves alone a checkpoint that is not handed over', async () => {
  const kept: Kept = {};
  const first = trialOf(1, { kept, stopAt: 3 });
  await expect(session.train({ ...OPTIONS, trial: first })).rejects.toThrow('stopped');
  const other = net({ input: [1], layers: [dense(9, { activation: 'tanh' }), dense(1)] });
  const taking = trialOf(2, { kept: { ...kept }, isTakenOver: true });
  await expect(session.train({ ...OPTIONS, net: other, trial: taking })).rejects.toThrow(
    'the checkpoint to go on from is of another net, loss or optimizer',
  );
  const alone = trialOf(2, { kept: { ...kept } });
  const without = trialOf(2, {});
  await session.train({ ...OPTIONS, trial: alone });
  await session.train({ ...OPTIONS, trial: without });
  expect(alone.rows).toEqual(without.rows);
});

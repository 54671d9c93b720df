// The same training on two threads at once and on this one: the same bits. Threads run the compiled files.
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { conv2d, dense, dropout, flatten, maxPool2d } from '../../src/net/model.js';
import { optimizer } from '../../src/net/optimizer.js';
import { net } from '../../src/net/shapes.js';
import { openSession } from '../../src/session/open.js';
import type { TrainOptions } from '../../src/session/training-plan.js';

const entry = new URL('../../dist/test/session/train-thread.js', import.meta.url);

const labels = Uint8Array.from({ length: 300 }, (_, i) => i % 4);
const inputs = new Uint8Array(new SharedArrayBuffer(300 * 100));
for (let i = 0; i < inputs.length; i++) inputs[i] = (i * 31 + (i >> 5) * 7) % 256;
const options: TrainOptions = {
  net: net({
    input: [1, 10, 10],
    layers: [
      conv2d(8, 3, { activation: 'relu' }),
      maxPool2d(2),
      dropout(0.25),
      flatten(),
      dense(4, { activation: 'softmax' }),
    ],
  }),
  data: { inputs, labels, count: 300 },
  loss: 'cce',
  optimizer: optimizer('nadam', { schedule: { kind: 'cosine' } }),
  epochs: 3,
  batch: 32,
  validation: 0.1,
  seed: 9,
};

function onThread(): Promise<{ parameters: Float32Array; history: unknown }> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(entry, { workerData: options });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

it('one thread or two: equal weights and losses', async () => {
  const session = await openSession({ device: 'cpu' });
  const { model, history } = await session.train(options);
  for (const other of await Promise.all([onThread(), onThread()])) {
    expect(other.parameters).toEqual(model.parameters);
    expect(other.history).toEqual(history);
  }
  await session.dispose();
});

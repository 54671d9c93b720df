// Thread entry of the engine's benchmark: trains the dense autoencoder for some seconds, posts steps a second and RSS.
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../src/ground/clock.js';
import { optimizer } from '../../src/net/optimizer.js';
import { openSession } from '../../src/session/open.js';
import { BENCH_MODELS } from './engine-models.js';

const { images, seconds } = workerData as { images: Uint8Array; seconds: number };
const { program, batch } = BENCH_MODELS[1]!;
const session = await openSession({ device: 'cpu' });
const job = {
  net: program.net,
  data: { inputs: images, count: images.length / 784 },
  loss: 'l1',
  optimizer: optimizer('adam'),
  batch,
  epochs: 1000,
} as const;
// The clock starts at the fifth look at the stop flag: compilation and the first chunks are over. Steps are read off the
// loss curve's end, so those first few count too: under 1 % of them.
let looks = 0;
let start = 0;
const stop = () => {
  looks++;
  if (looks === 5) start = systemClock.elapsed();
  return looks > 5 && systemClock.elapsed() - start > seconds * 1000;
};
const { steps } = await session.train({ ...job, stop });
const rate = steps / ((systemClock.elapsed() - start) / 1000);
const { rss } = process.memoryUsage();
await session.dispose();
parentPort!.postMessage({ rate, rss });

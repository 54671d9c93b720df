// Thread entry of threads.test.ts: trains the given net and posts its final parameters.
import { parentPort, workerData } from 'node:worker_threads';
import { openSession } from '../../src/session/open.js';
import type { TrainOptions } from '../../src/session/training-plan.js';

const session = await openSession({ device: 'cpu' });
const { model, history } = await session.train(workerData as TrainOptions);
await session.dispose();
parentPort!.postMessage({ parameters: model.parameters, history });

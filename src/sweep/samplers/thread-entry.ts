// Entry of the thread that makes the proposals of a slow search method: a Proposer that is told what happens in the main
// thread, in order. It loads the sweep's file where points must pass its constraint.
import { parentPort, workerData } from 'node:worker_threads';
import { toPlainError } from '../../ground/errors.js';
import { loadSweep } from '../definition/load.js';
import { loadMethod } from './list.js';
import type { Proposer } from './proposer.js';
import { createProposer } from './search.js';
import type { FromThread, ThreadData, ToThread } from './thread.js';

async function open({ spec, seed, sweepUrl }: ThreadData): Promise<Proposer> {
  const where = sweepUrl === null ? null : (await loadSweep(sweepUrl)).sweep.where;
  return createProposer((await loadMethod(spec))!, spec, { seed, where });
}

const proposer = open(workerData as ThreadData);
proposer.catch(() => undefined); // told to whoever asks

const say = (message: FromThread) => parentPort!.postMessage(message);
let last: Promise<void> = Promise.resolve();

async function take(message: ToThread): Promise<void> {
  try {
    const made = await proposer;
    if (message.t === 'add') made.add(message.point);
    else if (message.t === 'tell') made.tell(message.observed);
    else say({ t: 'point', point: made.propose(message.told)?.point ?? null });
  } catch (error) {
    say({ t: 'failed', error: toPlainError(error) });
  }
}

parentPort!.on('message', (message: ToThread) => {
  last = last.then(() => take(message));
});

// What there is on a queue at this moment, for those who watch.
import { SweeplineError } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import type { QueueAddress } from './address.js';
import { connect } from './connect.js';
import { KEYS, QUEUE_PREFIX, removeRun } from './keys.js';
import type { HostRecord } from './messages.js';
import { loadQueuePackages, type QueuePackages, type Redis } from './packages.js';
import { type QueuedRun, readHosts, readRuns } from './registry.js';

export interface QueueState {
  readonly hosts: readonly HostRecord[];
  readonly runs: readonly QueuedRun[];
}

export function readQueueState(address: QueueAddress): Promise<QueueState> {
  return withRedis(address, async (redis) => {
    const [hosts, runs] = await Promise.all([readHosts(redis), readRuns(redis, QUEUE_PREFIX)]);
    return { hosts, runs };
  });
}

/** Removes a run that nobody takes up again. Rejects with BAD_USAGE where there is none, or its coordinator is there. */
export function forgetRun(address: QueueAddress, name: string): Promise<void> {
  return withRedis(address, async (redis, { Queue }) => {
    const runs = await readRuns(redis, QUEUE_PREFIX);
    const run = runs.find((each) => each.run === name);
    if (run === undefined)
      throw new SweeplineError(
        'BAD_USAGE',
        describeUnknown(
          'run',
          name,
          runs.map((each) => each.run),
        ),
      );
    if (run.isAlive)
      throw new SweeplineError('BAD_USAGE', `run ${name} has a coordinator, on ${run.coordinator.host}`, {
        hint: 'stop it there: it removes its run itself',
      });
    await removeRun(redis, name, run.session);
    const queue = new Queue(name, { connection: redis, prefix: QUEUE_PREFIX });
    await queue.obliterate({ force: true });
    await queue.close();
    await redis.publish(KEYS.bell, 'sync');
  });
}

async function withRedis<T>(
  address: QueueAddress,
  work: (redis: Redis, packages: QueuePackages) => Promise<T>,
): Promise<T> {
  const packages = await loadQueuePackages();
  const redis = await connect(packages, address, () => undefined);
  try {
    return await work(redis, packages);
  } finally {
    redis.disconnect();
  }
}

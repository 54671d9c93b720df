// What there is on a queue at this moment, for those who watch.
import { SweeplineError } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import type { QueueAddress } from './address.js';
import { connect } from './connect.js';
import { KEYS, keysOf, QUEUE_PREFIX, removeRun } from './keys.js';
import type { HostRecord } from './messages.js';
import { loadQueuePackages, type QueuePackages, type Redis } from './packages.js';
import { listRuns, type QueuedRun, readHosts, readRuns } from './registry.js';

export interface QueueState {
  readonly hosts: readonly HostRecord[];
  readonly runs: readonly QueuedRun[];
  /** Names of runs that this version cannot read. */
  readonly others: readonly string[];
}

export function readQueueState(address: QueueAddress): Promise<QueueState> {
  return withRedis(address, async (redis) => {
    const [hosts, runs, names] = await Promise.all([
      readHosts(redis),
      readRuns(redis, QUEUE_PREFIX),
      listRuns(redis),
    ]);
    const known = new Set(runs.map(({ run }) => run));
    return { hosts, runs, others: names.filter((name) => !known.has(name)) };
  });
}

/**
 * Removes a run that nobody takes up again, of whatever version. Rejects with BAD_USAGE where there is none, or its
 * coordinator is there.
 */
export function forgetRun(address: QueueAddress, name: string): Promise<void> {
  return withRedis(address, async (redis, { Queue }) => {
    const names = await listRuns(redis);
    if (!names.includes(name)) throw new SweeplineError('BAD_USAGE', describeUnknown('run', name, names));
    const run = (await readRuns(redis, QUEUE_PREFIX)).find((each) => each.run === name);
    const keys = keysOf(name);
    if ((await redis.exists(keys.alive)) === 1) {
      const where = run === undefined ? '' : `, on ${run.coordinator.host}`;
      throw new SweeplineError('BAD_USAGE', `run ${name} has a coordinator${where}`, {
        hint: 'stop it there: it removes its run itself; of one that was killed nobody hears for ten seconds',
      });
    }
    const session = await redis.hget(keys.run, 'session');
    if (!(await removeRun(redis, name, session ?? '')))
      throw new SweeplineError('BAD_USAGE', `run ${name} has just been taken up again`);
    if (name.includes(':')) return; // BullMQ has no queue of that name
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

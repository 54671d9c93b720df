// What there is on a queue at this moment, for those who watch.
import type { QueueAddress } from './address.js';
import { connect } from './connect.js';
import { QUEUE_PREFIX } from './keys.js';
import type { HostRecord } from './messages.js';
import { loadQueuePackages } from './packages.js';
import { type QueuedRun, readHosts, readRuns } from './registry.js';

export interface QueueState {
  readonly hosts: readonly HostRecord[];
  readonly runs: readonly QueuedRun[];
}

export async function readQueueState(address: QueueAddress): Promise<QueueState> {
  const redis = await connect(await loadQueuePackages(), address, () => undefined);
  try {
    const [hosts, runs] = await Promise.all([readHosts(redis), readRuns(redis, QUEUE_PREFIX)]);
    return { hosts, runs };
  } finally {
    redis.disconnect();
  }
}

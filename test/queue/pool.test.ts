// The pool of machines, held to every pool's promises, with one real host on a real Redis.
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe } from 'vitest';
import { systemClock } from '../../src/ground/clock.js';
import { createHostPool } from '../../src/pool/host.js';
import { readAddress } from '../../src/queue/address.js';
import { openQueueHost, type QueueHost } from '../../src/queue/host.js';
import { createQueuePool } from '../../src/queue/pool.js';
import { poolConformance } from '../conformance/pool.js';
import { NO_REDIS, startRedis, type TestRedis } from './redis.js';

const quiet = () => undefined;
const now = () => systemClock.now();

describe.skipIf(NO_REDIS !== undefined)(`a queue${NO_REDIS === undefined ? '' : `: ${NO_REDIS}`}`, () => {
  let redis: TestRedis;
  let host: QueueHost;
  beforeAll(async () => {
    redis = await startRedis();
    host = await openQueueHost({
      address: readAddress(redis.url),
      secret: 'of the tests',
      name: hostname(),
      threads: 2,
      devices: [],
      sweeps: undefined,
      data: undefined,
      share: undefined,
      acceptShipped: false,
      say: quiet,
      onLine: quiet,
      now,
    });
  });
  afterAll(async () => {
    host.leave();
    await host.done;
    await redis.remove();
  });

  poolConformance(
    'queue',
    (workerUrl) =>
      createQueuePool({
        address: readAddress(redis.url),
        secret: 'of the tests',
        priority: 0,
        share: undefined,
        ship: false,
        filesBytes: 2 ** 20,
        local: createHostPool({ workerUrl, threads: 1 }),
        workerUrl,
        limits: { isolation: 'thread', memoryBytes: null, loadMs: 60_000 },
        say: quiet,
        now,
      }),
    2,
  );
});

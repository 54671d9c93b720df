// Tasks on a queue, and what comes back of them that is not as it should be. Here the test is the host.
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest';
import { Flights } from '../../src/queue/flights.js';
import type { Entry } from '../../src/queue/inbox.js';
import { hashTrials, nameJob, readJobName } from '../../src/queue/job-name.js';
import { keysOf, QUEUE_PREFIX } from '../../src/queue/keys.js';
import { Leftovers } from '../../src/queue/leftovers.js';
import { packResult } from '../../src/queue/messages.js';
import { loadQueuePackages, type Queue, type Redis } from '../../src/queue/packages.js';
import { Published } from '../../src/queue/published.js';
import { rangeTask } from '../conformance/pool.js';
import { connectTo, resultOf, useRedis } from './machines.js';
import { NO_REDIS } from './redis.js';

const none = new Uint8Array(0);

/** A result of trials, as an earlier session has left it. */
function leftOf(hash: string, attempt: number, isFailed = false): Entry {
  const notes = isFailed ? [{ trial: 0, status: 'failed' as const, error: { name: 'E', message: '' } }] : [];
  const key = nameJob({ hash, session: 'old', attempt }, 3);
  return {
    ...{ id: `${attempt}-0`, key, body: none, series: none },
    message: packResult(resultOf(0, { notes })),
  };
}

test('what an earlier session has left counts for its trials, and a failure for its attempt alone', () => {
  const left = new Leftovers();
  expect(left.add(leftOf('a', 1), 'new')).toBe(true);
  expect(left.add(leftOf('a', 1), 'new')).toBe(true); // read again
  expect(left.count).toBe(1);
  expect(left.add(leftOf('b', 1, true), 'new')).toBe(true);
  expect(left.add(leftOf('c', 1), 'old')).toBe(false);
  expect(left.takeResult('b', 2)).toBeUndefined(); // the failure is in the journal: this is the next attempt
  expect(left.takeResult('b', 1)).toMatchObject({ attempt: 1 });
  expect(left.takeResult('a', 2)).toMatchObject({ id: '1-0' });
  expect([left.takeResult('a', 2), left.count]).toEqual([undefined, 0]);
});

test('a job that was answered for is not waited for', () => {
  const left = new Leftovers();
  const [first, second] = ['a', 'b'].map((hash) => nameJob({ hash, session: 'old', attempt: 2 }, 1));
  left.adopt([first!, second!], [second!]);
  expect([left.takeJob('a'), left.takeJob('a'), left.takeJob('b')]).toEqual([first, undefined, undefined]);
  expect(left.add({ ...leftOf('a', 2), key: first! }, 'new')).toBe(false); // its task has taken it
});

test('a name says of which trials and which attempt a job is, and nothing where it is none', () => {
  const trials = { kind: 'range', first: 3, count: 2 } as const;
  const hash = hashTrials(trials);
  expect(readJobName(nameJob({ hash, session: 's', attempt: 4 }, 9))).toEqual({
    ...{ hash, session: 's', attempt: 4 },
  });
  expect(readJobName('x')).toEqual({ hash: 'x', session: '', attempt: 0 });
  const point = (x: number) => ({
    kind: 'points' as const,
    points: [{ trial: 0, replicate: 0, point: { x } }],
  });
  expect(() => hashTrials(point(Number.NaN))).toThrow('expected a finite number');
  expect(hashTrials(point(1))).not.toBe(hashTrials(point(2)));
});

describe.skipIf(NO_REDIS !== undefined)(`tasks${NO_REDIS === undefined ? '' : `: ${NO_REDIS}`}`, () => {
  const place = useRedis();
  const keys = keysOf('r');
  let redis: Redis;
  let queue: Queue;
  let flights: Flights;
  let rewound: number;
  let hasFiles: boolean;
  beforeAll(async () => {
    redis = await connectTo(place.redis);
    const { Queue } = await loadQueuePackages();
    queue = new Queue('r', { connection: redis, prefix: QUEUE_PREFIX });
  });
  afterEach(() => flights.fail(new Error('the test is over')));
  afterAll(async () => {
    await queue.close();
    redis.disconnect();
  });

  const open = () => {
    rewound = 0;
    hasFiles = true;
    const inbox = { fetch: async () => undefined, rewind: () => void rewound++, isBehind: false };
    flights = new Flights({
      ...{ redis, queue, run: 'r', keys, secret: undefined, device: 'cpu', say: () => undefined, inbox },
      isComplete: () => hasFiles,
      fail: (error) => flights.fail(error),
    });
  };
  const jobs = async () => (await queue.getWaiting()).map(({ id }) => id!);
  const audit = async (times: number) => {
    for (let i = 0; i < times; i++) await flights.audit();
  };
  const entryOf = (key: string): Entry => ({
    ...{ id: '1-1', key, message: packResult(resultOf(0)), body: none, series: none },
  });

  it('are handed over again where the server has lost them', async () => {
    open();
    flights.run(rangeTask(1, 1, 1), undefined).result.catch(() => undefined);
    while ((await jobs()).length === 0) await redis.ping();
    const [key] = await jobs();
    await queue.obliterate({ force: true });
    await audit(4);
    expect(await jobs()).toEqual([key]);
  });

  it('run again where their result was written, and cannot be read; not for ever', async () => {
    open();
    const running = flights.run(rangeTask(1, 1, 1), undefined);
    while ((await jobs()).length === 0) await redis.ping();
    const [key] = await jobs();
    for (let times = 1; times <= 4; times++) {
      await queue.remove(key!);
      await redis.sadd(keys.published, key!);
      if (times === 4) break;
      await audit(13);
      expect([await jobs(), rewound]).toEqual([[key], times]);
      expect(await redis.sismember(keys.published, key!)).toBe(0);
    }
    const refused = expect(running.result).rejects.toThrow(/written the result of task .* 4 times/);
    await audit(13);
    await refused;
  });

  it('run again where a file of theirs has not come', async () => {
    open();
    const running = flights.run(rangeTask(1, 1, 1), undefined);
    while ((await jobs()).length === 0) await redis.ping();
    const [key] = await jobs();
    await queue.remove(key!);
    hasFiles = false;
    expect(flights.take(entryOf(key!))).toBe(true);
    await flights.written();
    expect(await jobs()).toEqual([key]);
    hasFiles = true;
    expect(flights.take(entryOf(key!))).toBe(false);
    expect(await running.result).toMatchObject({ id: 1 });
    expect([flights.unkept, flights.take(entryOf(key!)), flights.kept(1), flights.unkept]).toEqual([
      ...[1, false, '1-1', 0],
    ]);
  });

  it('are refused once nobody can run them, and for what is no value', async () => {
    open();
    const point = { trial: 0, replicate: 0, point: { x: Number.POSITIVE_INFINITY } };
    const task = { id: 1, attempt: 1, trials: { kind: 'points' as const, points: [point] } };
    await expect(flights.run(task, undefined).result).rejects.toThrow('expected a finite number');
    flights.fail(new Error('gone'));
    await expect(flights.run(rangeTask(1, 1, 1), undefined).result).rejects.toThrow('gone');
  });

  it('that were answered for are forgotten after a while, with what was asked of them', async () => {
    open();
    await redis.sadd(keys.published, 'a', 'b', 'c');
    await redis.hset(keys.stops, { a: '"all"', c: '"all"' });
    const published = new Published({ redis, keys });
    published.forget('a', 'b');
    for (let i = 0; i < 59; i++) await published.sweep();
    expect(await redis.scard(keys.published)).toBe(3);
    await published.sweep();
    expect([await redis.smembers(keys.published), await redis.hkeys(keys.stops)]).toEqual([['c'], ['c']]);
  });
});

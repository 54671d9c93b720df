// What a host makes of a job, and of a run that was taken up again with other settings. Here the test is the coordinator.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pool } from '../../src/pool/contract.js';
import { readAddress } from '../../src/queue/address.js';
import type { Checkpoints } from '../../src/queue/checkpoints.js';
import type { QueueHostOptions } from '../../src/queue/host-options.js';
import { HostedRun, type Lane } from '../../src/queue/hosted-run.js';
import { HostedTask } from '../../src/queue/hosted-task.js';
import { Inbox } from '../../src/queue/inbox.js';
import { keysOf } from '../../src/queue/keys.js';
import { type FromQueueHost, readJob } from '../../src/queue/messages.js';
import type { Job, Redis } from '../../src/queue/packages.js';
import type { QueuedRun } from '../../src/queue/registry.js';
import { seal, sealBytes } from '../../src/queue/seal.js';
import { forgetRun, readQueueState } from '../../src/queue/state.js';
import { aboutOf, connectTo, resultOf, useRedis } from './machines.js';
import { NO_REDIS } from './redis.js';

const about = aboutOf();
const newFolder = () => mkdtempSync(join(tmpdir(), 'sweepline-hosted-'));

describe.skipIf(NO_REDIS !== undefined)(`a host${NO_REDIS === undefined ? '' : `: ${NO_REDIS}`}`, () => {
  const place = useRedis();
  const keys = keysOf('r');
  let redis: Redis;
  beforeAll(async () => {
    redis = await connectTo(place.redis);
  });
  afterAll(() => redis.disconnect());

  const optionsOf = (more: Partial<QueueHostOptions> = {}) =>
    ({
      name: 'h',
      secret: undefined,
      share: undefined,
      say: () => undefined,
      now: () => 0,
      ...more,
    }) as QueueHostOptions;

  /** Runs one job whose trial keeps some files, and returns what was said of it. */
  async function take(
    job: Partial<Pick<Job, 'attemptsStarted' | 'stalledCounter'>>,
    { files = {}, fetch = async () => undefined, share, stops }: Partial<Taking> = {},
  ): Promise<FromQueueHost[]> {
    await redis.hset(keys.run, 'digest', 'd');
    const folder = newFolder();
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, 'artifacts/3', name)), { recursive: true });
      writeFileSync(join(folder, 'artifacts/3', name), text);
    }
    const work = async () => {
      await redis.ping();
      taken.look(stops ?? null);
      return resultOf(1);
    };
    const submit = () => ({
      result: work(),
      stop: () => undefined,
      kill: () => undefined,
    });
    const lane = { device: 'cpu', running: 0, pool: { submit } as unknown as Pool };
    const run = { keys, about, digest: 'd', folder, lane, keysOf: () => [] } as unknown as HostedRun;
    const leave = { send: async () => undefined, requireRoom: () => undefined };
    const checkpoints = { fetch, ...leave } as unknown as Checkpoints;
    const task = { attempt: 1, trials: { kind: 'range', first: 3, count: 1 } };
    const data = readJob({ key: 'hash-s-1-0', task, signature: '' });
    const moveToCompleted = async () => undefined;
    const given = { data, attemptsStarted: 1, stalledCounter: 0, moveToCompleted, ...job } as unknown as Job;
    const around = { run, redis, options: optionsOf({ share }), checkpoints };
    const taken = new HostedTask(given, 'token', data, around);
    await taken.ended;
    const said: FromQueueHost[] = [];
    const note = ({ message }: { message: FromQueueHost }) => said.push(message) > 0;
    const inbox = new Inbox({
      ...{ about, secret: undefined, reader: redis, redis, session: '', filesBytes: 4 },
      ...{ take: note, done: async () => undefined, say: () => undefined },
    });
    await inbox.catchUp();
    return said;
  }
  interface Taking {
    readonly files: Readonly<Record<string, string>>;
    readonly fetch: () => Promise<undefined>;
    readonly share: string;
    readonly stops: string;
  }

  it('runs what others have given back politely, however often, and not what has ended them', async () => {
    expect(await take({ attemptsStarted: 9 })).toMatchObject([{ t: 'result' }]);
    await redis.flushall();
    expect(await take({ attemptsStarted: 9, stalledCounter: 4 })).toMatchObject([
      { t: 'broken', error: { message: '4 hosts went away while they had it' }, loss: { cause: 'evicted' } },
    ]);
  });

  it('goes on with what it runs where nobody can read what is asked of it', async () => {
    expect(await take({}, { stops: 'nonsense' })).toMatchObject([{ t: 'result' }]);
  });

  it('leaves a task to others whose checkpoints it cannot fetch', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    expect(await take({}, { fetch: () => Promise.reject(full) })).toMatchObject([
      { t: 'broken', loss: { cause: 'unstarted', blame: 'none', host: 'h' } },
    ]);
  });

  it('tells of the files that it has sent, and gives each a place of its own in the shared folder', async () => {
    const share = newFolder();
    const said = await take({}, { files: { 'a/b': 'first', a_b: 'second', c: 'tiny' }, share });
    const shared = said.flatMap((each) => (each.t === 'file' ? [[each.name, each.shared] as const] : []));
    const places = new Map(shared);
    expect([...places.keys()]).toEqual(['a/b', 'a_b', 'c']);
    expect(readFileSync(join(share, places.get('a/b')!), 'utf8')).toBe('first');
    expect(readFileSync(join(share, places.get('a_b')!), 'utf8')).toBe('second');
    expect(places.get('c')).toBeUndefined();
    const files = [...places.keys()].map((name) => [3, name]);
    expect(said.at(-1)).toMatchObject({ t: 'result', files });
  });

  const found = (more: Partial<QueuedRun> = {}): QueuedRun => {
    const run = {
      ...aboutOf(more),
      session: 's',
      isAlive: true,
      isLeft: false,
      waiting: 1,
      running: 0,
      ...more,
    };
    const text = JSON.stringify(aboutOf(more));
    return { ...run, text, signature: seal('key', text, Buffer.from('setup')) };
  };

  it('goes on with a run that was taken up again, with what it says by now, or loads it anew', async () => {
    await redis.hset(keys.run, 'setup', 'setup');
    const run = new HostedRun(found(), optionsOf({ secret: 'key' }), redis, newFolder());
    expect(await run.goesOn(found())).toBe(true);
    expect(await run.goesOn(found({ session: 't', priority: 9, filesBytes: 64, startedAt: 5 }))).toBe(true);
    expect(run.about).toMatchObject({ priority: 9, filesBytes: 64, session: 't' });
    expect(await run.goesOn(found({ session: 'u', memoryBytes: 1e9 }))).toBe(false);
    expect(await run.goesOn(found({ session: 'u', isolation: 'process' }))).toBe(false);
    expect(await run.goesOn(found({ session: 'u', digest: 'e' }))).toBe(false);
    expect(await run.goesOn({ ...found({ session: 'u', priority: 99 }), signature: '' })).toBe(false);
    expect(run.about.priority).toBe(9);
    run.state = 'refused';
    expect(await run.goesOn(run.about)).toBe(true); // nothing has changed
    expect(await run.goesOn(found({ session: 'u' }))).toBe(false);
  });

  it('ends trials past the limit of a run, and no more once it was lifted', async () => {
    const run = new HostedRun(found(), optionsOf(), redis, newFolder());
    const limits: number[] = [];
    const pool = { limit: (ms: number) => limits.push(ms) } as unknown as Pool;
    (run.lanes as Lane[]).push({ device: 'cpu', running: 0, pool });
    const seen = (text: string) => run.limit(sealBytes(undefined, [], Buffer.from(text)));
    for (const text of ['', '1500', '1500', 'much', '', '', '20']) seen(text);
    expect(limits).toEqual([1500, Number.MAX_SAFE_INTEGER, 20]);
  });

  it('need not know the version of a run that is to be forgotten', async () => {
    const address = readAddress(place.redis.url);
    await redis.zadd('sweepline:runs', 0, 'r');
    await redis.hset(keys.run, { about: '{"of":"another version"}', session: 's' });
    await redis.set(keys.alive, 's 1');
    expect(await readQueueState(address)).toEqual({ hosts: [], runs: [], others: ['r'] });
    await expect(forgetRun(address, 'r')).rejects.toThrow('run r has a coordinator');
    await expect(forgetRun(address, 'x')).rejects.toThrow(/"?x"?.*r/s);
    await redis.del(keys.alive);
    await forgetRun(address, 'r');
    expect(await redis.keys('sweepline:run*')).toEqual([]);
  });
});

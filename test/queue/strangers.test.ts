// What whoever can write to a queue may put there, and what comes too late: neither leads out of a folder nor counts.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { hashSources } from '../../src/ground/sources.js';
import { packBundle, unpackBundle } from '../../src/queue/bundle.js';
import { Checkpoints } from '../../src/queue/checkpoints.js';
import type { HostedRun } from '../../src/queue/hosted-run.js';
import { fieldsOf, Inbox } from '../../src/queue/inbox.js';
import { append, keepCheckpoint, keysOf, publish, QUEUE_PREFIX, sealedAs } from '../../src/queue/keys.js';
import { readJob, readRun } from '../../src/queue/messages.js';
import type { Redis } from '../../src/queue/packages.js';
import { readRuns } from '../../src/queue/registry.js';
import { RunFiles } from '../../src/queue/run-files.js';
import { openSealed, sealBytes } from '../../src/queue/seal.js';
import { unpackSetup } from '../../src/queue/setup.js';
import { aboutOf, connectTo, newPlace, useRedis } from './machines.js';
import { NO_REDIS } from './redis.js';

const about = aboutOf();
const LEADING = ['../up', '..', '/etc', 'a/b', 'a\\b', '', '.hidden', 'a..b', 'x'.repeat(300)];

test.each(LEADING)('%j names no run, no job and no stage', (name) => {
  const task = { attempt: 1, trials: { kind: 'range', first: 0, count: 1 } };
  const setup = {
    space: { grids: [{ base: {}, axes: {} }], replicates: 1, seed: 1 },
    ...{ axes: [], fixed: {}, sweepSeed: 1, engine: 'none', device: 'cpu' },
    stages: [{ name, params: [], folder: '', results: {} }],
  };
  expect(() => readRun(JSON.stringify({ ...about, run: name }))).toThrow(/a run from the queue.*\n.*at run/s);
  expect(() => readJob({ key: name, task, signature: '' })).toThrow(/a job from the queue.*\n.*at key/s);
  expect(() => unpackSetup(gzipSync(JSON.stringify(setup)), '/x', () => '/x')).toThrow(
    /at stages\[0\]\.name/,
  );
});

test('a task has a number of trials that can be held', () => {
  const job = (count: number) => ({
    ...{ key: 'a-b-0', signature: '' },
    task: { attempt: 1, trials: { kind: 'range', first: 0, count } },
  });
  expect(readJob(job(16_384)).key).toBe('a-b-0');
  expect(() => readJob(job(1e12))).toThrow('a job from the queue');
});

test('what unpacks to more than a machine holds is no setup', () => {
  const bomb = gzipSync(Buffer.alloc(257 * 2 ** 20));
  expect(() => unpackSetup(bomb, '/x', () => '/x')).toThrow(RangeError);
});

test('code that came along has no file that the hash does not cover', () => {
  const folder = newPlace();
  const path = join(folder, 'worker.mjs');
  writeFileSync(path, 'export default 1;');
  const { href } = pathToFileURL(path);
  const packed = packBundle(href);
  const worker = { ...about.worker, sources: hashSources(href) };
  expect(unpackBundle(packed, worker, join(folder, 'good'))).toMatch(/worker\.mjs$/);
  const bundle = JSON.parse(gunzipSync(packed).toString()) as { files: [string, string][] };
  bundle.files.push(['extra.mjs', 'evil']);
  const more = gzipSync(JSON.stringify(bundle));
  expect(() => unpackBundle(more, worker, join(folder, 'bad'))).toThrow('is not that of the run');
  rmSync(folder, { recursive: true });
});

test('bytes are opened with the key alone, and as what they were sealed as', () => {
  const bytes = Buffer.from('numbers');
  const as = sealedAs(about, 'checkpoint', 'key');
  const sealed = sealBytes('sesame', as, bytes);
  expect(openSealed('sesame', as, sealed)).toEqual(bytes);
  expect(openSealed('other', as, sealed)).toBeUndefined();
  expect(openSealed('sesame', sealedAs(about, 'checkpoint', 'another'), sealed)).toBeUndefined();
  expect(
    openSealed('sesame', sealedAs({ ...about, digest: 'old' }, 'checkpoint', 'key'), sealed),
  ).toBeUndefined();
  expect(openSealed('sesame', as, bytes)).toBeUndefined();
  expect(openSealed(undefined, as, sealBytes(undefined, as, bytes))).toEqual(bytes);
});

test('a file in the shared folder that was taken already is there', async () => {
  const [folder, share] = [newPlace(), newPlace()];
  mkdirSync(join(share, 'r'));
  writeFileSync(join(share, 'r', 'model'), 'large');
  const files = new RunFiles({
    redis: undefined as never,
    keys: keysOf('r'),
    folder,
    share,
    about,
    secret: undefined,
  });
  const take = () => files.take(3, 'model', new Uint8Array(0), 'r/model');
  await take();
  expect(existsSync(join(share, 'r', 'model'))).toBe(false);
  await take();
  expect(readFileSync(join(folder, 'artifacts/3/model'), 'utf8')).toBe('large');
  // Of another run, or of nobody.
  writeFileSync(join(share, 'other'), 'not yours');
  for (const shared of ['other', 'r/../other', 'r'])
    await expect(files.take(3, 'model', new Uint8Array(0), shared)).rejects.toThrow('in a shared folder');
  expect(readFileSync(join(share, 'other'), 'utf8')).toBe('not yours');
  for (const each of [folder, share]) rmSync(each, { recursive: true });
});

describe.skipIf(NO_REDIS !== undefined)(`late${NO_REDIS === undefined ? '' : `: ${NO_REDIS}`}`, () => {
  const place = useRedis();
  const keys = keysOf('r');
  let redis: Redis;
  beforeAll(async () => {
    redis = await connectTo(place.redis);
  });
  afterAll(() => redis.disconnect());

  it('what a host says of a run that is another one by now, or none', async () => {
    const [old, now] = [
      { keys, digest: 'old' },
      { keys, digest: 'd' },
    ];
    expect(await publish(redis, now, 'job', ['m', '0'])).toBe(false);
    await redis.hset(keys.run, 'digest', 'd');
    expect(await publish(redis, old, 'job', ['m', '1'])).toBe(false);
    await append(redis, old, ['m', '2']);
    await keepCheckpoint(redis, old, 'key', Buffer.from('3'));
    expect(await redis.keys('sweepline:run*')).toEqual([keys.run]);
    expect(await publish(redis, now, 'job', ['m', '4'])).toBe(true);
    expect(await publish(redis, now, 'job', ['m', '5'])).toBe(false);
    await append(redis, now, ['m', '6']);
    const entries = await redis.xrange(keys.results, '-', '+');
    expect(entries.map(([, fields]) => fields)).toEqual([
      ['m', '4'],
      ['m', '6'],
    ]);
  });

  it('a run is known by the name that it calls itself', async () => {
    await redis.zadd('sweepline:runs', 0, 'r', 0, 'alias');
    for (const name of ['r', 'alias']) await redis.hset(keysOf(name).run, 'about', JSON.stringify(about));
    await redis.zadd('sweepline:runs', 0, 'list');
    await redis.lpush(keysOf('list').run, 'no run'); // whose keys are of another kind
    expect((await readRuns(redis, QUEUE_PREFIX)).map(({ run }) => run)).toEqual(['r']);
  });

  it('checkpoints come one by one as trials stop, and all that is left in the end', async () => {
    const folder = newPlace();
    const files = new RunFiles({ redis, keys, folder, share: undefined, about, secret: undefined });
    await redis.hset(keys.checkpoints, { a: '1', b: '2', c: '3', '../up': '4' });
    await files.fetchCheckpoints(['b']);
    expect(readdirSync(join(folder, 'checkpoints'))).toEqual(['b.bin']);
    await files.fetchCheckpoints();
    expect(readdirSync(join(folder, 'checkpoints')).sort()).toEqual(['a.bin', 'b.bin', 'c.bin']);
    rmSync(folder, { recursive: true });
  });

  it('entries are read a few at a time where they may bring large files, each once its turn comes', async () => {
    await redis.hset(keys.run, 'digest', 'd');
    const host = { t: 'host' } as const;
    for (let i = 0; i < 5; i++)
      await append(redis, { keys, digest: 'd' }, fieldsOf({ about, secret: undefined }, `${i}`, host));
    const seen: string[][] = [[]];
    const inbox = new Inbox({
      ...{ about, secret: undefined, reader: redis, redis, session: '', filesBytes: 128 * 2 ** 20 },
      take: ({ key }) => seen.at(-1)!.push(key) === 0, // each stays until it is forgotten
      done: async () => void seen.push([]),
      say: () => undefined,
    });
    await inbox.catchUp();
    expect(seen).toEqual([['0', '1'], ['2', '3'], ['4'], []]);
  });

  it('checkpoints go as their trials end, but not as their run ends', async () => {
    const folder = newPlace();
    const path = (key: string) => join(folder, 'checkpoints', `${key}.bin`);
    const run = { about, keys, digest: 'd', folder, isOver: false };
    const checkpoints = new Checkpoints(redis, { say: () => undefined, secret: undefined, share: undefined });
    const send = () => checkpoints.send(run as unknown as HostedRun);
    const there = async () => (await redis.hkeys(keys.checkpoints)).sort();
    mkdirSync(join(folder, 'checkpoints'));
    for (const key of ['a', 'b']) writeFileSync(path(key), key);
    await redis.hset(keys.run, 'digest', 'd');
    await send();
    expect(await there()).toEqual(['a', 'b']);
    rmSync(path('a'));
    await send();
    expect(await there()).toEqual(['b']);
    run.isOver = true;
    rmSync(folder, { recursive: true });
    await send();
    expect(await there()).toEqual(['b']);
    expect(existsSync(folder)).toBe(false);
  });

  it('a checkpoint that is too large lies in the shared folder, sealed, under the name of its run and digest', async () => {
    const share = newPlace();
    const secret = 'sesame';
    const host = (more: { readonly share?: string; readonly digest?: string } = {}) => {
      const folder = newPlace();
      const { digest = 'd' } = more;
      const run = { about: { ...about, digest }, keys, digest, folder, isOver: false, keysOf: () => ['a'] };
      const checkpoints = new Checkpoints(redis, { say: () => undefined, secret, share: more.share });
      mkdirSync(join(folder, 'checkpoints'));
      const path = join(folder, 'checkpoints', 'a.bin');
      return {
        put: async (text: string) => {
          writeFileSync(path, text);
          await checkpoints.send(run as unknown as HostedRun);
        },
        drop: async () => {
          rmSync(path);
          await checkpoints.send(run as unknown as HostedRun);
        },
        get: async () => {
          await checkpoints.fetch(run as unknown as HostedRun, {
            trials: { kind: 'range', first: 0, count: 1 },
          });
          return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
        },
      };
    };
    await redis.hset(keys.run, 'digest', 'd');
    const first = host({ share });
    await first.put('far too large');
    expect([await redis.hgetall(keys.shared), await redis.hkeys(keys.checkpoints)]).toEqual([
      { a: '13' },
      [],
    ]);
    expect(await host({ share }).get()).toBe('far too large');
    await expect(host().get()).rejects.toThrow('lies in a shared folder, which this machine was not given');
    // The later one counts, wherever it lies.
    await first.put('few');
    expect(await host().get()).toBe('few');
    await first.put('too large again');
    expect(await host({ share }).get()).toBe('too large again');
    // A host that is late, of a run that is another one by now, leaves nothing.
    const files = () =>
      readdirSync(share, { recursive: true, encoding: 'utf8' }).filter((name) => /bin$/.test(name));
    const [file] = files();
    await host({ share, digest: 'old' }).put('of other code');
    expect(files()).toEqual([file]);
    writeFileSync(
      join(share, file!),
      'not of one who has the key, and long enough for a signature of 64 characters',
    );
    expect(await host({ share }).get()).toBeUndefined();
    await first.drop();
    expect([files(), await redis.hgetall(keys.shared)]).toEqual([[], {}]);
  });
});

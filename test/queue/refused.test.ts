// What a queue is refused for before anything starts: each with what is wrong, and what to do about it.
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { findAddress, hideSecrets, readAddress } from '../../src/queue/address.js';
import { connect, insist } from '../../src/queue/connect.js';
import { loadQueuePackages } from '../../src/queue/packages.js';
import { runProgram, sweepFile } from '../cli/program.js';
import { newPlace, useRedis } from './machines.js';
import { findPort, NO_REDIS, startRedis } from './redis.js';

const SECRET = 'hunter2';

/** The message with its hint; undefined where nothing was wrong. */
async function refusal(url: string): Promise<string | undefined> {
  try {
    const redis = await connect(await loadQueuePackages(), readAddress(url), () => undefined);
    redis.disconnect();
    return undefined;
  } catch (error) {
    const { message, hint, code } = error as { message: string; hint?: string; code?: string };
    expect(code).toBe('BAD_USAGE');
    return `${message} | ${hint}`;
  }
}

test.each([
  ['nonsense', /expected redis:\/\/host:6379/],
  ['http://host:6379', /expected redis:\/\/host:6379/],
  ['redis://', /expected redis:\/\/host:6379/],
  [`redis://:${SECRET}@host/name`, /^queue "redis:\/\/host\/name": expected/],
  [`:${SECRET}@host:6379`, /^queue "host:6379": expected/],
  [`REDIS://me:${SECRET}#@host:6379`, /^queue "REDIS:\/\/host:6379": expected/],
])('the address %s is none', (text, message) => {
  expect(() => readAddress(text)).toThrow(message);
  expect(() => readAddress(text)).not.toThrow(SECRET);
});

test('an address takes its password from the environment, and shows none', () => {
  const full = `redis://:${SECRET}@host:6379`;
  expect(findAddress('redis://host:6379', full)).toEqual({ url: full, shown: 'redis://host:6379' });
  expect(findAddress('redis://other:6379', full)).toMatchObject({ url: 'redis://other:6379' });
  expect(findAddress('env', full)).toMatchObject({ url: full });
  expect(findAddress(undefined, full)).toMatchObject({ url: full });
  expect(findAddress(undefined, undefined)).toBeUndefined();
  expect(readAddress(`REDIS://me:${SECRET}@host:1/2`).shown).toBe('redis://host:1/2');
  expect(() => findAddress('env', undefined)).toThrow('SWEEPLINE_QUEUE is not set');
  expect(hideSecrets(`--queue=rediss://user:a@b/c@host:1/2 and`)).toBe('--queue=rediss://host:1/2 and');
});

test('what a server refuses for now is tried again, wherever it says so', async () => {
  const passing = [
    new Error('MISCONF Redis is configured to save'),
    new Error('ERR Error running script (call to f_1): @user_script:3: @user_script: 3: -MISCONF Redis is'),
    Object.assign(new Error('EXECABORT Transaction discarded'), {
      previousErrors: [new Error('OOM command')],
    }),
  ];
  for (const error of passing) {
    const told: string[] = [];
    let isRefused = true;
    const work = async () => {
      if (isRefused) throw error;
      return 'done';
    };
    const say = (line: string) => {
      told.push(line);
      isRefused = false;
    };
    expect(await insist(work, say)).toBe('done');
    expect(told).toEqual([expect.stringMatching(/takes nothing for now: .*(MISCONF|OOM)/)]);
  }
  await expect(
    insist(
      () => Promise.reject(new Error('NOPERM OOMPH')),
      () => undefined,
    ),
  ).rejects.toThrow('NOPERM');
});

test('nobody answers, or somebody who is no Redis', async () => {
  expect(await refusal(`redis://127.0.0.1:${await findPort()}`)).toMatch(
    /nobody answers there .*ECONNREFUSED.*\| start it/,
  );
  expect(await refusal('redis://no-such-host.invalid')).toMatch(
    /there is no such host .*\| check the name in --queue/,
  );
  const old = await startFake('# Server\r\nredis_version:4.0.9\r\n');
  expect(await refusal(urlOf(old))).toMatch(
    /its Redis is version 4\.0\.9; expected 6\.2\.0 or later \| install a newer/,
  );
  old.close();
}, 30_000);

describe.skipIf(NO_REDIS !== undefined)(`a server${NO_REDIS === undefined ? '' : `: ${NO_REDIS}`}`, () => {
  const place = useRedis();

  it('wants a password, or another one', async () => {
    place.redis.ask('config', 'set', 'requirepass', SECRET);
    const right = `redis://:${SECRET}@127.0.0.1:${place.redis.port}`;
    const [none, wrong, good] = [
      await refusal(place.redis.url),
      await refusal(right.replace('2@', '3@')),
      await refusal(right),
    ];
    place.redis.ask('-a', SECRET, 'config', 'set', 'requirepass', '');
    expect(none).toMatch(/its server wants a password .*\| give it as .* in SWEEPLINE_QUEUE/);
    expect(wrong).toMatch(/refuses the name or password .*\| give the right one as .* in SWEEPLINE_QUEUE/);
    expect(wrong).not.toContain('hunter3');
    expect(good).toBeUndefined();
  });

  it('may drop jobs', async () => {
    place.redis.ask('config', 'set', 'maxmemory-policy', 'allkeys-lru');
    const told = await refusal(place.redis.url);
    place.redis.ask('config', 'set', 'maxmemory-policy', 'noeviction');
    expect(told).toMatch(/maxmemory-policy is allkeys-lru.*expected noeviction \| redis-cli config set/);
  });

  it('has no memory left, or is a replica', async () => {
    place.redis.ask('config', 'set', 'maxmemory', '1');
    expect(await refusal(place.redis.url)).toMatch(/its server is out of memory .*\| raise its maxmemory/);
    place.redis.ask('config', 'set', 'maxmemory', '0');
    place.redis.ask('replicaof', '127.0.0.1', '1');
    expect(await refusal(place.redis.url)).toMatch(
      /it?s server is a replica.*\| give the address of the primary/,
    );
    place.redis.ask('replicaof', 'no', 'one');
  });

  it('cannot write to its disk', async () => {
    // Where its file should be is a folder: the snapshot fails, as on a disk that is full.
    const full = await startRedis('--save', '3600', '1000000', '--dbfilename', 'taken', '--appendonly', 'no');
    mkdirSync(join(full.folder, 'taken', 'by'), { recursive: true });
    full.ask('bgsave');
    let told: string | undefined;
    while (told === undefined) told = await refusal(full.url);
    await full.remove();
    expect(told).toMatch(/its server cannot write to its disk \(MISCONF.*\| free some of its disk/);
  });

  it('has hosts of another version only, or runs: exit 2, and nothing started', async () => {
    const out = join(newPlace(), 'run');
    const host = {
      ...{ id: 'x', name: 'old', process: 1, sweepline: '0.0.1', node: 'v20.0.0', system: '', cores: 1 },
      ...{ memoryBytes: 1, threads: 1, devices: [], packages: {}, state: 'ready', since: 0, seen: 0 },
      ...{ runs: {}, busy: [] },
    };
    place.redis.ask('sadd', 'sweepline:hosts', 'x');
    place.redis.ask('set', 'sweepline:host:x', JSON.stringify(host));
    const run = await runProgram(
      newPlace(),
      'run',
      sweepFile('fixtures/sweeps/thirds'),
      '--queue',
      place.redis.url,
      '--out',
      out,
    );
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(
      /no host on redis:.* runs Sweepline \d.*host old is Sweepline 0\.0\.1\nHint: install the same/,
    );
    const about = {
      ...{ run: 'r', digest: '', sweepline: '0.0.1', node: '', engine: 'none', device: 'cpu', packages: {} },
      worker: { name: '', sources: '', path: null, local: null, shipped: null, stage: null, command: null },
      ...{ data: { choice: null, identity: null }, isolation: 'thread', memoryBytes: null, loadMs: 1 },
      ...{
        filesBytes: 1,
        priority: 0,
        startedAt: 0,
        coordinator: { host: '', process: 1 },
        bundle: null,
      },
    };
    place.redis.ask('zadd', 'sweepline:runs', '0', 'r');
    place.redis.ask('hset', 'sweepline:run:r', 'about', JSON.stringify(about));
    const started = await runProgram(newPlace(), 'host', '--queue', place.redis.url);
    expect(started.code).toBe(2);
    expect(started.stderr).toMatch(/the runs on the queue are of Sweepline 0\.0\.1; this host is \d/);
  });
});

/** Answers every command as if it were INFO. */
async function startFake(info: string): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      for (const _ of bytes.toString().matchAll(/^\*\d+/gm)) socket.write(`$${info.length}\r\n${info}\r\n`);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  return server;
}

function urlOf(server: Server): string {
  return `redis://127.0.0.1:${(server.address() as { readonly port: number }).port}`;
}

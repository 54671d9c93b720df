// What stands where on the server, and the scripts that change several keys at once. All keys begin with `sweepline:`.
import type { Redis } from './packages.js';

const HEAD = 'sweepline';

export const KEYS = {
  probe: `${HEAD}:probe`,
  /** Sorted set: runs by priority. */
  runs: `${HEAD}:runs`,
  /** Set of the hosts that may be there; each has a record that expires. */
  hosts: `${HEAD}:hosts`,
  host: (id: string) => `${HEAD}:host:${id}`,
  /** Channel: whoever waits looks again. */
  bell: `${HEAD}:bell`,
} as const;

/** BullMQ's own keys. */
export const QUEUE_PREFIX = `${HEAD}:queue`;

export interface RunKeys {
  /**
   * Hash: `about`, `setup`, `signature`, `digest`, `session`, `limit`, `bundle` where code is sent along, and `left` where
   * its coordinator has gone and left so many results.
   */
  readonly run: string;
  /** There while its coordinator is: the session, and a number that changes every second. */
  readonly alive: string;
  /** Stream: what hosts have to say to the coordinator. */
  readonly results: string;
  /** Set: jobs whose result has been written. */
  readonly published: string;
  /** Hash, by job: trials that shall stop. */
  readonly stops: string;
  /** Hash, by the key of a trial: its checkpoint. */
  readonly checkpoints: string;
  /** Hash, by the same: how many bytes one has that is too large for the queue, and lies in the shared folder. */
  readonly shared: string;
  /** Hash, by path: artifacts of stages. */
  readonly files: string;
  /** BullMQ's queue of its jobs. */
  readonly queue: string;
}

export function keysOf(run: string): RunKeys {
  const head = `${HEAD}:run:${run}`;
  const under = (name: string) => `${head}:${name}`;
  return {
    run: head,
    alive: under('alive'),
    results: under('results'),
    published: under('published'),
    stops: under('stops'),
    checkpoints: under('checkpoints'),
    shared: under('shared'),
    files: under('files'),
    queue: run,
  };
}

/** Nothing is left behind for a run that is over, or that another digest says to be another one by now. */
const SAME_RUN = `if redis.call('HGET', KEYS[1], 'digest') ~= ARGV[1] then return -1 end`;

/** What the signatures of what stands under a run's keys are of, beside the bytes. */
export const sealedAs = (
  { run, digest }: { readonly run: string; readonly digest: string },
  kind: 'limit' | 'checkpoint' | 'file',
  name = '',
): readonly string[] => [run, digest, kind, name];

/** A message of a job that counts once, however often the job is run. */
const PUBLISH = `${SAME_RUN}
if redis.call('SADD', KEYS[2], ARGV[2]) == 0 then return 0 end
redis.call('XADD', KEYS[3], '*', unpack(ARGV, 3))
return 1`;

const APPEND = `${SAME_RUN}
redis.call('XADD', KEYS[2], '*', unpack(ARGV, 2))
return 1`;

/** In one of two places: what was in the other is an older one. */
const KEEP = `${SAME_RUN}
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('HDEL', KEYS[3], ARGV[2])
return 1`;

const DROP = `${SAME_RUN}
redis.call('HDEL', KEYS[2], ARGV[2])
return redis.call('HDEL', KEYS[3], ARGV[2])`;

/** What a coordinator does counts only as long as no other one has taken the run up. */
const SAME_SESSION = `if redis.call('HGET', KEYS[1], 'session') ~= ARGV[1] then return 0 end`;

/** Of several who have seen the same session before them, one gets in. */
const ENTER = `
if (redis.call('HGET', KEYS[1], 'session') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'session', ARGV[2])
redis.call('SET', KEYS[2], ARGV[2] .. ' 0', 'PX', ARGV[3])
return 1`;

const BEAT = `
local session = redis.call('HGET', KEYS[1], 'session') or ''
if session == ARGV[1] then redis.call('SET', KEYS[2], ARGV[1] .. ' ' .. ARGV[2], 'PX', ARGV[3]) end
return session`;

const PUT = `${SAME_SESSION}
redis.call('HSET', KEYS[1], unpack(ARGV, 4))
redis.call('HDEL', KEYS[1], 'left')
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[2])
return 1`;

const FORGET = `${SAME_SESSION}
return redis.call('XDEL', KEYS[2], unpack(ARGV, 2))`;

const REMOVE = `
local session = redis.call('HGET', KEYS[1], 'session')
if session and session ~= ARGV[1] then return 0 end
redis.call('ZREM', KEYS[2], ARGV[2])
for i = 3, #KEYS do redis.call('DEL', KEYS[i]) end
redis.call('DEL', KEYS[1])
return 1`;

const LEAVE = `${SAME_SESSION}
redis.call('HSET', KEYS[1], 'left', ARGV[2])
for i = 2, #KEYS do redis.call('DEL', KEYS[i]) end
return 1`;

/** Of a run as a host has it: what it writes counts for that digest alone. */
export interface HostedKeys {
  readonly keys: RunKeys;
  readonly digest: string;
}

type Fields = readonly (string | Uint8Array)[];

/** False where another delivery of the job has published already, or the run is over. */
export async function publish(
  redis: Redis,
  { keys, digest }: HostedKeys,
  job: string,
  fields: Fields,
): Promise<boolean> {
  const args = [digest, job, ...fields].map(toArgument);
  return (await redis.eval(PUBLISH, 3, keys.run, keys.published, keys.results, ...args)) === 1;
}

export async function append(redis: Redis, { keys, digest }: HostedKeys, fields: Fields): Promise<void> {
  await redis.eval(APPEND, 2, keys.run, keys.results, digest, ...fields.map(toArgument));
}

export async function keepCheckpoint(
  redis: Redis,
  { keys, digest }: HostedKeys,
  trial: string,
  bytes: Uint8Array,
): Promise<void> {
  await redis.eval(KEEP, 3, keys.run, keys.checkpoints, keys.shared, digest, trial, toArgument(bytes));
}

/** It lies in the shared folder. False where the run is over. */
export async function noteShared(
  redis: Redis,
  { keys, digest }: HostedKeys,
  trial: string,
  bytes: number,
): Promise<boolean> {
  return (await redis.eval(KEEP, 3, keys.run, keys.shared, keys.checkpoints, digest, trial, bytes)) === 1;
}

export async function dropCheckpoint(
  redis: Redis,
  { keys, digest }: HostedKeys,
  trial: string,
): Promise<void> {
  await redis.eval(DROP, 3, keys.run, keys.checkpoints, keys.shared, digest, trial);
}

/** Takes up a run that `seen` had before, '' for nobody; false where another one has come first. */
export async function enterRun(
  redis: Redis,
  { run, alive }: RunKeys,
  { seen, session, ms }: { readonly seen: string; readonly session: string; readonly ms: number },
): Promise<boolean> {
  return (await redis.eval(ENTER, 2, run, alive, seen, session, ms)) === 1;
}

/** Whose run it is: one's own session, that of another, or '' where the server has lost it. */
export async function beat(
  redis: Redis,
  { run, alive }: RunKeys,
  { session, count, ms }: { readonly session: string; readonly count: number; readonly ms: number },
): Promise<string> {
  return String(await redis.eval(BEAT, 2, run, alive, session, count, ms));
}

/** False where the run is another session's by now. */
export async function putRun(
  redis: Redis,
  { run, priority }: { readonly run: string; readonly priority: number },
  session: string,
  fields: Readonly<Record<string, string | Buffer>>,
): Promise<boolean> {
  const args = Object.entries(fields).flat();
  return (await redis.eval(PUT, 2, keysOf(run).run, KEYS.runs, session, run, priority, ...args)) === 1;
}

/** Lua takes no more arguments than so at once, and some more. */
const MOST_IDS = 1_000;

/** Entries of the stream are on the coordinator's disk. */
export async function forgetEntries(
  redis: Redis,
  { run, results }: RunKeys,
  session: string,
  ids: readonly string[],
): Promise<void> {
  for (let i = 0; i < ids.length; i += MOST_IDS)
    await redis.eval(FORGET, 2, run, results, session, ...ids.slice(i, i + MOST_IDS));
}

/** The run waits, with `results` results that are in no run folder yet, for who takes it up. */
export async function leaveRun(redis: Redis, keys: RunKeys, session: string, results: number): Promise<void> {
  const { run, alive, stops, files } = keys;
  await redis.eval(LEAVE, 4, run, alive, stops, files, session, results);
}

/** False where the run is another session's by now. */
export async function removeRun(redis: Redis, run: string, session: string): Promise<boolean> {
  const { queue: _, run: own, ...others } = keysOf(run);
  const rest = Object.values(others);
  return (await redis.eval(REMOVE, 2 + rest.length, own, KEYS.runs, ...rest, session, run)) === 1;
}

function toArgument(field: string | Uint8Array): string | Buffer {
  return typeof field === 'string' ? field : Buffer.from(field.buffer, field.byteOffset, field.byteLength);
}

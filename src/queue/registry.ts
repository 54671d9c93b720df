// Who is there: hosts announce themselves in records that expire, and whoever wants to know reads them.
import { SweeplineError } from '../ground/errors.js';
import { KEYS, keysOf } from './keys.js';
import { type HostRecord, type RunAbout, readHost, readRun } from './messages.js';
import type { Redis } from './packages.js';

/** A host that has not been heard of for so long is gone, in ms. */
const EXPIRES_MS = 5_000;
/** A coordinator that has not been heard of for so long is gone, in ms. */
export const ALIVE_MS = 10_000;

export async function announce(redis: Redis, record: HostRecord): Promise<void> {
  await redis
    .multi()
    .sadd(KEYS.hosts, record.id)
    .set(KEYS.host(record.id), JSON.stringify(record), 'PX', EXPIRES_MS)
    .exec();
}

export async function withdraw(redis: Redis, id: string): Promise<void> {
  await redis.multi().srem(KEYS.hosts, id).del(KEYS.host(id)).exec();
}

/** The hosts that are there, by name. Records that cannot be read are none: a host of another version wrote them. */
export async function readHosts(redis: Redis): Promise<HostRecord[]> {
  const ids = await redis.smembers(KEYS.hosts);
  if (ids.length === 0) return [];
  const records = await redis.mget(ids.map((id) => KEYS.host(id)));
  const gone = ids.filter((_, i) => records[i] === null);
  if (gone.length > 0) await redis.srem(KEYS.hosts, ...gone);
  return records
    .flatMap((text) => (text === null ? [] : tryRead(() => readHost(text))))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.since - b.since));
}

export interface QueuedRun extends RunAbout {
  /** As its coordinator wrote and signed it. */
  readonly text: string;
  readonly session: string;
  readonly signature: string;
  /** Whether its coordinator is there. */
  readonly isAlive: boolean;
  /** It was cut short: results wait for who takes it up, and nobody works on it meanwhile. */
  readonly isLeft: boolean;
  /** Jobs that no host has taken. */
  readonly waiting: number;
  /** Jobs that a host has taken, whether or not it is still there. */
  readonly running: number;
}

/** The names of all runs on a queue, of those too that this version cannot read. */
export function listRuns(redis: Redis): Promise<string[]> {
  return redis.zrevrange(KEYS.runs, 0, -1);
}

/** The runs on a queue, those of the highest priority first, and of them the oldest. */
export async function readRuns(redis: Redis, queuePrefix: string): Promise<QueuedRun[]> {
  const names = await listRuns(redis);
  const runs = await Promise.all(names.map((name) => readOne(redis, queuePrefix, name).catch(skipForeign)));
  return runs.flat().sort((a, b) => b.priority - a.priority || a.startedAt - b.startedAt);
}

/** Keys of another kind are nobody's run. Whatever else goes wrong does so for all. */
function skipForeign(error: Error): QueuedRun[] {
  if (error.message.startsWith('WRONGTYPE')) return [];
  throw error;
}

async function readOne(redis: Redis, queuePrefix: string, run: string): Promise<QueuedRun[]> {
  const keys = keysOf(run);
  const [[about, session, signature, left], alive, waiting, running] = await Promise.all([
    redis.hmget(keys.run, 'about', 'session', 'signature', 'left'),
    redis.exists(keys.alive),
    redis.llen(`${queuePrefix}:${keys.queue}:wait`),
    redis.llen(`${queuePrefix}:${keys.queue}:active`),
  ]);
  if (about == null) return [];
  return tryRead(() => ({
    ...readOwn(run, about),
    text: about,
    session: session ?? '',
    signature: signature ?? '',
    isAlive: alive === 1,
    isLeft: left != null,
    waiting,
    running,
  }));
}

/** Throws where it is that of another name, under which a host would take it for another run. */
function readOwn(name: string, text: string): RunAbout {
  const about = readRun(text);
  if (about.run !== name) throw new SweeplineError('BAD_USAGE', `run ${name} calls itself ${about.run}`);
  return about;
}

function tryRead<T>(read: () => T): T[] {
  try {
    return [read()];
  } catch {
    return []; // of another version, or nobody's
  }
}

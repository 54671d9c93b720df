// The connection to a queue's server, and whether that server can be trusted with a run: checked once, before anything
// starts. A connection that is lost later comes back by itself, and what waits for it goes on then.
import { SweeplineError } from '../ground/errors.js';
import type { QueueAddress } from './address.js';
import { KEYS } from './keys.js';
import type { QueuePackages, Redis } from './packages.js';

/** BullMQ warns of older ones. */
const LEAST_VERSION = '6.2.0';
const CONNECT_MS = 5_000;
/** Longest pause between two tries to come back, in ms. */
const RETRY_MS = 500;
/** A connection that answers nothing for so long is made again, in ms: time enough for the largest file on its way. */
const SILENT_MS = 60_000;
/** The same for those that only read, and wait for a second at most. */
const SILENT_READER_MS = 10_000;
/** How often a write is tried again that the server refuses for now. */
const INSIST_MS = 1_000;
/**
 * Refusals that may pass: no disk, no memory, a server that loads its data or has become a replica. Of a script, they stand
 * within the message of Redis 6.2.
 */
const PASSING = /(^|-|\s)(MISCONF|OOM|READONLY|LOADING|BUSY|MASTERDOWN|TRYAGAIN|NOREPLICAS)\b/;

export type Say = (line: string) => void;

/** Rejects with BAD_USAGE and the remedy where the server cannot be reached, does not let us in, or could lose jobs. */
export async function connect({ Redis }: QueuePackages, address: QueueAddress, say: Say): Promise<Redis> {
  let isUp = false;
  let isTold = false;
  let last: Error | undefined;
  const redis = new Redis(address.url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    socketTimeout: SILENT_MS,
    maxRetriesPerRequest: null,
    protocol: 2, // what XREAD answers has another shape in the third
    retryStrategy: (times) => (isUp ? Math.min(50 * times, RETRY_MS) : null),
  });
  redis.on('error', (error: Error) => {
    last = error;
  });
  try {
    await redis.connect();
    await checkServer(redis, address);
  } catch (error) {
    redis.disconnect();
    throw error instanceof SweeplineError ? error : refuse(address, last ?? (error as Error));
  }
  isUp = true;
  redis.on('close', () => {
    if (redis.status === 'end' || isTold) return;
    isTold = true;
    say(`the queue at ${address.shown} has gone away: waiting for it`);
  });
  redis.on('ready', () => {
    if (isTold) say(`the queue at ${address.shown} is back`);
    isTold = false;
  });
  return redis;
}

/** A second connection to the same server, for what blocks the first. */
export function connectAgain(redis: Redis): Redis {
  const second = redis.duplicate({ lazyConnect: false, socketTimeout: SILENT_READER_MS });
  second.on('error', () => undefined); // the first one tells it
  return second;
}

async function checkServer(redis: Redis, address: QueueAddress): Promise<void> {
  const info = parseInfo(await redis.info());
  const version = info.valkey_version ?? info.redis_version ?? '0';
  const isOld = info.valkey_version === undefined && compareVersions(version, LEAST_VERSION) < 0;
  if (isOld)
    throw unsuited(address, `its Redis is version ${version}; expected ${LEAST_VERSION} or later`, {
      hint: 'install a newer Redis, or Valkey',
    });
  const policy = info.maxmemory_policy ?? 'noeviction';
  if (policy !== 'noeviction')
    throw unsuited(address, `its maxmemory-policy is ${policy}, which may drop jobs; expected noeviction`, {
      hint: 'redis-cli config set maxmemory-policy noeviction, and the same in redis.conf',
    });
  try {
    await redis.set(KEYS.probe, '1', 'PX', 1_000);
  } catch (error) {
    throw refuse(address, error as Error);
  }
}

function unsuited({ shown }: QueueAddress, what: string, details: { readonly hint: string }): SweeplineError {
  return new SweeplineError('BAD_USAGE', `the queue at ${shown} cannot be used: ${what}`, details);
}

/** What to do about an answer of the server, by its first word, or about an error of the network. */
const REMEDIES: readonly (readonly [pattern: RegExp, what: string, hint: string])[] = [
  [
    /WRONGPASS|invalid password|without any password configured/i,
    'its server refuses the name or password',
    'give the right one as redis://:password@host:6379 in SWEEPLINE_QUEUE',
  ],
  [/NOAUTH/i, 'its server wants a password', 'give it as redis://:password@host:6379 in SWEEPLINE_QUEUE'],
  [/NOPERM/i, 'its user may not do that', 'give the user all commands on the keys sweepline:*'],
  [
    /MISCONF/i,
    'its server cannot write to its disk',
    'free some of its disk, then see what `redis-cli info persistence` says',
  ],
  [/^OOM/i, 'its server is out of memory', 'raise its maxmemory, or remove what other programs keep there'],
  [/READONLY/i, 'its server is a replica, which takes no jobs', 'give the address of the primary server'],
  [/ENOTFOUND|EAI_AGAIN/i, 'there is no such host', 'check the name in --queue'],
  [
    /ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT/i,
    'nobody answers there',
    'start it (`redis-server`), or check host and port in --queue',
  ],
  [
    /certificate|self.signed|ssl|tls|EPROTO/i,
    'no TLS connection can be made',
    'rediss:// is for servers with TLS, redis:// for those without; NODE_EXTRA_CA_CERTS names the file of your own certificate authority',
  ],
  [
    /closed|ECONNRESET|EPIPE/i,
    'its server hangs up',
    'check that it is a Redis; rediss:// is for servers with TLS, redis:// for those without',
  ],
];

function refuse({ shown }: QueueAddress, error: Error): SweeplineError {
  const text = `${(error as NodeJS.ErrnoException).code ?? ''} ${error.message}`.trim();
  const [, what, hint] = REMEDIES.find(([pattern]) => pattern.test(text)) ?? [
    null,
    'its server does not answer as a Redis does',
    'check host and port in --queue',
  ];
  return new SweeplineError('BAD_USAGE', `the queue at ${shown} cannot be used: ${what} (${error.message})`, {
    hint,
  });
}

/** Does something until the server takes it: what it refuses for now is told once and tried again. */
export async function insist<T>(work: () => Promise<T>, say: Say): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const reason = findPassing(error as Refusal);
      if (reason === undefined) throw error;
      if (tries === 0) say(`the queue takes nothing for now: ${reason}${remedyOf(reason)}`);
      await new Promise((resolve) => setTimeout(resolve, INSIST_MS));
    }
  }
}

/** Where there is one: what to do about it. */
function remedyOf(reason: string): string {
  const found = REMEDIES.find(([pattern]) => pattern.test(reason));
  return found === undefined ? '' : ` (${found[2]})`;
}

/** A transaction is refused for what its commands were. */
type Refusal = Error & { readonly previousErrors?: readonly Error[] };

function findPassing({ message, previousErrors = [] }: Refusal): string | undefined {
  return [message, ...previousErrors.map((each) => each.message)].find((text) => PASSING.test(text));
}

function parseInfo(text: string): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    text
      .split(/\r?\n/)
      .filter((line) => line.includes(':'))
      .map((line) => line.split(/:(.*)/s).slice(0, 2)),
  ) as Record<string, string>;
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left![i] ?? 0) - (right![i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

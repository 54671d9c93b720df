// Where a queue is: the URL of a Redis or Valkey server. It may hold a password, which is shown nowhere.
import { SweeplineError } from '../ground/errors.js';

export interface QueueAddress {
  /** With name and password, where it has them: for the connection alone. */
  readonly url: string;
  /** What may be shown. */
  readonly shown: string;
}

const EXPECTED =
  'expected redis://host:6379 or rediss://host:6379 (TLS), with /1 to /15 behind it for another database of the server';

/** Throws BAD_USAGE, without the password, where it is no such URL. */
export function readAddress(text: string): QueueAddress {
  const bad = () =>
    // Whatever it is, a password would stand before the last @.
    new SweeplineError(
      'BAD_USAGE',
      `queue ${JSON.stringify(text.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/is, '$1'))}: ${EXPECTED}`,
    );
  if (!URL.canParse(text)) throw bad();
  const url = new URL(text);
  const isRedis = url.protocol === 'redis:' || url.protocol === 'rediss:';
  if (!isRedis || url.hostname === '' || !/^(\/\d{0,2})?$/.test(url.pathname) || url.search + url.hash !== '')
    throw bad();
  return { url: text, shown: `${url.protocol}//${url.host}${url.pathname}` };
}

/**
 * `--queue` and what SWEEPLINE_QUEUE holds, as one: an address without a password takes the one that the environment has
 * for the same server; `env` is the environment's own. Undefined where neither names a queue.
 */
export function findAddress(
  option: string | undefined,
  environment: string | undefined,
): QueueAddress | undefined {
  const known = environment === undefined || environment === '' ? undefined : readAddress(environment);
  if (option === undefined) return known;
  if (option === 'env') {
    if (known !== undefined) return known;
    throw new SweeplineError('BAD_USAGE', `queue env: SWEEPLINE_QUEUE is not set; ${EXPECTED}`);
  }
  const asked = readAddress(option);
  return known !== undefined && known.shown === asked.shown ? known : asked;
}

/** Text without the names and passwords of the URLs in it. */
export function hideSecrets(text: string): string {
  return text.replaceAll(/\b(rediss?:\/\/)\S*@/gi, '$1');
}

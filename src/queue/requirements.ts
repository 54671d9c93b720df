// What a run asks of a host before anything of it is loaded: tasks signed as the host's own are, the same versions, as much
// memory as a trial may take. Each throws BAD_USAGE with what is there and what is not.
import { totalmem } from 'node:os';
import { SweeplineError } from '../ground/errors.js';
import { formatBytes } from '../ground/text.js';
import { ownVersion } from '../ground/version.js';
import type { QueuedRun } from './registry.js';
import { isSealed } from './seal.js';
import { packageVersions } from './versions.js';

export function requireTrust(
  { signature, text }: QueuedRun,
  secret: string | undefined,
  packed: Uint8Array,
): void {
  if (isSealed(signature, secret, text, packed)) return;
  const hint = 'set SWEEPLINE_QUEUE_KEY to the same key on all machines, or on none';
  const what =
    secret === undefined
      ? 'its tasks are signed, and this host has no key'
      : signature === ''
        ? 'its tasks are not signed, and this host has a key'
        : 'its signature is not that of this host’s key';
  throw new SweeplineError('BAD_USAGE', what, { hint });
}

export function requireVersions({ sweepline, engine, packages }: QueuedRun): void {
  const own = packageVersions(engine);
  const others = Object.entries({ sweepline, ...packages }).flatMap(([name, version]) => {
    const here = name === 'sweepline' ? ownVersion() : own[name];
    return here === version ? [] : [`${name} ${version} at the coordinator, ${here ?? 'none'} here`];
  });
  if (others.length > 0)
    throw new SweeplineError('BAD_USAGE', others.join('; '), {
      hint: 'install the same versions on all machines',
    });
}

export function requireRoom({ memoryBytes }: QueuedRun): void {
  if (memoryBytes === null || memoryBytes <= totalmem()) return;
  const [asked, there] = [memoryBytes, totalmem()].map(formatBytes);
  throw new SweeplineError('BAD_USAGE', `a trial may take ${asked} of memory, and this machine has ${there}`);
}

/** Where there are runs, one of them at least is to be of this version. */
export function requireAnyOf(runs: readonly QueuedRun[]): void {
  const own = ownVersion();
  if (runs.length === 0 || runs.some(({ sweepline }) => sweepline === own)) return;
  const versions = [...new Set(runs.map(({ sweepline }) => sweepline))].join(', ');
  throw new SweeplineError(
    'BAD_USAGE',
    `the runs on the queue are of Sweepline ${versions}; this host is ${own}`,
    {
      hint: 'install the same version on all machines, or remove runs that nobody takes up again: sweepline hosts --forget <run>',
    },
  );
}

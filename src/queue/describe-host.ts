// What a host says of its machine.
import { arch, availableParallelism, platform, release, totalmem } from 'node:os';
import { ownVersion } from '../ground/version.js';
import type { QueueHostOptions } from './host-options.js';
import type { HostRecord } from './messages.js';
import { allVersions } from './versions.js';

type Fixed = Omit<HostRecord, 'id' | 'state' | 'since' | 'seen' | 'runs' | 'busy'>;

let packages: Readonly<Record<string, string>> | undefined;

export function describeHost({ name, threads, devices }: QueueHostOptions): Fixed {
  packages ??= allVersions();
  return {
    name,
    process: process.pid,
    sweepline: ownVersion(),
    node: process.version,
    system: `${platform()} ${release()} ${arch()}`,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    threads: threads * Math.max(1, devices.length),
    devices: devices.length === 0 ? ['cpu'] : [...devices],
    packages,
  };
}

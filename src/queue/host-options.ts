// What a host is started with.
import type { QueueAddress } from './address.js';

export interface QueueHostOptions {
  readonly address: QueueAddress;
  /** Takes signed tasks alone, and signs what it says; without one it takes only what is not signed. */
  readonly secret: string | undefined;
  /** Two hosts of one machine may have the same. */
  readonly name: string;
  /** Worker threads, on each device. */
  readonly threads: number;
  /** `cuda:0`, …: the devices that training runs on, each in a process of its own; none: the processor. */
  readonly devices: readonly string[];
  /** A folder with the sweeps' files, in place of the working directory. */
  readonly sweeps: string | undefined;
  /** A folder with the data sets, in place of the one that the run names. */
  readonly data: string | undefined;
  /** A folder that the coordinator sees too. */
  readonly share: string | undefined;
  /** Runs command lines and definitions that come through the queue. */
  readonly acceptShipped: boolean;
  readonly say: (line: string) => void;
  /** Hears what workers print. */
  readonly onLine: (line: string) => void;
  readonly now: () => number;
}

// What a request says of a queue, complete and checked.
import { type QueueAddress, readAddress } from '../queue/address.js';
import type { QueueRequest, RunRequest } from './contract.js';

export interface QueueSettings {
  readonly address: QueueAddress;
  readonly secret: string | undefined;
  readonly priority: number;
  readonly share: string | undefined;
  readonly ship: boolean;
  readonly filesBytes: number;
}

const FILES_BYTES = 16 * 2 ** 20;
/** A message of Redis has at most 512 MB. */
const MOST_FILES_BYTES = 256 * 2 ** 20;

/** Null: the trials run on this machine. */
export function readQueue(request: QueueRequest): QueueSettings | null {
  const { queue, queueKey, priority = 0, share, ship = false, queueFiles = FILES_BYTES } = request;
  if (queue === undefined) return null;
  return { address: readAddress(queue), secret: queueKey, priority, share, ship, filesBytes: queueFiles };
}

export function findQueueFaults(request: RunRequest): string[] {
  const { queue, queueKey, priority, share, ship, queueFiles, workers, debug } = request;
  const faults: string[] = [];
  if (queue === undefined) {
    for (const [name, value] of Object.entries({ priority, share, ship, 'queue files': queueFiles }))
      if (value !== undefined) faults.push(`${name} ${value}: no queue; expected it beside one`);
    return faults;
  }
  try {
    readAddress(queue);
  } catch (error) {
    faults.push((error as Error).message);
  }
  if (queueKey === '') faults.push('queue key: expected some text');
  if (workers !== undefined)
    faults.push(
      `workers ${workers}: on a queue, threads are those of its hosts (--threads of \`sweepline host\`)`,
    );
  if (debug === true) faults.push('debug: trials on a queue run elsewhere; expected one of both');
  if (priority !== undefined && !Number.isSafeInteger(priority))
    faults.push(`priority ${priority}: expected an integer`);
  if (queueFiles !== undefined && !(queueFiles >= 1 && queueFiles <= MOST_FILES_BYTES))
    faults.push(`queue files ${queueFiles} bytes: expected at least 1 byte and at most 256m`);
  return faults;
}

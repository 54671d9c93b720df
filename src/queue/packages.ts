// BullMQ and ioredis, which only a queue of machines needs: loaded when a queue is asked for, and named here alone.
import type { Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { SweeplineError } from '../ground/errors.js';

export type { Job, Queue, Redis, Worker };

export interface QueuePackages {
  readonly Queue: typeof Queue;
  readonly Worker: typeof Worker;
  readonly Redis: typeof Redis;
}

/** Rejects with BAD_USAGE and the command that installs them where they are not there. */
export async function loadQueuePackages(): Promise<QueuePackages> {
  try {
    const [bullmq, ioredis] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { Queue: bullmq.Queue, Worker: bullmq.Worker, Redis: ioredis.Redis };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new SweeplineError(
      'BAD_USAGE',
      'a queue needs the packages bullmq and ioredis, which are not installed',
      {
        hint: 'npm install bullmq@6 ioredis@6',
        cause,
      },
    );
  }
}

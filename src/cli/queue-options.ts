// The options that name a queue, and the environment behind them: addresses with passwords and keys are read here, taken
// out of the environment that workers see, and shown nowhere.
import { findAddress, type QueueAddress } from '../queue/address.js';
import type { QueueRequest } from '../sweep/contract.js';
import type { OptionValues } from './command.js';
import { anyText, byteSize, integer, option, switchOption } from './options.js';

const WHERE = 'Where they run';

export const queueOption = option(
  WHERE,
  '--queue <url>',
  'the queue of machines: redis://host:6379, rediss:// with TLS, or env for what SWEEPLINE_QUEUE says',
  anyText,
);

/** For commands that run trials. */
export const queueOptions = {
  queue: option(
    WHERE,
    '--queue <url>',
    'run the trials on the hosts of a queue (`sweepline host`): redis://host:6379, rediss:// with TLS, or env for what SWEEPLINE_QUEUE says',
    anyText,
  ),
  priority: option(
    WHERE,
    '--priority <N>',
    'runs of a higher priority go first on the queue (default: 0)',
    integer,
  ),
  share: option(
    WHERE,
    '--share <folder>',
    'a folder that this machine and all hosts see, for artifacts and checkpoints that are too large for the queue',
    anyText,
  ),
  ship: switchOption(
    WHERE,
    '--ship',
    'send the worker’s code along, for hosts that do not have it (`sweepline host --accept-shipped`, or with a key)',
  ),
  queueFiles: option(
    WHERE,
    '--queue-files <size>',
    'files of trials up to this size travel through the queue (default: 16m)',
    byteSize,
  ),
} as const;

export type QueueOptionValues = OptionValues<typeof queueOptions>;

/** Section of the help. */
export const QUEUE_SECRETS = `  SWEEPLINE_QUEUE      address of the queue with its password: redis://:password@host:6379. Given there, no
                       other user of this machine sees it
  SWEEPLINE_QUEUE_KEY  a key of your own: tasks and results are signed with it, and nothing else is taken`;

export interface QueueAccess {
  readonly address: QueueAddress | undefined;
  readonly secret: string | undefined;
}

/** `isOptional`: without --queue there is none, whatever the environment says. */
export function findQueue(queue: string | undefined, isOptional = false): QueueAccess {
  const { SWEEPLINE_QUEUE, SWEEPLINE_QUEUE_KEY } = process.env;
  // Workers are code of others, and get a copy of what is left.
  delete process.env.SWEEPLINE_QUEUE;
  delete process.env.SWEEPLINE_QUEUE_KEY;
  // Whoever lists processes sees what a program was called with, until it calls itself something else.
  if (queue?.includes('@')) process.title = 'sweepline';
  const secret = SWEEPLINE_QUEUE_KEY === '' ? undefined : SWEEPLINE_QUEUE_KEY;
  if (isOptional && queue === undefined) return { address: undefined, secret };
  return { address: findAddress(queue, SWEEPLINE_QUEUE), secret };
}

/** What a request says of the queue. */
export function toQueueRequest({
  queue,
  priority,
  share,
  ship,
  queueFiles,
}: QueueOptionValues): QueueRequest {
  const others = {
    ...(priority === undefined ? {} : { priority }),
    ...(share === undefined ? {} : { share }),
    ...(ship === undefined ? {} : { ship }),
    ...(queueFiles === undefined ? {} : { queueFiles }),
  };
  const { address, secret } = findQueue(queue, true);
  if (address === undefined) return others;
  return { ...others, queue: address.url, ...(secret === undefined ? {} : { queueKey: secret }) };
}

// A task of a coordinator that is with a queue, until it has a result.
import { fromPlainError, SweeplineError } from '../ground/errors.js';
import { type Task, TaskLost, type TaskResult } from '../pool/contract.js';
import type { Entry } from './inbox.js';
import { type Settled, unpackLoss, unpackResult } from './messages.js';
import type { Reports } from './reports.js';

export interface Flight {
  /** The name of its job. */
  readonly key: string;
  readonly task: Task;
  readonly reports: Reports;
  readonly resolve: (result: TaskResult) => void;
  readonly reject: (error: Error) => void;
  stops: 'all' | readonly number[] | undefined;
  /** Looks that it has been there. */
  age: number;
  /** Looks in a row that found its result written, and nothing of it in what hosts have said. */
  unheard: number;
  /** How often it was handed over again for that. */
  unread: number;
}

/** What a host has said becomes the result of the task. */
export function settle(flight: Flight, { message, body, series }: Entry): void {
  const settled = message as Settled;
  if (settled.t === 'result') {
    flight.resolve(unpackResult(flight.task.id, settled, body, series));
    return;
  }
  const { error, loss } = settled;
  const details = error.hint === undefined ? {} : { hint: error.hint };
  flight.reject(
    loss === undefined
      ? fromPlainError(error as never)
      : new TaskLost(unpackLoss(loss), error.message, details),
  );
}

/** For one whose results were written `times` times. */
export function unreadable({ key }: Flight, times: number): SweeplineError {
  return new SweeplineError(
    'HOST_DIED',
    `hosts have written the result of task ${key} ${times} times, and it cannot be read`,
    {
      hint: 'see that all machines have the same SWEEPLINE_QUEUE_KEY, and who else writes to the queue; then resume the run',
    },
  );
}

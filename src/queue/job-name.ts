// What jobs are called. The name says of which trials a job is, so that who takes up a run finds what is there already.
import { createHash } from 'node:crypto';
import { canonicalObject } from '../space/value.js';
import { numbersOf, type Selection } from '../trial/selection.js';

/** Equal for tasks of the same trials, whatever attempt it is. Throws BAD_DEFINITION for what is no value of a parameter. */
export function hashTrials(trials: Selection): string {
  const text =
    trials.kind === 'points'
      ? JSON.stringify(
          trials.points.map(({ trial, replicate, point }) => [trial, replicate, canonicalObject(point)]),
        )
      : JSON.stringify(listOf(trials));
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

/** One trial by its number is the same in whatever form it comes. */
function listOf(trials: Selection): unknown {
  const numbers = numbersOf(trials);
  return 'first' in numbers && numbers.count === 1 ? [numbers.first] : numbers;
}

/** What the name of a job says: the same trials have the same hash in every session. */
export interface JobName {
  readonly hash: string;
  readonly session: string;
  readonly attempt: number;
}

export function nameJob({ hash, session, attempt }: JobName, count: number): string {
  return `${hash}-${session}-${attempt}-${count}`;
}

/** Of whatever stands on the queue: parts that are not there are empty, and an attempt that is none is 0. */
export function readJobName(key: string): JobName {
  const [hash = '', session = '', attempt = ''] = key.split('-');
  return { hash, session, attempt: /^\d+$/.test(attempt) ? Number(attempt) : 0 };
}

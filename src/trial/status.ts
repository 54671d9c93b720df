// How a trial ended, and what is kept about one that did not end `ok`.
import type { PlainError } from '../ground/errors.js';

/**
 * `failed`: it threw, or killed its process each time it was tried; `timeout`: it ran past the limit of a trial;
 * `skipped`: a stage that it depends on failed, so it never ran; `pruned`: it was stopped early, since others did better:
 * its row holds the values of the step at which it was.
 */
export type TrialStatus = 'ok' | 'failed' | 'timeout' | 'pruned' | 'skipped';

/** Every one of them, in the order in which they are told. */
export const TRIAL_STATUSES = ['ok', 'failed', 'timeout', 'pruned', 'skipped'] as const;

/** A trial that did not end `ok`: what does not fit in its row. */
export interface TrialNote {
  readonly trial: number;
  readonly status: TrialStatus;
  readonly error?: PlainError;
}

/** Equal for trials that failed alike: the same status, name and message; numbers in messages may differ. */
export function signOf({ status, error }: Pick<TrialNote, 'status' | 'error'>): string {
  return `${status} ${error?.name} ${error?.message.replaceAll(/-?\d+(\.\d+)?(e[+-]?\d+)?/gi, '#')}`;
}

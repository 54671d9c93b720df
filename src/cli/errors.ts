// How an error leaves the program: what to print and the exit code. A user's mistake is its message and a hint; trouble
// of the machine (disk full, no permission) says so; anything else is our own bug and shows its stack.
import { type ErrorCode, SweeplineError } from '../ground/errors.js';
import { adviseOn, findTrouble } from '../ground/trouble.js';

export const EXIT = { done: 0, failed: 1, usage: 2, regression: 3, broken: 70, interrupted: 130 } as const;

/**
 * Those that are no wrong use. LOCKED is how things are on the machine: the same command works once the other coordinator
 * has ended, or a lock that a dead machine has left is old enough, so that a job file may try it again.
 */
const CODES: Partial<Record<ErrorCode, number>> = { RUNS_DISAGREE: EXIT.failed, LOCKED: EXIT.broken };

export interface Ending {
  readonly text: string;
  readonly code: number;
}

export function describeError(error: unknown): Ending {
  if (error instanceof SweeplineError) {
    const trouble = findTrouble(error);
    if (trouble === undefined) {
      return { text: withHint(error.message, error.hint), code: CODES[error.code] ?? EXIT.usage };
    }
    return { text: withHint(error.message, adviseOn(trouble)), code: EXIT.broken };
  }
  if (isMachineError(error)) {
    return { text: withHint(error.message, adviseOn(error)), code: EXIT.broken };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const text = stack.replace(/^(\w*Error: )?(internal: )?/, 'internal: ');
  return {
    text: `${text}${describeCause(error)}\nThis is a fault of Sweepline, not of yours: please report it.`,
    code: EXIT.broken,
  };
}

/** The same once trials have been started: then it is no longer true that nothing was. */
export function describeRunError(error: unknown): Ending {
  const { text, code } = describeError(error);
  if (code !== EXIT.usage) return { text, code };
  // A definition that goes wrong half-way (a constraint that throws late) is its author's to mend, not the machine's.
  const isDefinition = error instanceof SweeplineError && error.code === 'BAD_DEFINITION';
  return { text, code: isDefinition ? EXIT.failed : EXIT.broken };
}

function withHint(message: string, hint: string | undefined): string {
  return hint === undefined ? message : `${message}\nHint: ${hint}`;
}

/** An error of the operating system, as Node tells it. */
function isMachineError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

function describeCause(error: unknown): string {
  if (!(error instanceof Error) || error.cause === undefined) return '';
  const { cause } = error;
  return `\n  caused by ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`;
}

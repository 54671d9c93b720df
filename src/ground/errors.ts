// The one family of errors. A SweeplineError is something the user can mend: it is printed as its message and hint,
// without a stack, and the command exits 2. Everything else is our own bug and is printed with its stack.
import { clipText } from './text.js';

export type ErrorCode =
  | 'BAD_USAGE' // a wrong option, argument or value
  | 'BAD_DEFINITION' // a sweep, worker or report that is invalid
  | 'BAD_RUN_FOLDER' // a run folder that is missing, foreign, damaged or of another version
  | 'RUNS_DISAGREE' // runs to be merged have other rows for the same trials
  | 'LOCKED' // another coordinator holds the run folder
  | 'BAD_DATA' // a data set that is missing, cut short or not what it claims to be
  | 'NO_DEVICE' // an engine or device that this machine does not have
  | 'BAD_MODEL' // layers whose shapes do not fit
  | 'TRIAL_FAILED' // a trial ended without a result (not finite, threw, host died)
  | 'HOST_DIED'; // a host process ended while it held work

export interface ErrorDetails {
  /** The next step, printed after `Hint: `. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** An error that the user can mend. `message` says what, which value, and what was expected. */
export class SweeplineError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'SweeplineError';
    this.code = code;
    this.hint = details.hint;
  }
}

/** A broken promise inside Sweepline: never the user's fault. */
export class InternalError extends Error {
  constructor(message: string, details: { readonly cause?: unknown } = {}) {
    super(`internal: ${message}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'InternalError';
  }
}

/** Throws one SweeplineError that lists every fault, or returns when there is none. */
export function throwFaults(
  code: ErrorCode,
  heading: string,
  faults: readonly string[],
  details: ErrorDetails = {},
): void {
  if (faults.length === 0) return;
  const text =
    faults.length === 1
      ? `${heading}: ${faults[0]}`
      : `${heading}:\n${faults.map((f) => `  - ${f}`).join('\n')}`;
  throw new SweeplineError(code, text, details);
}

/** An error as plain data, to cross a thread or process boundary, or to stand in a CSV cell. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  readonly hint?: string;
  /** Of an error of the operating system, whose `code` it is. */
  readonly syscall?: string;
}

/** What a disk or a machine that is full or broken answers: it is nobody's fault, and may pass. */
const MACHINE_TROUBLE: ReadonlySet<unknown> = new Set(
  'ENOSPC EDQUOT EIO EROFS EMFILE ENFILE ENOMEM ESTALE'.split(' '),
);

/** An error of the operating system, as Node tells it; without its types, which a user's project need not have. */
export interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
}

export function isMachineTrouble(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error && MACHINE_TROUBLE.has((error as SystemError).code);
}

/** Characters of an error's message that are kept, and as many of its stack: it goes into the journal for every trial. */
export const ERROR_CHARACTERS = 16_384;

/**
 * An error of whatever a trial throws: what was thrown may be no error, may be no text, and may be larger than memory.
 * Longer texts keep their start and end, and say how much was left out.
 */
export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: 'Error', message: clip(read(() => error)) };
  const name = clipText(
    read(() => error.name),
    200,
  );
  const whole = read(() => error.message);
  const message = clip(whole);
  const plain: { -readonly [K in keyof PlainError]: PlainError[K] } = { name, message };
  const stack = read(() => error.stack ?? '');
  // It begins with the message.
  const at = message === whole ? -1 : stack.indexOf(whole);
  if (stack !== '')
    plain.stack = at < 0 ? clip(stack) : `${name}: ${message}${clip(stack.slice(at + whole.length))}`;
  if (error instanceof SweeplineError) {
    plain.code = error.code;
    if (error.hint !== undefined) plain.hint = clip(error.hint);
  } else if (isMachineTrouble(error)) {
    plain.code = error.code;
    plain.syscall = error.syscall;
  }
  return plain;
}

function clip(text: string): string {
  return clipText(text, ERROR_CHARACTERS);
}

/** As text, whatever is there; getters and `toString` of others may throw, and a text may be too long to be made. */
function read(what: () => unknown): string {
  try {
    return String(what());
  } catch (cause) {
    return `(cannot be read: ${cause instanceof Error ? cause.name : typeof cause})`;
  }
}

export function fromPlainError(plain: PlainError): Error {
  const error =
    plain.name === 'SweeplineError'
      ? new SweeplineError(
          plain.code as ErrorCode,
          plain.message,
          plain.hint === undefined ? {} : { hint: plain.hint },
        )
      : Object.assign(
          new Error(plain.message),
          { name: plain.name },
          plain.syscall === undefined ? {} : { code: plain.code, syscall: plain.syscall },
        );
  if (plain.stack !== undefined) error.stack = plain.stack;
  return error;
}

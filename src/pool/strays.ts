// Errors that nobody awaits: a promise that is rejected without a handler, a callback that throws, a call of
// process.exit. In Node each of them ends the thread, and whoever runs in it then would be blamed. Here the async context
// tells which trial they come from: while it runs it fails of them; once it has ended its row stands, and they are told.
import { AsyncLocalStorage } from 'node:async_hooks';

/** Strays that are told by each thread: where one trial leaves them, all may. */
const TOLD = 3;

interface Guarded {
  readonly describe: () => string;
  /** Undefined once it has ended. */
  fail: ((error: unknown) => void) | undefined;
}

/** Runs a trial (or a block of them); rejects with the first stray error of its own while it runs. */
export type Guard = <T>(describe: () => string, work: () => T | Promise<T>) => T | Promise<T>;

/** For pools that share their process with whoever debugs them: there Node's own way is right. */
export const unguarded: Guard = (_describe, work) => work();

/** To be called once in a thread. */
export function guardThread(tell: (text: string) => void): Guard {
  const context = new AsyncLocalStorage<Guarded>();
  let strays = 0;

  const tellStray = (guilty: Guarded | undefined, error: unknown): void => {
    if (++strays > TOLD) return;
    tell(describeStray(guilty, error) + (strays === TOLD ? '; further ones are not told' : ''));
  };
  const blame = (error: unknown): void => {
    const guilty = context.getStore();
    if (guilty?.fail !== undefined) guilty.fail(error);
    else if (!(error instanceof ExitCalled)) tellStray(guilty, error); // that was told when it was called
  };
  process.on('uncaughtException', blame);
  process.on('unhandledRejection', blame);
  process.exit = (code) => {
    const error = new ExitCalled(code);
    const guilty = context.getStore();
    if (guilty?.fail !== undefined) guilty.fail(error);
    else tellStray(guilty, error);
    throw error; // what follows the call must not run
  };

  return (describe, work) => {
    const guarded: Guarded = { describe, fail: undefined };
    return context.run(guarded, () => runGuarded(guarded, work));
  };
}

function runGuarded<T>(guarded: Guarded, work: () => T | Promise<T>): T | Promise<T> {
  let stray: { readonly error: unknown } | undefined;
  let fail = (error: unknown): void => {
    stray ??= { error };
  };
  const end = () => {
    guarded.fail = undefined;
  };
  guarded.fail = (error) => fail(error);
  let result: T | Promise<T>;
  try {
    result = work();
  } catch (error) {
    end();
    throw error;
  }
  if (!isThenable(result)) {
    end();
    // A call of process.exit whose error was caught.
    if (stray !== undefined) throw stray.error;
    return result;
  }
  const running = result;
  return new Promise<T>((resolve, reject) => {
    fail = reject;
    if (stray !== undefined) reject(stray.error);
    running.then(resolve, reject);
  }).finally(end);
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

class ExitCalled extends Error {
  override readonly name = 'ExitCalled';

  constructor(code: string | number | null | undefined) {
    super(`the trial called process.exit(${code ?? ''}), which would end the thread of others too`);
  }
}

function describeStray(guilty: Guarded | undefined, error: unknown): string {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (guilty === undefined) return `an error that belongs to no trial was not handled: ${what}`;
  return `${guilty.describe()} left something behind that failed after it had ended, and its row stands: ${what} (await all that \`run\` starts)`;
}

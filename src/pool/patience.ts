// Waits for what a user's code may never bring about: says so after a while, and gives up in the end.
import { SweeplineError } from '../ground/errors.js';

/** What loading a worker and its data may take, unless told otherwise: a download, or a cold network disk. */
export const LOAD_MS = 600_000;
/** When a wait is told first, and how often after that. */
const FIRST_MS = 5_000;
const AGAIN_MS = 60_000;

export interface Patience {
  readonly limitMs: number;
  readonly onLine: (line: string) => void;
}

/** What `promise` comes to. Past the limit rejects with BAD_DEFINITION, after `giveUp` was called with the same reason. */
export async function within<T>(
  { limitMs, onLine }: Patience,
  what: string,
  promise: Promise<T>,
  giveUp: (reason: SweeplineError) => void,
): Promise<T> {
  const limit = `${limitMs / 1000} s`;
  let waited = Math.min(FIRST_MS, limitMs);
  let timer: NodeJS.Timeout;
  const overdue = new Promise<never>((_, reject) => {
    const look = () => {
      if (waited < limitMs) {
        onLine(`${what}: ${waited / 1000} s so far; it may take ${limit} (--load-timeout)`);
        const pause = Math.min(AGAIN_MS, limitMs - waited);
        waited += pause;
        timer = setTimeout(look, pause);
        return;
      }
      const reason = new SweeplineError('BAD_DEFINITION', `${what} has not ended within ${limit}`, {
        hint: 'see what it waits for, or give it more time with --load-timeout',
      });
      giveUp(reason);
      reject(reason);
    };
    timer = setTimeout(look, waited);
  });
  try {
    return await Promise.race([promise, overdue]);
  } finally {
    clearTimeout(timer!);
  }
}

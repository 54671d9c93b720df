// The trials between a pool and a program that evaluates them: those that wait to be asked for, those that are out with the
// program, and those that it has told and that are not on disk yet. Whoever waits hears in the end: no promise stays open.
import { SweeplineError } from '../ground/errors.js';
import type { Trial } from '../worker/contract.js';

/** A trial that the program may have, and what ends it. */
export interface Offered {
  readonly trial: Trial;
  resolve(metrics: Record<string, unknown>): void;
  reject(error: unknown): void;
}

interface Waiter<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** So many trials are named where more are out. */
const NAMED = 8;
/** How often a timer fires that does nothing but keep the process, in ms. */
const HOLD_MS = 60_000;

export class AskedTrials {
  #waiting: Offered[] = [];
  readonly #askers: Waiter<Trial | undefined>[] = [];
  readonly #out = new Map<number, Offered>();
  readonly #told = new Map<number, Waiter<void> & { readonly isKept: Promise<void> }>();
  readonly #onOut: () => void;
  #most = Number.POSITIVE_INFINITY;
  /** No more will be offered; nothing is handed out any more; nothing that is told is kept any more, as the run has ended. */
  #isComplete = false;
  #isShut = false;
  #isOver = false;
  #error: unknown;
  #hold: NodeJS.Timeout | undefined;

  /** `onOut` hears that there are more out. */
  constructor(onOut: () => void) {
    this.#onOut = onOut;
  }

  /** How many are out. */
  get out(): number {
    return this.#out.size;
  }

  /** So many may be out at once: who asks for more is refused. */
  allow(most: number): void {
    this.#most = most;
    this.#match();
  }

  offer(offered: Offered): void {
    this.#isComplete = false;
    this.#waiting.push(offered);
    this.#match();
  }

  /** What has been asked to stop and is not out yet never begins. */
  withdrawStopped(): void {
    const stopped = this.#waiting.filter(({ trial }) => trial.stopRequested);
    this.#waiting = this.#waiting.filter((one) => !stopped.includes(one));
    for (const one of stopped) one.reject(one.trial.stopped());
  }

  /** None will be offered that has not been. */
  complete(): void {
    this.#isComplete = true;
    this.#match();
  }

  /** Nothing is handed out any more. */
  shut(): void {
    this.#isShut = true;
    this.#match();
  }

  async ask(): Promise<Trial | undefined> {
    if (this.#error !== undefined) throw this.#error;
    return new Promise((resolve, reject) => {
      this.#askers.push({ resolve, reject });
      this.#match();
    });
  }

  /** Ends a trial that is out. Resolves once it is kept. Throws BAD_USAGE where it is not out. */
  tell(trial: number, end: (offered: Offered) => void): Promise<void> {
    const offered = this.#out.get(trial);
    if (offered === undefined)
      throw new SweeplineError('BAD_USAGE', `trial ${trial} was not asked for, or has been told before`);
    if (this.#isOver) throw this.#describeLoss(trial);
    this.#out.delete(trial);
    let waiter: Waiter<void>;
    const isKept = new Promise<void>((resolve, reject) => {
      waiter = { resolve, reject };
    });
    this.#told.set(trial, { isKept, ...waiter! });
    end(offered);
    return isKept;
  }

  /** The trial is on disk, if it was told. */
  keep(trial: number): void {
    this.#told.get(trial)?.resolve();
    this.#told.delete(trial);
  }

  /** Resolves once nothing is on its way to the disk any more. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#told.values()].map(({ isKept }) => isKept));
  }

  /** The run has ended: what was told and is not on disk will never be. `error`: what broke it, if anything did. */
  end(error?: unknown): void {
    this.#isOver = true;
    this.#error = error;
    for (const [trial, { reject }] of this.#told) reject(this.#describeLoss(trial));
    this.#told.clear();
    if (error !== undefined) for (const { reject } of this.#askers.splice(0)) reject(error);
    this.shut();
  }

  #describeLoss(trial: number): unknown {
    return (
      this.#error ??
      new SweeplineError('BAD_USAGE', `trial ${trial} is not kept: the run was stopped before it was told`, {
        hint: 'open the study again with the same folder: the trial comes again',
      })
    );
  }

  #match(): void {
    const before = this.#out.size;
    while (this.#askers.length > 0) {
      if (this.#isShut && !this.#isOver) break; // how it ends, `end` says
      const next = this.#isShut ? undefined : this.#waiting.shift();
      if (next === undefined && !this.#isShut && !this.#isComplete) break;
      if (next !== undefined) this.#out.set(next.trial.number, next);
      this.#askers.shift()!.resolve(next?.trial);
    }
    if (this.#out.size >= this.#most) this.#refuse();
    this.#watch();
    if (this.#out.size > before) this.#onOut();
  }

  /** Those who ask wait for trials that are out. */
  #refuse(): void {
    if (this.#askers.length === 0) return;
    const trials = [...this.#out.keys()];
    const [are, them] = trials.length === 1 ? ['is', 'it'] : ['are', 'one of them'];
    const error = new SweeplineError(
      'BAD_USAGE',
      `ask: the next trial depends on what ${nameTrials(trials)} will have come to, which ${are} asked for and not told`,
      {
        hint: `tell or fail ${them} first; a new study with \`lookahead: N\` has N configurations out at once`,
      },
    );
    for (const { reject } of this.#askers.splice(0)) reject(error);
  }

  /** While somebody waits, the process must not end without a word. */
  #watch(): void {
    process.off('beforeExit', this.#onQuiet);
    if (this.#askers.length > 0) process.on('beforeExit', this.#onQuiet);
    if (this.#askers.length > 0 && this.#out.size === 0) return;
    clearInterval(this.#hold);
    this.#hold = undefined;
  }

  /** Nothing goes on in this process. So nobody will tell what is out; with none out, it waits for others: a paused run. */
  readonly #onQuiet = (): void => {
    if (this.#out.size > 0) this.#refuse();
    else this.#hold ??= setInterval(() => undefined, HOLD_MS);
    this.#watch();
  };
}

/** `trial 3`, `trials 0, 1`. */
function nameTrials(trials: readonly number[]): string {
  const rest = trials.length > NAMED ? ` and ${trials.length - NAMED} more` : '';
  return `trial${trials.length === 1 ? '' : 's'} ${trials.slice(0, NAMED).join(', ')}${rest}`;
}

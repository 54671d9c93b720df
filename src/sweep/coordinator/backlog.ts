// Work that has been begun before and is to be taken up again, before anything new.
import { halve } from '../../trial/selection.js';
import { BackOff, pauseAfter } from './back-off.js';
import type { Decision } from './failures.js';
import type { Work } from './work.js';

type Again = Extract<Decision, { readonly do: 'again' | 'retry' | 'halve' }>;

export class Backlog {
  readonly #ready: Work[] = [];
  /** Of those that were in a process when it died: each is to have one of its own. */
  readonly #apart: Work[] = [];
  readonly #later: BackOff<Work>;
  readonly #pauseMs: number;
  readonly #onDue: () => void;
  #isStopped = false;

  /** `onDue` hears that something is there to be taken up; `pauseMs` is the first pause. */
  constructor(onDue: () => void, pauseMs: number) {
    this.#pauseMs = pauseMs;
    this.#onDue = onDue;
    this.#later = new BackOff((work) => this.addReady(work));
  }

  /** Nothing is left, not even for later. */
  get isEmpty(): boolean {
    return this.#ready.length === 0 && this.#apart.length === 0 && this.#later.size === 0;
  }

  /** Something waits for a process of its own. */
  get hasApart(): boolean {
    return this.#apart.length > 0;
  }

  add(...work: readonly Work[]): void {
    if (this.#isStopped) return;
    for (const each of work) (each.isApart ? this.#apart : this.#ready).push(each);
  }

  /** And tells that something is there to be taken up. */
  addReady(work: Work): void {
    this.add(work);
    this.#onDue();
  }

  /** After a pause that grows with the attempts that have failed. */
  addLater(work: Work, failures: number): void {
    if (this.#isStopped) return;
    this.#later.add(work, pauseAfter(failures, this.#pauseMs));
  }

  /** Takes up work that has no result as it was decided. `failures`: attempts of it that have failed so far. */
  decided(work: Work, decision: Again, failures: number): void {
    const { strikes, evictions } = decision;
    const next = {
      ...work,
      attempt: work.attempt + 1,
      strikes,
      evictions,
      isApart: decision.when === 'apart',
    };
    if (decision.do === 'halve') this.add(...halve(work.trials).map((trials) => ({ ...next, trials })));
    else if (decision.do === 'retry') this.addLater(next, failures);
    else if (evictions > work.evictions) this.addLater(next, evictions);
    else this.add(next);
  }

  take(): Work | undefined {
    return this.#apart.shift() ?? this.#ready.shift();
  }

  /** Nothing more is taken up in this session, and no pause keeps it from its end. */
  stop(): void {
    this.#isStopped = true;
    this.#later.clear();
  }
}

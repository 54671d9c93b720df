// The tasks that are with the pool now, and how they are asked to stop.
import type { RunningTask } from '../../pool/contract.js';
import { countOf, pick } from '../../trial/selection.js';
import type { Work } from './work.js';

export interface Flight {
  readonly work: Work;
  readonly task: RunningTask;
}

export class InFlight {
  readonly #byId = new Map<number, Flight>();

  get size(): number {
    return this.#byId.size;
  }

  add(id: number, flight: Flight): void {
    this.#byId.set(id, flight);
  }

  delete(id: number): void {
    this.#byId.delete(id);
  }

  all(): Iterable<Flight> {
    return this.#byId.values();
  }

  stopAll(): void {
    for (const { task } of this.all()) task.stop();
  }

  /** Takes back what none of these trials is of: it waits. */
  stopWaiting(busy: ReadonlySet<number>): void {
    for (const { work, task } of this.all()) if (!has(work, (trial) => busy.has(trial))) task.stop();
  }

  stopOne(trial: number): void {
    for (const { work, task } of this.all()) if (has(work, (each) => each === trial)) task.stop([trial]);
  }
}

function has({ trials }: Work, isMeant: (trial: number) => boolean): boolean {
  return countOf(pick(trials, isMeant)) > 0;
}

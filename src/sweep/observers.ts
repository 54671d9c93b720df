// Tells observers, and drops one that throws: looking at a run must not change it.
import type { Observer } from './contract.js';

type Hook = keyof Observer;
type Event<H extends Hook> = Parameters<NonNullable<Observer[H]>>[0];

export class Observers {
  #all: Observer[];

  constructor(observers: readonly Observer[]) {
    this.#all = [...observers];
  }

  tell<H extends Hook>(hook: H, event: Event<H>): void {
    for (const observer of this.#all) {
      try {
        (observer[hook] as ((event: Event<H>) => void) | undefined)?.call(observer, event);
      } catch (error) {
        this.#all = this.#all.filter((other) => other !== observer);
        process.emitWarning(
          `an observer's ${hook} threw and is dropped: ${error instanceof Error ? error.message : error}`,
        );
      }
    }
  }
}

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
        const told: unknown = (observer[hook] as ((event: Event<H>) => unknown) | undefined)?.call(
          observer,
          event,
        );
        if (told instanceof Promise) told.catch((error: unknown) => this.#drop(observer, hook, error));
      } catch (error) {
        this.#drop(observer, hook, error);
      }
    }
  }

  #drop(observer: Observer, hook: Hook, error: unknown): void {
    if (!this.#all.includes(observer)) return;
    this.#all = this.#all.filter((other) => other !== observer);
    const why = error instanceof Error ? error.message : error;
    process.emitWarning(`an observer's ${hook} threw and is dropped: ${why}`);
  }
}

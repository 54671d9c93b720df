// Tells observers, and drops one that throws: looking at a run must not change it. One that returns 'stop' ends it.
import type { Observer } from '../contract.js';

type Hook = keyof Observer;
type Event<H extends Hook> = Parameters<NonNullable<Observer[H]>>[0];

export class Observers {
  #all: Observer[];
  #isStopAsked = false;
  #onStop: (() => void) | undefined;

  constructor(observers: readonly Observer[]) {
    this.#all = [...observers];
  }

  /** Whether anyone has such a hook: what costs something to tell is not made for nobody. */
  hears(hook: Hook): boolean {
    return this.#all.some((observer) => observer[hook] !== undefined);
  }

  /** Called once, when an observer asks for the end; at once where it has done so already. */
  onStop(stop: () => void): void {
    this.#onStop = stop;
    if (this.#isStopAsked) stop();
  }

  tell<H extends Hook>(hook: H, event: Event<H>): void {
    for (const observer of this.#all) {
      try {
        const told: unknown = (observer[hook] as ((event: Event<H>) => unknown) | undefined)?.call(
          observer,
          event,
        );
        if (told === 'stop') this.#stop();
        else if (told instanceof Promise) {
          told.then(
            (answer: unknown) => {
              if (answer === 'stop') this.#stop();
            },
            (error: unknown) => this.#drop(observer, hook, error),
          );
        }
      } catch (error) {
        this.#drop(observer, hook, error);
      }
    }
  }

  #stop(): void {
    if (this.#isStopAsked) return; // twice would not wait for what runs
    this.#isStopAsked = true;
    this.#onStop?.();
  }

  #drop(observer: Observer, hook: Hook, error: unknown): void {
    if (!this.#all.includes(observer)) return;
    this.#all = this.#all.filter((other) => other !== observer);
    const why = error instanceof Error ? error.message : error;
    process.emitWarning(`an observer's ${hook} threw and is dropped: ${why}`);
  }
}

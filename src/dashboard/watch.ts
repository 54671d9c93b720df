// Looks at something again and again for as long as somebody wants to know: the longer a look takes, the less often, so
// that it costs at most a fifth of a core. Where nothing changes, nobody is told.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../ground/clock.js';

const EVERY_MS = 500;
/** Pauses are so many times as long as what was done. */
const PAUSES = 4;

/** What is sent to a page: the name of the event, and its data as JSON. */
export interface PageEvent {
  readonly name: string;
  readonly data: unknown;
}

export type Listener = (event: PageEvent) => void;

export abstract class Watch {
  protected readonly clock: Clock;
  readonly #listeners = new Set<Listener>();
  #isLooking = false;
  #looking: Promise<void> | undefined;
  readonly #ended = new AbortController();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get isWatched(): boolean {
    return this.#listeners.size > 0;
  }

  /** Events until the returned function is called; the first ones say all there is. */
  subscribe(listener: Listener): () => void {
    for (const event of this.current()) listener(event);
    this.#listeners.add(listener);
    void this.#keepLooking();
    return () => this.#listeners.delete(listener);
  }

  /** One look now, or the one that is under way. */
  look(): Promise<void> {
    this.#looking ??= this.update().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  close(): void {
    this.#listeners.clear();
    this.#ended.abort();
  }

  /** All that a new listener must know. */
  protected abstract current(): readonly PageEvent[];
  /** Looks, and tells what has changed. Never rejects: what cannot be read is told as well. */
  protected abstract update(): Promise<void>;

  /** What is done once after a change, and may take long: the pauses do not grow with it. Never rejects. */
  protected async finish(): Promise<void> {}

  protected tell(event: PageEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  async #keepLooking(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    let isFirst = true;
    try {
      while (this.isWatched) {
        const began = this.clock.elapsed();
        await this.look();
        // The first look reads all there is, once: the next ones are not as long.
        const took = isFirst ? 0 : this.clock.elapsed() - began;
        isFirst = false;
        const pause = Math.max(EVERY_MS, took * PAUSES);
        await this.finish();
        await sleep(pause, undefined, { signal: this.#ended.signal, ref: false });
      }
    } catch (error) {
      if (!this.#ended.signal.aborted) throw error;
    } finally {
      this.#isLooking = false;
    }
  }
}

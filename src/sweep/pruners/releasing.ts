// Results that have waited and get their rows. Some at a time: where a rung closes it is thousands at once, and each takes
// memory, as a row and as a record, until it is on disk, while nobody else has a turn.
import type { PruningHelper } from './contract.js';
import type { Held } from './parking.js';

/** The journal writes those together: fewer would make it flush more often. */
const AT_ONCE = 256;

export class Releasing {
  #waiting: Held[] = [];
  /** So many of them have begun. */
  #begun = 0;
  #running = 0;

  get isBusy(): boolean {
    return this.#running > 0;
  }

  add(held: Held, helper: PruningHelper): void {
    this.#waiting.push(held);
    this.#next(helper);
  }

  #next(helper: PruningHelper): void {
    if (this.#running === AT_ONCE) return;
    const held = this.#waiting[this.#begun++];
    if (held === undefined) {
      this.#forget();
      return;
    }
    this.#running++;
    Promise.resolve()
      .then(() => helper.record(held.work, held.result))
      .catch((error) => {
        this.#forget(); // the run ends of it
        helper.fail(error);
      })
      .finally(() => {
        this.#running--;
        this.#next(helper);
        helper.wake();
      });
  }

  #forget(): void {
    this.#waiting = [];
    this.#begun = 0;
  }
}

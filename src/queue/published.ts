// The jobs that are known on the server to have been answered for. A host that was cut off may ask for a while; then they
// are forgotten, so that neither they nor requests to stop them pile up over a long run.

import type { RunKeys } from './keys.js';
import type { Redis } from './packages.js';

/** Looks, about a second each, for which the answer is remembered. */
const REMEMBERED = 60;
const AT_ONCE = 1_000;

export class Published {
  readonly #options: { readonly redis: Redis; readonly keys: RunKeys };
  #looks = 0;
  /** In the order in which they were given. */
  #old: { readonly key: string; readonly look: number }[] = [];

  constructor(options: { readonly redis: Redis; readonly keys: RunKeys }) {
    this.#options = options;
  }

  /** Nobody need know of these much longer. */
  forget(...keys: readonly string[]): void {
    for (const key of keys) this.#old.push({ key, look: this.#looks });
  }

  /** To be called about every second. */
  async sweep(): Promise<void> {
    const { redis, keys } = this.#options;
    const last = ++this.#looks - REMEMBERED;
    const found = this.#old.findIndex(({ look }) => look > last);
    const count = found === -1 ? this.#old.length : found;
    for (let i = 0; i < count; i += AT_ONCE) {
      const names = this.#old.slice(i, Math.min(count, i + AT_ONCE)).map(({ key }) => key);
      await redis
        .multi()
        .srem(keys.published, ...names)
        .hdel(keys.stops, ...names)
        .exec();
    }
    this.#old = this.#old.slice(count);
  }
}

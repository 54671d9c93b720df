// Work that shall be tried again, but not at once: what made it fail may need a moment to pass.

const LONGEST_MS = 60_000;

/** Milliseconds to wait after so many attempts have failed: `firstMs`, and each time twice as long. */
export function pauseAfter(failures: number, firstMs: number): number {
  return Math.min(LONGEST_MS, firstMs * 2 ** Math.max(0, failures - 1));
}

export class BackOff<T> {
  readonly #timers = new Map<NodeJS.Timeout, T>();

  /** Hears what is due. */
  constructor(private readonly onDue: (work: T) => void) {}

  get size(): number {
    return this.#timers.size;
  }

  add(work: T, ms: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.onDue(work);
    }, ms);
    this.#timers.set(timer, work);
  }

  /** Nothing becomes due any more. */
  clear(): void {
    for (const timer of this.#timers.keys()) clearTimeout(timer);
    this.#timers.clear();
  }
}

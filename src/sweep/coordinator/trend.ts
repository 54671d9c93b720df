// How the shown metric has gone in this session: the best of each stretch of trials, in the order in which they ended. A
// few dozen numbers, however long the run.

/** More are put together by pairs. */
const MOST = 32;

export class Trend {
  /** Finite numbers, the oldest first. */
  readonly values: number[] = [];
  /** Trials of a stretch, and those of the last one. */
  #stretch = 1;
  #filled = 0;

  constructor(private readonly goal: 'min' | 'max' | undefined) {}

  add(value: number): void {
    if (!Number.isFinite(value)) return;
    if (this.#filled === this.#stretch || this.values.length === 0) {
      if (this.values.length === MOST) this.#halve();
      else this.#filled = 0;
    }
    if (this.#filled === 0) this.values.push(value);
    else this.values[this.values.length - 1] = this.#better(this.values.at(-1)!, value);
    this.#filled++;
  }

  #halve(): void {
    for (let i = 0; i < MOST / 2; i++)
      this.values[i] = this.#better(this.values[2 * i]!, this.values[2 * i + 1]!);
    this.values.length = MOST / 2;
    this.#stretch *= 2;
    this.#filled = 0;
  }

  #better(a: number, b: number): number {
    return this.goal === 'max' ? Math.max(a, b) : Math.min(a, b);
  }
}

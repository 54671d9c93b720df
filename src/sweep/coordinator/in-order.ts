// Tells a sampler what became of its trials, in the order in which it proposed them, whatever order they end in: so what
// it decides does not depend on the number of workers.
import type { TrialResult } from '../samplers/contract.js';

export class InOrder {
  /** Proposed and not yet told, oldest first; with the result once there is one. */
  readonly #waiting = new Map<number, TrialResult | undefined>();

  constructor(private readonly tell: (result: TrialResult) => void) {}

  /** How many have been proposed that the sampler has not heard of yet. */
  get untold(): number {
    return this.#waiting.size;
  }

  propose(trial: number): void {
    this.#waiting.set(trial, undefined);
  }

  settle(result: TrialResult): void {
    if (!this.#waiting.has(result.trial)) return;
    this.#waiting.set(result.trial, result);
    for (const [trial, settled] of this.#waiting) {
      if (settled === undefined) return;
      this.#waiting.delete(trial);
      this.tell(settled);
    }
  }
}

// What the trials of a task report on their way, in order and once: a job may be delivered again, and a message too.
import type { TrialReport } from '../pool/contract.js';

interface Report extends Pick<TrialReport, 'trial' | 'from'> {
  /** How often the job had been delivered. */
  readonly delivery: number;
  /** The number of the report within its delivery, from 1. */
  readonly count: number;
}

export class Reports {
  #delivery = 0;
  #count = 0;
  /** By trial, the last step; only where the job was delivered again. */
  readonly #steps = new Map<number, number>();

  constructor(private readonly listener: ((report: TrialReport) => void) | undefined) {}

  take({ trial, from, delivery, count }: Report, rows: Uint8Array): void {
    if (this.listener === undefined || delivery < this.#delivery) return;
    if (delivery === this.#delivery && count <= this.#count) return;
    this.#delivery = delivery;
    this.#count = count;
    const text = Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength).toString();
    const lines = text.match(/[^\n]*\n/g) ?? [];
    const fresh = this.#cut(trial, lines);
    if (fresh.length === 0) return;
    const known = lines.length - fresh.length;
    this.listener({ trial, from: from + known, rows: new TextEncoder().encode(fresh.join('')) });
  }

  /** Rows of steps that have not been reported yet: whoever begins again reports the first ones again. */
  #cut(trial: number, lines: readonly string[]): readonly string[] {
    const last = this.#steps.get(trial) ?? Number.NEGATIVE_INFINITY;
    const fresh = lines.filter((line) => stepOf(line) > last);
    if (fresh.length > 0) this.#steps.set(trial, stepOf(fresh.at(-1)!));
    return fresh;
  }
}

/** The second cell. */
function stepOf(row: string): number {
  return Number(row.split(',', 2)[1]);
}

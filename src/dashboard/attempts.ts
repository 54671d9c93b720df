// The attempts of a run's trials and how long each took, fed by the records of its journal.
import type { PackedTable } from '../explore/payload.js';
import { formatCount } from '../ground/text.js';
import { ATTEMPTS } from '../report/explore/collect.js';
import type { Packer } from '../report/explore/pack.js';
import type { AttemptRecord, RowsRecord } from '../run/records.js';
import { countNumbers, forEachRun } from '../trial/selection.js';
import { Cells } from './cells.js';

const COLUMNS = {
  trial: 'number',
  worker: 'number',
  host: 'category',
  run_ms: 'number',
  status: 'category',
} as const;

export class LiveAttempts {
  readonly #trials = new Cells('number');
  readonly #workers = new Cells('number');
  readonly #hosts = new Cells('category');
  readonly #times = new Cells('number');
  readonly #statuses = new Cells('category');
  #count = 0;

  take(record: RowsRecord | AttemptRecord): void {
    const ms = record.run_ms / countNumbers(record.trials);
    const status =
      record.t === 'attempt' ? undefined : new Map(record.notes.map((note) => [note.trial, note.status]));
    forEachRun(record.trials, (first, count) => {
      for (let trial = first; trial < first + count; trial++) {
        const slot = this.#count++;
        this.#trials.setNumber(slot, trial);
        this.#workers.setNumber(slot, record.worker);
        this.#hosts.setText(slot, record.host);
        this.#times.setNumber(slot, ms);
        this.#statuses.setText(slot, record.t === 'attempt' ? record.status : (status?.get(trial) ?? 'ok'));
      }
    });
  }

  /** In the order of trials; null before the first has ended. */
  pack(packer: Packer, notes: string[]): PackedTable | null {
    if (this.#count === 0) return null;
    const every = Math.ceil(this.#count / ATTEMPTS);
    const trials = Float64Array.from({ length: this.#count }, (_, slot) => this.#trials.at(slot) as number);
    const order = Uint32Array.from(trials, (_, slot) => slot);
    if (!trials.every((trial, i) => i === 0 || trial >= trials[i - 1]!))
      order.sort((a, b) => trials[a]! - trials[b]! || a - b);
    const slots = every === 1 ? order : order.filter((_, place) => place % every === 0);
    if (every > 1)
      notes.push(
        `times of ${formatCount(slots.length)} of ${formatCount(this.#count)} attempts (one in ${every})`,
      );
    const cells = [this.#trials, this.#workers, this.#hosts, this.#times, this.#statuses];
    const columns = Object.entries(COLUMNS).map(([name, kind], i) => {
      const head = { name, role: 'run' } as const;
      const values = Array.from(slots, (slot) => cells[i]!.at(slot));
      return kind === 'number' ? packer.numbers(head, values, true) : packer.categories(head, values);
    });
    return { rows: slots.length, columns };
  }
}

// The attempts of a run's trials and how long each took, fed by the records of its journal.
import type { Payload } from '../explore/payload.js';
import { formatCount } from '../ground/text.js';
import { ATTEMPTS } from '../report/explore/attempts.js';
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
  /** Milliseconds since 1970, where the journal knows. */
  readonly #ends = new Cells('number');
  #count = 0;

  take(record: RowsRecord | AttemptRecord): void {
    const ms = record.run_ms / countNumbers(record.trials);
    const status =
      record.t === 'attempt' ? undefined : new Map(record.notes.map((note) => [note.trial, note.status]));
    // One after another, the last one when the record was made.
    let end = (record.at ?? Number.NaN) - (countNumbers(record.trials) - 1) * ms;
    forEachRun(record.trials, (first, count) => {
      for (let trial = first; trial < first + count; trial++) {
        const slot = this.#count++;
        this.#trials.setNumber(slot, trial);
        this.#workers.setNumber(slot, record.worker);
        this.#hosts.setText(slot, record.host);
        this.#times.setNumber(slot, ms);
        this.#ends.setNumber(slot, end);
        end += ms;
        this.#statuses.setText(slot, record.t === 'attempt' ? record.status : (status?.get(trial) ?? 'ok'));
      }
    });
  }

  /** In the order of trials; null before the first has ended. */
  pack(packer: Packer, notes: string[]): Pick<Payload, 'attempts' | 'began'> {
    if (this.#count === 0) return { attempts: null, began: null };
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
      return kind === 'number'
        ? packer.numbers(head, cells[i]!.numbersAt(slots), true)
        : packer.categories(head, cells[i]!.textsAt(slots));
    });
    const began = this.#findBegin(slots);
    if (began !== null) {
      const ends = this.#ends.numbersAt(slots).map((end) => Math.round(end - began));
      columns.push(packer.numbers({ name: 'ended', role: 'run', unit: 'ms' }, ends));
    }
    return { attempts: { rows: slots.length, columns }, began };
  }

  /** When the first of them began; null where no clock was kept. */
  #findBegin(slots: Uint32Array): number | null {
    let began = Number.POSITIVE_INFINITY;
    for (const slot of slots) {
      const begin = (this.#ends.at(slot) as number) - (this.#times.at(slot) as number);
      if (begin < began) began = begin;
    }
    return Number.isFinite(began) ? began : null;
  }
}

// The trials of a run as columns, fed by the records of its journal one after another and packed for the page whenever it
// asks. A trial that is recorded again counts as it was recorded last.
import type { PackedTable } from '../explore/payload.js';
import { EXACT_TRIALS, RUN_HEADS, trialHeads, varies } from '../report/explore/collect.js';
import type { ColumnHead, Packer } from '../report/explore/pack.js';
import { formatOf } from '../run/history.js';
import type { Manifest } from '../run/manifest.js';
import type { RowsRecord, SpaceRecord } from '../run/records.js';
import { describeError } from '../run/timings.js';
import { formatParam } from '../trial/cells.js';
import { FIRST_AXIS, type RowFormat, readCells, statusPlace } from '../trial/row.js';
import { countNumbers, type ProposedTrial } from '../trial/selection.js';
import { Cells } from './cells.js';

interface ColumnOfTrials {
  readonly head: ColumnHead & { readonly kind: 'number' | 'category' };
  readonly cells: Cells;
  /** In a row of trials.csv; −1 where it does not stand there. */
  readonly place: number;
}

type RunCells = Readonly<Record<(typeof RUN_HEADS)[number]['name'], Cells>>;

const NOWHERE = -1;

/** A trial that has no row yet, and what stands for its status: `waiting` for what is decided on others. */
export interface OpenTrial extends ProposedTrial {
  readonly status: 'running' | 'waiting';
}

export class LiveTrials {
  readonly #format: RowFormat;
  readonly #columns: readonly ColumnOfTrials[];
  readonly #run: RunCells;
  readonly #keys = new Cells('category');
  readonly #slotOf = new Map<number, number>();

  constructor(manifest: Manifest, record: SpaceRecord) {
    this.#format = formatOf({ record });
    const { axes, metrics } = this.#format;
    const file = ['trial', 'key', 'replicate', 'seed', ...axes, 'status', ...metrics.map(({ name }) => name)];
    // A metric may be called as an axis is.
    let from = 0;
    const own = trialHeads({ ...manifest, axes: record.axes, worker: record.worker }).map(
      ({ sql: _, ...head }) => {
        const place = file.indexOf(head.name, from);
        from = place + 1;
        return { head, place, cells: new Cells(head.kind) };
      },
    );
    const run = RUN_HEADS.map((head) => ({ head, place: NOWHERE, cells: new Cells(head.kind) }));
    this.#columns = [...own, ...run];
    this.#run = Object.fromEntries(run.map(({ head, cells }) => [head.name, cells])) as RunCells;
  }

  /** Whether it has ended. */
  has(trial: number): boolean {
    return this.#slotOf.has(trial);
  }

  /** `rows`: the rows of trials.csv that the record carries. */
  take(record: RowsRecord, rows: Uint8Array): void {
    const notes = new Map(record.notes.map((note) => [note.trial, note]));
    const ms = record.run_ms / countNumbers(record.trials);
    for (const cells of readCells(this.#format, rows)) {
      const trial = Number(cells[0]);
      const slot = this.#slotFor(trial);
      for (const { place, cells: column } of this.#columns)
        if (place >= 0) column.setCell(slot, cells[place]!);
      this.#keys.setCell(slot, cells[1]!);
      const error = notes.get(trial)?.error;
      this.#run.run_ms.setNumber(slot, ms);
      this.#run.attempts.setNumber(slot, record.attempt);
      this.#run.worker.setNumber(slot, record.worker);
      this.#run.host.setText(slot, record.host);
      this.#run.error.setText(slot, error === undefined ? null : describeError(error));
    }
  }

  /** In the order of trials, with those that have not ended. */
  pack(
    packer: Packer,
    open: readonly OpenTrial[],
  ): { readonly table: PackedTable; readonly isRounded: boolean } {
    const slots = this.#order(open);
    const isLarge = slots.length > EXACT_TRIALS;
    const columns = this.#columns.map(({ head: { kind: _, ...head }, cells }) => {
      return cells.areNumbers
        ? packer.numbers(head, cells.numbersAt(slots), isLarge)
        : packer.categories(head, cells.textsAt(slots));
    });
    return {
      table: {
        rows: slots.length,
        columns: columns.filter((column) => column.role !== 'run' || varies(column)),
      },
      isRounded: columns.some(({ store }) => store === 'f32'),
    };
  }

  /** Of trials that have ended. */
  keys(): { readonly trials: readonly number[]; readonly keys: readonly string[] } {
    const trials = [...this.#slotOf.keys()];
    return { trials, keys: trials.map((_, slot) => this.#keys.at(slot) as string) };
  }

  #slotFor(trial: number): number {
    let slot = this.#slotOf.get(trial);
    if (slot === undefined) {
      slot = this.#slotOf.size;
      this.#slotOf.set(trial, slot);
    }
    return slot;
  }

  /** Slots by trial. Trials that have not ended are put where the next ones that end will be. */
  #order(open: readonly OpenTrial[]): Uint32Array {
    const trials = Float64Array.from([...this.#slotOf.keys(), ...open.map(({ trial }) => trial)]);
    open.forEach((trial, i) => {
      this.#placeOpen(this.#slotOf.size + i, trial);
    });
    const order = Uint32Array.from(trials, (_, slot) => slot);
    return trials.every((trial, i) => i === 0 || trial > trials[i - 1]!)
      ? order
      : order.sort((a, b) => trials[a]! - trials[b]!);
  }

  #placeOpen(slot: number, { trial, replicate, point, status: shown }: OpenTrial): void {
    const { axes, params } = this.#format;
    const status = statusPlace(this.#format);
    for (const { place, head, cells } of this.#columns) {
      const axis = place >= FIRST_AXIS && place < status ? axes[place - FIRST_AXIS]! : undefined;
      if (axis !== undefined) {
        const type = params.find(({ name }) => name === axis)?.type ?? 'string';
        cells.setCell(slot, formatParam(Object.hasOwn(point, axis) ? point[axis] : undefined, type));
      } else if (place === 0) cells.setNumber(slot, trial);
      else if (place === status) cells.setText(slot, shown);
      else if (head.name === 'replicate' && place >= 0 && place < FIRST_AXIS)
        cells.setNumber(slot, replicate);
      else cells.setCell(slot, '');
    }
  }
}

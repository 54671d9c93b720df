// What trials reported on their way, those that still run included, fed by the records of a journal. Of very many trials
// some are kept, and of a long curve some points: the page says so, and metrics.csv has all.
import type { PackedTable } from '../explore/payload.js';
import { formatCount } from '../ground/text.js';
import { CURVE_POINTS, CURVE_TRIALS } from '../report/explore/collect.js';
import type { Packer } from '../report/explore/pack.js';
import type { ReportRecord, RowsRecord } from '../run/records.js';
import { skipTrials } from '../trial/lines.js';
import { forEachRun } from '../trial/selection.js';

/** Points of a curve that are kept, and twice as many before it is thinned. */
const LONGEST = 1000;
const FEWEST = 12;

/** Points one after another, `step` and the series of each. */
interface Curve {
  points: number[];
  /** Of those that came, one in so many is in `points`. */
  every: number;
  came: number;
}

interface Running {
  readonly attempt: number;
  readonly curve: Curve;
  /** Where it paused: what came before stays, whether the next attempt reports it again or not. */
  readonly pause?: { readonly step: number; readonly points: readonly number[] };
}

const decoder = new TextDecoder();

export class LiveCurves {
  readonly #series: readonly string[];
  readonly #ended = new Map<number, Curve>();
  readonly #running = new Map<number, Running>();
  /** One trial in so many is kept. */
  #every = 1;
  #trials = 0;

  constructor(series: readonly string[]) {
    this.#series = series;
  }

  /** `series`: the rows of metrics.csv that the record carries, in the order of its trials. */
  takeRows(record: RowsRecord, series: Uint8Array): void {
    let at = 0;
    forEachRun(record.trials, (first, count) => {
      for (let trial = first; trial < first + count; trial++) {
        this.#running.delete(trial);
        this.#ended.delete(trial);
        if (at >= series.length) continue;
        const end = skipTrials(series, at, trial, trial + 1);
        if (end > at) this.#keep(trial, series.subarray(at, end));
        at = end;
      }
    });
  }

  takeReport({ trial, attempt }: ReportRecord, rows: Uint8Array): void {
    const known = this.#running.get(trial);
    const pause = known?.pause;
    const since = pause === undefined ? rows : rowsAfter(rows, pause.step);
    // A later attempt reports everything again that came since a pause.
    if (known === undefined || known.attempt < attempt) {
      const curve = { ...newCurve(), points: [...(pause?.points ?? [])] };
      this.#add(curve, since);
      this.#running.set(trial, { attempt, curve, ...(pause === undefined ? {} : { pause }) });
    } else if (known.attempt === attempt) this.#add(known.curve, since);
  }

  /** A trial has paused with these rows of metrics.csv. */
  takePaused({ trial, attempt }: Pick<ReportRecord, 'trial' | 'attempt'>, rows: Uint8Array): void {
    const curve = newCurve();
    this.#add(curve, rows);
    const { points } = curve;
    const step = points.at(-1 - this.#series.length) ?? Number.NEGATIVE_INFINITY;
    this.#running.set(trial, { attempt, curve, pause: { step, points: [...points] } });
  }

  /** Trials without a row that have reported something. */
  running(): readonly number[] {
    return [...this.#running.keys()];
  }

  /** Null where nothing was reported. */
  pack(packer: Packer, notes: string[]): PackedTable | null {
    const curves = [
      ...this.#ended,
      ...[...this.#running].map(([trial, { curve }]) => [trial, curve] as const),
    ].sort(([a], [b]) => a - b);
    if (curves.length === 0 || this.#series.length === 0) return null;
    const width = this.#series.length + 1;
    const longest = curves.reduce((most, [, { points }]) => Math.max(most, points.length / width), 0);
    const budget = Math.floor(CURVE_POINTS / this.#series.length / curves.length);
    const every = Math.max(1, Math.ceil(longest / Math.max(FEWEST, budget)));
    const cells: number[][] = Array.from({ length: width + 1 }, () => []);
    for (const [trial, { points }] of curves) {
      const count = points.length / width;
      for (let i = 0; i < count; i++) {
        if (i % every !== 0 && i !== count - 1) continue;
        cells[0]!.push(trial);
        for (let k = 0; k < width; k++) cells[k + 1]!.push(points[i * width + k]!);
      }
    }
    const isThinned = every > 1 || curves.some(([, curve]) => curve.every > 1);
    if (this.#every > 1)
      notes.push(
        `curves of ${formatCount(curves.length)} of ${formatCount(this.#trials + this.#running.size)} trials (one in ${this.#every})`,
      );
    if (isThinned) notes.push('of long curves some points, and their last; metrics.csv has all');
    const names = ['trial', 'step', ...this.#series];
    const columns = names.map((name, i) =>
      packer.numbers({ name, role: 'series' }, Float64Array.from(cells[i]!), true),
    );
    return { rows: cells[0]!.length, columns };
  }

  #keep(trial: number, rows: Uint8Array): void {
    this.#trials++;
    if (!isOneIn(this.#every, trial)) return;
    const curve = newCurve();
    this.#add(curve, rows);
    this.#ended.set(trial, curve);
    if (this.#ended.size <= CURVE_TRIALS) return;
    this.#every *= 2;
    for (const known of this.#ended.keys()) if (!isOneIn(this.#every, known)) this.#ended.delete(known);
  }

  #add(curve: Curve, rows: Uint8Array): void {
    const width = this.#series.length + 1;
    const lines = decoder.decode(rows).split('\n');
    for (const [i, line] of lines.entries()) {
      if (line === '') continue;
      const isLast = i >= lines.length - 2;
      // The last point of a report may be thinned away by the next one.
      if (curve.came++ % curve.every !== 0 && !isLast) continue;
      const cells = line.split(',');
      for (let k = 1; k <= width; k++) {
        const cell = cells[k] ?? '';
        curve.points.push(cell === '' ? Number.NaN : Number(cell));
      }
      if (curve.points.length >= 2 * LONGEST * width) thin(curve, width);
    }
  }
}

/** Rows of one trial of metrics.csv that lie beyond a step. */
function rowsAfter(rows: Uint8Array, step: number): Uint8Array {
  const lines = decoder.decode(rows).split('\n');
  const kept = lines.filter((line) => line !== '' && Number(line.split(',', 2)[1]) > step);
  return Buffer.from(kept.map((line) => `${line}\n`).join(''));
}

function newCurve(): Curve {
  return { points: [], every: 1, came: 0 };
}

function thin(curve: Curve, width: number): void {
  const { points } = curve;
  curve.every *= 2;
  curve.points = points.filter((_, i) => Math.floor(i / width) % 2 === 0);
}

/** Neighbours of a grid are alike: which trials are kept must not follow its axes (Knuth's multiplicative hash). */
function isOneIn(every: number, trial: number): boolean {
  return every === 1 || (Math.imul(trial, 2654435761) >>> 8) % every === 0;
}

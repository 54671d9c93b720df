// Columns that grow, of a run's configurations: numbers as float64, anything else as numbers that stand for values. A
// million rows are some arrays, not a million objects.
import type { Value } from '../space/types.js';
import { formatParam, readCell } from '../trial/cells.js';
import type { SpaceParam } from '../trial/params.js';

export class Numbers {
  #values = new Float64Array(16);
  length = 0;

  get(row: number): number {
    return this.#values[row]!;
  }

  set(row: number, value: number): void {
    this.#values[row] = value;
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const wider = new Float64Array(this.length * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.length++] = value;
  }

  /** A view; good until the next `push`. */
  view(): Float64Array {
    return this.#values.subarray(0, this.length);
  }
}

/** The values of one axis: an axis that does not exist at a point, and null, are no value. */
export class AxisColumn {
  readonly name: string;
  /** Numbers are themselves; otherwise positions in `values`. NaN: no value. */
  readonly codes = new Numbers();
  readonly isNumeric: boolean;
  /** What the codes stand for where they are positions, in the order of first mention. */
  readonly values: Value[] = [];
  /** By the text of a value's cell. */
  readonly #codeOf = new Map<string, number>();

  constructor(
    name: string,
    private readonly type: SpaceParam['type'] | undefined,
  ) {
    this.name = name;
    this.isNumeric = type === undefined || type === 'number' || type === 'integer';
  }

  /** The code of a cell of trials.csv. Equal values are written alike. */
  encode(cell: string): number {
    if (cell === '') return Number.NaN;
    // 0 and -0 are one value.
    if (this.isNumeric) return Number(cell) + 0;
    let code = this.#codeOf.get(cell);
    if (code === undefined) {
      code = this.values.length;
      this.#codeOf.set(cell, code);
      this.values.push(readCell(cell, this.type));
    }
    return code;
  }

  /** The code of a value; NaN where there is none, −1 for words that no row has. */
  codeOf(value: Value | undefined): number {
    if (value === undefined || value === null) return Number.NaN;
    if (this.isNumeric) return typeof value === 'number' ? value + 0 : Number.NaN;
    return this.#codeOf.get(formatParam(value, this.type ?? 'string')) ?? -1;
  }

  /** Null where there is no value. */
  valueAt(row: number): Value {
    const code = this.codes.get(row);
    if (Number.isNaN(code)) return null;
    return this.isNumeric ? code : this.values[code]!;
  }

  /** Whether it has more than one value, none counted as one. */
  get varies(): boolean {
    const codes = this.codes.view();
    return codes.some((code) => !Object.is(code, codes[0]));
  }
}

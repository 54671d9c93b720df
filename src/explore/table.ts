// The run as the page holds it: typed columns, unpacked from the blob. Every column is an array of numbers with NaN for
// none; a category's numbers are places in its labels.
import { type PackedColumn, type PackedTable, WIDTH } from './payload.js';

export interface Column {
  readonly id: number;
  readonly name: string;
  readonly role: PackedColumn['role'];
  readonly kind: PackedColumn['kind'];
  readonly values: Float64Array | Float32Array;
  /** Of a category. */
  readonly labels: readonly string[];
  /** Ends of its finite values; NaN where there is none. */
  readonly low: number;
  readonly high: number;
  /** Different values, up to `MANY`, in order; undefined where there are more. */
  readonly distinct: readonly number[] | undefined;
  readonly goal: 'min' | 'max' | undefined;
  readonly unit: string | undefined;
  readonly about: string | undefined;
}

export const MANY = 200;

export interface Table {
  readonly rows: number;
  readonly columns: readonly Column[];
}

/**
 * Gives a table newer rows: it stays the same object, and so do its columns, with other values. A column that is gone has
 * none. What holds on to a column shows what it has become.
 */
export function renewTable(table: Table, fresh: Table): void {
  const known = new Map(table.columns.map((column) => [nameOf(column), column]));
  let id = table.columns.reduce((most, column) => Math.max(most, column.id), 0);
  const columns = fresh.columns.map((column) => {
    const before = known.get(nameOf(column));
    known.delete(nameOf(column));
    return before === undefined ? { ...column, id: ++id } : Object.assign(before, column, { id: before.id });
  });
  const none = { low: Number.NaN, high: Number.NaN, distinct: undefined, labels: [] };
  for (const gone of known.values())
    Object.assign(gone, none, { values: new Float64Array(fresh.rows).fill(Number.NaN) });
  Object.assign(table, { rows: fresh.rows, columns });
}

function nameOf({ role, name }: Column): string {
  return `${role} ${name}`;
}

export function unpackTable({ rows, columns }: PackedTable, blob: Uint8Array): Table {
  return { rows, columns: columns.map((column, id) => unpackColumn(column, id, blob)) };
}

function unpackColumn(packed: PackedColumn, id: number, blob: Uint8Array): Column {
  const { name, role, kind, labels = [], goal, unit, about } = packed;
  const values = unpackValues(packed, blob);
  const [low, high] = findEnds(packed, values);
  const distinct = findDistinct(packed);
  return { id, name, role, kind, values, labels, low, high, distinct, goal, unit, about };
}

/** Of finite values; NaN where there is none. */
function findEnds(
  { kind, values: dictionary, labels = [] }: PackedColumn,
  values: Float64Array | Float32Array,
): readonly [number, number] {
  if (kind === 'category') return labels.length === 0 ? [Number.NaN, Number.NaN] : [0, labels.length - 1];
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of dictionary?.map(Number) ?? values) {
    if (value < low && value !== Number.NEGATIVE_INFINITY) low = value;
    if (value > high && value !== Number.POSITIVE_INFINITY) high = value;
  }
  return low > high ? [Number.NaN, Number.NaN] : [low, high];
}

/** Columns of many values have no dictionary. */
function findDistinct({ kind, values, labels = [] }: PackedColumn): readonly number[] | undefined {
  const found =
    kind === 'category' ? labels.map((_, code) => code) : values?.map(Number).filter(Number.isFinite);
  return found === undefined || found.length > MANY ? undefined : found;
}

function unpackValues({ kind, store, at, rows, values }: PackedColumn, blob: Uint8Array) {
  const width = WIDTH[store];
  const bytes = new Uint8Array(rows * width);
  for (let plane = 0; plane < width; plane++) {
    const from = at + plane * rows;
    for (let i = 0; i < rows; i++) bytes[i * width + plane] = blob[from + i]!;
  }
  const { buffer } = bytes;
  if (store === 'f64') return new Float64Array(buffer);
  if (store === 'f32') return new Float32Array(buffer);
  const out = kind === 'category' ? new Float32Array(rows) : new Float64Array(rows);
  if (store === 'delta') {
    const steps = new Uint32Array(buffer);
    for (let i = 0, sum = 0; i < rows; i++) out[i] = sum += steps[i]!;
    return out;
  }
  const codes = store === 'u8' ? bytes : store === 'u16' ? new Uint16Array(buffer) : new Uint32Array(buffer);
  const table = values?.map(Number);
  for (let i = 0; i < rows; i++) {
    const code = codes[i]! - 1;
    out[i] = code < 0 ? Number.NaN : table === undefined ? code : table[code]!;
  }
  return out;
}

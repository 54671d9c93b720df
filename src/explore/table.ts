// The run as the page holds it: typed columns, unpacked from the blob. Every column is an array of numbers with NaN for
// none; a category's numbers are places in its labels.
import { DATA_ID, type PackedColumn, type PackedTable, type Payload, WIDTH } from './payload.js';

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

export interface RunData {
  readonly facts: Payload;
  readonly trials: Table;
  readonly curves: Table | undefined;
  readonly attempts: Table | undefined;
}

export async function readData(): Promise<RunData> {
  const element = document.getElementById(DATA_ID)!;
  const deflated = fromBase64(element.textContent ?? '');
  element.textContent = '';
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const facts = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as Payload;
  const blob = bytes.subarray(4 + length);
  const unpack = (table: PackedTable | null) => (table === null ? undefined : unpackTable(table, blob));
  return {
    facts,
    trials: unpackTable(facts.trials, blob),
    curves: unpack(facts.curves),
    attempts: unpack(facts.attempts),
  };
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.trim());
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

function unpackTable({ rows, columns }: PackedTable, blob: Uint8Array): Table {
  return { rows, columns: columns.map((column, id) => unpackColumn(column, id, blob)) };
}

function unpackColumn(packed: PackedColumn, id: number, blob: Uint8Array): Column {
  const { name, role, kind, labels = [], goal, unit, about } = packed;
  const values = unpackValues(packed, blob);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low && value !== Number.NEGATIVE_INFINITY) low = value;
    if (value > high && value !== Number.POSITIVE_INFINITY) high = value;
  }
  if (low > high) low = high = Number.NaN;
  return {
    id,
    name,
    role,
    kind,
    values,
    labels,
    low,
    high,
    distinct: findDistinct(values),
    goal,
    unit,
    about,
  };
}

function findDistinct(values: Float64Array | Float32Array): readonly number[] | undefined {
  const found = new Set<number>();
  for (const value of values) {
    if (Number.isFinite(value)) found.add(value);
    if (found.size > MANY) return undefined;
  }
  return [...found].sort((a, b) => a - b);
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

// Columns as bytes for the page's Explore part: codes where values repeat, steps where they count up, else the numbers.

import { type PackedColumn, type Role, type Store, WIDTH } from '../../explore/payload.js';
import { clipText } from '../../ground/text.js';
import type { Texts } from '../vectors.js';

/** Up to so many different numbers are a dictionary, which keeps them exact and deflates well. */
const DICTIONARY = 4096;
/** Characters of one label, and of all labels of a column. */
const LABEL = 500;
const LABELS = 2e6;

export interface ColumnHead {
  readonly name: string;
  readonly role: Role;
  readonly goal?: 'min' | 'max';
  readonly unit?: string;
  readonly about?: string;
}

type Numbers = Float64Array | Float32Array | Uint8Array | Uint16Array | Uint32Array;

type Coded = 'u8' | 'u16' | 'u32';
const ARRAYS = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array } as const;

export class Packer {
  readonly #parts: Uint8Array[] = [];
  #at = 0;

  /** NaN is none. `single`: numbers that no dictionary holds are rounded to 32 bits. */
  numbers(head: ColumnHead, values: Float64Array, single = false): PackedColumn {
    const rows = values.length;
    const distinct = findDistinct(values);
    const base = { ...head, kind: 'number', rows } as const;
    if (distinct !== undefined) {
      const codes = new Map(distinct.map((value, i) => [value, i + 1]));
      const store = storeOf(distinct.length);
      const texts = distinct.map((value) => (Number.isFinite(value) ? value : String(value)));
      const coded = new ARRAYS[store](rows);
      for (let i = 0; i < rows; i++) coded[i] = codes.get(values[i]!) ?? 0;
      return { ...base, store, at: this.#add(store, coded), values: texts };
    }
    if (countsUp(values)) {
      const steps = new Uint32Array(rows);
      for (let i = 0; i < rows; i++) steps[i] = values[i]! - (i === 0 ? 0 : values[i - 1]!);
      return { ...base, store: 'delta', at: this.#add('delta', steps) };
    }
    const store = single ? 'f32' : 'f64';
    return { ...base, store, at: this.#add(store, single ? Float32Array.from(values) : values) };
  }

  categories(head: ColumnHead, { codes, texts }: Texts): PackedColumn {
    const order = [...texts.keys()].sort((a, b) => compareLabels(texts[a]!, texts[b]!));
    const placeOf = new Uint32Array(texts.length + 1);
    for (const [place, i] of order.entries()) placeOf[i + 1] = place + 1;
    const most = Math.min(LABEL, Math.max(16, Math.floor(LABELS / Math.max(1, texts.length))));
    const store = storeOf(texts.length);
    const coded = new ARRAYS[store](codes.length);
    for (let i = 0; i < codes.length; i++) coded[i] = placeOf[codes[i]!]!;
    const labels = order.map((i) => clipText(texts[i]!, most));
    return { ...head, kind: 'category', rows: codes.length, store, at: this.#add(store, coded), labels };
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#parts);
  }

  #add(store: Store, values: Numbers): number {
    const at = this.#at;
    const bytes = toPlanes(WIDTH[store], values);
    this.#parts.push(bytes);
    this.#at += bytes.length;
    return at;
  }
}

/** Undefined where there are too many for a dictionary to pay. */
function findDistinct(values: Float64Array): readonly number[] | undefined {
  const distinct = new Set<number>();
  for (const value of values) {
    if (!Number.isNaN(value)) distinct.add(value);
    if (distinct.size > DICTIONARY) return undefined;
  }
  if (distinct.size > 256 && distinct.size * 2 > values.length) return undefined;
  return [...distinct].sort((a, b) => a - b);
}

function countsUp(values: Float64Array): boolean {
  let before = 0;
  return values.every((value) => {
    const step = value - before;
    before = value;
    return Number.isSafeInteger(value) && step >= 0 && step < 2 ** 31;
  });
}

function storeOf(codes: number): Coded {
  return codes < 256 ? 'u8' : codes < 65536 ? 'u16' : 'u32';
}

function toPlanes(width: number, values: Numbers): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (width === 1) return bytes;
  const planes = new Uint8Array(bytes.length);
  const { length } = values;
  for (let plane = 0; plane < width; plane++) {
    let from = plane;
    for (let i = plane * length; i < (plane + 1) * length; i++, from += width) planes[i] = bytes[from]!;
  }
  return planes;
}

/** Numbers within labels by their size: a2 before a10. */
const collator = new Intl.Collator('en', { numeric: true });
export function compareLabels(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : 1);
}

// Columns as bytes for the page's Explore part: codes where values repeat, steps where they count up, else the numbers.

import { type PackedColumn, type Role, type Store, WIDTH } from '../../explore/payload.js';
import { clipText } from '../../ground/text.js';
import type { Cell } from '../define.js';

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

export class Packer {
  readonly #parts: Uint8Array[] = [];
  #at = 0;

  /** `single`: numbers that no dictionary holds are rounded to 32 bits. */
  numbers(head: ColumnHead, cells: readonly Cell[], single = false): PackedColumn {
    const rows = cells.length;
    const values = cells.map((cell) => (typeof cell === 'number' ? cell : Number.NaN));
    const distinct = findDistinct(values);
    const base = { ...head, kind: 'number', rows } as const;
    if (distinct !== undefined) {
      const codes = new Map(distinct.map((value, i) => [value, i + 1]));
      const store = storeOf(distinct.length);
      const texts = distinct.map((value) => (Number.isFinite(value) ? value : String(value)));
      const at = this.#add(
        store,
        values.map((value) => codes.get(value) ?? 0),
      );
      return { ...base, store, at, values: texts };
    }
    if (countsUp(values)) {
      const steps = values.map((value, i) => value - (i === 0 ? 0 : values[i - 1]!));
      return { ...base, store: 'delta', at: this.#add('delta', steps) };
    }
    const store = single ? 'f32' : 'f64';
    return { ...base, store, at: this.#add(store, values) };
  }

  categories(head: ColumnHead, cells: readonly Cell[]): PackedColumn {
    const texts = cells.map((cell) => (cell === null ? null : String(cell)));
    const all = [...new Set(texts.filter((text) => text !== null))].sort(compareLabels);
    const codes = new Map(all.map((text, i) => [text, i + 1]));
    const most = Math.min(LABEL, Math.max(16, Math.floor(LABELS / Math.max(1, all.length))));
    const store = storeOf(all.length);
    const at = this.#add(
      store,
      texts.map((text) => (text === null ? 0 : codes.get(text)!)),
    );
    const labels = all.map((text) => clipText(text, most));
    return { ...head, kind: 'category', rows: cells.length, store, at, labels };
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#parts);
  }

  #add(store: Store, values: readonly number[]): number {
    const at = this.#at;
    const bytes = toPlanes(store, values);
    this.#parts.push(bytes);
    this.#at += bytes.length;
    return at;
  }
}

/** Undefined where there are too many for a dictionary to pay. */
function findDistinct(values: readonly number[]): readonly number[] | undefined {
  const distinct = new Set<number>();
  for (const value of values) {
    if (!Number.isNaN(value)) distinct.add(value);
    if (distinct.size > DICTIONARY) return undefined;
  }
  if (distinct.size > 256 && distinct.size * 2 > values.length) return undefined;
  return [...distinct].sort((a, b) => a - b);
}

function countsUp(values: readonly number[]): boolean {
  let before = 0;
  return values.every((value) => {
    const step = value - before;
    before = value;
    return Number.isSafeInteger(value) && step >= 0 && step < 2 ** 31;
  });
}

function storeOf(codes: number): Store {
  return codes < 256 ? 'u8' : codes < 65536 ? 'u16' : 'u32';
}

function toPlanes(store: Store, values: readonly number[]): Uint8Array {
  const width = WIDTH[store];
  const typed =
    store === 'f64'
      ? Float64Array.from(values)
      : store === 'f32'
        ? Float32Array.from(values)
        : store === 'u8'
          ? Uint8Array.from(values)
          : store === 'u16'
            ? Uint16Array.from(values)
            : Uint32Array.from(values);
  const bytes = new Uint8Array(typed.buffer);
  const planes = new Uint8Array(bytes.length);
  for (let plane = 0; plane < width; plane++)
    for (let i = 0; i < values.length; i++) planes[plane * values.length + i] = bytes[i * width + plane]!;
  return planes;
}

/** Numbers within labels by their size: a2 before a10. */
const collator = new Intl.Collator('en', { numeric: true });
export function compareLabels(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : 1);
}

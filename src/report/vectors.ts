// Columns of many rows without an object a cell: numbers as Float64Array, anything else as places in a list of its texts.
// Filled chunk by chunk as the database hands them out.

/** A column of a result: numbers with NaN for none, or texts. */
export type Vector = Float64Array<ArrayBuffer> | Texts;

export interface Texts {
  /** Places in `texts`, from 1; 0 for none. */
  readonly codes: Uint32Array;
  /** In the order of first mention. */
  readonly texts: readonly string[];
}

/** What is asked of a result of the database here. */
export interface Chunks {
  readonly columnCount: number;
  columnType(column: number): { toString(): string };
  fetchChunk(): Promise<{
    readonly rowCount: number;
    getColumnVector(column: number): { getItem(row: number): unknown };
  } | null>;
}

const NUMBERS = /^(DOUBLE|FLOAT|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?)$/;

export async function readVectors(chunks: Chunks): Promise<readonly Vector[]> {
  const columns = Array.from({ length: chunks.columnCount }, (_, i) =>
    NUMBERS.test(chunks.columnType(i).toString()) ? new NumberColumn() : new TextColumn(),
  );
  for (let chunk = await chunks.fetchChunk(); chunk !== null && chunk.rowCount > 0; ) {
    for (const [i, column] of columns.entries()) column.add(chunk.getColumnVector(i), chunk.rowCount);
    chunk = await chunks.fetchChunk();
  }
  return columns.map((column) => column.finish());
}

interface Items {
  getItem(row: number): unknown;
}

class NumberColumn {
  #values = new Float64Array(2048);
  #count = 0;

  add(items: Items, rows: number): void {
    if (this.#count + rows > this.#values.length) {
      const wider = new Float64Array(Math.max(this.#count + rows, this.#values.length * 2));
      wider.set(this.#values);
      this.#values = wider;
    }
    for (let row = 0; row < rows; row++) {
      const value = items.getItem(row);
      this.#values[this.#count + row] = value === null ? Number.NaN : Number(value);
    }
    this.#count += rows;
  }

  finish(): Float64Array<ArrayBuffer> {
    return this.#values.subarray(0, this.#count);
  }
}

class TextColumn {
  readonly #codeOf = new Map<string, number>();
  readonly #texts: string[] = [];
  #codes = new Uint32Array(2048);
  #count = 0;

  add(items: Items, rows: number): void {
    if (this.#count + rows > this.#codes.length) {
      const wider = new Uint32Array(Math.max(this.#count + rows, this.#codes.length * 2));
      wider.set(this.#codes);
      this.#codes = wider;
    }
    for (let row = 0; row < rows; row++) {
      const value = items.getItem(row);
      this.#codes[this.#count + row] = value === null ? 0 : this.#code(String(value));
    }
    this.#count += rows;
  }

  #code(text: string): number {
    const known = this.#codeOf.get(text);
    if (known !== undefined) return known;
    this.#texts.push(text);
    this.#codeOf.set(text, this.#texts.length);
    return this.#texts.length;
  }

  finish(): Texts {
    return { codes: this.#codes.subarray(0, this.#count), texts: this.#texts };
  }
}

/** A list of cells as a column. */
export function textsOf(cells: Iterable<string | null>): Texts {
  const column = new TextColumn();
  const list = [...cells];
  column.add({ getItem: (row) => list[row] ?? null }, list.length);
  return column.finish();
}

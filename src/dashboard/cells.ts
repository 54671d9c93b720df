// One column of a table that grows: cells of a CSV as they arrive, in any order and again. Numbers as numbers, all else as
// codes of its texts.
import { type Texts, textsOf } from '../report/vectors.js';
import { readCell } from '../trial/cells.js';

const FIRST = 256;

export class Cells {
  #numbers: Float64Array | undefined;
  #codes = new Uint32Array(0);
  readonly #texts: string[] = [''];
  readonly #codeOf = new Map<string, number>();

  constructor(kind: 'number' | 'category') {
    if (kind === 'number') this.#numbers = new Float64Array(FIRST).fill(Number.NaN);
  }

  /** False once a text has come: an axis that is declared a number may hold some. */
  get areNumbers(): boolean {
    return this.#numbers !== undefined;
  }

  /** As it stands in the file. */
  setCell(slot: number, cell: string): void {
    const number = cell === '' ? Number.NaN : Number(cell);
    if (this.#numbers !== undefined && Number.isNaN(number) && cell !== '' && cell !== 'NaN')
      this.#becomeTexts();
    if (this.#numbers !== undefined) this.setNumber(slot, number);
    else this.setText(slot, cell === '' ? null : unquote(cell));
  }

  /** NaN for none. */
  setNumber(slot: number, value: number): void {
    if (this.#numbers === undefined) {
      this.setText(slot, Number.isNaN(value) ? null : String(value));
      return;
    }
    if (slot >= this.#numbers.length) {
      const wider = new Float64Array(widthFor(slot, this.#numbers.length)).fill(Number.NaN);
      wider.set(this.#numbers);
      this.#numbers = wider;
    }
    this.#numbers[slot] = value;
  }

  setText(slot: number, text: string | null): void {
    if (slot >= this.#codes.length) {
      const wider = new Uint32Array(widthFor(slot, this.#codes.length));
      wider.set(this.#codes);
      this.#codes = wider;
    }
    this.#codes[slot] = text === null ? 0 : this.#codeFor(text);
  }

  at(slot: number): number | string | null {
    if (this.#numbers !== undefined) return this.#numbers[slot] ?? Number.NaN;
    const code = this.#codes[slot] ?? 0;
    return code === 0 ? null : this.#texts[code]!;
  }

  /** Some of the cells, as they are packed: numbers, or texts. */
  numbersAt(slots: Uint32Array): Float64Array {
    return Float64Array.from(slots, (slot) => this.#numbers?.[slot] ?? Number.NaN);
  }

  textsAt(slots: Uint32Array): Texts {
    const texts = this.#texts;
    return textsOf(
      Array.from(slots, (slot) => {
        const code = this.#codes[slot] ?? 0;
        return code === 0 ? null : texts[code]!;
      }),
    );
  }

  #codeFor(text: string): number {
    let code = this.#codeOf.get(text);
    if (code === undefined) {
      code = this.#texts.length;
      this.#texts.push(text);
      this.#codeOf.set(text, code);
    }
    return code;
  }

  #becomeTexts(): void {
    const numbers = this.#numbers!;
    this.#numbers = undefined;
    for (let slot = 0; slot < numbers.length; slot++)
      if (!Number.isNaN(numbers[slot]!)) this.setText(slot, String(numbers[slot]));
  }
}

function unquote(cell: string): string {
  return readCell(cell, 'string') as string;
}

function widthFor(slot: number, now: number): number {
  return Math.max(slot + 1, 2 * now, FIRST);
}

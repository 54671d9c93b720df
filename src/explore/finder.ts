// Which trial lies under the pointer.
import type { Places } from './dots.js';

/** Rows by where they lie, to find the one under the pointer. */
export class Finder {
  readonly #cells = new Map<number, number[]>();
  readonly #places: Places;

  constructor(places: Places, rows: Int32Array, count: number) {
    this.#places = places;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const x = places.xs[row]!;
      if (Number.isNaN(x) || Number.isNaN(places.ys[row]!)) continue;
      const key = keyOf(x, places.ys[row]!);
      const cell = this.#cells.get(key);
      if (cell === undefined) this.#cells.set(key, [row]);
      else cell.push(row);
    }
  }

  /** The nearest row within `reach` pixels. */
  nearest(x: number, y: number, reach = 12): number | undefined {
    let best: number | undefined;
    let least = reach * reach;
    for (let dx = -CELL; dx <= CELL; dx += CELL)
      for (let dy = -CELL; dy <= CELL; dy += CELL)
        for (const row of this.#cells.get(keyOf(x + dx, y + dy)) ?? []) {
          const distance = (this.#places.xs[row]! - x) ** 2 + (this.#places.ys[row]! - y) ** 2;
          if (distance < least) {
            least = distance;
            best = row;
          }
        }
    return best;
  }
}

const CELL = 16;
const keyOf = (x: number, y: number): number => Math.floor(x / CELL) * 65_536 + Math.floor(y / CELL);

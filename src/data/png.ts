// Grey pictures of image sets as PNG: a sheet of images side by side. It draws pixels and nothing else (no text).
import { encode } from 'fast-png';

export interface SheetOptions {
  /** Pixels of one image. */
  readonly rows: number;
  readonly columns: number;
  /** Images side by side. */
  readonly perRow: number;
  /** Each pixel becomes a square of this many; default 2. */
  readonly scale?: number;
  /** Pixels between images, before scaling; default 2. */
  readonly gap?: number;
  /** Grey of the gaps, 0 to 255; default 255. */
  readonly background?: number;
}

/** PNG bytes of a sheet of 8-bit grey images, left to right, then down; the last row may be short. */
export function renderSheet(images: Uint8Array, options: SheetOptions): Uint8Array {
  const { rows, columns, perRow, scale = 2, gap = 2, background = 255 } = options;
  const count = Math.floor(images.length / (rows * columns));
  const down = Math.ceil(count / perRow);
  const width = scale * (perRow * (columns + gap) - gap);
  const height = scale * Math.max(1, down * (rows + gap) - gap);
  const data = new Uint8Array(width * height).fill(background);
  for (let i = 0; i < count; i++) {
    const left = scale * (i % perRow) * (columns + gap);
    const top = scale * Math.floor(i / perRow) * (rows + gap);
    for (let y = 0; y < rows * scale; y++) {
      const source = i * rows * columns + Math.floor(y / scale) * columns;
      const target = (top + y) * width + left;
      for (let x = 0; x < columns * scale; x++) data[target + x] = images[source + Math.floor(x / scale)]!;
    }
  }
  return encode({ width, height, data, depth: 8, channels: 1 });
}

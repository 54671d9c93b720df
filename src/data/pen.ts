// Draws strokes into a grey image as a round pen does: full ink within the pen's radius of the line, anti-aliased over
// one pixel at its edge. Short straight pieces, each painted in its own bounding box.

/** Adds the points of a smooth curve (uniform Catmull-Rom) through `through` (x, y in turn) to `line`, ends included. */
export function traceCurve(
  through: readonly number[],
  closed: boolean,
  pieces: number,
  line: number[],
): void {
  const n = through.length / 2;
  const at = (i: number, axis: number) => {
    if (!closed) return through[2 * Math.min(n - 1, Math.max(0, i)) + axis]!;
    // First and last point are the same: step over one of them.
    return through[2 * ((i + n - 1) % (n - 1)) + axis]!;
  };
  for (let i = 0; i < n - 1; i++) {
    for (let s = i === 0 ? 0 : 1; s <= pieces; s++) {
      const t = s / pieces;
      for (let axis = 0; axis < 2; axis++) {
        const [a, b, c, d] = [at(i - 1, axis), at(i, axis), at(i + 1, axis), at(i + 2, axis)];
        line.push(b + (t / 2) * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))));
      }
    }
  }
}

/** A square image to draw into: grey bytes at `offset`, `size` × `size`. */
export interface Canvas {
  readonly pixels: Uint8Array;
  readonly offset: number;
  readonly size: number;
}

/** Draws a line (x, y of its points in turn, in pixels) with a pen of `radius`; the darker of old and new ink stays. */
export function drawLine(canvas: Canvas, line: readonly number[], radius: number): void {
  const { pixels, offset, size } = canvas;
  const reach = radius + 0.5;
  for (let p = 0; p + 3 < line.length; p += 2) {
    const x0 = line[p]!;
    const y0 = line[p + 1]!;
    const dx = line[p + 2]! - x0;
    const dy = line[p + 3]! - y0;
    const square = dx * dx + dy * dy;
    // Pixel (i, j) has its centre at (i + 0.5, j + 0.5).
    const left = Math.max(0, Math.ceil(Math.min(x0, x0 + dx) - reach - 0.5));
    const right = Math.min(size - 1, Math.floor(Math.max(x0, x0 + dx) + reach - 0.5));
    const top = Math.max(0, Math.ceil(Math.min(y0, y0 + dy) - reach - 0.5));
    const bottom = Math.min(size - 1, Math.floor(Math.max(y0, y0 + dy) + reach - 0.5));
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const px = x + 0.5 - x0;
        const py = y + 0.5 - y0;
        const along = square === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / square));
        const ex = px - along * dx;
        const ey = py - along * dy;
        const away = ex * ex + ey * ey;
        if (away >= reach * reach) continue;
        const ink = Math.min(255, Math.round(255 * (reach - Math.sqrt(away))));
        const at = offset + y * size + x;
        if (ink > pixels[at]!) pixels[at] = ink;
      }
    }
  }
}

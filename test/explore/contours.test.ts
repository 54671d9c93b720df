// Lines of equal value over a grid.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Field, findContours } from '../../src/explore/contours.js';

function makeField(columns: number, rows: number, value: (x: number, y: number) => number): Field {
  const values = Float64Array.from({ length: columns * rows }, (_, i) =>
    value(i % columns, Math.floor(i / columns)),
  );
  return { columns, rows, values };
}

const pairs = (points: Float64Array) =>
  Array.from({ length: points.length / 2 }, (_, i) => [points[2 * i]!, points[2 * i + 1]!] as const);

describe('contours', () => {
  test('of a plane are straight, from edge to edge', () => {
    const [contour, ...others] = findContours(
      makeField(5, 4, (x) => x),
      [1.25],
    );
    expect(others).toEqual([]);
    expect(pairs(contour!.points).map(([x]) => x)).toEqual([1.25, 1.25, 1.25, 1.25]);
    expect(
      pairs(contour!.points)
        .map(([, y]) => y)
        .sort(),
    ).toEqual([0, 1, 2, 3]);
  });

  test('of a bowl are one closed line a level, around its middle', () => {
    const contours = findContours(
      makeField(21, 21, (x, y) => (x - 10) ** 2 + (y - 10) ** 2),
      [9, 36],
    );
    expect(contours.map(({ level }) => level)).toEqual([0, 1]);
    for (const [i, { points }] of contours.entries()) {
      const all = pairs(points);
      expect(all.at(-1)).toEqual(all[0]);
      for (const [x, y] of all) expect(Math.hypot(x - 10, y - 10)).toBeCloseTo([3, 6][i]!, 1);
    }
  });

  test('cross no square with a corner that has no value', () => {
    const field = makeField(4, 2, (x, y) => (x === 2 ? Number.NaN : y));
    const contours = findContours(field, [0.5]);
    expect(contours.map(({ points }) => pairs(points).sort((a, b) => a[0] - b[0]))).toEqual([
      [
        [0, 0.5],
        [1, 0.5],
      ],
    ]);
  });

  test('lie where the value between two neighbours is the level, and each side is crossed once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 30, maxLength: 30 }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (list, level) => {
          const field = { columns: 6, rows: 5, values: Float64Array.from(list) };
          const at = (x: number, y: number) => field.values[y * 6 + x]!;
          const seen = new Set<string>();
          for (const { points } of findContours(field, [level])) {
            const all = pairs(points);
            const isClosed = all.length > 2 && String(all[0]) === String(all.at(-1));
            for (const [x, y] of isClosed ? all.slice(1) : all) {
              const [a, b, part] =
                Number.isInteger(y) && !Number.isInteger(x)
                  ? [at(Math.floor(x), y), at(Math.ceil(x), y), x - Math.floor(x)]
                  : [at(Math.round(x), Math.floor(y)), at(Math.round(x), Math.ceil(y)), y - Math.floor(y)];
              expect(a + (b - a) * part).toBeCloseTo(level, 6);
              seen.add(`${x} ${y}`);
            }
          }
          let crossed = 0;
          for (let y = 0; y < 5; y++)
            for (let x = 0; x < 6; x++) {
              if (x < 5 && at(x, y) > level !== at(x + 1, y) > level) crossed++;
              if (y < 4 && at(x, y) > level !== at(x, y + 1) > level) crossed++;
            }
          expect(seen.size).toBeLessThanOrEqual(crossed);
          expect(seen.size === 0).toBe(crossed === 0);
        },
      ),
      { seed: 3, numRuns: 300 },
    );
  });
});

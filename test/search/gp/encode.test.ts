// Features of places: numbers between 0 and 1, positions of names, and what does not exist.
import { expect, test } from 'vitest';
import { createEncoder } from '../../../src/search/gp/encode.js';
import { createSearchSpace } from '../../../src/search/space.js';
import { choice, int, loguniform } from '../../../src/space/domain.js';
import type { AxisDomain, AxisSpec, GridSpec } from '../../../src/space/types.js';

const axis = (name: string, domain: AxisDomain, when?: AxisSpec['when']): AxisSpec<AxisDomain> => ({
  names: [name],
  values: [domain],
  ...(when === undefined ? {} : { when }),
});
const grid = (...axes: AxisSpec<AxisDomain>[]) => ({ axes }) as GridSpec<AxisDomain>;

test('what does not exist has the middle, or a name of its own; what cannot vary is left out', () => {
  const space = createSearchSpace([
    grid(
      axis('kind', choice('a', 'b')),
      axis('fixed', choice('only')),
      axis('lr', loguniform(0.01, 1), { kind: ['a'] }),
      axis('way', choice('x', 'y', 'z'), { kind: ['b'] }),
      axis('layers', int(1, 4)),
    ),
  ]);
  const encoder = createEncoder(space);
  expect(encoder.dimensions).toEqual([0, 2, 3, 4]);
  expect(encoder.isHamming).toEqual([true, false, true, false]);
  const places = [
    { kind: 'a', fixed: 'only', lr: 0.1, layers: 2 },
    { kind: 'b', fixed: 'only', way: 'z', layers: 4 },
  ].map((point) => space.placeOf(point)!);
  const features = places.map((x) => [...encoder.encode(x, new Float64Array(4))]);
  expect(features[0]).toEqual([0, expect.closeTo(0.5, 12), -1, 0.375]);
  expect(features[1]).toEqual([1, 0.5, 2, 0.875]);
  const { count, columns } = encoder.toPoints(places);
  expect(count).toBe(2);
  expect(columns.map((column) => [...column])).toEqual(
    features[0]!.map((_, f) => features.map((row) => row[f])),
  );
});

test('which of several grids is a name', () => {
  const space = createSearchSpace([grid(axis('n', int(1, 3))), grid(axis('m', int(1, 3)))]);
  const encoder = createEncoder(space);
  expect(encoder.isHamming).toEqual([true, false, false]);
  const x = space.placeOf({ m: 3 })!;
  expect([...encoder.encode(x, new Float64Array(3))]).toEqual([1, 0.5, expect.closeTo(5 / 6, 12)]);
});

// The search for the best place: in continuous, discrete and conditional spaces, against trying all places.
import { expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { createEncoder } from '../../../src/search/gp/encode.js';
import { type Acquisition, drawEvenly, maximise } from '../../../src/search/gp/maximise.js';
import { createSearchSpace } from '../../../src/search/space.js';
import { choice, int, normal, uniform } from '../../../src/space/domain.js';
import type { AxisDomain } from '../../../src/space/types.js';

const effort = { draws: 128, near: 8, starts: 4, evaluations: 40 };

function spaceOf(axes: Readonly<Record<string, AxisDomain>>, when: Readonly<Record<string, object>> = {}) {
  return createSearchSpace([
    {
      axes: Object.entries(axes).map(([name, domain]) => ({
        names: [name],
        values: [domain],
        ...(when[name] === undefined ? {} : { when: when[name] as Record<string, (string | number)[]> }),
      })),
    } as Parameters<typeof createSearchSpace>[0][number],
  ]);
}

function search(
  space: ReturnType<typeof createSearchSpace>,
  acquisition: Acquisition,
  allows = (_: Float64Array) => true,
) {
  const encoder = createEncoder(space);
  const weights = new Float64Array(encoder.dimensions.length).fill(1);
  const random = randomFor('maximise');
  const best = [space.draw(random)];
  return maximise({ space, encoder, acquisition, weights, best, random, allows, effort });
}

/** A parabola with its top at 0.3, 0.31, …; sharp in some dimensions. */
const parabola: Acquisition = (features, slopes) => {
  let sum = 0;
  features.forEach((u, f) => {
    const sharp = 10 ** (f % 3);
    sum -= sharp * (u - 0.3 - 0.01 * f) ** 2;
    if (slopes !== undefined) slopes[f] = -2 * sharp * (u - 0.3 - 0.01 * f);
  });
  return sum;
};

test('continuous: the top of a parabola, and the bound nearest to one that lies outside', () => {
  const space = spaceOf({ a: uniform(0, 1), b: uniform(0, 1), c: uniform(0, 1), d: uniform(0, 1) });
  const found = search(space, parabola)!;
  found.x.forEach((u, d) => {
    expect(u).toBeCloseTo(0.3 + 0.01 * d, 3);
  });
  const outside: Acquisition = (features, slopes) => {
    slopes?.fill(1);
    return features.reduce((sum, u) => sum + u, 0);
  };
  expect([...search(space, outside)!.x]).toEqual([1, 1, 1, 1]);
});

test('an axis without ends is not followed to the last number there is', () => {
  const space = spaceOf({ a: normal(10, 2), b: uniform(0, 1) });
  const upwards: Acquisition = (features, slopes) => {
    slopes?.fill(1);
    return features[0]! + features[1]!;
  };
  const point = space.pointAt(search(space, upwards)!.x);
  expect(point.a).toBeCloseTo(18, 6);
  expect(point.b).toBe(1);
});

test('discrete: the best of all places, and the best that is allowed', () => {
  const space = spaceOf({ n: int(1, 200), c: choice('a', 'b', 'c', 'd'), k: int(1, 5) });
  // Ridge along n and k, and each name has its own best n.
  const value = (features: Float64Array) =>
    -((features[0]! - 0.2 - 0.2 * features[1]!) ** 2) -
    0.3 * (features[2]! - features[0]!) ** 2 +
    0.001 * features[1]!;
  const encoder = createEncoder(space);
  const all: { x: Float64Array; value: number }[] = [];
  for (let n = 0; n < 200; n++)
    for (let c = 0; c < 4; c++)
      for (let k = 0; k < 5; k++) {
        const x = Float64Array.of(n, c, k);
        all.push({ x, value: value(encoder.encode(x, new Float64Array(3))) });
      }
  all.sort((a, b) => b.value - a.value);
  const found = search(space, value)!;
  expect(found.value).toBeGreaterThan(all[5]!.value);
  const allowed = search(space, value, (x) => x[1] === 0)!;
  expect(allowed.x[1]).toBe(0);
  expect(search(space, value, () => false)).toBeUndefined();
});

test('conditional: what exists follows from the choice', () => {
  const space = spaceOf(
    { kind: choice('p', 'q'), a: uniform(0, 1), b: uniform(0, 1) },
    { a: { kind: ['p'] }, b: { kind: ['q'] } },
  );
  const acquisition: Acquisition = (features, slopes) => {
    const [kind, a, b] = features;
    slopes?.set([0, kind === 0 ? -2 * (a! - 0.1) : 0, kind === 1 ? -2 * (b! - 0.9) : 0]);
    return kind === 0 ? -((a! - 0.1) ** 2) : 1 - (b! - 0.9) ** 2;
  };
  const { x } = search(space, acquisition)!;
  expect(x[0]).toBe(1);
  expect(x[1]).toBeNaN();
  expect(x[2]).toBeCloseTo(0.9, 3);
});

test('places drawn evenly: each quarter of two dimensions gets its part', () => {
  const space = spaceOf({ a: uniform(0, 1), b: uniform(0, 1) });
  const counts = new Array<number>(16).fill(0);
  for (const x of drawEvenly(space, 320, randomFor('even')))
    counts[4 * Math.floor(4 * x[0]!) + Math.floor(4 * x[1]!)]!++;
  for (const count of counts) expect(Math.abs(count - 20)).toBeLessThan(6);
});

// Random search: the conformance suite, and that its places are spread as domains say.
import { expect, test } from 'vitest';
import { random } from '../../src/search/random.js';
import { choice, uniform } from '../../src/space/domain.js';
import { createOn, describeMethod } from './methods.js';

describeMethod(random);

test('places are uniform in the coordinates', () => {
  const { make } = createOn(random, [uniform(-3, 8), choice('a', 'b', 'c')]);
  const method = make(1);
  const xs = Array.from({ length: 3000 }, (_, k) => method.propose(k, { told: [], pending: [] }).x);
  // Bins of an even distribution, five standard deviations wide.
  const countBy = (bins: number, binOf: (x: Float64Array) => number) => {
    const counts = new Array<number>(bins).fill(0);
    for (const x of xs) counts[binOf(x)]!++;
    return counts;
  };
  const counts = [countBy(10, (x) => Math.floor(10 * x[0]!)), countBy(3, (x) => x[1]!)];
  for (const bins of counts) {
    const mean = xs.length / bins.length;
    for (const count of bins) expect(Math.abs(count - mean)).toBeLessThan(5 * Math.sqrt(mean));
  }
});

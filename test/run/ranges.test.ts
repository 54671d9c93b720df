// The set of done trials against the plainest model there is, and that its size is that of its ranges.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { randomFor } from '../../src/ground/random.js';
import { RangeSet } from '../../src/run/ranges.js';

describe('RangeSet', () => {
  it('agrees with a plain set under any adding and deleting', () => {
    const step = fc.record({ adds: fc.boolean(), from: fc.nat(80), length: fc.nat(12) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(80), fc.nat(40), (steps, from, length) => {
        const set = new RangeSet();
        const model = new Set<number>();
        for (const { adds, from, length } of steps) {
          if (adds) set.add(from, from + length);
          else set.delete(from, from + length);
          for (let n = from; n < from + length; n++) adds ? model.add(n) : model.delete(n);
        }
        const sorted = [...model].sort((a, b) => a - b);
        expect([...set]).toEqual(sorted);
        expect(set.count).toBe(model.size);
        for (let n = 0; n < 100; n++) expect(set.has(n)).toBe(model.has(n));
        let gap = from;
        while (model.has(gap)) gap++;
        expect(set.nextGap(from)).toBe(gap);
        expect(set.countIn(from, from + length)).toBe(
          sorted.filter((n) => n >= from && n < from + length).length,
        );
        const ranges = [...set.ranges()];
        expect(ranges.every(([a, b], i) => a < b && (i === 0 || ranges[i - 1]![1] < a))).toBe(true);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('merges single numbers that come in any order, over many leaves', () => {
    const numbers = randomFor('ranges').shuffle(Uint32Array.from({ length: 20_000 }, (_, i) => i));
    const set = new RangeSet();
    for (const n of numbers) set.add(n * 2, n * 2 + 1);
    expect([...set.ranges()]).toHaveLength(20_000);
    for (const n of numbers) set.add(n * 2 + 1, n * 2 + 2);
    expect([...set.ranges()]).toEqual([[0, 40_000]]);
    for (const n of numbers) set.delete(n * 2, n * 2 + 1);
    expect([...set.ranges()].every(([a, b]) => a % 2 === 1 && b === a + 1)).toBe(true);
    set.add(0, 40_000);
    expect([...set.ranges()]).toEqual([[0, 40_000]]);
    expect(set.nextGap(17)).toBe(40_000);
  });
});

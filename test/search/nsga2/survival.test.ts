// Ranks and room of NSGA-II against their definitions.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Observation } from '../../../src/search/contract.js';
import { compareMembers, rankAll, survive } from '../../../src/search/nsga2/survival.js';

const make = (number: number, part: Partial<Observation>): Observation => ({
  ...{ number, x: new Float64Array(1), status: 'ok', errors: null, violation: 0, step: null },
  ...{ values: [0, 0] },
  ...part,
});

const observationsArb = fc
  .array(
    fc.record({
      status: fc.constantFrom('ok' as const, 'ok' as const, 'pruned' as const, 'failed' as const),
      values: fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })),
      violation: fc.constantFrom(0, 0, 0, 1, 2, Number.POSITIVE_INFINITY),
      step: fc.integer({ min: 1, max: 2 }),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((parts) => parts.map((part, i) => make(i, part)));

/** Deb's constrained domination, with pruned ones behind. */
function beats(a: Observation, b: Observation): boolean {
  const tier = ({ status, violation }: Observation) =>
    status === 'failed' || violation === Number.POSITIVE_INFINITY
      ? 3
      : violation > 0
        ? 2
        : status === 'pruned'
          ? 1
          : 0;
  if (tier(a) !== tier(b)) return tier(a) < tier(b);
  if (tier(a) === 3) return false;
  if (tier(a) === 2) return a.violation < b.violation;
  if (tier(a) === 1 && a.step !== b.step) return a.step! > b.step!;
  const [p, q] = [a.values!, b.values!];
  return p.every((value, m) => value <= q[m]!) && p.some((value, m) => value < q[m]!);
}

describe('ranks', () => {
  test('are fronts of constrained domination', () => {
    fc.assert(
      fc.property(observationsArb, (observations) => {
        const members = rankAll(observations);
        expect(members.map(({ observation }) => observation)).toEqual(observations);
        const left = new Set(members);
        for (let rank = 0; left.size > 0; rank++) {
          const front = [...left].filter(
            (member) => ![...left].some((other) => beats(other.observation, member.observation)),
          );
          for (const member of front) {
            expect(member.rank).toBe(rank);
            left.delete(member);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('room is half the girth of the box around, without end at both ends', () => {
    const values = [
      [0, 10],
      [1, 6],
      [4, 5],
      [10, 0],
    ];
    const members = rankAll(values.map((each, i) => make(i, { values: each })));
    expect(members.map(({ room }) => room)).toEqual([
      Number.POSITIVE_INFINITY,
      0.4 + 0.5,
      0.9 + 0.6,
      Number.POSITIVE_INFINITY,
    ]);
  });
});

test('of two parents the one of the better rank wins, then the one with more room, then the earlier', () => {
  const member = (number: number, rank: number, room: number) => ({
    ...{ observation: make(number, {}), rank, room },
  });
  expect(compareMembers(member(1, 0, 0.1), member(0, 1, 0.9))).toBeLessThan(0);
  expect(compareMembers(member(1, 1, 0.9), member(0, 1, 0.1))).toBeLessThan(0);
  expect(compareMembers(member(1, 1, Number.POSITIVE_INFINITY), member(0, 1, 5))).toBeLessThan(0);
  expect(compareMembers(member(0, 1, 0.5), member(1, 1, 0.5))).toBeLessThan(0);
});

test('the population keeps the best, and one more makes it no worse', () => {
  fc.assert(
    fc.property(observationsArb, fc.integer({ min: 2, max: 6 }), (observations, most) => {
      let population = rankAll([]);
      for (const observation of observations) {
        const before = population;
        const after = survive(before, observation, most);
        expect(after.length).toBe(Math.min(most, before.length + 1));
        const gone = rankAll([...before.map((m) => m.observation), observation]).filter(
          (member) => !after.some((kept) => kept.observation === member.observation),
        );
        for (const member of gone)
          for (const kept of rankAll([...before.map((m) => m.observation), observation]))
            expect(compareMembers(kept, member)).toBeLessThanOrEqual(0);
        population = [...after];
      }
    }),
    { numRuns: 100 },
  );
});

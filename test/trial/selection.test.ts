// Selections against the plain array of their numbers, for all three kinds.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countNumbers,
  countOf,
  forEachRun,
  halve,
  numbersOf,
  type ProposedTrial,
  pick,
  type Selection,
  selectNumbers,
  slice,
  type TrialNumbers,
  trialAt,
  trialsOf,
  without,
} from '../../src/trial/selection.js';

interface Case {
  readonly selection: Selection;
  readonly numbers: readonly number[];
}

const first = fc.oneof(fc.nat({ max: 30 }), fc.constant(2 ** 53 - 100));
const range = fc.record({ first, count: fc.nat({ max: 24 }) }).map((given): Case => {
  const numbers = Array.from({ length: given.count }, (_, i) => given.first + i);
  return { selection: { kind: 'range', ...given }, numbers };
});
/** Often in runs, sometimes not in order. */
const numberList = fc.oneof(
  fc.uniqueArray(fc.nat({ max: 30 }), { maxLength: 24 }),
  fc.uniqueArray(fc.nat({ max: 30 }), { maxLength: 24 }).map((list) => list.sort((a, b) => a - b)),
);
const listed = numberList.map((numbers): Case => ({ selection: { kind: 'numbers', numbers }, numbers }));
const proposed = numberList.map((numbers): Case => {
  const points = numbers.map(
    (trial): ProposedTrial => ({ trial, replicate: trial % 3, point: { x: trial / 7 } }),
  );
  return { selection: { kind: 'points', points }, numbers };
});
const KINDS = [
  ['range', range],
  ['numbers', listed],
  ['points', proposed],
] as const;

const numbersIn = (selection: Selection): number[] => [...trialsOf(selection)];

function runsOf(trials: TrialNumbers): (readonly [number, number])[] {
  const runs: (readonly [number, number])[] = [];
  forEachRun(trials, (from, count) => runs.push([from, count]));
  return runs;
}

/** What a kind must keep of its own: `points` never lose what they stand for. */
function expectSound(selection: Selection, kind: Selection['kind']): void {
  expect(selection.kind === 'points').toBe(kind === 'points');
  if (selection.kind === 'points')
    for (const { trial, replicate, point } of selection.points)
      expect([replicate, point]).toEqual([trial % 3, { x: trial / 7 }]);
}

describe.each(KINDS)('a selection of kind %s', (kind, cases) => {
  const check = (seed: number, property: (given: Case, i: number, count: number) => void) =>
    fc.assert(fc.property(cases, fc.nat({ max: 30 }), fc.nat({ max: 30 }), property), { seed, numRuns: 300 });

  it('counts, names and goes through its trials', () => {
    check(201, ({ selection, numbers }) => {
      expect(countOf(selection)).toBe(numbers.length);
      expect(numbers.map((_, i) => trialAt(selection, i))).toEqual(numbers);
      expect(numbersIn(selection)).toEqual(numbers);
    });
  });

  it('is sliced like an array', () => {
    check(202, ({ selection, numbers }, i, count) => {
      const part = slice(selection, i, count);
      expect(numbersIn(part)).toEqual(numbers.slice(i, i + count));
      expect(countOf(part)).toBe(numbers.slice(i, i + count).length);
      expectSound(part, kind);
      expect(numbersIn(slice(selection, i, Number.POSITIVE_INFINITY))).toEqual(numbers.slice(i));
    });
  });

  it('is halved without loss, down to single trials', () => {
    check(203, ({ selection, numbers }) => {
      const [left, right] = halve(selection);
      expect([...numbersIn(left), ...numbersIn(right)]).toEqual(numbers);
      expect(countOf(right) - countOf(left)).toBe(numbers.length % 2);
      expectSound(left, kind);
      expectSound(right, kind);
    });
  });

  it('is picked from like an array is filtered', () => {
    check(204, ({ selection, numbers }, divisor) => {
      const isWanted = (trial: number) => trial % (divisor + 1) !== 0;
      const picked = pick(selection, isWanted);
      expect(numbersIn(picked)).toEqual(numbers.filter(isWanted));
      expectSound(picked, kind);
    });
  });

  it('goes without some trials, and is itself without none', () => {
    check(205, ({ selection, numbers }, i, count) => {
      const left = [...numbers.slice(i, i + count), -1];
      const rest = without(selection, left);
      expect(numbersIn(rest)).toEqual(numbers.filter((trial) => !left.includes(trial)));
      expectSound(rest, kind);
      expect(without(selection, [])).toBe(selection);
    });
  });

  it('stands in the journal as its numbers', () => {
    check(206, ({ selection, numbers }) => {
      const kept = numbersOf(selection);
      expect('first' in kept).toBe(kind === 'range');
      expect(countNumbers(kept)).toBe(numbers.length);
      expect(JSON.parse(JSON.stringify(kept))).toEqual(kept);
      expect(runsOf(kept).flatMap(([from, length]) => Array.from({ length }, (_, i) => from + i))).toEqual(
        numbers,
      );
    });
  });
});

describe('selectNumbers', () => {
  it('names the same trials, as a range wherever they are one', () => {
    fc.assert(
      fc.property(fc.oneof(range, listed), ({ numbers }) => {
        const selection = selectNumbers(numbers);
        expect(numbersIn(selection)).toEqual(numbers);
        const isRange = numbers.length > 0 && numbers.every((trial, i) => trial === numbers[0]! + i);
        expect(selection.kind).toBe(isRange ? 'range' : 'numbers');
      }),
      { seed: 207, numRuns: 500 },
    );
  });

  it('is not taken in by ends that fit', () => {
    expect(selectNumbers([3, 5, 4, 6])).toEqual({ kind: 'numbers', numbers: [3, 5, 4, 6] });
    expect(selectNumbers([6, 5, 4])).toEqual({ kind: 'numbers', numbers: [6, 5, 4] });
    expect(selectNumbers([])).toEqual({ kind: 'numbers', numbers: [] });
    expect(selectNumbers([9])).toEqual({ kind: 'range', first: 9, count: 1 });
  });
});

describe('forEachRun', () => {
  it('gives runs that are as long as can be', () => {
    fc.assert(
      fc.property(listed, ({ numbers }) => {
        const runs = runsOf(numbers);
        for (const [i, [from, count]] of runs.entries()) {
          expect(count).toBeGreaterThan(0);
          expect(runs[i + 1]?.[0]).not.toBe(from + count);
        }
      }),
      { seed: 208, numRuns: 300 },
    );
  });

  it('does not visit an empty range', () => {
    expect(runsOf({ first: 7, count: 0 })).toEqual([]);
    expect(runsOf([])).toEqual([]);
    expect(runsOf([4, 5, 7, 6])).toEqual([
      [4, 2],
      [7, 1],
      [6, 1],
    ]);
  });
});

// Agreement, matching and classification reports, held to scikit-learn's numbers (test/fixtures/sklearn/generate.py).
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { adjustedRandIndex, normalizedMutualInformation, rawAccuracy } from '../../src/stats/agreement.js';
import {
  type ClassificationRow,
  renderClassification,
  reportClassification,
} from '../../src/stats/classification.js';
import { countContingency } from '../../src/stats/contingency.js';
import { matchClusters, nameClusters } from '../../src/stats/matching.js';

interface LabelCase {
  name: string;
  truth: number[];
  found: number[];
  classes: number;
  clusters: number;
  accuracy: number;
  nmi: number;
  ari: number;
  matched: number;
  precision: number[];
  recall: number[];
  f1: number[];
  support: number[];
  macro: number[];
  weighted: number[];
  report: string | null;
}

const fixture = new URL('../fixtures/sklearn/labels.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(fixture, 'utf8')) as { cases: LabelCase[] };

describe.each(cases)('as scikit-learn: $name', (saved) => {
  const { truth, found, classes, clusters } = saved;

  test('accuracy, NMI and ARI', () => {
    expect(rawAccuracy(truth, found)).toBe(saved.accuracy);
    expect(normalizedMutualInformation(truth, found)).toBeCloseTo(saved.nmi, 12);
    expect(adjustedRandIndex(truth, found)).toBeCloseTo(saved.ari, 12);
  });

  test('matched accuracy', () => {
    const matching = matchClusters(truth, found, { classes, clusters });
    expect(matching.accuracy).toBeCloseTo(saved.matched, 12);
    const named = Array.from(matching.classOfCluster).filter((c) => c >= 0);
    expect(new Set(named).size).toBe(Math.min(classes, clusters));
    expect(named.length).toBe(Math.min(classes, clusters));
    expect(rawAccuracy(truth, nameClusters(found, matching))).toBeCloseTo(saved.matched, 12);
  });

  test('precision, recall, F1 and support', () => {
    const rows = reportClassification(truth, found, classes);
    const column = (pick: (row: ClassificationRow) => number | null) => rows.slice(0, classes).map(pick);
    expectClose(
      column((row) => row.precision),
      saved.precision,
    );
    expectClose(
      column((row) => row.recall),
      saved.recall,
    );
    expectClose(
      column((row) => row.f1),
      saved.f1,
    );
    expect(column((row) => row.support)).toEqual(saved.support);
    const [accuracy, macro, weighted] = rows.slice(classes);
    expect(accuracy).toMatchObject({
      class: 'accuracy',
      precision: null,
      recall: null,
      support: truth.length,
    });
    expect(accuracy!.f1).toBeCloseTo(saved.accuracy, 12);
    expectClose([macro!.precision, macro!.recall, macro!.f1], saved.macro);
    expectClose([weighted!.precision, weighted!.recall, weighted!.f1], saved.weighted);
  });

  // Absent for label sets that scikit-learn 1.2 prints in another layout (see generate.py); their numbers are held above.
  if (saved.report !== null)
    test('the printed report', () => {
      expect(renderClassification(reportClassification(truth, found, classes))).toBe(saved.report);
    });
});

function expectClose(actual: readonly (number | null)[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 12);
  });
}

const labelling = fc
  .integer({ min: 1, max: 60 })
  .chain((n) =>
    fc.tuple(
      fc.array(fc.nat(5), { minLength: n, maxLength: n }),
      fc.array(fc.nat(5), { minLength: n, maxLength: n }),
    ),
  );

test('renaming clusters changes raw accuracy only', () => {
  const renamed = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 });
  fc.assert(
    fc.property(labelling, renamed, ([truth, found], names) => {
      const other = found.map((c) => names[c]!);
      const size = { classes: 6, clusters: 6 };
      expect(matchClusters(truth, other, size).accuracy).toBe(matchClusters(truth, found, size).accuracy);
      expect(normalizedMutualInformation(truth, other)).toBeCloseTo(
        normalizedMutualInformation(truth, found),
        12,
      );
      expect(adjustedRandIndex(truth, other)).toBeCloseTo(adjustedRandIndex(truth, found), 12);
      expect(matchClusters(truth, found, size).accuracy).toBeGreaterThanOrEqual(rawAccuracy(truth, found));
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('the matching is the best of all permutations', () => {
  const permutations = (items: number[]): number[][] =>
    items.length < 2
      ? [items]
      : items.flatMap((x) => permutations(items.filter((y) => y !== x)).map((rest) => [x, ...rest]));
  const every = permutations([0, 1, 2, 3, 4, 5]);
  fc.assert(
    fc.property(labelling, ([truth, found]) => {
      const best = Math.max(
        ...every.map((names) =>
          rawAccuracy(
            truth,
            found.map((c) => names[c]!),
          ),
        ),
      );
      expect(matchClusters(truth, found, { classes: 6, clusters: 6 }).accuracy).toBe(best);
    }),
    { seed: 2, numRuns: 40 },
  );
});

test('labels that do not fit are refused', () => {
  expect(() => countContingency([0, 1], [0], { classes: 2, clusters: 2 })).toThrow('2 true labels against 1');
  expect(() => countContingency([0, 2], [0, 1], { classes: 2, clusters: 2 })).toThrow(
    'item 1 has true label 2',
  );
  expect(() => countContingency([0, 1], [0, 0.5], { classes: 2, clusters: 2 })).toThrow('found label 0.5');
});

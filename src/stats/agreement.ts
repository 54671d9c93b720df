// How far two labellings agree. NMI and ARI do not care how the labels are numbered; raw accuracy does, which is why
// for clusters it says nothing (about 1/k however good they are) unless they were matched to classes first.
// Formulas and edge cases are scikit-learn's, and are held to its numbers by saved cases.
import { countContingency, sizeOfLabels } from './contingency.js';

/** Items whose two labels are the same number, out of all; NaN without items. */
export function rawAccuracy(truth: ArrayLike<number>, found: ArrayLike<number>): number {
  let same = 0;
  for (let i = 0; i < truth.length; i++) if (truth[i] === found[i]) same++;
  return same / truth.length;
}

/**
 * Normalised mutual information, in [0, 1]: I(U;V) over the arithmetic mean of the entropies (Strehl and Ghosh 2002;
 * the mean as in scikit-learn's default). 1 where both labellings are a single group, 0 where only one is.
 */
export function normalizedMutualInformation(truth: ArrayLike<number>, found: ArrayLike<number>): number {
  const { cells, rows, columns, total } = marginals(truth, found);
  const used = (counts: readonly number[]) => counts.filter((n) => n > 0).length;
  if (used(rows) === used(columns) && used(rows) <= 1) return 1;
  let information = 0;
  for (const [r, c, n] of cells) {
    information +=
      (n / total) * (Math.log(n / total) - Math.log(rows[r]! / total) - Math.log(columns[c]! / total));
  }
  // Rounding leaves ±1e-17 where the labellings are independent.
  if (Math.abs(information) < Number.EPSILON) return 0;
  return Math.max(0, information) / ((entropy(rows, total) + entropy(columns, total)) / 2);
}

/**
 * Adjusted Rand index (Hubert and Arabie 1985), in [-0.5, 1]: the share of pairs of items that both labellings treat
 * alike, shifted so that chance gives 0. 1 where the groupings are the same.
 */
export function adjustedRandIndex(truth: ArrayLike<number>, found: ArrayLike<number>): number {
  const { cells, rows, columns, total } = marginals(truth, found);
  const squares = (counts: readonly number[]) => counts.reduce((sum, n) => sum + n * n, 0);
  const both = cells.reduce((sum, [, , n]) => sum + n * n, 0);
  // Ordered pairs: together in both, apart in `truth` only, apart in `found` only, apart in both.
  const together = both - total;
  const splitByTruth = squares(columns) - both;
  const splitByFound = squares(rows) - both;
  const apart = total * total - together - splitByTruth - splitByFound - total;
  if (splitByTruth === 0 && splitByFound === 0) return 1;
  return (
    (2 * (together * apart - splitByFound * splitByTruth)) /
    ((together + splitByFound) * (splitByFound + apart) + (together + splitByTruth) * (splitByTruth + apart))
  );
}

function marginals(truth: ArrayLike<number>, found: ArrayLike<number>) {
  const size = sizeOfLabels(truth, found);
  const rows = new Array<number>(size.classes).fill(0);
  const columns = new Array<number>(size.clusters).fill(0);
  const cells: (readonly [row: number, column: number, count: number])[] = [];
  countContingency(truth, found, size).forEach((row, r) => {
    row.forEach((n, c) => {
      if (n === 0) return;
      rows[r]! += n;
      columns[c]! += n;
      cells.push([r, c, n]);
    });
  });
  return { cells, rows, columns, total: truth.length };
}

function entropy(counts: readonly number[], total: number): number {
  let sum = 0;
  for (const n of counts) if (n > 0) sum -= (n / total) * Math.log(n / total);
  return sum;
}

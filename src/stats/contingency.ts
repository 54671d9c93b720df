// The table that every comparison of two labellings starts from: how many items carry label r in one and c in the
// other. It counts and checks; it does not judge.
import { SweeplineError } from '../ground/errors.js';

export interface ContingencySize {
  /** Number of classes: labels of `truth` lie in [0, classes). */
  readonly classes: number;
  /** Number of clusters (or predicted classes): labels of `found` lie in [0, clusters). */
  readonly clusters: number;
}

/**
 * Counts items by (truth, found): `classes` rows of `clusters` integers. Classes and clusters that no item carries
 * stand as rows and columns of zeros.
 *
 * @throws SweeplineError BAD_DATA where the labellings differ in length, or a label lies outside its range.
 */
export function countContingency(
  truth: ArrayLike<number>,
  found: ArrayLike<number>,
  size: ContingencySize,
): number[][] {
  if (truth.length !== found.length) {
    throw new SweeplineError(
      'BAD_DATA',
      `${truth.length} true labels against ${found.length} found ones; expected as many`,
    );
  }
  const table = Array.from({ length: size.classes }, () => new Array<number>(size.clusters).fill(0));
  for (let i = 0; i < truth.length; i++) {
    const r = truth[i]!;
    const c = found[i]!;
    const row = table[r];
    if (row?.[c] === undefined) {
      throw new SweeplineError(
        'BAD_DATA',
        `item ${i} has true label ${r} and found label ${c}; expected integers in [0, ${size.classes}) and [0, ${size.clusters})`,
      );
    }
    row[c]!++;
  }
  return table;
}

/** The smallest size that holds both labellings: one more than the largest label of each. */
export function sizeOfLabels(truth: ArrayLike<number>, found: ArrayLike<number>): ContingencySize {
  return { classes: largest(truth) + 1, clusters: largest(found) + 1 };
}

function largest(labels: ArrayLike<number>): number {
  let most = -1;
  for (let i = 0; i < labels.length; i++) if (labels[i]! > most) most = labels[i]!;
  return most;
}

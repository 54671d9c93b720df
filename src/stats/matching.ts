// Cluster numbers are arbitrary: before clusters can be compared with classes, each cluster is given the class that
// makes the most items right, no class twice. Greedy or many-to-one naming is refused: it flatters the clustering.
import { munkres } from 'munkres';

import { type ContingencySize, countContingency, sizeOfLabels } from './contingency.js';

export interface Matching {
  /** The class of each cluster; -1 where there are more clusters than classes and this one was left over. */
  readonly classOfCluster: Int32Array;
  /** Items whose cluster is matched to their class, out of all items; NaN without items. */
  readonly accuracy: number;
  /** Items by class (rows) and cluster (columns), clusters in their own order. */
  readonly contingency: readonly (readonly number[])[];
}

/**
 * The one-to-one matching of clusters to classes with the highest accuracy (Kuhn 1955, Munkres 1957). Where several
 * matchings tie, the accuracy is theirs all; an empty cluster gets a class that is left over.
 *
 * @param size how many classes and clusters there are; by default as many as the labels show.
 * @throws SweeplineError BAD_DATA where the labellings do not fit each other.
 */
export function matchClusters(
  truth: ArrayLike<number>,
  clusters: ArrayLike<number>,
  size: ContingencySize = sizeOfLabels(truth, clusters),
): Matching {
  const contingency = countContingency(truth, clusters, size);
  const classOfCluster = new Int32Array(size.clusters).fill(-1);
  let right = 0;
  if (size.classes > 0 && size.clusters > 0) {
    const costs = contingency.map((row) => row.map((count) => -count));
    for (const [row, column] of munkres(costs)) {
      classOfCluster[column] = row;
      right += contingency[row]![column]!;
    }
  }
  return { classOfCluster, accuracy: right / truth.length, contingency };
}

/** The class of every item by its cluster's match; -1 for items of clusters that have none. */
export function nameClusters(
  clusters: ArrayLike<number>,
  matching: Pick<Matching, 'classOfCluster'>,
): Int32Array {
  return Int32Array.from(clusters, (cluster) => matching.classOfCluster[cluster] ?? -1);
}

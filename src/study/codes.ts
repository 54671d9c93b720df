// How far the codes of images tell their classes apart, by clustering them: the numbers that a table of latent sizes
// needs, all from one clustering. The labels are looked at only once the clusters are made.
import type { Random } from '../ground/random.js';
import { adjustedRandIndex, normalizedMutualInformation, rawAccuracy } from '../stats/agreement.js';
import { type ClassificationRow, reportClassification } from '../stats/classification.js';
import type { KMeansResult } from '../stats/kmeans.js';
import { type Matching, matchClusters, nameClusters } from '../stats/matching.js';
import { type Points, toFloat64 } from '../stats/points.js';

export interface CodeJudgement {
  readonly clustering: KMeansResult;
  readonly matching: Matching;
  /** After the best one-to-one matching of clusters to classes. */
  readonly accuracy: number;
  /** With cluster numbers taken for classes: about 1 / classes, however good the clusters are. */
  readonly rawAccuracy: number;
  readonly nmi: number;
  readonly ari: number;
  /** Items by class (rows) and by the class that their cluster is matched to (columns). */
  readonly confusion: readonly (readonly number[])[];
  readonly classification: readonly ClassificationRow[];
}

/** Clusters codes into as many clusters as there are classes (ten starts of k-means) and holds them to the labels. */
export async function judgeCodes(
  codes: Points,
  labels: ArrayLike<number>,
  { classes, random }: { readonly classes: number; readonly random: Random },
): Promise<CodeJudgement> {
  // Loaded when it is used: ml-kmeans takes 150 ms, and every worker and report of the study loads this file.
  const { clusterKMeans } = await import('../stats/kmeans.js');
  const clustering = clusterKMeans(codes, { k: classes, random });
  const matching = matchClusters(labels, clustering.labels, { classes, clusters: classes });
  const named = nameClusters(clustering.labels, matching);
  return {
    clustering,
    matching,
    accuracy: matching.accuracy,
    rawAccuracy: rawAccuracy(labels, clustering.labels),
    nmi: normalizedMutualInformation(labels, clustering.labels),
    ari: adjustedRandIndex(labels, clustering.labels),
    confusion: matching.contingency.map((row) => {
      const byClass = new Array<number>(classes).fill(0);
      row.forEach((count, cluster) => {
        byClass[matching.classOfCluster[cluster]!] = count;
      });
      return byClass;
    }),
    classification: reportClassification(labels, named, classes),
  };
}

/** What rounding may move a unit by, relative to its value, when batches of other sizes are computed. */
const ROUNDING = 1e-6;

/** Units (columns) that have one value for all items, up to rounding: dead ReLUs, and codes of a net that collapsed. */
export function countConstantUnits(codes: Points): number {
  const values = toFloat64(codes);
  const { count, dims } = codes;
  let constant = 0;
  for (let d = 0; d < dims; d++) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const value = values[i * dims + d]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (high - low <= ROUNDING * Math.max(Math.abs(low), Math.abs(high))) constant++;
  }
  return constant;
}

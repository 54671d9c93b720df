// One metric over the nights: what each night is known by, and the noise of a stretch of nights that did not change.

/** What one night gave of a metric. */
export interface Night {
  /** Mean over the replicates. */
  readonly mean: number;
  readonly count: number;
  /**
   * Of the replicates, by n − 1. Null where there is one, and where the seeds are the same every night: then replicates
   * differ, and nights need not.
   */
  readonly variance: number | null;
}

/** Fewer nights say too little of what is usual. */
export const LEAST_NIGHTS = 8;

export interface Noise {
  readonly mean: number;
  /** Standard deviation of a night with so many replicates. */
  deviation(count: number): number;
  /** Correlation of neighbours, at least 0: as it is estimated, and the most that it may be by one standard error. */
  readonly correlation: number;
  readonly mostCorrelation: number;
}

/**
 * The noise of nights: the spread of their means, which holds what differs between nights and what is left of the
 * replicates' own. A night with other replicates than usual gets its own share of the latter.
 */
export function noiseOf(nights: readonly Night[]): Noise {
  const means = nights.map((night) => night.mean);
  const mean = averageOf(means);
  const spread = means.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (means.length - 1);
  const within = pooledVariance(nights);
  const share = averageOf(nights.map(({ count }) => 1 / count));
  const between = Math.max(0, spread - within * share);
  const correlation = correlationOf(means, mean);
  return {
    mean,
    deviation: (count) => Math.sqrt(between + within / count),
    correlation,
    mostCorrelation: Math.min(MOST_CORRELATED, correlation + 1 / Math.sqrt(means.length)),
  };
}

/** 0 where no night says anything of its replicates. */
function pooledVariance(nights: readonly Night[]): number {
  let [squares, freedom] = [0, 0];
  for (const { variance, count } of nights) {
    if (variance === null || count < 2) continue;
    squares += variance * (count - 1);
    freedom += count - 1;
  }
  return freedom === 0 ? 0 : squares / freedom;
}

/** More would leave nothing to tell a change by. */
const MOST_CORRELATED = 0.9;

/** Of neighbours, without the bias of short series (Marriott and Pope 1954); noise that swings to and fro counts as none. */
function correlationOf(means: readonly number[], mean: number): number {
  let [products, squares] = [0, 0];
  means.forEach((each, i) => {
    squares += (each - mean) ** 2;
    if (i > 0) products += (each - mean) * (means[i - 1]! - mean);
  });
  if (squares === 0) return 0;
  const plain = products / squares;
  return Math.min(MOST_CORRELATED, Math.max(0, plain + (1 + 4 * Math.max(0, plain)) / means.length));
}

export function averageOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

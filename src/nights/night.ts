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
  /** Of a night with so many replicates, given as 1 / count. */
  variance(share: number): number;
  /** Correlation of neighbours, at least 0: as it is estimated, and with one and a half standard errors more. */
  readonly correlation: number;
  readonly mostCorrelation: number;
}

/**
 * The noise of nights: the spread of their means, which holds what differs between nights and what is left of the
 * replicates' own. A night with other replicates than usual gets its own share of the latter.
 */
export function noiseOf(nights: readonly Night[]): Noise {
  const { length } = nights;
  let sum = 0;
  for (const night of nights) sum += night.mean;
  const mean = sum / length;
  let [squares, products, shares, last] = [0, 0, 0, 0];
  for (const night of nights) {
    const off = night.mean - mean;
    squares += off ** 2;
    products += off * last;
    shares += 1 / night.count;
    last = off;
  }
  const within = pooledVariance(nights);
  const between = Math.max(0, squares / (length - 1) - (within * shares) / length);
  const correlation = squares === 0 ? 0 : correlationOf(products / squares, length);
  return {
    mean,
    variance: (share) => between + within * share,
    correlation,
    mostCorrelation: Math.min(MOST_CORRELATED, correlation + 1.5 / Math.sqrt(length)),
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

/** Without the bias of short series (Marriott and Pope 1954); noise that swings to and fro counts as none. */
function correlationOf(plain: number, nights: number): number {
  return Math.min(MOST_CORRELATED, Math.max(0, plain + (1 + 4 * Math.max(0, plain)) / nights));
}

export function averageOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

// What of a table's variance single parameters and pairs of them explain, from means over everything else (analysis of
// variance; Sobol 1993, Hutter et al. 2014). A pair's part is shared by its two: Shapley effects up to pairs (Owen 2014).

/** What explains the variance; the parts of higher orders are `total` less all of these. */
export interface Effects {
  readonly total: number;
  /** By parameter. */
  readonly main: readonly number[];
  /** By pair, in the order of `pairsOf`. */
  readonly pairs: readonly number[];
}

/** Positions of two parameters of `count`, the first before the second. */
export function pairsOf(count: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: count - i - 1 }, (_, j) => [i, i + 1 + j] as const),
  ).flat();
}

/** A parameter's own part, and half of those that it has with others; as shares of the total. */
export function sharesOf({ total, main, pairs }: Effects): number[] {
  const shares = main.map((part) => Math.max(0, part));
  pairsOf(main.length).forEach(([i, j], at) => {
    const half = Math.max(0, pairs[at]!) / 2;
    shares[i]! += half;
    shares[j]! += half;
  });
  return shares.map((share) => (total > 0 ? Math.min(1, share / total) : 0));
}

/** Variance of a table of means, each as often as its weight says; weights add up to 1. */
export function weightedVariance(means: ArrayLike<number>, weights: ArrayLike<number>): number {
  let mean = 0;
  for (let i = 0; i < means.length; i++) if (weights[i]! > 0) mean += weights[i]! * means[i]!;
  let sum = 0;
  for (let i = 0; i < means.length; i++) if (weights[i]! > 0) sum += weights[i]! * (means[i]! - mean) ** 2;
  return sum;
}

export interface Grid {
  readonly bins: readonly Uint32Array[];
  readonly sizes: readonly number[];
}

/** Whether the configurations are every combination of the bins, each once. */
export function isWholeGrid({ bins, sizes }: Grid, count: number): boolean {
  const cells = sizes.reduce((product, size) => product * size, 1);
  if (cells !== count) return false;
  const isSeen = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    let cell = 0;
    for (let p = 0; p < sizes.length; p++) cell = cell * sizes[p]! + bins[p]![i]!;
    if (isSeen[cell] === 1) return false;
    isSeen[cell] = 1;
  }
  return true;
}

/**
 * Exact effects on a whole grid of one value a cell. `noise` is the variance of such a value about its true one: what
 * chance alone adds to each part is taken off again, and stays in the total.
 */
export function gridEffects({ bins, sizes }: Grid, y: Float64Array, noise = 0): Effects {
  const count = y.length;
  const even = (size: number) => new Float64Array(size).fill(1 / size);
  const main = sizes.map((size, p) => {
    const means = new Float64Array(size);
    const of = bins[p]!;
    for (let i = 0; i < count; i++) means[of[i]!]! += y[i]!;
    for (let bin = 0; bin < size; bin++) means[bin]! *= size / count;
    return weightedVariance(means, even(size));
  });
  const pairs = pairsOf(sizes.length).map(([a, b]) => {
    const [wide, size] = [sizes[b]!, sizes[a]! * sizes[b]!];
    const means = new Float64Array(size);
    const [ofA, ofB] = [bins[a]!, bins[b]!];
    for (let i = 0; i < count; i++) means[ofA[i]! * wide + ofB[i]!]! += y[i]!;
    for (let cell = 0; cell < size; cell++) means[cell]! *= size / count;
    return weightedVariance(means, even(size)) - main[a]! - main[b]!;
  });
  const total = weightedVariance(y, even(count));
  return withoutNoise({ total, main, pairs }, { sizes, count, noise });
}

interface Noise {
  readonly sizes: readonly number[];
  readonly count: number;
  readonly noise: number;
}

/** Takes off what chance alone would add to each part, by its degrees of freedom. */
function withoutNoise({ total, main, pairs }: Effects, { sizes, count, noise }: Noise): Effects {
  // Rounding leaves parts that are none.
  const clean = (part: number, freedom: number) => {
    const rest = part - (noise * freedom) / count;
    return rest <= total * 1e-12 ? 0 : rest;
  };
  const freedoms = freedomsOf(sizes);
  return {
    total,
    main: main.map((part, p) => clean(part, freedoms.main[p]!)),
    pairs: pairs.map((part, i) => clean(part, freedoms.pairs[i]!)),
  };
}

function freedomsOf(sizes: readonly number[]) {
  return {
    main: sizes.map((size) => size - 1),
    pairs: pairsOf(sizes.length).map(([a, b]) => (sizes[a]! - 1) * (sizes[b]! - 1)),
  };
}

/**
 * The least that one value a cell leaves of the effects: what no pair explains is taken for noise, and so are the pairs
 * where there are two parameters only. Null where nothing is left over to tell noise by.
 */
export function leastEffects(
  effects: Effects,
  { sizes }: Pick<Grid, 'sizes'>,
  count: number,
): Effects | null {
  const { total, main, pairs } = effects;
  if (sizes.length < 2) return null;
  const isByPair = sizes.length === 2;
  const freedoms = freedomsOf(sizes);
  const sum = (parts: readonly number[]) => parts.reduce((all, part) => all + part, 0);
  const rest = total - sum(main) - (isByPair ? 0 : sum(pairs));
  const freedom = count - 1 - sum(freedoms.main) - (isByPair ? 0 : sum(freedoms.pairs));
  if (freedom < 1) return null;
  const noise = (Math.max(0, rest) * count) / freedom;
  const kept = isByPair ? { total, main, pairs: [0] } : effects;
  return withoutNoise(kept, { sizes, count, noise });
}

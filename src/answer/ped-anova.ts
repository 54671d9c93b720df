// Which parameters decide whether a configuration is among the best: PED-ANOVA (Watanabe, Bansal and Hutter 2023). The
// variance of a parameter's marginal for "is in the top tenth" is the Pearson divergence of its distribution in the top
// from that in all (their theorem 1). No model of the objective is needed, and the sample may be spread in any way, since
// it is held against itself. The divergence is taken over cells of equally many configurations, not by kernels as in the
// paper: kernels of Scott's width wash out what has several good places (of Ishigami's second parameter nothing is left).
import type { Binned } from './bins.js';

/** What is looked at: bins and values, less is better. */
export interface Sample extends Pick<Binned, 'sizes' | 'absent'> {
  /** By parameter, the bin of each configuration. */
  readonly bins: readonly Uint32Array[];
  /** Infinity: not known, and none of the best. */
  readonly losses: Float64Array;
}

/** The top, γ': a tenth, as in the paper; of few configurations so many, for fewer tell nothing. */
const TOP = 0.1;
export const LEAST_TOP = 8;
/** Of fewer configurations the top would be a good part. */
export const LEAST_PED = 4 * LEAST_TOP;

/** The share of the configurations that is called the top. */
export function topShare(count: number): number {
  return Math.max(TOP, LEAST_TOP / count);
}

/** Cells for a top of so many: those that show a difference best (Mann and Wald 1942, Moore 1986). */
export function cellsFor(top: number): number {
  return Math.max(2, Math.min(32, Math.round(2 * top ** 0.4)));
}

/** A parameter's share of the sum of all divergences; undefined where the top cannot be told from the rest. */
export function pedShares({ bins, sizes, absent, losses }: Sample, share: number): number[] | undefined {
  const count = losses.length;
  const cut = losses.slice().sort()[Math.ceil(share * count) - 1];
  const isTop = Uint8Array.from(losses, (loss) => (loss <= cut! && loss < Number.POSITIVE_INFINITY ? 1 : 0));
  const top = isTop.reduce((sum, is) => sum + is, 0);
  if (top < 2 || top * 2 > count) return undefined;
  const parts = sizes.map((size, p) => {
    const all = new Float64Array(size);
    const good = new Float64Array(size);
    for (let i = 0; i < count; i++) {
      const bin = bins[p]![i]!;
      if (bin === absent[p]) continue;
      all[bin]!++;
      good[bin]! += isTop[i]!;
    }
    return Math.max(0, partOf(all, good));
  });
  const sum = parts.reduce((total, part) => total + part, 0);
  return sum > 0 ? parts.map((part) => part / sum) : undefined;
}

/**
 * The variance of P(top | value) over the configurations where the parameter exists, times their number. What its
 * existence decides is its parent's part (law of total variance; the regimes of Baba, Ozaki and Watanabe 2026).
 */
function partOf(all: Float64Array, good: Float64Array): number {
  let [existing, top, sum] = [0, 0, 0];
  for (let bin = 0; bin < all.length; bin++) {
    existing += all[bin]!;
    top += good[bin]!;
  }
  const square = squareOf(top, existing);
  for (let bin = 0; bin < all.length; bin++)
    sum += all[bin]! * (squareOf(good[bin]!, all[bin]!, square) - square);
  return sum;
}

/** Of a share, without the bias that a square of counts has: how many of all pairs are both in the top. */
function squareOf(top: number, all: number, unknown = 0): number {
  return all < 2 ? unknown : (top * (top - 1)) / (all * (all - 1));
}

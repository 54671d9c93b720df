// How the configurations of a run are spread over the space that they were drawn from. A search gathers where values are
// good: shares of the variance over what it has seen are not those over the space, and what decides is another question.
import { randomFor } from '../ground/random.js';
import { type Manifest, proposesPoints } from '../run/manifest.js';
import { createSearchSpace } from '../search/space.js';
import type { AxisDomain, GridSpec, Point } from '../space/types.js';
import type { Binned } from './bins.js';

/** Points that stand for a space. */
const POINTS = 8192;
/** Standard deviations that a sum of squares may be above what chance gives. */
const FAR = 6;

/**
 * Points drawn evenly from the domains that a run's sampler proposes from; none where its trials are numbers of a grid, or
 * where a constraint leaves some of the space out, which is code.
 */
export function drawSpace({ sampler, where }: Pick<Manifest, 'sampler' | 'where'>): readonly Point[] {
  const grids = sampler.grids as readonly GridSpec<AxisDomain>[] | undefined;
  if (!proposesPoints(sampler) || grids === undefined || where !== null) return [];
  const space = createSearchSpace(grids);
  const random = randomFor('importance', 'space');
  return Array.from({ length: POINTS }, () => space.pointAt(space.draw(random)));
}

/** By parameter, the share of each bin: of the points, or of the configurations where there are none. All are above 0. */
export function weighBins(binned: Binned, points: readonly Point[]): Float64Array[] {
  return binned.sizes.map((size, p) => {
    const counts = countPoints(binned, p, points);
    const total = counts.reduce((sum, count) => sum + count, 0);
    // A box of no volume has no share of anything: each bin gets half a point (Jeffreys' prior).
    if (total > 0) return counts.map((count) => (count + 0.5) / (total + size / 2));
    const own = countConfigurations(binned, p);
    return own.map((count) => count / binned.bins[p]!.length);
  });
}

/** Whether some parameter of the configurations is spread otherwise than in the space: a test of two samples (χ²). */
export function isGathered(binned: Binned, points: readonly Point[]): boolean {
  return binned.sizes.some((size, p) => {
    const [own, drawn] = [countConfigurations(binned, p), countPoints(binned, p, points)];
    const [n, m] = [own, drawn].map((counts) => counts.reduce((sum, count) => sum + count, 0));
    if (!(n! > 0 && m! > 0)) return false;
    let sum = 0;
    for (let bin = 0; bin < size; bin++) {
      const both = own[bin]! + drawn[bin]!;
      if (both > 0) sum += (Math.sqrt(m! / n!) * own[bin]! - Math.sqrt(n! / m!) * drawn[bin]!) ** 2 / both;
    }
    return sum > size - 1 + FAR * Math.sqrt(2 * (size - 1));
  });
}

function countPoints({ sizes, binOf }: Binned, p: number, points: readonly Point[]): Float64Array {
  const counts = new Float64Array(sizes[p]!);
  for (const point of points) {
    const bin = binOf[p]!(point);
    if (bin >= 0) counts[bin]!++;
  }
  return counts;
}

function countConfigurations({ sizes, bins }: Binned, p: number): Float64Array {
  const counts = new Float64Array(sizes[p]!);
  for (const bin of bins[p]!) counts[bin]!++;
  return counts;
}

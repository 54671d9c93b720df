// CMA-ES with margin (Hamano, Saito, Nomura, Shirakawa 2022, "CMA-ES with margin: lower-bounding marginal probability for
// mixed-integer black-box optimization"): integers are drawn as numbers and rounded, so that a distribution that has
// become narrow would never leave one again. After each update the mean, and the width by which the integer sees the
// distribution, are moved as little as it takes for either neighbour to keep a chance.
import { normalCdf, normalQuantile } from '../../stats/normal.js';
import { type Box, edgeAfter, positionAt } from './box.js';
import type { Distribution } from './distribution.js';

/** `margin`: the chance of leaving an integer; the paper has 1 / (dimensions * population). */
export function keepMargins(box: Box, distribution: Distribution, margin: number): void {
  const n = box.dimensions.length;
  let hasMoved = false;
  for (let i = 0; i < n; i++) {
    if (box.isContinuous[i]) continue;
    const dimension = box.space.dimensions[box.dimensions[i]!]!;
    const mean = distribution.mean[i]!;
    const deviation = distribution.sigma * Math.sqrt(distribution.covariance[i * n + i]!);
    const position = positionAt(dimension, mean);
    const isFirst = position === 0;
    hasMoved = true;
    if (isFirst || position === dimension.size - 1) {
      const edge = edgeAfter(dimension, isFirst ? 0 : position - 1);
      const furthest = normalQuantile(1 - margin) * deviation * distribution.widths[i]!;
      distribution.mean[i] = isFirst ? Math.max(mean, edge - furthest) : Math.min(mean, edge + furthest);
      continue;
    }
    const [low, high] = [edgeAfter(dimension, position - 1), edgeAfter(dimension, position)];
    const width = deviation * distribution.widths[i]!;
    const [below, above] = spreadChances(
      normalCdf((low - mean) / width),
      normalCdf((mean - high) / width),
      margin,
    );
    const [down, up] = [normalQuantile(1 - below), normalQuantile(1 - above)];
    distribution.mean[i] = (low * up + high * down) / (down + up);
    distribution.widths[i] = (high - low) / ((down + up) * deviation);
  }
  if (hasMoved) distribution.moved();
}

/** Chances of the two neighbours, each at least half of the margin, taken from all three as they can spare it (eqs. 15-20). */
function spreadChances(below: number, above: number, margin: number): readonly [number, number] {
  const least = margin / 2;
  const between = 1 - below - above;
  const [lower, upper] = [Math.max(below, least), Math.max(above, least)];
  const excess = 1 - lower - upper - between;
  const share = excess / (lower + upper + between - 3 * least);
  // Short of one half, where the width would be none.
  const bound = (chance: number) => Math.min(Math.max(chance, 1e-10), 0.5 - 1e-10);
  return [bound(lower + share * (lower - least)), bound(upper + share * (upper - least))];
}

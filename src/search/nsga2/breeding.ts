// Children of two places: simulated binary crossover and polynomial mutation for numbers, both within bounds (Deb and
// Agrawal 1995; Deb and Deb 2014), and for choices a choice of either parent's. Numbers are crossed on [0, 1], where the
// scale of their axis is straight.
import type { Random } from '../../ground/random.js';
import type { Dimension } from '../dimension.js';
import type { SearchSpace } from '../space.js';

export interface Breeding {
  /** The chance that parents are crossed at all; else the child is the first of them, mutated. */
  readonly crossover: number;
  /** The chance of each dimension to be mutated. */
  readonly mutation: number;
}

/** The larger, the nearer children are to their parents (Deb 2002 has 20 for both). */
const CROSSOVER_INDEX = 20;
const MUTATION_INDEX = 20;

/** Dimensions that exist at the child alone are drawn; of those of one parent alone its own is taken. */
export function breed(
  space: SearchSpace,
  [a, b]: readonly [Float64Array, Float64Array],
  { crossover, mutation }: Breeding,
  random: Random,
): Float64Array {
  const isCrossed = random.uniform() < crossover;
  return space.fill((d, dimension) => {
    const [first, second] = [a[d]!, b[d]!];
    if (dimension.size === 1) return 0;
    if (Number.isNaN(first) && Number.isNaN(second)) return dimension.fromUnit(random.uniform());
    const inherited = Number.isNaN(first)
      ? second
      : Number.isNaN(second) || !isCrossed
        ? first
        : cross(dimension, first, second, random);
    return random.uniform() < mutation ? mutate(dimension, inherited, random) : inherited;
  });
}

function cross(dimension: Dimension, a: number, b: number, random: Random): number {
  // Every other dimension is crossed, and either child is as good as the other.
  const [isMixed, isFirst] = [random.uniform() < 0.5, random.uniform() < 0.5];
  const own = isFirst ? a : b;
  if (dimension.kind === 'categorical') return own;
  if (!isMixed || a === b) return own;
  const [low, high] = [dimension.toUnit(a), dimension.toUnit(b)].sort((x, y) => x - y) as [number, number];
  const isLow = random.uniform() < 0.5;
  return dimension.fromUnit(crossNumbers(low, high, isLow, random.uniform()));
}

/** Simulated binary crossover of low < high, both in [0, 1]: the child near `low`, or near `high`. */
export function crossNumbers(low: number, high: number, isLow: boolean, u: number): number {
  const width = high - low;
  if (!(width > 1e-14)) return isLow ? low : high;
  const room = isLow ? low : 1 - high;
  const alpha = 2 - (1 + (2 * room) / width) ** -(CROSSOVER_INDEX + 1);
  const power = 1 / (CROSSOVER_INDEX + 1);
  const spread = u <= 1 / alpha ? (u * alpha) ** power : (1 / (2 - u * alpha)) ** power;
  const child = (low + high + (isLow ? -spread : spread) * width) / 2;
  return Math.min(Math.max(child, 0), 1);
}

function mutate(dimension: Dimension, coordinate: number, random: Random): number {
  const { kind, size } = dimension;
  if (kind === 'categorical') {
    const other = random.below(size - 1);
    return other < coordinate ? other : other + 1;
  }
  const u = random.uniform();
  const from = dimension.toUnit(coordinate);
  const moved = dimension.fromUnit(mutateNumber(from, u));
  if (kind === 'continuous' || moved !== coordinate) return moved;
  // A step of less than one position is one.
  const step = coordinate + (u < 0.5 ? -1 : 1);
  return step < 0 || step >= size ? coordinate + (u < 0.5 ? 1 : -1) : step;
}

/** Polynomial mutation of a number in [0, 1]; u < 1/2 goes down. */
export function mutateNumber(x: number, u: number): number {
  const power = 1 / (MUTATION_INDEX + 1);
  const delta =
    u < 0.5
      ? (2 * u + (1 - 2 * u) * (1 - x) ** (MUTATION_INDEX + 1)) ** power - 1
      : 1 - (2 * (1 - u) + (2 * u - 1) * x ** (MUTATION_INDEX + 1)) ** power;
  return Math.min(Math.max(x + delta, 0), 1);
}

// How vectors of the unbounded normal distribution become places of a space, and back. Every dimension of more than one
// position has a component between 0 and 1; a choice of two is as good as an integer of two. Components of dimensions
// that do not exist at a place are drawn all the same, and say nothing there.
import type { Dimension } from '../dimension.js';
import type { SearchSpace } from '../space.js';
import type { Source } from './distribution.js';

export interface Box {
  /** Components: the dimension of each. */
  readonly dimensions: readonly number[];
  /** Which of them are continuous. */
  readonly isContinuous: readonly boolean[];
  /** The component of each dimension; -1 where it has none. */
  readonly components: readonly number[];
  readonly space: SearchSpace;
}

export function createBox(space: SearchSpace): Box {
  const dimensions = space.dimensions.flatMap(({ size }, d) => (size > 1 ? [d] : []));
  return {
    space,
    dimensions,
    isContinuous: dimensions.map((d) => isContinuous(space.dimensions[d]!)),
    components: space.dimensions.map((_, d) => dimensions.indexOf(d)),
  };
}

const isContinuous = ({ size }: Dimension) => size === Number.POSITIVE_INFINITY;

/** Whether the continuous components lie between 0 and 1. */
export function isInside({ isContinuous: which }: Box, x: Float64Array): boolean {
  for (let i = 0; i < x.length; i++) if (which[i] && !(x[i]! >= 0 && x[i]! <= 1)) return false;
  return true;
}

/** Puts continuous components that lie outside on the edge. */
export function clip({ isContinuous: which }: Box, x: Float64Array): void {
  for (let i = 0; i < x.length; i++) if (which[i]) x[i] = Math.min(Math.max(x[i]!, 0), 1);
}

/** The place of a vector; integers see it through the widths of the source. */
export function placeOf(
  { space, components, isContinuous: which }: Box,
  x: Float64Array,
  source: Source,
): Float64Array {
  return space.fill((d, dimension) => {
    const i = components[d]!;
    if (i < 0) return 0;
    if (which[i]) return x[i]!;
    return positionAt(dimension, source.mean[i]! + source.widths[i]! * (x[i]! - source.mean[i]!));
  });
}

/** What a vector from elsewhere would be; the mean where the place has no such dimension. */
export function vectorOf(
  { space, dimensions, isContinuous: which }: Box,
  place: Float64Array,
  { mean, widths }: Pick<Source, 'mean' | 'widths'>,
): Float64Array {
  return Float64Array.from(dimensions, (d, i) => {
    const at = place[d]!;
    if (Number.isNaN(at)) return mean[i]!;
    const u = space.dimensions[d]!.toUnit(at);
    return which[i] ? u : mean[i]! + (u - mean[i]!) / widths[i]!;
  });
}

/** Whether a place is the one proposed, but for the last bits of continuous coordinates. */
export function isSamePlace(a: Float64Array, b: Float64Array): boolean {
  for (let d = 0; d < a.length; d++) {
    const isSame = Number.isNaN(a[d]!) ? Number.isNaN(b[d]!) : Math.abs(a[d]! - b[d]!) <= 1e-9;
    if (!isSame) return false;
  }
  return true;
}

/** The position whose middle is nearest. */
export function positionAt(dimension: Dimension, u: number): number {
  let position = dimension.fromUnit(u);
  while (position + 1 < dimension.size && u > edgeAfter(dimension, position)) position++;
  while (position > 0 && u <= edgeAfter(dimension, position - 1)) position--;
  return position;
}

/** Where a position ends and the next one begins: half-way between their middles. */
export function edgeAfter({ toUnit }: Dimension, position: number): number {
  return (toUnit(position) + toUnit(position + 1)) / 2;
}

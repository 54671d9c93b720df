// A smooth surface through scattered values: the mean of neighbours, nearer ones counting more (Nadaraya 1964, Watson
// 1964). Where no point is near there is no value: nothing is made up where no trial ran.

export interface Scattered {
  /** From 0 to 1. */
  readonly xs: ArrayLike<number>;
  readonly ys: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** Kernels' widths from a point that are taken for near. */
const NEAR = 1.6;

/** The width of the kernels for so many points in the unit square: the rate of Scott's rule in two dimensions. */
function kernelWidth(count: number): number {
  return Math.max(0.035, Math.min(0.25, 0.36 * count ** (-1 / 6)));
}

/** Row by row from the lowest y: at the middles of `size` × `size` cells of the unit square. NaN: no point is near. */
export function smoothSurface({ xs, ys, values }: Scattered, size: number): Float64Array {
  const width = kernelWidth(values.length);
  const surface = new Float64Array(size * size);
  const centre = (i: number) => (i + 0.5) / size;
  const kernels = (places: ArrayLike<number>) =>
    Array.from({ length: values.length }, (_, i) =>
      Float64Array.from({ length: size }, (_, at) =>
        Math.exp(-0.5 * ((places[i]! - centre(at)) / width) ** 2),
      ),
    );
  const [across, up] = [kernels(xs), kernels(ys)];
  const least = Math.exp(-0.5 * NEAR ** 2);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      let [sum, weights, nearest] = [0, 0, 0];
      for (let i = 0; i < values.length; i++) {
        const weight = across[i]![x]! * up[i]![y]!;
        sum += weight * values[i]!;
        weights += weight;
        if (weight > nearest) nearest = weight;
      }
      surface[y * size + x] = nearest >= least ? sum / weights : Number.NaN;
    }
  }
  return surface;
}

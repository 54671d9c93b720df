// How uneven points in the unit cube are; 0 is best. Squares, as scipy.stats.qmc.discrepancy gives the centred one.
type Points = readonly ArrayLike<number>[];

const product = (factors: readonly number[]): number => factors.reduce((all, factor) => all * factor, 1);

/** The centred discrepancy (Hickernell 1998), squared. */
export function centredDiscrepancy(points: Points): number {
  const [n, d] = [points.length, points[0]!.length];
  const from = (x: ArrayLike<number>, j: number) => Math.abs(x[j]! - 0.5);
  const axes = Array.from({ length: d }, (_, j) => j);
  let single = 0;
  let pairs = 0;
  for (const x of points) {
    single += product(axes.map((j) => 1 + 0.5 * from(x, j) - 0.5 * from(x, j) ** 2));
    for (const y of points)
      pairs += product(
        axes.map((j) => 1 + 0.5 * from(x, j) + 0.5 * from(y, j) - 0.5 * Math.abs(x[j]! - y[j]!)),
      );
  }
  return (13 / 12) ** d - (2 / n) * single + pairs / n ** 2;
}

/** The L2 star discrepancy by the formula of Warnock (1972). */
export function starDiscrepancy(points: Points): number {
  const [n, d] = [points.length, points[0]!.length];
  const axes = Array.from({ length: d }, (_, j) => j);
  let single = 0;
  let pairs = 0;
  for (const x of points) {
    single += product(axes.map((j) => 1 - x[j]! ** 2));
    for (const y of points) pairs += product(axes.map((j) => 1 - Math.max(x[j]!, y[j]!)));
  }
  return Math.sqrt(3 ** -d - (2 ** (1 - d) / n) * single + pairs / n ** 2);
}

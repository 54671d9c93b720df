// Hypervolume: how much room points dominate, up to a reference; less is better in every objective. Exact for any number of
// objectives; made for two to four, and fronts of some hundred points.

/**
 * Volume of all that is dominated by at least one point and better than the reference. Points are added one by one in the
 * order of the first objective, each with the volume that none after it dominates (While, Bradstreet and Barone 2012).
 */
export function hypervolume(points: readonly (readonly number[])[], reference: readonly number[]): number {
  const inside = points.filter((point) => point.every((value, m) => value < reference[m]!));
  if (reference.length === 1)
    return inside.reduce((most, [value]) => Math.max(most, reference[0]! - value!), 0);
  const sorted = inside.sort((a, b) => a[0]! - b[0]!);
  if (reference.length === 2) return area(sorted, reference);
  const front = withoutDominated(sorted);
  let volume = 0;
  front.forEach((point, i) => {
    volume += exclusive(point, front.slice(i + 1), reference);
  });
  return volume;
}

/** The volume that a point dominates and none of the others does. */
export function exclusive(
  point: readonly number[],
  others: readonly (readonly number[])[],
  reference: readonly number[],
): number {
  const own = point.reduce((product, value, m) => product * Math.max(reference[m]! - value, 0), 1);
  // What of the others' volume lies within the point's own.
  const limited = others.map((other) => other.map((value, m) => Math.max(value, point[m]!)));
  return own - hypervolume(limited, reference);
}

function area(sorted: readonly (readonly number[])[], reference: readonly number[]): number {
  let sum = 0;
  let least = reference[1]!;
  for (const [a, b] of sorted) {
    if (b! >= least) continue;
    sum += (reference[0]! - a!) * (least - b!);
    least = b!;
  }
  return sum;
}

/** Once limited to another's volume, many points dominate each other; of equal ones the first stays. */
function withoutDominated(points: readonly (readonly number[])[]): (readonly number[])[] {
  const front: (readonly number[])[] = [];
  for (const point of points) {
    if (front.some((kept) => isNowhereWorse(kept, point))) continue;
    let kept = 0;
    for (const other of front) if (!isNowhereWorse(point, other)) front[kept++] = other;
    front.length = kept;
    front.push(point);
  }
  return front;
}

function isNowhereWorse(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, m) => value <= b[m]!);
}

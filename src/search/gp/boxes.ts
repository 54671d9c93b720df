// The part of the space of objectives that a front does not dominate, as disjoint boxes; all objectives are to be small.

/** Box b reaches in objective m from `ends[m][lower[b M + m]]` to `ends[m][upper[b M + m]]`. */
export interface Boxes {
  readonly count: number;
  /** Of each objective −Infinity, its value at each point of the front, and the reference. */
  readonly ends: readonly Float64Array[];
  readonly lower: Int32Array;
  readonly upper: Int32Array;
}

/**
 * What lies below the reference and above no point of the front, of which all are below the reference: slices along the
 * last objective, each cut up by those points alone that are at or below it, as far as the first objective (as While et
 * al. 2006 slice what is dominated). With n points and M objectives there are some n^(M − 1) boxes.
 */
export function cutBoxes(front: readonly Float64Array[], reference: Float64Array): Boxes {
  const objectives = reference.length;
  const ends = Array.from(reference, (end, m) =>
    Float64Array.of(Number.NEGATIVE_INFINITY, ...front.map((point) => point[m]!), end),
  );
  const last = front.length + 1;
  const lower: number[] = [];
  const upper: number[] = [];
  const from = new Int32Array(objectives);
  const to = new Int32Array(objectives);
  const cut = (points: readonly number[], m: number): void => {
    if (m === 0) {
      to[0] = points.reduce((least, i) => (ends[0]![i]! < ends[0]![least]! ? i : least), last);
      lower.push(...from);
      upper.push(...to);
      return;
    }
    const along = ends[m]!;
    const order = [...points].sort((a, b) => along[a]! - along[b]! || a - b);
    let active: number[] = [];
    let at = 0;
    for (const i of [...order, last]) {
      if (along[i]! > along[at]!) {
        from[m] = at;
        to[m] = i;
        cut(active, m - 1);
        at = i;
      }
      // Those that another one dominates in what is left of the objectives cut nothing.
      if (!active.some((j) => isAtMost(ends, j, i, m)))
        active = [...active.filter((j) => !isAtMost(ends, i, j, m)), i];
    }
  };
  cut(
    front.map((_, i) => i + 1),
    objectives - 1,
  );
  return {
    count: lower.length / objectives,
    ends,
    lower: Int32Array.from(lower),
    upper: Int32Array.from(upper),
  };
}

/** Whether point i is nowhere above point j in the first `count` objectives. */
function isAtMost(ends: readonly Float64Array[], i: number, j: number, count: number): boolean {
  for (let m = 0; m < count; m++) if (ends[m]![i]! > ends[m]![j]!) return false;
  return true;
}

/** Points that no other one dominates, each once. */
export function findFront(points: readonly Float64Array[]): Float64Array[] {
  const isBelow = (a: Float64Array, b: Float64Array) => a.every((value, m) => value <= b[m]!);
  const isSame = (a: Float64Array, b: Float64Array) => a.every((value, m) => value === b[m]!);
  return points.filter(
    (point, i) => !points.some((other, j) => isBelow(other, point) && (!isSame(other, point) || j < i)),
  );
}

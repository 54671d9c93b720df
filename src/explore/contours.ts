// Lines of equal value over a grid (marching squares, Lorensen and Cline 1987 in two dimensions): each level is cut
// through the cells between neighbouring grid points, and the pieces are joined to lines. A cell with a corner that has no
// value has no line: nothing is made up where no trial ran.

/** Values at the points of a grid, row by row from the first y; NaN for none. */
export interface Field {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float64Array;
}

export interface Contour {
  /** Place of its level in the list that was given. */
  readonly level: number;
  /** Where it runs: x and y of each point in turn, in steps of the grid. */
  readonly points: Float64Array;
}

/** Sides of a square: bottom, right, top, left. By which corners lie above: the pairs of sides that are joined. */
const PAIRS: readonly (readonly (readonly [number, number])[])[] = [
  [],
  [[3, 0]],
  [[0, 1]],
  [[3, 1]],
  [[1, 2]],
  [
    [3, 0],
    [1, 2],
  ],
  [[0, 2]],
  [[3, 2]],
  [[2, 3]],
  [[2, 0]],
  [
    [0, 1],
    [2, 3],
  ],
  [[2, 1]],
  [[1, 3]],
  [[1, 0]],
  [[0, 3]],
  [],
];

export function findContours(field: Field, levels: readonly number[]): Contour[] {
  return levels.flatMap((value, level) =>
    joinPieces(cut(field, value), field).map((points) => ({ level, points })),
  );
}

/** A side of the grid that a level crosses, and where. */
interface Crossing {
  readonly x: number;
  readonly y: number;
  /** The one or two sides that it is joined to. */
  readonly next: number[];
}

/** By number of the side: twice the grid point at its lower or left end, and 1 more where it goes up. */
type Crossings = Map<number, Crossing>;

function cut({ columns, rows, values }: Field, level: number): Crossings {
  const found: Crossings = new Map();
  for (let y = 0; y < rows - 1; y++) {
    for (let x = 0; x < columns - 1; x++) {
      const at = y * columns + x;
      const corners = [at, at + 1, at + columns + 1, at + columns].map((i) => values[i]!);
      if (corners.some(Number.isNaN)) continue;
      let which = 0;
      for (const [i, value] of corners.entries()) if (value > level) which |= 1 << i;
      // Of a saddle, the middle says which corners belong together.
      const isTurned = which === 5 || which === 10 ? mean(corners) > level : false;
      const pairs = PAIRS[isTurned ? 15 - which : which]!;
      const sides = [2 * at, 2 * (at + 1) + 1, 2 * (at + columns), 2 * at + 1];
      for (const [a, b] of pairs) {
        join(found, { sides, corners, x, y, level }, a, b);
      }
    }
  }
  return found;
}

interface Square {
  readonly sides: readonly number[];
  readonly corners: readonly number[];
  readonly x: number;
  readonly y: number;
  readonly level: number;
}

function join(found: Crossings, square: Square, a: number, b: number): void {
  const one = cross(found, square, a);
  const other = cross(found, square, b);
  one.next.push(square.sides[b]!);
  other.next.push(square.sides[a]!);
}

function cross(found: Crossings, { sides, corners, x, y, level }: Square, side: number): Crossing {
  const name = sides[side]!;
  const known = found.get(name);
  if (known !== undefined) return known;
  const part = (from: number, to: number) => (level - from) / (to - from);
  const [bottomLeft, bottomRight, topRight, topLeft] = corners as [number, number, number, number];
  const place =
    side === 0
      ? { x: x + part(bottomLeft, bottomRight), y }
      : side === 1
        ? { x: x + 1, y: y + part(bottomRight, topRight) }
        : side === 2
          ? { x: x + part(topLeft, topRight), y: y + 1 }
          : { x, y: y + part(bottomLeft, topLeft) };
  const crossing = { ...place, next: [] };
  found.set(name, crossing);
  return crossing;
}

/** Open lines from their ends, then what is left: closed ones. */
function joinPieces(crossings: Crossings, { columns, rows }: Field): Float64Array[] {
  const seen = new Uint8Array(2 * columns * rows);
  const follow = (first: number): Float64Array => {
    const points: number[] = [];
    let side: number | undefined = first;
    let last = first;
    while (side !== undefined) {
      const crossing: Crossing = crossings.get(side)!;
      points.push(crossing.x, crossing.y);
      seen[side] = 1;
      last = side;
      side = crossing.next.find((each) => seen[each] === 0);
    }
    const isClosed = last !== first && crossings.get(last)!.next.includes(first) && points.length > 4;
    if (isClosed) points.push(points[0]!, points[1]!);
    return Float64Array.from(points);
  };
  const starts = [...crossings].sort((a, b) => a[1].next.length - b[1].next.length);
  return starts.flatMap(([side]) => (seen[side] === 1 ? [] : [follow(side)]));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

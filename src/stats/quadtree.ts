// The quadtree behind Barnes-Hut t-SNE: for a point of the plane it sums the repulsion of all others, taking a distant
// cell for one point at its centre of mass. Rebuilt each iteration into the same typed arrays.

// Below this depth cells are narrower than float64 can tell apart: points that deep count as one heap.
const DEEPEST = 48;

export class Quadtree {
  private readonly size: number;
  private children: Int32Array;
  private mass: Float64Array;
  private sumX: Float64Array;
  private sumY: Float64Array;
  /** Squared width of the cell, over theta². */
  private reach: Float64Array;
  /** The point in a cell of mass 1; -1 in a cell of several (or none). */
  private single: Int32Array;
  private cells = 0;
  private readonly stack = new Int32Array(4 * (DEEPEST + 2));
  /** What `repel` found last: Σ q²·(dx, dy), and Σ q, with q = 1/(1 + distance²). */
  forceX = 0;
  forceY = 0;
  total = 0;

  constructor(size: number) {
    this.size = size;
    const room = 4 * size + 64;
    this.children = new Int32Array(4 * room);
    this.mass = new Float64Array(room);
    this.sumX = new Float64Array(room);
    this.sumY = new Float64Array(room);
    this.reach = new Float64Array(room);
    this.single = new Int32Array(room);
  }

  /** Builds the tree over `plane` (x, y of each point in turn). A cell serves as one point from width/theta away. */
  build(plane: Float64Array, theta: number): void {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const value of plane) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    const half = Math.max((high - low) / 2, 1e-12) * (1 + 1e-9);
    const middle = (low + high) / 2;
    this.cells = 0;
    this.addCell(half, theta);
    for (let i = 0; i < this.size; i++) this.insert(plane, i, middle, half, theta);
  }

  private addCell(half: number, theta: number): number {
    const cell = this.cells++;
    if (cell === this.mass.length) this.grow();
    this.children.fill(0, 4 * cell, 4 * cell + 4);
    this.mass[cell] = 0;
    this.sumX[cell] = 0;
    this.sumY[cell] = 0;
    this.single[cell] = -1;
    this.reach[cell] = theta > 0 ? ((2 * half) / theta) ** 2 : Number.POSITIVE_INFINITY;
    return cell;
  }

  private insert(plane: Float64Array, point: number, middle: number, half: number, theta: number): void {
    const x = plane[2 * point]!;
    const y = plane[2 * point + 1]!;
    let cell = 0;
    let centreX = middle;
    let centreY = middle;
    let width = half;
    for (let depth = 0; ; depth++) {
      const resident = this.single[cell]!;
      this.mass[cell]!++;
      this.sumX[cell]! += x;
      this.sumY[cell]! += y;
      if (this.mass[cell] === 1) {
        this.single[cell] = point;
        return;
      }
      if (depth === DEEPEST) {
        this.single[cell] = -1;
        return;
      }
      width /= 2;
      if (resident >= 0) {
        // The cell held one point: move it down before the new one follows.
        this.single[cell] = -1;
        const rx = plane[2 * resident]!;
        const ry = plane[2 * resident + 1]!;
        const below = this.childOf(cell, (rx > centreX ? 1 : 0) + (ry > centreY ? 2 : 0), width, theta);
        this.mass[below] = 1;
        this.sumX[below] = rx;
        this.sumY[below] = ry;
        this.single[below] = resident;
      }
      const right = x > centreX;
      const down = y > centreY;
      cell = this.childOf(cell, (right ? 1 : 0) + (down ? 2 : 0), width, theta);
      centreX += right ? width : -width;
      centreY += down ? width : -width;
    }
  }

  private childOf(cell: number, quadrant: number, half: number, theta: number): number {
    const known = this.children[4 * cell + quadrant]!;
    if (known !== 0) return known;
    const child = this.addCell(half, theta);
    this.children[4 * cell + quadrant] = child;
    return child;
  }

  /** Sums the repulsion on a point into `forceX`, `forceY` and `total`. */
  repel(plane: Float64Array, point: number): void {
    const x = plane[2 * point]!;
    const y = plane[2 * point + 1]!;
    const { children, mass, sumX, sumY, reach, single, stack } = this;
    let forceX = 0;
    let forceY = 0;
    let total = 0;
    let top = 0;
    stack[top++] = 0;
    while (top > 0) {
      const cell = stack[--top]!;
      if (single[cell] === point) continue;
      const weight = mass[cell]!;
      const dx = x - sumX[cell]! / weight;
      const dy = y - sumY[cell]! / weight;
      const square = dx * dx + dy * dy;
      const first = 4 * cell;
      const leaf =
        children[first] === 0 &&
        children[first + 1] === 0 &&
        children[first + 2] === 0 &&
        children[first + 3] === 0;
      if (leaf || square > reach[cell]!) {
        // The heap that holds the point itself repels it with the others' mass only.
        const others = leaf && square === 0 && single[cell] === -1 ? weight - 1 : weight;
        const q = 1 / (1 + square);
        total += others * q;
        forceX += others * q * q * dx;
        forceY += others * q * q * dy;
        continue;
      }
      for (let c = first; c < first + 4; c++) if (children[c] !== 0) stack[top++] = children[c]!;
    }
    this.forceX = forceX;
    this.forceY = forceY;
    this.total = total;
  }

  private grow(): void {
    const longer = <T extends Float64Array | Int32Array>(old: T, made: T): T => {
      made.set(old);
      return made;
    };
    const room = 2 * this.mass.length;
    this.children = longer(this.children, new Int32Array(4 * room));
    this.mass = longer(this.mass, new Float64Array(room));
    this.sumX = longer(this.sumX, new Float64Array(room));
    this.sumY = longer(this.sumY, new Float64Array(room));
    this.reach = longer(this.reach, new Float64Array(room));
    this.single = longer(this.single, new Int32Array(room));
  }
}

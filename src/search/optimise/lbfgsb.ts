// Minimises a smooth function between bounds: limited-memory BFGS on the variables that are not held by a bound, with
// steps projected into the box (Bertsekas 1982, "Projected Newton methods", with the two-loop recursion of Nocedal 1980
// in place of the Hessian). Simpler than the subspace search of Byrd, Lu and Nocedal 1995: a box of some ten variables
// does not need it.

/** Writes the gradient at x and returns the value; NaN or Infinity where it cannot be computed: the step is made shorter. */
export type Smooth = (x: Float64Array, gradient: Float64Array) => number;

export interface BoundedProblem {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly evaluate: Smooth;
}

export interface MinimiseOptions {
  /** Evaluations of the function at most. */
  readonly evaluations: number;
  /** It has converged where no part of the projected gradient is larger. */
  readonly gradientTolerance: number;
  /** It has converged where a step makes the value smaller by no more than this. */
  readonly valueTolerance: number;
  /** Pairs of steps and changes of the gradient that are kept. */
  readonly memory?: number;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly evaluations: number;
}

/** From `start`, which is moved into the box. Its value must be finite; else the start is what comes back. */
export function minimise(problem: BoundedProblem, start: Float64Array, options: MinimiseOptions): Minimum {
  const { lower, upper, evaluate } = problem;
  const n = start.length;
  const history = new History(n, options.memory ?? 8);
  let x = new Float64Array(n);
  let next = new Float64Array(n);
  for (let i = 0; i < n; i++) x[i] = Math.min(Math.max(start[i]!, lower[i]!), upper[i]!);
  let gradient = new Float64Array(n);
  let nextGradient = new Float64Array(n);
  const direction = new Float64Array(n);
  const isHeld = new Uint8Array(n);
  let value = evaluate(x, gradient);
  let evaluations = 1;
  while (Number.isFinite(value) && evaluations < options.evaluations) {
    if (hold(x, gradient, problem, isHeld) <= options.gradientTolerance) break;
    history.direct(gradient, isHeld, direction);
    let slope = 0;
    for (let i = 0; i < n; i++) slope += direction[i]! * gradient[i]!;
    if (!(slope < 0)) {
      history.clear();
      history.direct(gradient, isHeld, direction);
      slope = 0;
      for (let i = 0; i < n; i++) slope += direction[i]! * gradient[i]!;
    }
    // Without curvature known, a first step of length 1 at most.
    let step = history.count > 0 ? 1 : Math.min(1, 1 / Math.sqrt(-slope));
    let found = Number.NaN;
    while (evaluations < options.evaluations) {
      let decrease = 0;
      let moved = 0;
      for (let i = 0; i < n; i++) {
        next[i] = Math.min(Math.max(x[i]! + step * direction[i]!, lower[i]!), upper[i]!);
        decrease += gradient[i]! * (next[i]! - x[i]!);
        moved = Math.max(moved, Math.abs(next[i]! - x[i]!));
      }
      if (moved === 0) break;
      const tried = evaluate(next, nextGradient);
      evaluations++;
      // Armijo's rule along the projected path (Bertsekas 1982, equation 12).
      if (tried <= value + 1e-4 * Math.min(decrease, 0) && decrease < 0) {
        found = tried;
        break;
      }
      step *= shorten(value, step * slope, tried);
    }
    if (Number.isNaN(found)) {
      if (history.count === 0) break;
      history.clear();
      continue;
    }
    history.add(x, next, gradient, nextGradient);
    const gain = value - found;
    [x, next] = [next, x];
    [gradient, nextGradient] = [nextGradient, gradient];
    value = found;
    if (gain <= options.valueTolerance) break;
  }
  return { x, value, evaluations };
}

/** The factor for a step that was too long: the minimum of a parabola through what is known, within limits. */
function shorten(value: number, slope: number, tried: number): number {
  const parabola = -slope / (2 * (tried - value - slope));
  return Number.isFinite(parabola) ? Math.min(Math.max(parabola, 0.1), 0.5) : 0.1;
}

/** Marks variables at a bound that the gradient pushes against; the largest part of the gradient of the others. */
function hold(x: Float64Array, gradient: Float64Array, box: BoundedProblem, isHeld: Uint8Array): number {
  let largest = 0;
  for (let i = 0; i < x.length; i++) {
    const g = gradient[i]!;
    isHeld[i] = (x[i]! <= box.lower[i]! && g >= 0) || (x[i]! >= box.upper[i]! && g <= 0) ? 1 : 0;
    if (isHeld[i] === 0) largest = Math.max(largest, Math.abs(g));
  }
  return largest;
}

/** The last steps and changes of the gradient, and the direction of descent that they give. */
class History {
  count = 0;
  readonly #steps: Float64Array[];
  readonly #changes: Float64Array[];
  readonly #weights: Float64Array;
  #newest = -1;

  constructor(n: number, memory: number) {
    this.#steps = Array.from({ length: memory }, () => new Float64Array(n));
    this.#changes = Array.from({ length: memory }, () => new Float64Array(n));
    this.#weights = new Float64Array(memory);
  }

  clear(): void {
    this.count = 0;
  }

  /** Skipped where the curvature along the step is not clearly positive, which the approximation could not hold. */
  add(from: Float64Array, to: Float64Array, before: Float64Array, after: Float64Array): void {
    const at = (this.#newest + 1) % this.#steps.length;
    const step = this.#steps[at]!;
    const change = this.#changes[at]!;
    let curvature = 0;
    let size = 0;
    for (let i = 0; i < from.length; i++) {
      step[i] = to[i]! - from[i]!;
      change[i] = after[i]! - before[i]!;
      curvature += step[i]! * change[i]!;
      size += change[i]! * change[i]!;
    }
    if (!(curvature > 1e-10 * size)) {
      // What stood in this place is gone: the oldest pair, if all places were taken.
      this.count = Math.min(this.count, this.#steps.length - 1);
      return;
    }
    this.#newest = at;
    this.count = Math.min(this.count + 1, this.#steps.length);
  }

  /** Writes −H g, with H of the free variables alone; 0 for those that are held. */
  direct(gradient: Float64Array, isHeld: Uint8Array, direction: Float64Array): void {
    const n = gradient.length;
    const places = this.#steps.length;
    for (let i = 0; i < n; i++) direction[i] = isHeld[i] === 1 ? 0 : -gradient[i]!;
    let scale = 0;
    for (let k = 0; k < this.count; k++) {
      const at = (this.#newest - k + places) % places;
      const { curvature, along, size } = this.#products(at, isHeld, direction);
      this.#weights[at] = curvature > 0 ? along / curvature : 0;
      if (scale === 0 && curvature > 0) scale = curvature / size;
      const change = this.#changes[at]!;
      for (let i = 0; i < n; i++)
        if (isHeld[i] === 0) direction[i] = direction[i]! - this.#weights[at]! * change[i]!;
    }
    if (scale > 0) for (let i = 0; i < n; i++) direction[i] = direction[i]! * scale;
    for (let k = this.count - 1; k >= 0; k--) {
      const at = (this.#newest - k + places) % places;
      const step = this.#steps[at]!;
      const change = this.#changes[at]!;
      let curvature = 0;
      let across = 0;
      for (let i = 0; i < n; i++) {
        if (isHeld[i] === 1) continue;
        curvature += step[i]! * change[i]!;
        across += change[i]! * direction[i]!;
      }
      if (!(curvature > 0)) continue;
      const weight = this.#weights[at]! - across / curvature;
      for (let i = 0; i < n; i++) if (isHeld[i] === 0) direction[i] = direction[i]! + weight * step[i]!;
    }
  }

  #products(at: number, isHeld: Uint8Array, direction: Float64Array) {
    const step = this.#steps[at]!;
    const change = this.#changes[at]!;
    let curvature = 0;
    let along = 0;
    let size = 0;
    for (let i = 0; i < step.length; i++) {
      if (isHeld[i] === 1) continue;
      curvature += step[i]! * change[i]!;
      along += step[i]! * direction[i]!;
      size += change[i]! * change[i]!;
    }
    return { curvature, along, size };
  }
}

// Pareto fronts: front 1 is what nothing beats in all objectives, front 2 what only front 1 beats, and so on. All
// objectives are minimised here; who maximises hands in the negative.

/**
 * The front of each point, from 1: points in lexicographic order, each put with a binary search into the first front that
 * does not beat it (Jensen 2003; ENS-BS, Zhang et al. 2015). Of a front only those members are held that no other beats in
 * the objectives after the first: whoever is beaten by one that was let go is beaten by what it was let go for. With two
 * objectives that is one member, with three a staircase to search, so that n points take O(n log² n); with more it is a
 * list, mostly far shorter than the front.
 */
export function findFronts(objectives: readonly Float64Array[]): Uint32Array {
  const count = objectives[0]?.length ?? 0;
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => {
    for (const values of objectives) if (values[a] !== values[b]) return values[a]! - values[b]!;
    return a - b;
  });
  const fronts = new Uint32Array(count);
  // Whoever comes later in this order never dominates whoever came before, and equal points stand together.
  const rest = objectives.slice(1);
  const createFront = rest.length === 2 ? () => new Staircase() : () => new Minima(rest.length);
  const all: Front[] = [];
  const point = new Float64Array(rest.length);
  let before = -1;
  for (const i of order) {
    if (before >= 0 && objectives.every((values) => values[before] === values[i])) {
      fronts[i] = fronts[before]!;
    } else {
      for (let k = 0; k < point.length; k++) point[k] = rest[k]![i]!;
      let [low, high] = [0, all.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (all[middle]!.beats(point)) low = middle + 1;
        else high = middle;
      }
      if (low === all.length) all.push(createFront());
      all[low]!.add(point);
      fronts[i] = low + 1;
    }
    before = i;
  }
  return fronts;
}

/** The objectives after the first, of the members that count. */
interface Front {
  /** Whether some member is nowhere greater. */
  beats(point: Float64Array): boolean;
  /** A point that it does not beat. */
  add(point: Float64Array): void;
}

/** Two values: the greater the first, the less the second. */
class Staircase implements Front {
  readonly #xs: number[] = [];
  readonly #ys: number[] = [];

  /** Steps with a first value of at most that. */
  #upTo(x: number): number {
    let [low, high] = [0, this.#xs.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#xs[middle]! <= x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  beats(point: Float64Array): boolean {
    const steps = this.#upTo(point[0]!);
    return steps > 0 && this.#ys[steps - 1]! <= point[1]!;
  }

  add([x, y]: Float64Array): void {
    const steps = this.#upTo(x!);
    const from = steps > 0 && this.#xs[steps - 1] === x ? steps - 1 : steps;
    let to = from;
    while (to < this.#ys.length && this.#ys[to]! >= y!) to++;
    this.#xs.splice(from, to - from, x!);
    this.#ys.splice(from, to - from, y!);
  }
}

/** Any number of values, one member after the other. */
class Minima implements Front {
  #values = new Float64Array(16);
  #count = 0;

  constructor(private readonly width: number) {}

  beats(point: Float64Array): boolean {
    const { width } = this;
    // The newest is the likeliest: it is the nearest in the first objective.
    for (let m = this.#count - 1; m >= 0; m--) {
      let k = 0;
      while (k < width && this.#values[m * width + k]! <= point[k]!) k++;
      if (k === width) return true;
    }
    return false;
  }

  add(point: Float64Array): void {
    const { width } = this;
    let kept = 0;
    for (let m = 0; m < this.#count; m++) {
      let k = 0;
      while (k < width && point[k]! <= this.#values[m * width + k]!) k++;
      if (k === width) continue;
      if (kept < m) this.#values.copyWithin(kept * width, m * width, (m + 1) * width);
      kept++;
    }
    const end = (kept + 1) * width;
    if (end > this.#values.length) {
      const wider = new Float64Array(Math.max(end, this.#values.length * 2));
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values.set(point, kept * width);
    this.#count = kept + 1;
  }
}

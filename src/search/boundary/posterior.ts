// Where along an axis the answers to a yes-or-no question turn, when some answers are wrong: what is believed of the
// threshold after them, and where to ask next (probabilistic bisection: Horstein 1963; Waeber, Frazier, Henderson 2013).
// The prior is even between the ends, so that the posterior is even between the values asked: no grid is needed.

/** The answers turn at a value from one end to the other; which way, or whether at all, nobody knows before. */
export interface Boundary {
  readonly from: number;
  readonly to: number;
  /** The chance of a wrong answer, above 0 and below 1/2; `auto`: it is learnt as well. */
  readonly noise: number | 'auto';
}

export interface ThresholdInterval {
  /** The median; -Infinity or Infinity where it lies below `from`, or above `to`. */
  readonly threshold: number;
  /** 95 of 100 such intervals hold the threshold. Infinite: it may lie below `from`, or above `to`. */
  readonly low: number;
  readonly high: number;
  /** Whether answers are yes below the threshold, as far as is known. */
  readonly isTrueBelow: boolean;
}

/** The prior chance that all answers are yes, or all no: each. */
const OUTSIDE = 0.05;
/** What `auto` reckons with, each as likely as the others before. */
const RATES = [0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4];
const LEVEL = 0.95;

/** Chances under one rate of errors; together with those of the other rates they add up to 1. */
interface Belief {
  readonly rate: number;
  allTrue: number;
  allFalse: number;
  /** Between the values asked: where answers are yes below the threshold, and where they are yes above. */
  readonly falling: number[];
  readonly rising: number[];
}

export class ThresholdPosterior {
  /** Both ends, and the values asked between them, in ascending order. */
  readonly #edges: number[];
  readonly #beliefs: Belief[];

  constructor({ from, to, noise }: Boundary) {
    this.#edges = [from, to];
    const rates = noise === 'auto' ? RATES : [noise];
    const share = 1 / rates.length;
    this.#beliefs = rates.map((rate) => ({
      rate,
      allTrue: OUTSIDE * share,
      allFalse: OUTSIDE * share,
      falling: [(0.5 - OUTSIDE) * share],
      rising: [(0.5 - OUTSIDE) * share],
    }));
  }

  /** Learns an answer at a value between the ends. Their order does not count. */
  add(value: number, answer: boolean): void {
    const at = this.#cut(value);
    let total = 0;
    for (const belief of this.#beliefs) {
      const [right, wrong] = [1 - belief.rate, belief.rate];
      // The chance of the answer where the truth is yes, and where it is no.
      const [ifTrue, ifFalse] = answer ? [right, wrong] : [wrong, right];
      belief.allTrue *= ifTrue;
      belief.allFalse *= ifFalse;
      for (let i = 0; i < belief.falling.length; i++) {
        const isAbove = i >= at;
        belief.falling[i]! *= isAbove ? ifTrue : ifFalse;
        belief.rising[i]! *= isAbove ? ifFalse : ifTrue;
        total += belief.falling[i]! + belief.rising[i]!;
      }
      total += belief.allTrue + belief.allFalse;
    }
    for (const belief of this.#beliefs) {
      belief.allTrue /= total;
      belief.allFalse /= total;
      for (let i = 0; i < belief.falling.length; i++) {
        belief.falling[i]! /= total;
        belief.rising[i]! /= total;
      }
    }
  }

  /** Where the answer is the least certain: at the median of the threshold, once it is known which way answers turn. */
  next(): number {
    const edges = this.#edges;
    // What is to be expected of an answer at each edge, less one half: straight lines between.
    let at = this.#surplusAtStart();
    let nearest = { value: edges[0]!, surplus: Math.abs(at) };
    for (let i = 0; i + 1 < edges.length; i++) {
      const after = at + this.#slope(i);
      if (at !== after && at * after <= 0) {
        const part = at / (at - after);
        return Math.min(edges[i]! + part * (edges[i + 1]! - edges[i]!), edges[i + 1]!);
      }
      if (Math.abs(after) < nearest.surplus) nearest = { value: edges[i + 1]!, surplus: Math.abs(after) };
      at = after;
    }
    return nearest.value;
  }

  interval(): ThresholdInterval {
    const falling = this.#sum((belief) => sumOf(belief.falling));
    const rising = this.#sum((belief) => sumOf(belief.rising));
    const isTrueBelow = falling >= rising;
    const pieces = this.#edges
      .slice(1)
      .map((_, i) => this.#sum((belief) => (isTrueBelow ? belief.falling : belief.rising)[i]!));
    const allTrue = this.#sum((belief) => belief.allTrue);
    const allFalse = this.#sum((belief) => belief.allFalse);
    const [below, above] = isTrueBelow ? [allFalse, allTrue] : [allTrue, allFalse];
    const quantile = (p: number) => this.#quantile(pieces, below, p * (below + sumOf(pieces) + above));
    return {
      threshold: quantile(0.5),
      low: quantile((1 - LEVEL) / 2),
      high: quantile((1 + LEVEL) / 2),
      isTrueBelow,
    };
  }

  /** Whether the interval is no wider, or the threshold lies outside for almost certain. */
  isKnownTo(tolerance: number): boolean {
    const { threshold, low, high } = this.interval();
    return Number.isFinite(threshold) ? high - low <= tolerance : low === high;
  }

  #quantile(pieces: readonly number[], below: number, mass: number): number {
    let left = mass - below;
    if (left < 0) return Number.NEGATIVE_INFINITY;
    for (let i = 0; i < pieces.length; i++) {
      const piece = pieces[i]!;
      const [low, high] = [this.#edges[i]!, this.#edges[i + 1]!];
      if (left <= piece && piece > 0) return Math.min(low + (left / piece) * (high - low), high);
      left -= piece;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Makes a value an edge; the number of pieces below it. */
  #cut(value: number): number {
    const edges = this.#edges;
    let at = 0;
    while (at + 1 < edges.length && edges[at]! < value) at++;
    if (edges[at] === value || value >= edges.at(-1)!) return edges[at] === value ? at : edges.length - 1;
    if (at === 0) return 0;
    const part = (value - edges[at - 1]!) / (edges[at]! - edges[at - 1]!);
    edges.splice(at, 0, value);
    for (const { falling, rising } of this.#beliefs)
      for (const pieces of [falling, rising]) {
        const piece = pieces[at - 1]!;
        pieces.splice(at - 1, 1, piece * part, piece * (1 - part));
      }
    return at;
  }

  #surplusAtStart(): number {
    // Below all thresholds: yes where answers fall, no where they rise.
    return this.#sum((belief) => {
      const yes = belief.allTrue + sumOf(belief.falling);
      const no = belief.allFalse + sumOf(belief.rising);
      return (yes - no) * (0.5 - belief.rate);
    });
  }

  /** How the surplus changes across piece i. */
  #slope(i: number): number {
    return this.#sum(({ rate, falling, rising }) => 2 * (rising[i]! - falling[i]!) * (0.5 - rate));
  }

  #sum(of: (belief: Belief) => number): number {
    let sum = 0;
    for (const belief of this.#beliefs) sum += of(belief);
    return sum;
  }
}

function sumOf(numbers: readonly number[]): number {
  let sum = 0;
  for (const each of numbers) sum += each;
  return sum;
}

// A random forest (Breiman 2001) over binned parameters: groups of trees, each group on a bootstrap sample of the
// configurations, so that what differs between groups is what chance does. Leaves are kept as boxes of bins, from which
// the effects of parameters follow exactly (Hutter, Hoos and Leyton-Brown 2014).
import type { Random } from '../ground/random.js';
import { weightedVariance } from './variance.js';

export interface Training {
  readonly bins: readonly Uint32Array[];
  readonly sizes: readonly number[];
  readonly y: Float64Array;
}

/** Boxes of bins, [from, to) by parameter, and the mean in each. */
interface Leaves {
  readonly values: number[];
  /** By leaf and parameter: from, to. */
  readonly bounds: number[];
}

export interface Forest {
  readonly groups: readonly Leaves[];
  /** Trees of a group. */
  readonly trees: number;
  /** Share of the variance of configurations that trees have not seen which they predict; below 0 is worse than the mean. */
  readonly fit: number;
  /** How much each parameter's cuts have explained. */
  readonly gains: Float64Array;
}

const GROUPS = 12;
const TREES = 3;
/** Fewer configurations are not cut any more. */
const LEAST_CUT = 5;

export function growForest(training: Training, random: Random): Forest {
  const { y, bins } = training;
  const count = y.length;
  const sums = new Float64Array(count);
  const times = new Uint32Array(count);
  const gains = new Float64Array(bins.length);
  const groups = Array.from({ length: GROUPS }, () => {
    const seen = Uint32Array.from({ length: count }, () => random.below(count));
    const isSeen = new Uint8Array(count);
    for (const i of seen) isSeen[i] = 1;
    const unseen = Uint32Array.from({ length: count }, (_, i) => i).filter((i) => isSeen[i] === 0);
    const leaves: Leaves = { values: [], bounds: [] };
    const visit = (value: number, i: number) => {
      sums[i]! += value;
      times[i]!++;
    };
    for (let tree = 0; tree < TREES; tree++)
      new Tree(training, { random, gains, leaves, visit }).grow(seen.slice(), unseen.slice());
    return leaves;
  });
  return { groups, trees: TREES, gains, fit: measureFit(y, sums, times) };
}

function measureFit(y: Float64Array, sums: Float64Array, times: Uint32Array): number {
  const even = new Float64Array(y.length).fill(1 / y.length);
  const variance = weightedVariance(y, even);
  let [error, count] = [0, 0];
  for (let i = 0; i < y.length; i++) {
    if (times[i] === 0) continue;
    error += (y[i]! - sums[i]! / times[i]!) ** 2;
    count++;
  }
  return count === 0 || variance === 0 ? 0 : 1 - error / count / variance;
}

interface Growing {
  readonly random: Random;
  readonly gains: Float64Array;
  readonly leaves: Leaves;
  /** Told of each configuration that was not seen, and what the tree says of it. */
  readonly visit: (value: number, i: number) => void;
}

interface Node {
  readonly from: number;
  readonly to: number;
  readonly unseenFrom: number;
  readonly unseenTo: number;
  readonly bounds: Uint16Array;
}

interface Cut {
  readonly param: number;
  /** The first bin of the right part. */
  readonly at: number;
  readonly gain: number;
}

class Tree {
  readonly #order: Uint32Array;
  readonly #counts: Float64Array;
  readonly #sums: Float64Array;

  constructor(
    private readonly training: Training,
    private readonly growing: Growing,
  ) {
    const { sizes } = training;
    this.#order = Uint32Array.from(sizes, (_, i) => i);
    this.#counts = new Float64Array(Math.max(...sizes));
    this.#sums = new Float64Array(this.#counts.length);
  }

  grow(seen: Uint32Array, unseen: Uint32Array): void {
    const { sizes } = this.training;
    const bounds = Uint16Array.from(sizes.flatMap((size) => [0, size]));
    const open: Node[] = [{ from: 0, to: seen.length, unseenFrom: 0, unseenTo: unseen.length, bounds }];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      const cut = node.to - node.from < LEAST_CUT ? undefined : this.#findCut(seen, node);
      if (cut === undefined) {
        this.#close(seen, unseen, node);
        continue;
      }
      const { param, at, gain } = cut;
      this.growing.gains[param]! += gain;
      const of = this.training.bins[param]!;
      const middle = part(seen, node.from, node.to, (i) => of[i]! < at);
      const unseenMiddle = part(unseen, node.unseenFrom, node.unseenTo, (i) => of[i]! < at);
      const [left, right] = [node.bounds.slice(), node.bounds.slice()];
      left[param * 2 + 1] = at;
      right[param * 2] = at;
      open.push(
        { from: node.from, to: middle, unseenFrom: node.unseenFrom, unseenTo: unseenMiddle, bounds: left },
        { from: middle, to: node.to, unseenFrom: unseenMiddle, unseenTo: node.unseenTo, bounds: right },
      );
    }
  }

  #close(seen: Uint32Array, unseen: Uint32Array, { from, to, unseenFrom, unseenTo, bounds }: Node): void {
    const { y } = this.training;
    let sum = 0;
    for (let k = from; k < to; k++) sum += y[seen[k]!]!;
    const value = sum / (to - from);
    const { leaves, visit } = this.growing;
    leaves.values.push(value);
    for (const bound of bounds) leaves.bounds.push(bound);
    for (let k = unseenFrom; k < unseenTo; k++) visit(value, unseen[k]!);
  }

  /** The best cut of some of the parameters, drawn anew each time; of all where those drawn cannot be cut. */
  #findCut(seen: Uint32Array, node: Node): Cut | undefined {
    const { random } = this.growing;
    const order = random.shuffle(this.#order);
    const drawn = Math.max(1, Math.ceil((order.length * 2) / 3));
    let best: Cut | undefined;
    for (let k = 0; k < order.length; k++) {
      if (k >= drawn && best !== undefined) break;
      const cut = this.#cutOf(order[k]!, seen, node);
      if (cut !== undefined && (best === undefined || cut.gain > best.gain)) best = cut;
    }
    return best;
  }

  /** Where a parameter is cut so that the squares about the means of both parts are least. */
  #cutOf(param: number, seen: Uint32Array, { from, to, bounds }: Node): Cut | undefined {
    const [low, high] = [bounds[param * 2]!, bounds[param * 2 + 1]!];
    if (high - low < 2) return undefined;
    const { bins, y } = this.training;
    const of = bins[param]!;
    const counts = this.#counts.fill(0, low, high);
    const sums = this.#sums.fill(0, low, high);
    let total = 0;
    for (let k = from; k < to; k++) {
      const i = seen[k]!;
      const bin = of[i]!;
      counts[bin]!++;
      sums[bin]! += y[i]!;
      total += y[i]!;
    }
    const all = to - from;
    const whole = (total * total) / all;
    let best: Cut | undefined;
    let [left, sum] = [0, 0];
    for (let bin = low; bin < high - 1; bin++) {
      left += counts[bin]!;
      sum += sums[bin]!;
      if (counts[bin] === 0 || left === all) continue;
      const gain = (sum * sum) / left + (total - sum) ** 2 / (all - left) - whole;
      if (gain > whole * 1e-12 && gain > (best?.gain ?? 0)) best = { param, at: bin + 1, gain };
    }
    return best;
  }
}

/** Moves those of [from, to) that go left to the front; where the others begin. */
function part(items: Uint32Array, from: number, to: number, goesLeft: (item: number) => boolean): number {
  let middle = from;
  for (let k = from; k < to; k++) {
    const item = items[k]!;
    if (!goesLeft(item)) continue;
    items[k] = items[middle]!;
    items[middle++] = item;
  }
  return middle;
}

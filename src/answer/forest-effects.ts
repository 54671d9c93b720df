// The effects of parameters on what a forest predicts, where each parameter takes its bins as often as it is told (as in
// the space that was searched; else as the configurations do) and whatever the others are: exact sums over the boxes of
// its leaves, by differences at their corners.
import type { Forest, Training } from './forest.js';
import { type Effects, pairsOf, weightedVariance } from './variance.js';

/** Of more parameters, pairs are looked at among those whose cuts explain most. */
const MOST_PAIRED = 12;

/** Means by bin of each parameter and pair, times the number of trees. */
class Tables {
  readonly main: Float64Array[];
  readonly pairs: Float64Array[];

  constructor(
    sizes: readonly number[],
    private readonly paired: readonly (readonly [number, number])[],
  ) {
    this.main = sizes.map((size) => new Float64Array(size + 1));
    this.pairs = paired.map(([a, b]) => new Float64Array((sizes[a]! + 1) * (sizes[b]! + 1)));
  }

  clear(): void {
    for (const table of [...this.main, ...this.pairs]) table.fill(0);
  }

  add({ main, pairs }: Tables): void {
    const sum = (into: Float64Array[], from: Float64Array[]) => {
      into.forEach((table, t) => {
        for (let i = 0; i < table.length; i++) table[i]! += from[t]![i]!;
      });
    };
    sum(this.main, main);
    sum(this.pairs, pairs);
  }

  /** A leaf's part, by the share of each parameter's bins that its box holds. */
  addLeaf(value: number, bounds: ArrayLike<number>, masses: Float64Array, sizes: readonly number[]): void {
    let volume = 1;
    for (const mass of masses) volume *= mass;
    const part = value * volume;
    for (let p = 0; p < sizes.length; p++) {
      const table = this.main[p]!;
      table[bounds[p * 2]!]! += part / masses[p]!;
      table[bounds[p * 2 + 1]!]! -= part / masses[p]!;
    }
    this.paired.forEach(([a, b], at) => {
      const table = this.pairs[at]!;
      const wide = sizes[b]! + 1;
      const here = part / (masses[a]! * masses[b]!);
      const [top, bottom] = [bounds[a * 2]! * wide, bounds[a * 2 + 1]! * wide];
      const [left, right] = [bounds[b * 2]!, bounds[b * 2 + 1]!];
      table[top + left]! += here;
      table[top + right]! -= here;
      table[bottom + left]! -= here;
      table[bottom + right]! += here;
    });
  }
}

/**
 * Effects of the whole forest, and of each of its groups alone. `total` is what the parts add up to. `weights`: by
 * parameter, how often it takes each bin; all above 0, and 1 together.
 */
export function forestEffects(
  { groups, gains }: Pick<Forest, 'groups' | 'gains'>,
  { sizes }: Pick<Training, 'sizes'>,
  weights: readonly Float64Array[],
): { readonly all: Effects; readonly groups: readonly Effects[] } {
  const passed = weights.map((of) => {
    const sums = new Float64Array(of.length + 1);
    of.forEach((weight, bin) => {
      sums[bin + 1] = sums[bin]! + weight;
    });
    return sums;
  });
  const isPaired = new Set(
    [...gains.keys()].sort((a, b) => gains[b]! - gains[a]! || a - b).slice(0, MOST_PAIRED),
  );
  const paired = pairsOf(sizes.length).filter(([a, b]) => isPaired.has(a) && isPaired.has(b));
  const whole = new Tables(sizes, paired);
  const tables = new Tables(sizes, paired);
  const masses = new Float64Array(sizes.length);
  const each = groups.map(({ values, bounds }) => {
    tables.clear();
    values.forEach((value, leaf) => {
      const box = bounds.slice(leaf * sizes.length * 2, (leaf + 1) * sizes.length * 2);
      for (let p = 0; p < sizes.length; p++)
        masses[p] = passed[p]![box[p * 2 + 1]!]! - passed[p]![box[p * 2]!]!;
      tables.addLeaf(value, box, masses, sizes);
    });
    whole.add(tables);
    return effectsOf(tables, { sizes, weights, paired });
  });
  return { all: effectsOf(whole, { sizes, weights, paired }), groups: each };
}

interface Measure {
  readonly sizes: readonly number[];
  readonly weights: readonly Float64Array[];
  readonly paired: readonly (readonly [number, number])[];
}

function effectsOf({ main: mains, pairs: tables }: Tables, { sizes, weights, paired }: Measure): Effects {
  const main = mains.map((table, p) => weightedVariance(sumUp(table).subarray(0, sizes[p]), weights[p]!));
  const partOf = new Map(
    paired.map(([a, b], at) => {
      const [high, wide] = [sizes[a]!, sizes[b]!];
      const means = sumUpTwice(tables[at]!, wide + 1);
      const values = new Float64Array(high * wide);
      const joint = new Float64Array(high * wide);
      for (let i = 0; i < high; i++) {
        for (let j = 0; j < wide; j++) {
          values[i * wide + j] = means[i * (wide + 1) + j]!;
          joint[i * wide + j] = weights[a]![i]! * weights[b]![j]!;
        }
      }
      return [`${a},${b}`, weightedVariance(values, joint) - main[a]! - main[b]!] as const;
    }),
  );
  const pairs = pairsOf(sizes.length).map(([a, b]) => Math.max(0, partOf.get(`${a},${b}`) ?? 0));
  const total = [...main, ...pairs].reduce((sum, part) => sum + part, 0);
  return { total, main, pairs };
}

/** Differences back to values. */
function sumUp(table: Float64Array): Float64Array {
  const values = table.slice();
  for (let i = 1; i < values.length; i++) values[i]! += values[i - 1]!;
  return values;
}

function sumUpTwice(table: Float64Array, wide: number): Float64Array {
  const values = table.slice();
  for (let i = 0; i < values.length; i++) if (i % wide > 0) values[i]! += values[i - 1]!;
  for (let i = wide; i < values.length; i++) values[i]! += values[i - wide]!;
  return values;
}

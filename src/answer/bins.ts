// Configurations as a table of small whole numbers, one column a parameter, for the sums and trees that find which
// parameter matters: each value its own bin where there are few, bins of equally many otherwise (so that it makes no
// difference whether an axis is linear or logarithmic), and one bin for where the parameter does not exist.
import type { AxisColumn } from './columns.js';
import type { Configurations } from './configurations.js';

export interface Binned {
  /** A parameter, or several that always move together: `a+b`. */
  readonly names: readonly string[];
  /** By parameter, the bin of each configuration. */
  readonly bins: readonly Uint32Array[];
  /** By parameter. */
  readonly sizes: readonly number[];
}

/** What is to be explained, and at most how many bins a parameter gets. */
export interface Binning {
  readonly rows: Uint32Array;
  /** By row; words are put in its order. */
  readonly y: Float64Array;
  readonly most: number;
  /** True where only bins of one value each are of use. */
  readonly isExact?: true;
}

/** Bins of the parameters that vary among the rows; undefined where they cannot be exact, and were asked to be. */
export function binConfigurations(of: Configurations, binning: Binning): Binned | undefined {
  const names: string[] = [];
  const bins: Uint32Array[] = [];
  const sizes: number[] = [];
  for (const axis of of.axes) {
    const column = binAxis(axis, binning);
    if (column === undefined) return undefined;
    if (column.size < 2) continue;
    // Values that are all different follow from one another by themselves.
    const twin = bins.findIndex(
      (other, i) =>
        sizes[i] === column.size && column.size * 2 <= binning.y.length && movesWith(other, column.bins),
    );
    if (twin >= 0) {
      names[twin] += `+${axis.name}`;
      continue;
    }
    names.push(axis.name);
    bins.push(column.bins);
    sizes.push(column.size);
  }
  return { names, bins, sizes };
}

interface Column {
  readonly bins: Uint32Array;
  readonly size: number;
}

function binAxis(axis: AxisColumn, { rows, y, most, isExact }: Binning): Column | undefined {
  const codes = Float64Array.from(rows, (row) => axis.codes.get(row));
  // NaN, no value, is sorted last by the engine: its bin is the last.
  const sorted = codes.slice().sort();
  const distinct = sorted.filter((code, i) => i === 0 || !Object.is(code, sorted[i - 1]));
  const hasFew = distinct.length <= most;
  if (isExact && !hasFew) return undefined;
  const binOf = hasFew
    ? exactBins(axis.isNumeric ? distinct : orderByMean(distinct, codes, y))
    : axis.isNumeric
      ? quantileBins(sorted, most)
      : commonBins(orderByMean(distinct, codes, y), codes, most);
  const raw = Uint32Array.from(codes, binOf);
  return closeGaps(raw);
}

type BinOf = (code: number) => number;

function exactBins(values: Float64Array): BinOf {
  const bins = new Map([...values].map((value, bin) => [value, bin]));
  return (code) => bins.get(code)!;
}

/** Edges at quantiles. No value has the last bin. */
function quantileBins(sorted: Float64Array, most: number): BinOf {
  const present = sorted.filter((code) => !Number.isNaN(code));
  const edges = Array.from({ length: most - 1 }, (_, i) => {
    return present[Math.floor(((i + 1) * present.length) / most)]!;
  });
  return (code) => {
    if (Number.isNaN(code)) return most;
    let [low, high] = [0, edges.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (edges[middle]! <= code) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Of many words, neighbours by their mean share a bin, equally many configurations each. */
function commonBins(ordered: Float64Array, codes: Float64Array, most: number): BinOf {
  const counts = new Map<number, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  const bins = new Map<number, number>();
  let passed = 0;
  for (const value of ordered) {
    bins.set(value, Math.floor((passed * most) / codes.length));
    passed += counts.get(value)!;
  }
  return (code) => bins.get(code)!;
}

/** Words have no order of their own; that of their means lets a tree cut them as it cuts numbers (Breiman 1984). */
function orderByMean(distinct: Float64Array, codes: Float64Array, y: Float64Array): Float64Array {
  const sums = new Map<number, { sum: number; count: number }>();
  codes.forEach((code, i) => {
    const found = sums.get(code) ?? { sum: 0, count: 0 };
    sums.set(code, { sum: found.sum + y[i]!, count: found.count + 1 });
  });
  const mean = (code: number) => sums.get(code)!.sum / sums.get(code)!.count;
  return distinct.slice().sort((a, b) => mean(a) - mean(b));
}

/** Bins that nobody is in go. */
function closeGaps(raw: Uint32Array): { bins: Uint32Array; size: number } {
  const isUsed = new Uint8Array(countBins(raw));
  for (const bin of raw) isUsed[bin] = 1;
  const next = new Uint32Array(isUsed.length);
  let size = 0;
  for (let bin = 0; bin < isUsed.length; bin++) if (isUsed[bin] === 1) next[bin] = size++;
  return { bins: raw.map((bin) => next[bin]!), size };
}

function countBins(bins: Uint32Array): number {
  let most = -1;
  for (const bin of bins) if (bin > most) most = bin;
  return most + 1;
}

/** Whether one follows from the other, and the other way round; both have equally many bins. */
function movesWith(a: Uint32Array, b: Uint32Array): boolean {
  const size = countBins(a);
  const bOf = new Int32Array(size).fill(-1);
  const aOf = new Int32Array(size).fill(-1);
  for (let i = 0; i < a.length; i++) {
    const [here, there] = [a[i]!, b[i]!];
    if (bOf[here] === -1) bOf[here] = there;
    if (aOf[there] === -1) aOf[there] = here;
    if (bOf[here] !== there || aOf[there] !== here) return false;
  }
  return true;
}

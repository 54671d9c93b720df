// Configurations as a table of small whole numbers, one column a parameter, for the sums and trees that find which
// parameter matters: each value its own bin where there are few, bins of equally many otherwise (so that it makes no
// difference whether an axis is linear or logarithmic), and one bin for where the parameter does not exist.
import type { Point, Value } from '../space/types.js';
import type { AxisColumn } from './columns.js';
import type { Configurations } from './configurations.js';

export interface Binned {
  /** A parameter, or several that always move together: `a+b`. */
  readonly names: readonly string[];
  /** By parameter, the bin of each configuration. */
  readonly bins: readonly Uint32Array[];
  /** By parameter. */
  readonly sizes: readonly number[];
  /** By parameter, the bin of where it does not exist; −1: it exists everywhere. */
  readonly absent: readonly number[];
  /** By parameter, the bin of a point; −1 for words that no configuration has. */
  readonly binOf: readonly ((point: Point) => number)[];
}

/** What is to be explained, and at most how many bins a parameter gets. */
export interface Binning {
  readonly rows: Uint32Array;
  /** By row; words are put in its order. */
  readonly y: Float64Array;
  readonly most: number;
  /** True where only bins of one value each are of use. */
  readonly isExact?: true;
  /** Other points that the bins are to tell apart as well: half of the edges are at their quantiles. */
  readonly points?: readonly Point[];
}

/** Bins of the parameters that vary among the rows; undefined where they cannot be exact, and were asked to be. */
export function binConfigurations(of: Configurations, binning: Binning): Binned | undefined {
  const columns: (Column & { name: string; readonly axis: AxisColumn })[] = [];
  for (const axis of of.axes) {
    const column = binAxis(axis, binning);
    if (column === undefined) return undefined;
    if (column.size < 2) continue;
    // Values that are all different follow from one another by themselves.
    const twin = columns.find(
      ({ bins, size }) =>
        size === column.size && column.size * 2 <= binning.y.length && movesWith(bins, column.bins),
    );
    if (twin === undefined) columns.push({ ...column, name: axis.name, axis });
    else twin.name += `+${axis.name}`;
  }
  return {
    names: columns.map(({ name }) => name),
    bins: columns.map(({ bins }) => bins),
    sizes: columns.map(({ size }) => size),
    absent: columns.map(({ axis, binOf }) =>
      binning.rows.some((row) => Number.isNaN(axis.codes.get(row))) ? binOf(Number.NaN) : -1,
    ),
    binOf: columns.map(
      ({ axis, binOf }) =>
        (point) =>
          binOf(axis.codeOf(point[axis.name])),
    ),
  };
}

type BinOf = (code: number) => number;

interface Column {
  readonly bins: Uint32Array;
  readonly size: number;
  readonly binOf: BinOf;
}

function binAxis(axis: AxisColumn, { rows, y, most, isExact, points = [] }: Binning): Column | undefined {
  const codes = Float64Array.from(rows, (row) => axis.codes.get(row));
  // NaN, no value, is sorted last by the engine: its bin is the last.
  const sorted = codes.slice().sort();
  const distinct = sorted.filter((code, i) => i === 0 || !Object.is(code, sorted[i - 1]));
  const hasFew = distinct.length <= most;
  if (isExact && !hasFew) return undefined;
  const binOf = axis.isNumeric
    ? hasFew
      ? nearestBins(distinct)
      : quantileBins(withPoints(codes, axis, points), most)
    : hasFew
      ? exactBins(orderByMean(distinct, codes, y))
      : commonBins(orderByMean(distinct, codes, y), codes, most);
  return closeGaps(codes, binOf);
}

/** Sorted codes of the rows and, as many at most, of other points. */
function withPoints(codes: Float64Array, axis: AxisColumn, points: readonly Point[]): Float64Array {
  const others = points.slice(0, codes.length).map((point) => axis.codeOf(point[axis.name] as Value));
  return Float64Array.from([...codes, ...others]).sort();
}

function exactBins(values: Float64Array): BinOf {
  const bins = new Map([...values].map((value, bin) => [value, bin]));
  return (code) => bins.get(code) ?? -1;
}

/** Each of the sorted values has its bin, and whatever lies nearest to it; no value has that of NaN. */
function nearestBins(values: Float64Array): BinOf {
  const numbers = values.filter((value) => !Number.isNaN(value));
  const edges = Array.from(numbers.subarray(1), (value, i) => {
    const below = numbers[i]!;
    // The middle, but never the value below: neighbours may have none between them.
    const middle = below + (value - below) / 2;
    return middle > below ? middle : value;
  });
  return binsBetween(edges);
}

/** Edges at quantiles of sorted values. */
function quantileBins(sorted: Float64Array, most: number): BinOf {
  const present = sorted.filter((code) => !Number.isNaN(code));
  return binsBetween(
    Array.from({ length: most - 1 }, (_, i) => present[Math.floor(((i + 1) * present.length) / most)]!),
  );
}

/** An edge is in the bin above it. No value has the last bin. */
function binsBetween(edges: readonly number[]): BinOf {
  return (code) => {
    if (Number.isNaN(code)) return edges.length + 1;
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
  return (code) => bins.get(code) ?? -1;
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

/** Bins that no configuration is in go; another point's is the next one below them that there is, if there is one. */
function closeGaps(codes: Float64Array, binOf: BinOf): Column {
  const raw = Uint32Array.from(codes, binOf);
  const isUsed = new Uint8Array(countBins(raw));
  for (const bin of raw) isUsed[bin] = 1;
  const next = new Int32Array(isUsed.length);
  let size = 0;
  for (let bin = 0; bin < isUsed.length; bin++)
    next[bin] = isUsed[bin] === 1 ? size++ : Math.max(0, size - 1);
  return { bins: raw.map((bin) => next[bin]!), size, binOf: (code) => next[binOf(code)] ?? -1 };
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

// Which parameters matter: the share of a metric's variance over the configurations that each explains. On a whole grid it
// is computed exactly (`anova`), elsewhere a random forest stands for the function (`fanova`: Hutter, Hoos and Leyton-Brown
// 2014), over the space where it is known. Of configurations that a search has gathered, or a pruner has stopped some of,
// what decides whether one is among the best stands beside it (`ped-anova`): that counts the pruned ones, which have no
// value and are none of the best. Always the same for the same rows.
import { randomFor } from '../ground/random.js';
import type { Point } from '../space/types.js';
import { largestOf, scaleFor } from '../stats/deviation.js';
import type { Objective } from '../trial/objective.js';
import { type Binned, binConfigurations } from './bins.js';
import type { Configurations } from './configurations.js';
import { growForest } from './forest.js';
import { forestEffects } from './forest-effects.js';
import { cellsFor, LEAST_PED, LEAST_TOP, pedShares, topShare } from './ped-anova.js';
import { isGathered, weighBins } from './spread.js';
import { type Effects, type Grid, gridEffects, isWholeGrid, leastEffects, sharesOf } from './variance.js';

export type Method = 'anova' | 'fanova' | 'ped-anova';

export interface Importance {
  /** Several that always move together are one: `a+b`. */
  readonly parameter: string;
  readonly metric: string;
  /** `anova`, `fanova`: share of the variance, 0 to 1: its own part, and half of those that it has with one other. `ped-anova`: share of what decides. */
  readonly importance: number;
  /** Null where nothing tells how sure that is. */
  readonly low: number | null;
  readonly high: number | null;
  readonly method: Method;
}

export interface Importances {
  /** The most important first. */
  readonly parameters: readonly Importance[];
  /** For being among the best; none where the configurations are spread as their space is, and none was pruned. */
  readonly deciding: readonly Importance[];
  /** Configurations with a finite value, and how many of them were looked at. */
  readonly configurations: number;
  readonly sampled: number;
  /** Those of which trials were pruned: of the variance they say nothing, and what is left is no fair sample of all. */
  readonly pruned: number;
}

export interface ImportanceOptions {
  /** Absent: nothing is best. */
  readonly goal?: Objective['goal'] | undefined;
  /** Drawn evenly from the space (see `drawSpace`); none: the configurations stand for it. */
  readonly points?: readonly Point[];
}

/** Trees take no more configurations: the shares hardly move beyond. */
const SAMPLE = 4000;
/** Fewer say nothing. */
const LEAST = 8;
const BINS = 32;
/** Of an axis with more values, a grid is not told from drawn ones. */
const GRID_VALUES = 10_000;
/** Values that chance redraws, in all. */
const REDRAWN = 5_000_000;
const REDRAWS = 200;
/** For the interval of what decides. */
const HALVES = 100;

export function findImportances(
  of: Configurations,
  metric: string,
  { goal, points = [] }: ImportanceOptions = {},
): Importances {
  const finite = rowsWhere(of, (row) => of.pruned.get(row) === 0 && Number.isFinite(of.mean(metric, row)));
  const pruned = rowsWhere(of, (row) => of.pruned.get(row) > 0);
  const counts = { configurations: finite.length, sampled: finite.length, pruned: pruned.length };
  const none = { parameters: [], deciding: [], ...counts };
  // Squares of values overflow, or vanish, long before the values do; shares are the same in any unit.
  const scale = unitOf(of, metric, finite);
  const y = valuesOf(of, metric, finite).map((value) => value * scale);
  const spread = Math.max(...minMax(y)) - Math.min(...minMax(y));
  if (finite.length < 2 || !(spread > 0)) return none;
  const grid = binConfigurations(of, { rows: finite, y, most: GRID_VALUES, isExact: true });
  if (grid?.names.length === 0) return none;
  if (grid !== undefined && isWholeGrid(grid, finite.length)) {
    const found = explainGrid(grid, y, noiseOf(of, metric, { rows: finite, scale }));
    return { ...none, parameters: inOrder(grid.names, found, { metric, method: 'anova' }) };
  }
  if (finite.length < LEAST) return none;
  const rows = sample(finite);
  const sampled = valuesOf(of, metric, rows).map((value) => value * scale);
  const binned = binConfigurations(of, { rows, y: sampled, most: BINS, points })!;
  const found = explainByForest(binned, sampled, points);
  const deciding = goal === undefined ? [] : explainTop(of, { finite, pruned, metric, goal, points });
  const parameters = inOrder(binned.names, found, { metric, method: 'fanova' });
  return { ...none, sampled: rows.length, parameters, deciding };
}

interface Shares {
  readonly shares: readonly number[];
  readonly low: readonly number[] | null;
  readonly high: readonly number[] | null;
}

function inOrder(
  names: readonly string[],
  { shares, low, high }: Shares,
  about: Pick<Importance, 'metric' | 'method'>,
): Importance[] {
  return names
    .map((parameter, p) => ({
      parameter,
      metric: about.metric,
      importance: shares[p]!,
      low: low?.[p] ?? null,
      high: high?.[p] ?? null,
      method: about.method,
    }))
    .sort((a, b) => b.importance - a.importance);
}

interface CellNoise {
  /** Of the mean of each cell about its true one: its standard deviation. */
  readonly deviations: Float64Array;
  readonly variance: number;
}

/** What brings the largest mean, or the largest spread of replicates, to about 1. */
function unitOf(of: Configurations, metric: string, rows: Uint32Array): number {
  let largest = largestOf(valuesOf(of, metric, rows));
  for (const row of rows) {
    const { variance, scale } = of.spread(metric, row) ?? { variance: 0, scale: 1 };
    largest = Math.max(largest, Math.min(Math.sqrt(variance) / scale, Number.MAX_VALUE));
  }
  return scaleFor(largest);
}

interface Scaled {
  readonly rows: Uint32Array;
  /** What values are multiplied by. */
  readonly scale: number;
}

/** From replicates, pooled; null where no configuration has two. */
function noiseOf(of: Configurations, metric: string, { rows, scale }: Scaled): CellNoise | null {
  let [squares, freedom] = [0, 0];
  for (const row of rows) {
    const found = of.spread(metric, row);
    if (found === undefined) continue;
    const { count } = of.summary(metric, row);
    // By the scale twice: its square may be none.
    const ratio = scale / found.scale;
    squares += found.variance * ratio * ratio * (count - 1);
    freedom += count - 1;
  }
  if (freedom === 0) return null;
  const deviations = Float64Array.from(rows, (row) => {
    return Math.sqrt(squares / freedom / of.summary(metric, row).count);
  });
  const variance = deviations.reduce((sum, deviation) => sum + deviation ** 2, 0) / rows.length;
  return { deviations, variance };
}

function explainGrid(grid: Grid, y: Float64Array, noise: CellNoise | null): Shares {
  if (noise === null) {
    const effects = gridEffects(grid, y);
    const least = leastEffects(effects, grid, y.length);
    const shares = sharesOf(effects);
    return least === null
      ? { shares, low: null, high: null }
      : { shares, low: sharesOf(least), high: shares };
  }
  const shares = sharesOf(gridEffects(grid, y, noise.variance));
  const pairs = (grid.sizes.length * (grid.sizes.length + 1)) / 2;
  const times = Math.min(REDRAWS, Math.floor(REDRAWN / (y.length * pairs)));
  if (times < 20) return { shares, low: null, high: null };
  // Values redrawn about those found vary twice as much about the true ones.
  const random = randomFor('importance', 'noise');
  const drawn = Array.from({ length: times }, () => {
    const other = y.map((value, i) => value + noise.deviations[i]! * random.normal());
    return sharesOf(gridEffects(grid, other, noise.variance * 2));
  });
  return { shares, ...intervalsOf(shares, drawn) };
}

function explainByForest(binned: Binned, y: Float64Array, points: readonly Point[]): Shares {
  const centre = y.reduce((sum, value) => sum + value, 0) / y.length;
  const training = { ...binned, y: y.map((value) => value - centre) };
  const forest = growForest(training, randomFor('importance', 'forest'));
  const { all, groups } = forestEffects(forest, binned, weighBins(binned, points));
  // What the forest cannot predict of configurations that it has not seen, no parameter explains.
  const known = Math.max(0, Math.min(1, forest.fit));
  const scaled = (effects: Effects) => sharesOf(effects).map((share) => share * known);
  const shares = scaled(all);
  return { shares, ...intervalsOf(shares, groups.map(scaled)) };
}

interface Seeking {
  readonly finite: Uint32Array;
  readonly pruned: Uint32Array;
  readonly metric: string;
  readonly goal: Objective['goal'];
  readonly points: readonly Point[];
}

/** None where the best cannot be told from the others, or the shares of the variance tell all: nothing is gathered or pruned. */
function explainTop(of: Configurations, { finite, pruned, metric, goal, points }: Seeking): Importance[] {
  const rows = sample(Uint32Array.from([...finite, ...pruned]).sort());
  if (rows.length < LEAST_PED || (pruned.length === 0 && !isSearched(of, points))) return [];
  const sign = goal === 'min' ? 1 : -1;
  const losses = Float64Array.from(rows, (row) =>
    of.pruned.get(row) > 0 ? Number.POSITIVE_INFINITY : sign * of.mean(metric, row),
  );
  const ended = losses.filter(Number.isFinite);
  const share = Math.min(topShare(rows.length), ended.length / rows.length);
  if (ended.length < LEAST_TOP) return [];
  // What puts words in order has to be a number.
  const [, worst] = minMax(ended);
  const y = losses.map((loss) => Math.min(loss, worst));
  const binned = binConfigurations(of, { rows, y, most: cellsFor(share * y.length) })!;
  const shares = pedShares({ ...binned, losses }, share);
  if (shares === undefined) return [];
  // Of halves drawn without replacement, shares differ from those of all as much as these do from the true ones.
  const random = randomFor('importance', 'ped-anova');
  const drawn = Array.from({ length: HALVES }, () => {
    const half = random.shuffle(Uint32Array.from(y, (_, i) => i)).subarray(0, y.length >>> 1);
    const bins = binned.bins.map((column) => half.map((i) => column[i]!));
    return pedShares({ ...binned, bins, losses: Float64Array.from(half, (i) => losses[i]!) }, share);
  }).filter((each) => each !== undefined);
  const ends = drawn.length === 0 ? { low: null, high: null } : intervalsOf(shares, drawn);
  return inOrder(binned.names, { shares, ...ends }, { metric, method: 'ped-anova' });
}

/** From the 2.5th to the 97.5th of a hundred; the share itself always lies within. */
function intervalsOf(shares: readonly number[], drawn: readonly (readonly number[])[]) {
  const at = (p: number, quantile: number) => {
    const sorted = drawn.map((each) => each[p]!).sort((a, b) => a - b);
    const place = quantile * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return below + (above - below) * (place - Math.floor(place));
  };
  return {
    low: shares.map((share, p) => Math.min(share, at(p, 0.025))),
    high: shares.map((share, p) => Math.max(share, at(p, 0.975))),
  };
}

/** Whether the configurations are spread otherwise than the points: a search has gathered them. */
function isSearched(of: Configurations, points: readonly Point[]): boolean {
  if (points.length === 0) return false;
  // Those that failed were proposed as well.
  const all = sample(Uint32Array.from({ length: of.count }, (_, row) => row));
  return isGathered(
    binConfigurations(of, { rows: all, y: new Float64Array(all.length), most: BINS })!,
    points,
  );
}

function rowsWhere(of: Configurations, isOne: (row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(of.count);
  let found = 0;
  for (let row = 0; row < of.count; row++) if (isOne(row)) rows[found++] = row;
  return rows.subarray(0, found);
}

function valuesOf(of: Configurations, metric: string, rows: Uint32Array): Float64Array {
  return Float64Array.from(rows, (row) => of.mean(metric, row));
}

function minMax(values: Float64Array): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return [least, most];
}

/** All, or so many drawn without regard to anything, in their order. */
function sample(rows: Uint32Array): Uint32Array {
  if (rows.length <= SAMPLE) return rows;
  return randomFor('importance', 'sample').shuffle(rows.slice()).slice(0, SAMPLE).sort();
}

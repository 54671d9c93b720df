// The replicates of one configuration in two runs: which belong together, and what they say of a metric. Trials with the
// same parameters and the same seed drew the same random numbers: they are pairs, and compared as such.
import type { Numbers } from '../answer/columns.js';
import {
  type Difference,
  independentDifference,
  independentShares,
  pairedDifference,
  pairedShares,
} from '../stats/difference.js';
import { type ConfigurationRows, ENDED, type Side } from './side.js';

/** Rows that ended ok, as positions in the columns of each side. */
export interface Matched {
  readonly pairs: readonly (readonly [a: number, b: number])[];
  readonly a: readonly number[];
  readonly b: readonly number[];
}

export type Replicates = readonly [Side, ConfigurationRows];

export function matchReplicates([a, inA]: Replicates, [b, inB]: Replicates): Matched {
  const okA = inA.rows.filter((row) => a.ended.get(row) === ENDED.ok);
  const okB = inB.rows.filter((row) => b.ended.get(row) === ENDED.ok);
  return { pairs: pairRows([a, okA], [b, okB]), a: okA, b: okB };
}

type Rows = readonly [Side, readonly number[]];

/** Rows with the same seed. */
export function pairRows([a, rowsA]: Rows, [b, rowsB]: Rows): (readonly [a: number, b: number])[] {
  const pairs: (readonly [number, number])[] = [];
  const find = createFind([b, rowsB]);
  for (const row of rowsA) {
    const other = find(a.seed.get(row));
    if (other !== undefined) pairs.push([row, other]);
  }
  return pairs;
}

function createFind([side, rows]: Rows): (seed: number) => number | undefined {
  // A table for each of a hundred thousand configurations of some replicates takes longer than looking through them.
  if (rows.length <= 16) return (seed) => rows.find((row) => side.seed.get(row) === seed);
  const bySeed = new Map(rows.map((row) => [side.seed.get(row), row]));
  return (seed) => bySeed.get(seed);
}

export interface Sampled {
  /** Values that were compared. */
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** Null where a side has no finite value. */
  readonly found: Difference | null;
  /** The same seeds gave the same numbers. */
  readonly isIdentical: boolean;
}

/** What the replicates say of one metric. Two pairs or more are compared as pairs, else all values as samples. */
export function sample(matched: Matched, a: Numbers, b: Numbers, isBoolean: boolean): Sampled {
  const pairs = matched.pairs.map(([x, y]) => [a.get(x), b.get(y)] as const);
  const isSame = pairs.length > 0 && pairs.every(([x, y]) => Object.is(x, y) || x === y);
  const isIdentical = isSame && pairs.length === Math.min(matched.a.length, matched.b.length);
  const finite = pairs.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const isLone = pairs.length === 1 && matched.a.length === 1 && matched.b.length === 1;
  const isPaired = finite.length >= 2 || (isLone && finite.length === 1);
  const x = isPaired ? finite.map(([value]) => value) : valuesOf(matched.a, a);
  const y = isPaired ? finite.map(([, value]) => value) : valuesOf(matched.b, b);
  if (x.length === 0 || y.length === 0) return { a: x, b: y, found: null, isIdentical };
  if (x.length === 1 && y.length === 1)
    return { a: x, b: y, found: loneDifference(x[0]!, y[0]!), isIdentical };
  const compare = isPaired
    ? isBoolean
      ? pairedShares
      : pairedDifference
    : isBoolean
      ? independentShares
      : independentDifference;
  return { a: x, b: y, found: compare(x, y), isIdentical };
}

function loneDifference(a: number, b: number): Difference {
  return { a, b, difference: b - a, low: null, high: null, effect: null, p: null };
}

function valuesOf(rows: readonly number[], column: Numbers): number[] {
  const values: number[] = [];
  for (const row of rows) {
    const value = column.get(row);
    if (Number.isFinite(value)) values.push(value);
  }
  return values;
}

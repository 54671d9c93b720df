// The cells of two runs: every metric of every configuration that both have, how their trials ended, how long they took.
// What they amount to is judged in judge.ts.
import { Numbers } from '../answer/columns.js';
import { type Measure, type Place, RUN_MS, type Rule, STATUS } from './cell.js';
import { CellTable } from './cell-table.js';
import { matchReplicates, pairRows, type Replicates, type Sampled, sample } from './samples.js';
import { type ConfigurationRows, ENDED, type Side } from './side.js';

export interface Measured {
  readonly cells: CellTable;
  /** Metrics that do not depend on the seed: in neither run did replicates of a configuration differ, and there were enough. */
  readonly exact: ReadonlySet<string>;
  readonly counts: {
    readonly both: number;
    readonly onlyA: number;
    readonly onlyB: number;
    /** Replicates with the same seed in both runs, that ended ok. */
    readonly pairs: number;
    /** Trials that ended ok in one run alone, of those that both have run. */
    readonly failing: number;
    readonly fixed: number;
  };
}

export interface Measuring {
  readonly a: Side;
  readonly b: Side;
  readonly rules: readonly Rule[];
  /** Times are cells too. */
  readonly withTimes: boolean;
}

/** In the order of run A's configurations; those that only B has come last. */
export function measure({ a, b, rules, withTimes }: Measuring): Measured {
  const cells = new CellTable();
  const spread = new Map(rules.map(({ metric }) => [metric, { repeats: 0, differs: false }]));
  const counts = { both: 0, onlyA: 0, onlyB: 0, pairs: 0, failing: 0, fixed: 0 };
  const placeOf = createPlaces(a, b);
  const logs = withTimes ? ([logTimes(a), logTimes(b)] as const) : null;
  for (const [identity, inA] of a.configurations) {
    const inB = b.configurations.get(identity);
    cells.openPlace(placeOf(inA, inB));
    if (inB === undefined) {
      counts.onlyA++;
      addAbsent(cells, okShare(a, inA), 'gone');
      continue;
    }
    counts.both++;
    const { failing, fixed } = addStatus(cells, [a, inA], [b, inB]);
    counts.failing += failing;
    counts.fixed += fixed;
    const matched = matchReplicates([a, inA], [b, inB]);
    counts.pairs += matched.pairs.length;
    if (matched.a.length === 0 || matched.b.length === 0) continue;
    // By chance a single replicate with another seed may have no value.
    const isClear = matched.pairs.length > 0 || Math.min(matched.a.length, matched.b.length) > 1;
    for (const { metric, isBoolean } of rules) {
      const sampled = sample(matched, a.values.get(metric)!, b.values.get(metric)!, isBoolean);
      noteSpread(spread.get(metric)!, sampled);
      addMetric(cells, metric, sampled, isClear);
    }
    if (logs !== null) addTimes(cells, sample(matched, ...logs, false));
  }
  for (const [identity, inB] of b.configurations) {
    if (a.configurations.has(identity)) continue;
    counts.onlyB++;
    cells.openPlace(placeOf(undefined, inB));
    addAbsent(cells, okShare(b, inB), 'new');
  }
  const exact = [...spread].filter(([, { repeats, differs }]) => repeats >= LEAST_REPEATS && !differs);
  return { cells, exact: new Set(exact.map(([metric]) => metric)), counts };
}

/** The axes of both runs, those of A first. */
export function axesOf(a: Side, b: Side): string[] {
  return [...new Set([...a.record.axes, ...b.record.axes])];
}

function createPlaces(a: Side, b: Side) {
  const axes = axesOf(a, b).map(
    (name) => [a.record.axes.indexOf(name), b.record.axes.indexOf(name)] as const,
  );
  return (inA: ConfigurationRows | undefined, inB: ConfigurationRows | undefined): Place => ({
    key: (inA ?? inB)!.key,
    trialA: inA?.trial ?? null,
    trialB: inB?.trial ?? null,
    axes: axes.map(([x, y]) => inA?.axes[x] ?? inB?.axes[y] ?? ''),
  });
}

const NOTHING: Measure = {
  ...{ a: null, b: null, difference: null, low: null, high: null, effect: null, p: null },
};

interface Ended {
  /** Of the trials that ended, those that ended ok. */
  readonly share: number;
  readonly count: number;
}

function okShare({ ended }: Side, { rows }: ConfigurationRows): Ended {
  let ok = 0;
  for (const row of rows) if (ended.get(row) === ENDED.ok) ok++;
  return { share: ok / rows.length, count: rows.length };
}

function addAbsent(cells: CellTable, { share, count }: Ended, verdict: 'new' | 'gone'): void {
  const isInA = verdict === 'gone';
  cells.add(
    {
      metric: STATUS,
      countA: isInA ? count : 0,
      countB: isInA ? 0 : count,
      ...{ verdict, basis: 'status' },
    },
    { ...NOTHING, ...(isInA ? { a: share } : { b: share }) },
  );
}

interface Changed {
  readonly failing: number;
  readonly fixed: number;
}

/** Adds nothing where all trials ended ok in both runs. */
function addStatus(cells: CellTable, inA: Replicates, inB: Replicates): Changed {
  const [before, after] = [okShare(...inA), okShare(...inB)];
  if (before.share === 1 && after.share === 1) return { failing: 0, fixed: 0 };
  const changed = findChanged(inA, inB);
  const verdict = changed.failing > 0 ? 'failing' : changed.fixed > 0 ? 'fixed' : 'same';
  cells.add(
    { metric: STATUS, countA: before.count, countB: after.count, verdict, basis: 'status' },
    { ...NOTHING, a: before.share, b: after.share, difference: after.share - before.share },
  );
  return changed;
}

/** Replicates that both runs have, by their seeds; where they share none, the difference of the counts in equal parts. */
function findChanged([a, inA]: Replicates, [b, inB]: Replicates): Changed {
  const pairs = pairRows([a, inA.rows], [b, inB.rows]).map(([x, y]) => [a.ended.get(x), b.ended.get(y)]);
  if (pairs.length > 0) {
    const count = (from: number, to: number) => pairs.filter(([x, y]) => x === from && y === to).length;
    return { failing: count(ENDED.ok, ENDED.badly), fixed: count(ENDED.badly, ENDED.ok) };
  }
  const bad = (side: Side, { rows }: ConfigurationRows) =>
    rows.filter((row) => side.ended.get(row) === ENDED.badly).length / rows.length;
  const more = Math.round((bad(b, inB) - bad(a, inA)) * inB.rows.length);
  return { failing: Math.max(0, more), fixed: Math.max(0, -more) };
}

/** A value that is true half of the time repeats itself so often once in a thousand runs. */
const LEAST_REPEATS = 10;

function noteSpread(seen: { repeats: number; differs: boolean }, { a, b }: Sampled): void {
  if (seen.differs) return;
  for (const values of [a, b]) {
    if (values.length < 2) continue;
    seen.repeats += values.length - 1;
    if (values.some((value) => value !== values[0])) seen.differs = true;
  }
}

/** Adds nothing where neither run has a value. */
function addMetric(cells: CellTable, metric: string, sampled: Sampled, isClear: boolean): void {
  const { a, b, found, isIdentical } = sampled;
  const [countA, countB] = [a.length, b.length];
  if (found === null) {
    if (countA === 0 && countB === 0) return;
    const values = { a: countA === 0 ? null : meanOf(a), b: countB === 0 ? null : meanOf(b) };
    const basis = isClear ? 'value' : 'none';
    cells.add({ metric, countA, countB, verdict: 'noisy', basis }, { ...NOTHING, ...values });
    return;
  }
  const basis = isIdentical ? 'identity' : found.p === null ? 'none' : 'test';
  const added = { metric, countA, countB, verdict: 'same', basis } as const;
  // No chance is left of a difference between numbers that are the same for the same seeds.
  cells.add(added, isIdentical ? { ...found, low: 0, high: 0, p: null } : found);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Times are compared by their ratio: what makes a trial slower makes a long one slower by more. */
function logTimes({ runMs }: Side): Numbers {
  const logs = new Numbers();
  for (const ms of runMs.view()) logs.push(Math.log(ms));
  return logs;
}

function addTimes(cells: CellTable, { a, b, found }: Sampled): void {
  if (found === null) return;
  const before = Math.exp(found.a);
  const scale = (log: number | null) => (log === null ? null : before * Math.expm1(log));
  const { effect, p } = found;
  cells.add(
    {
      ...{ metric: RUN_MS, countA: a.length, countB: b.length },
      ...{ verdict: 'same', basis: p === null ? 'none' : 'test' },
    },
    {
      ...{ a: before, b: Math.exp(found.b), difference: scale(found.difference) },
      ...{ low: scale(found.low), high: scale(found.high), effect, p },
    },
  );
}

// The order of a run's configurations: feasible ones first, then those that break a constraint, then those without a
// finite value, which are never best. One objective gives ranks, several give Pareto fronts.
import type { Point } from '../space/types.js';
import { findFronts } from '../stats/fronts.js';
import type { Interval } from '../stats/interval.js';
import { summaryInterval } from '../stats/welch.js';
import { type Aims, meets } from '../trial/objective.js';
import type { Configurations } from './configurations.js';

/** A configuration in its place. */
export interface Ranked {
  /** From 1; equal values share one. Of several objectives, the number of its front. Null without a finite value. */
  readonly rank: number | null;
  /** Its first trial. */
  readonly trial: number;
  /** Its trials that ended ok, of those that ended. */
  readonly replicates: number;
  readonly ended: number;
  readonly point: Point;
  /** Mean and interval of each objective, in their order. */
  readonly values: readonly Interval[];
  readonly feasible: boolean;
  /** Of population-based training: the mutated parameters at the end of its first trial, which began with `point`. */
  readonly final?: Point;
}

export interface Ranking {
  readonly configurations: number;
  /** Those that break a constraint, and those without a finite value of every objective: they come last. */
  readonly infeasible: number;
  readonly unranked: number;
  /** Positions of configurations, the best first. */
  readonly order: Uint32Array;
  /** How many share the first place, or are on the first front; none where no feasible one has a value. */
  readonly first: number;
  at(place: number): Ranked;
}

/** Ranks all, or the first `limit`: of a million, ten are found in a fraction of the time. */
export function rank(of: Configurations, aims: Aims, limit = Number.POSITIVE_INFINITY): Ranking {
  const { objectives, constraints } = aims;
  const all = of.count;
  const losses = objectives.map(({ metric, goal }) => {
    const sign = goal === 'min' ? 1 : -1;
    return Float64Array.from({ length: all }, (_, row) =>
      of.pruned.get(row) > 0 ? Number.NaN : sign * of.mean(metric, row),
    );
  });
  /** 0: feasible; 1: not; 2: no finite value. */
  const group = new Uint8Array(all);
  const sizes = [0, 0, 0];
  for (let row = 0; row < all; row++) {
    const hasAll = losses.every((values) => Number.isFinite(values[row]));
    const isFeasible = constraints.every((constraint) => meets(constraint, of.mean(constraint.metric, row)));
    group[row] = !hasAll ? 2 : isFeasible ? 0 : 1;
    sizes[group[row]!]!++;
  }
  const [feasible = 0, infeasible = 0, unranked = 0] = sizes;
  const places = new Float64Array(all).fill(Number.NaN);
  const trials = of.trial.view();
  const order = new Uint32Array(Math.min(all, limit));
  let filled = 0;
  let passed = 0;
  for (const each of [0, 1, 2]) {
    if (filled === order.length) break;
    const members = membersOf(group, each, sizes[each]!);
    const sorted =
      each === 2 || objectives.length === 0
        ? members.sort((a, b) => trials[a]! - trials[b]!)
        : objectives.length === 1
          ? sortByValue(members, losses[0]!, { trials, places, passed, limit: order.length - filled })
          : sortByFront(members, losses, { trials, places, passed });
    const taken = sorted.subarray(0, order.length - filled);
    order.set(taken, filled);
    filled += taken.length;
    // Infeasible ones rank on behind the feasible.
    passed = objectives.length === 1 ? sizes[0]! : sorted.length === 0 ? 0 : places[sorted.at(-1)!]!;
  }
  // However few are asked for: those behind them may be as good.
  const isFirst = (row: number) =>
    objectives.length === 1 ? losses[0]![row] === losses[0]![order[0]!] : places[row] === 1;
  let first = 0;
  for (let row = 0; row < all; row++) if (group[row] === 0 && feasible > 0 && isFirst(row)) first++;
  return {
    ...{ configurations: all, infeasible, unranked, order, first },
    at(place) {
      const row = order[place]!;
      return {
        rank: Number.isNaN(places[row]) ? null : places[row]!,
        trial: of.trial.get(row),
        replicates: of.ok.get(row),
        ended: of.ended.get(row),
        point: of.pointAt(row),
        values: objectives.map(({ metric }) => summaryInterval(of.summary(metric, row))),
        feasible: group[row] === 0,
      };
    },
  };
}

function membersOf(group: Uint8Array, wanted: number, size: number): Uint32Array {
  const members = new Uint32Array(size);
  let at = 0;
  for (let row = 0; row < group.length; row++) if (group[row] === wanted) members[at++] = row;
  return members;
}

interface Sorting {
  readonly trials: Float64Array;
  /** Filled with the place of each. */
  readonly places: Float64Array;
  /** Places that are taken already. */
  readonly passed: number;
}

/** Equal values share the place of the first of them. Of many, only as many as are asked for are sorted. */
function sortByValue(
  members: Uint32Array,
  losses: Float64Array,
  { trials, places, passed, limit }: Sorting & { readonly limit: number },
): Uint32Array {
  let rows = members;
  if (limit > 0 && limit < members.length) {
    const threshold = Float64Array.from(members, (row) => losses[row]!).sort()[limit - 1]!;
    rows = members.filter((row) => losses[row]! <= threshold);
  }
  rows.sort((a, b) => losses[a]! - losses[b]! || trials[a]! - trials[b]!);
  rows.forEach((row, i) => {
    const before = i > 0 ? rows[i - 1]! : -1;
    places[row] = before >= 0 && losses[before] === losses[row] ? places[before]! : passed + i + 1;
  });
  return rows;
}

/** Within a front by the first objective, then the next. */
function sortByFront(
  members: Uint32Array,
  losses: readonly Float64Array[],
  { trials, places, passed }: Sorting,
): Uint32Array {
  const fronts = findFronts(losses.map((values) => Float64Array.from(members, (row) => values[row]!)));
  members.forEach((row, i) => {
    places[row] = passed + fronts[i]!;
  });
  return members.sort((a, b) => {
    if (places[a] !== places[b]) return places[a]! - places[b]!;
    for (const values of losses) if (values[a] !== values[b]) return values[a]! - values[b]!;
    return trials[a]! - trials[b]!;
  });
}

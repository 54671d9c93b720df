// Who survives in NSGA-II (Deb, Pratap, Agarwal, Meyarivan 2002): ranks by fronts, with constraints before objectives, and
// within a front by how much room there is around. One comes at a time, and the worst goes (the steady state of Durillo,
// Nebro, Luna, Alba 2008), so that there is no generation to wait for.
import { findFronts } from '../../stats/fronts.js';
import type { Observation } from '../contract.js';

export interface Member {
  readonly observation: Observation;
  /** From 0, the best. */
  readonly rank: number;
  /** Crowding distance within the rank; Infinity at its ends. */
  readonly room: number;
}

/** Ranks observations, which stay in their order. */
export function rankAll(observations: readonly Observation[]): Member[] {
  const members = new Array<Member>(observations.length);
  let first = 0;
  for (const group of groupByClass(observations)) {
    const values = group.map((i) => observations[i]!.values ?? []);
    const objectives = (values[0] ?? []).map((_, m) => Float64Array.from(values, (each) => each[m]!));
    const isSorted = classOf(observations[group[0]!]!)[0]! < INFEASIBLE;
    const fronts = isSorted ? findFronts(objectives) : new Uint32Array(group.length).fill(1);
    const last = fronts.reduce((most, front) => Math.max(most, front), 0);
    for (let front = 1; front <= last; front++) {
      const inFront = group.flatMap((_, at) => (fronts[at] === front ? [at] : []));
      const room = isSorted ? measureRoom(inFront, objectives) : inFront.map(() => 0);
      inFront.forEach((at, j) => {
        const i = group[at]!;
        members[i] = { observation: observations[i]!, rank: first + front - 1, room: room[j]! };
      });
    }
    first += last;
  }
  return members;
}

/** Less than 0: `a` is the better parent (Deb's crowded comparison); of equal ones the earlier. */
export function compareMembers(a: Member, b: Member): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.room !== b.room) return a.room > b.room ? -1 : 1;
  return a.observation.number - b.observation.number;
}

/** The population after one more observation. */
export function survive(
  population: readonly Member[],
  observation: Observation,
  most: number,
): readonly Member[] {
  const all = rankAll([...population.map((member) => member.observation), observation]);
  if (all.length <= most) return all;
  const worst = all.reduce((found, member) => (compareMembers(found, member) < 0 ? member : found));
  return rankAll(all.filter((member) => member !== worst).map((member) => member.observation));
}

const INFEASIBLE = 2;

/**
 * Observations of one class are ranked by their objectives; classes come one after another: what is feasible and complete;
 * what was pruned, further on first, since values of different steps do not compare; what misses constraints, by how much;
 * and what failed.
 */
function classOf({ status, values, violation, step }: Observation): readonly [number, number] {
  if (status === 'failed' || values === null || violation === Number.POSITIVE_INFINITY) return [3, 0];
  if (violation > 0) return [INFEASIBLE, violation];
  return status === 'pruned' ? [1, -(step ?? 0)] : [0, 0];
}

/** Places of observations, class after class. */
function groupByClass(observations: readonly Observation[]): number[][] {
  const classes = observations.map(classOf);
  const order = observations.map((_, i) => i);
  const compare = (i: number, j: number) =>
    classes[i]![0] - classes[j]![0] || Math.sign(classes[i]![1] - classes[j]![1]);
  order.sort((i, j) => compare(i, j) || i - j);
  const groups: number[][] = [];
  for (const i of order) {
    const last = groups.at(-1);
    if (last !== undefined && compare(last[0]!, i) === 0) last.push(i);
    else groups.push([i]);
  }
  return groups;
}

/** Half the girth of the box between the neighbours of each (Deb 2002, III B), with every objective scaled to its range. */
function measureRoom(front: readonly number[], objectives: readonly Float64Array[]): number[] {
  const room = new Array<number>(front.length).fill(0);
  for (const values of objectives) {
    // Halves, so that the difference of the largest numbers is one.
    const valueAt = (j: number) => values[front[j]!]! / 2;
    const order = front.map((_, j) => j).sort((a, b) => valueAt(a) - valueAt(b) || a - b);
    const range = valueAt(order.at(-1)!) - valueAt(order[0]!);
    room[order[0]!] = Number.POSITIVE_INFINITY;
    room[order.at(-1)!] = Number.POSITIVE_INFINITY;
    if (range === 0) continue;
    for (let at = 1; at + 1 < order.length; at++)
      room[order[at]!]! += (valueAt(order[at + 1]!) - valueAt(order[at - 1]!)) / range;
  }
  return room;
}

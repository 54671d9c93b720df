// Which observations are good: the best part of them. Those that ended well come first, by value or by non-domination rank
// and the volume they dominate; then pruned ones, those that got furthest first; then those that miss constraints, by how
// far. Failed ones never are good.
import type { Observation } from '../contract.js';
import { Fronts } from './fronts.js';
import { selectByVolume } from './hypervolume.js';

/** Lower ones come first. */
const ENDED = 0;
const PRUNED = 1;
const INFEASIBLE = 2;
const FAILED = 3;

type Class = typeof ENDED | typeof PRUNED | typeof INFEASIBLE | typeof FAILED;

function classOf({ status, values, violation }: Observation): Class {
  if (values === null || status === 'failed') return FAILED;
  if (violation > 0) return INFEASIBLE;
  return status === 'pruned' ? PRUNED : ENDED;
}

/** Negative where `a` is better than `b` of the same class; of equal ones the earlier is better. */
function compare(a: Observation, b: Observation, of: Class): number {
  if (of === INFEASIBLE && a.violation !== b.violation) return a.violation - b.violation;
  if (of === PRUNED && a.step !== b.step) return (b.step ?? 0) - (a.step ?? 0);
  if (a.values!.length === 1 && a.values![0] !== b.values![0]) return a.values![0]! - b.values![0]!;
  return a.number - b.number;
}

/** How many of so many are good: 15 % (Bergstra et al. 2011), of one objective 25 at most. */
function countGood(usable: number, objectives: number): number {
  const count = Math.ceil(0.15 * usable);
  return objectives === 1 ? Math.min(count, 25) : count;
}

/**
 * The power that weights are raised to while results are still to come. There are fewer results to learn from then, and more
 * trials have to lean on the best of them.
 */
const STEEPNESS_AHEAD = 3;

/**
 * What the i-th best of n good ones weighs; n together. Of one objective better ones weigh more, as parents do in evolution
 * strategies (Hansen 2016, equation 49).
 */
function weightsOf(n: number, objectives: number, isAhead: boolean): number[] {
  if (objectives > 1) return new Array<number>(n).fill(1);
  const raw = Array.from({ length: n }, (_, i) => {
    const weight = Math.log(n + 1) - Math.log(i + 1);
    return isAhead ? weight ** STEEPNESS_AHEAD : weight;
  });
  const sum = raw.reduce((all, weight) => all + weight, 0);
  return raw.map((weight) => (weight * n) / sum);
}

/** The observations so far from best to worst, kept in order as more are told. */
export class Ranking {
  readonly #objectives: number;
  /** By class; those of several objectives that ended are in fronts instead. */
  readonly #sorted: readonly Observation[][] = [[], [], [], []];
  readonly #fronts = new Fronts<Observation>();
  #ended = 0;

  constructor(objectives: number) {
    this.#objectives = objectives;
  }

  add(observation: Observation): void {
    const of = classOf(observation);
    if (of === ENDED) this.#ended++;
    if (of === ENDED && this.#objectives > 1) this.#fronts.add(observation);
    else if (of !== FAILED) this.#insert(observation, of);
  }

  #insert(observation: Observation, of: Class): void {
    const sorted = this.#sorted[of]!;
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(sorted[middle]!, observation, of) < 0) low = middle + 1;
      else high = middle;
    }
    sorted.splice(low, 0, observation);
  }

  /** Observations with a value. */
  get usable(): number {
    return this.#ended + this.#sorted[PRUNED]!.length + this.#sorted[INFEASIBLE]!.length;
  }

  /** Weights of the good ones by number. `isAhead`: results are still to come. */
  good(isAhead: boolean): ReadonlyMap<number, number> {
    const count = countGood(this.usable, this.#objectives);
    const found: Observation[] = this.#objectives > 1 ? this.#bestOfFronts(count) : [];
    for (const sorted of this.#sorted) found.push(...sorted.slice(0, count - found.length));
    const weights = weightsOf(found.length, this.#objectives, isAhead);
    return new Map(found.map(({ number }, i) => [number, weights[i]!]));
  }

  /** Whole fronts as long as there is room, and of the next one those that dominate most. */
  #bestOfFronts(count: number): Observation[] {
    const found: Observation[] = [];
    for (const front of this.#fronts.fronts) {
      const room = count - found.length;
      if (room <= 0) break;
      const inOrder = [...front].sort((a, b) => a.number - b.number);
      const chosen =
        front.length <= room
          ? inOrder
          : selectByVolume(
              inOrder.map(({ values }) => values!),
              room,
            ).map((i) => inOrder[i]!);
      found.push(...chosen);
    }
    return found;
  }
}

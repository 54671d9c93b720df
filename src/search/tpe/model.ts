// What TPE knows of a run: the proposals so far by group, which of them are good, and the two estimators of each group.
import type { Random } from '../../ground/random.js';
import type { MethodSetup, Observation, Suggestion, View } from '../contract.js';
import { drawAllowed } from '../draw.js';
import { Columns } from './columns.js';
import { groupDimensions } from './groups.js';
import type { TpeOptions } from './options.js';
import { addLogs, ParzenEstimator } from './parzen.js';
import { Ranking } from './split.js';

interface Group {
  readonly columns: Columns;
  readonly good: ParzenEstimator;
  readonly rest: ParzenEstimator;
}

/** Whole points that are put together before one is drawn at random, where none was allowed. */
const TRIES = 8;

export class Model {
  readonly #setup: MethodSetup<TpeOptions>;
  /** By dimension; -1 where it has one position. */
  readonly #groupOf: Int32Array;
  #groups: readonly Group[] = [];
  #ranking: Ranking;
  /** Proposals that are in the columns. */
  #xs: Float64Array[] = [];
  /** How many of them are in the ranking. */
  #told = 0;

  constructor(setup: MethodSetup<TpeOptions>) {
    this.#setup = setup;
    this.#ranking = new Ranking(setup.objectives);
    this.#groupOf = new Int32Array(setup.space.dimensions.length).fill(-1);
    this.#reset();
    this.#groups.forEach(({ columns }, group) => {
      for (const d of columns.at) this.#groupOf[d] = group;
    });
  }

  #reset(): void {
    const { space, options, objectives } = this.#setup;
    const isJoint = options.multivariate === 'auto' ? objectives === 1 : options.multivariate === 'yes';
    this.#xs = [];
    this.#told = 0;
    this.#ranking = new Ranking(objectives);
    const groups = groupDimensions(space, isJoint);
    const count = groups.flat().length;
    this.#groups = groups.map((at) => {
      const columns = new Columns(space.dimensions, at);
      return {
        columns,
        good: new ParzenEstimator(columns, count),
        rest: new ParzenEstimator(columns, count),
      };
    });
  }

  /** Takes in what a view has beyond the one before. False where too little is known for a model. */
  learn({ told, pending }: View): boolean {
    if (!this.#goesOn(told, pending)) this.#reset();
    for (; this.#told < told.length; this.#told++) this.#ranking.add(told[this.#told]!);
    for (let k = this.#xs.length; k < told.length + pending.length; k++) {
      const x = k < told.length ? told[k]!.x : pending[k - told.length]!;
      this.#xs.push(x);
      for (const { columns } of this.#groups) columns.add(k, x);
    }
    return this.#ranking.usable > 0;
  }

  /** Whether what is known stands in the view as it is. */
  #goesOn(told: readonly Observation[], pending: readonly Float64Array[]): boolean {
    const known = this.#xs.length;
    if (told.length < this.#told || told.length + pending.length < known) return false;
    for (let k = this.#told; k < known; k++)
      if (!isSame(this.#xs[k]!, k < told.length ? told[k]!.x : pending[k - told.length]!)) return false;
    return true;
  }

  propose(random: Random): Suggestion {
    const { space, allows, objectives } = this.#setup;
    const good = this.#ranking.good(this.#told < this.#xs.length);
    for (const group of this.#groups) fitGroup(group, good, objectives);
    const known = { good: good.size, observations: this.#told };
    for (let tries = 0; tries < TRIES; tries++) {
      const x = new Float64Array(space.dimensions.length).fill(Number.NaN);
      const value = this.#compose(x, random);
      if (value !== undefined) return { x, why: { stage: 'acquisition', value, ...known } };
    }
    return { x: drawAllowed(space, random, allows), why: { stage: 'random', ...known } };
  }

  /**
   * Fills in a point, group by group, those that others depend on first; returns the logarithm of the ratio of the two
   * densities there, undefined where no candidate for the last group was allowed.
   */
  #compose(x: Float64Array, random: Random): number | undefined {
    let value = 0;
    for (let d = this.#findMissing(x); d >= 0; d = this.#findMissing(x)) {
      const chosen = this.#choose(this.#groups[this.#groupOf[d]!]!, x, random);
      if (chosen === undefined) return undefined;
      value += chosen;
    }
    return value;
  }

  /** The first dimension that exists and has no coordinate yet; those of one position get theirs. -1: the point is whole. */
  #findMissing(x: Float64Array): number {
    const { space } = this.#setup;
    for (let d = 0; d < x.length; d++) {
      if (!Number.isNaN(x[d]!) || !space.exists(x, d)) continue;
      if (this.#groupOf[d]! >= 0) return d;
      x[d] = 0;
    }
    return -1;
  }

  /**
   * The best candidate for a group, or the best allowed one where the point is whole with it. The density of the rest is
   * computed part by part, and can only grow: a candidate that falls behind another's whole one needs no more of its parts.
   */
  #choose({ columns, good, rest }: Group, x: Float64Array, random: Random): number | undefined {
    const { options, allows } = this.#setup;
    const { parts } = rest;
    const candidates = Array.from({ length: options.candidates }, (): Candidate => {
      const coordinates = good.draw(random);
      const better = good.logDensity(coordinates);
      const worse = rest.logPart(coordinates, 0);
      return { coordinates, better, worse, parts: 1, value: better - worse };
    });
    const before = x.slice();
    for (let left = candidates.length; left > 0; ) {
      const best = findBest(candidates);
      if (best.parts < parts) {
        best.worse = addLogs(best.worse, rest.logPart(best.coordinates, best.parts++));
        best.value = best.better - best.worse;
        continue;
      }
      x.set(before);
      for (let i = 0; i < columns.at.length; i++) x[columns.at[i]!] = best.coordinates[i]!;
      if (this.#findMissing(x) >= 0 || allows(x.slice())) return best.value;
      best.value = Number.NEGATIVE_INFINITY;
      left--;
    }
    return undefined;
  }
}

interface Candidate {
  readonly coordinates: Float64Array;
  /** Logarithms of the two densities; of the rest's as many parts as are computed. */
  readonly better: number;
  worse: number;
  parts: number;
  /** Of their ratio; -Infinity once it is not allowed. */
  value: number;
}

/** Of equal ones the first that was drawn. */
function findBest(candidates: readonly Candidate[]): Candidate {
  let best = candidates[0]!;
  for (const candidate of candidates) if (candidate.value > best.value) best = candidate;
  return best;
}

/** Everything that is not known to be good counts as bad, what is pending too ("constant liar"). */
function fitGroup(
  { columns, good, rest }: Group,
  weights: ReadonlyMap<number, number>,
  objectives: number,
): void {
  const { numbers } = columns;
  const goodWeights = new Float64Array(numbers.length);
  const restWeights = new Float64Array(numbers.length);
  let others = 0;
  for (let row = 0; row < numbers.length; row++) {
    goodWeights[row] = weights.get(numbers[row]!) ?? 0;
    if (goodWeights[row] === 0) others++;
  }
  for (let row = 0, at = 0; row < numbers.length; row++)
    if (goodWeights[row] === 0) restWeights[row] = objectives === 1 ? 1 : weightByAge(at++, others);
  good.fit(goodWeights);
  rest.fit(restWeights);
}

/** Bad ones that count in full, however many there are. */
const RECENT = 25;

/**
 * What the i-th oldest of n bad ones weighs, where there are several objectives (Bergstra et al. 2013). Of one objective all
 * weigh the same, which was better on the test problems of docs/search-quality.md.
 */
function weightByAge(i: number, n: number): number {
  if (i >= n - RECENT) return 1;
  return n === RECENT + 1 ? 1 / n : 1 / n + ((1 - 1 / n) * i) / (n - RECENT - 1);
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((v, i) => Object.is(v, b[i])));
}

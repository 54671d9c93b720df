// What TPE knows of a run: the proposals so far by group, which of them are good, and the two estimators of each group.
import type { Random } from '../../ground/random.js';
import type { MethodSetup, Observation, Suggestion, View } from '../contract.js';
import { Columns } from './columns.js';
import { groupDimensions } from './groups.js';
import type { TpeOptions } from './method.js';
import { ParzenEstimator } from './parzen.js';
import { Ranking } from './split.js';

interface Group {
  readonly columns: Columns;
  readonly good: ParzenEstimator;
  readonly rest: ParzenEstimator;
  goodWeights: Float64Array;
  restWeights: Float64Array;
}

export class Model {
  readonly #setup: MethodSetup<TpeOptions>;
  #groups: Group[] = [];
  /** By dimension; -1 where it has one position. */
  readonly #groupOf: Int32Array;
  #ranking: Ranking;
  /** Proposals that are in the columns. */
  #xs: Float64Array[] = [];
  #told: readonly Observation[] = [];

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
    this.#told = [];
    this.#ranking = new Ranking(objectives);
    this.#groups = groupDimensions(space, isJoint).map((at) => {
      const columns = new Columns(space.dimensions, at);
      return {
        columns,
        good: new ParzenEstimator(columns),
        rest: new ParzenEstimator(columns),
        goodWeights: new Float64Array(64),
        restWeights: new Float64Array(64),
      };
    });
  }

  /** Takes in what a view has beyond the one before. False where too little is known for a model. */
  learn({ told, pending }: View): boolean {
    if (!this.#goesOn(told, pending)) this.#reset();
    for (const observation of told.slice(this.#told.length)) this.#ranking.add(observation);
    this.#told = told.slice();
    for (let k = this.#xs.length; k < told.length + pending.length; k++) {
      const x = k < told.length ? told[k]!.x : pending[k - told.length]!;
      this.#xs.push(x);
      for (const { columns } of this.#groups) columns.add(k, x);
    }
    return this.#ranking.usable > 0;
  }

  #goesOn(told: readonly Observation[], pending: readonly Float64Array[]): boolean {
    const known = this.#xs.length;
    if (told.length < this.#told.length || told.length + pending.length < known) return false;
    for (let k = this.#told.length; k < known; k++)
      if (!isSame(this.#xs[k]!, k < told.length ? told[k]!.x : pending[k - told.length]!)) return false;
    return true;
  }

  propose(random: Random): Suggestion {
    const { space } = this.#setup;
    const good = this.#ranking.good();
    for (const group of this.#groups) this.#fit(group, good);
    const x = new Float64Array(space.dimensions.length).fill(Number.NaN);
    let acquisition = 0;
    space.dimensions.forEach((dimension, d) => {
      if (!Number.isNaN(x[d]!) || !space.exists(x, d)) return;
      if (dimension.size === 1) x[d] = 0;
      else acquisition += this.#choose(this.#groups[this.#groupOf[d]!]!, x, random);
    });
    return {
      x,
      why: { stage: 'acquisition', value: acquisition, good: good.size, observations: this.#told.length },
    };
  }

  /** Fills in the coordinates of a group; returns the logarithm of the ratio of the two densities there. */
  #choose({ columns, good, rest }: Group, x: Float64Array, random: Random): number {
    let best: Float64Array | undefined;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.#setup.options.candidates; i++) {
      const candidate = good.draw(random);
      const value = good.logDensity(candidate) - rest.logDensity(candidate);
      if (best !== undefined && !(value > most)) continue;
      best = candidate;
      most = value;
    }
    columns.at.forEach((d, i) => {
      x[d] = best![i]!;
    });
    return most;
  }

  #fit(group: Group, good: ReadonlySet<number>): void {
    const { columns } = group;
    const { numbers } = columns;
    if (group.goodWeights.length < numbers.length) {
      group.goodWeights = new Float64Array(2 * numbers.length);
      group.restWeights = new Float64Array(2 * numbers.length);
    }
    group.goodWeights.fill(0);
    group.restWeights.fill(0);
    let others = 0;
    for (let row = 0; row < numbers.length; row++) {
      if (good.has(numbers[row]!)) group.goodWeights[row] = 1;
      else others++;
    }
    let at = 0;
    for (let row = 0; row < numbers.length; row++)
      if (group.goodWeights[row] === 0) group.restWeights[row] = weightOf(at++, others);
    group.good.fit(group.goodWeights);
    group.rest.fit(group.restWeights);
  }
}

/** Of the i-th of n: the last 25 count in full, the ones before less the older they are. */
function weightOf(i: number, n: number): number {
  if (i >= n - 25) return 1;
  return n === 26 ? 1 / n : 1 / n + ((1 - 1 / n) * i) / (n - 26);
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  return a === b || a.every((v, i) => Object.is(v, b[i]));
}

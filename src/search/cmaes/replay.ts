// CMA-ES replayed from what has been told, for one look-ahead: which distribution each proposal was drawn from, and what it
// learnt from each observation when that was told. The state after t observations is a function of these, the seed and
// the look-ahead alone.
import { randomFor } from '../../ground/random.js';
import type { Observation } from '../contract.js';
import { compareObservations } from '../order.js';
import { type Box, clip, isInside, isSamePlace, placeOf, vectorOf } from './box.js';
import { Distribution, type Draw, drawFrom, type Source } from './distribution.js';
import { keepMargins } from './margin.js';
import { type Budget, firstPhase, hasComeToRest, nextPhase, type Phase, patience } from './restart.js';
import { defaultPopulation, type Strategy, strategyFor, weightAt } from './strategy.js';

export interface CmaesOptions {
  readonly population: number;
  readonly sigma: number;
  readonly start: 'centre' | 'random';
  readonly restarts: 'none' | 'ipop' | 'bipop';
}

export interface ReplaySetup {
  readonly box: Box;
  readonly seed: number;
  readonly options: CmaesOptions;
  /** Proposals made between the last observation told and a proposal: the look-ahead less one. */
  readonly lag: number;
}

/** A proposal before it is known: where it is drawn from, and in which phase. */
interface Origin {
  readonly source: Source;
  readonly phase: number;
  /** The vectors drawn from it, by attempt. */
  readonly drawn: Float64Array[];
}

/** Vectors drawn until one lies inside; the last is put on the edge. */
const MOST_OUTSIDE = 100;
/** Places proposed instead of ones that are not allowed, after which the sampler takes one at random. */
export const MOST_ATTEMPTS = 20;
/** Standard deviations of more than half the space say nothing more. */
const WIDEST = 0.5;
/** Observations after which a search is a long one, and those a dimension; see `#strategyNow`. */
const LONG = { all: 200, perDimension: 30 };

export class Replay {
  /** Observations learnt from. */
  told = 0;
  readonly #setup: ReplaySetup;
  readonly #first: Phase;
  #phase: Phase;
  #spent: Budget;
  #distribution: Distribution;
  #strategy: Strategy;
  /** Of proposals from `told` on. */
  readonly #origins: Origin[] = [];
  /** Observations of this phase. */
  #ranked: Observation[] = [];

  constructor(setup: ReplaySetup) {
    this.#setup = setup;
    const { box, options } = setup;
    const population = options.population || defaultPopulation(box.dimensions.length);
    this.#first = firstPhase(population, options.sigma);
    this.#phase = this.#first;
    this.#spent = { large: 0, small: 0, population };
    this.#distribution = this.#start();
    this.#strategy = strategyFor(box.dimensions.length, population);
    // Before anything is told, proposals 0 to `lag` are made.
    for (let k = 0; k <= setup.lag; k++) this.#origins.push(this.#origin());
  }

  /** The place that proposal `told + lag` is, or an earlier one that has not been told; of several attempts at it. */
  propose(k: number, attempt: number): Float64Array {
    const { box } = this.#setup;
    const origin = this.#origins[k - this.told]!;
    return placeOf(box, this.#draw(k, attempt, origin), origin.source);
  }

  get phase(): Phase {
    return this.#phase;
  }

  get sigma(): number {
    return this.#distribution.sigma;
  }

  /** Learns from the next observation, of all that are told. */
  learn(told: readonly Observation[]): void {
    const observation = told[this.told]!;
    const origin = this.#origins.shift()!;
    const draw = this.#recall(observation, origin);
    this.told++;
    // What was proposed before a restart says nothing of the distribution after it.
    if (origin.phase === this.#phase.number) this.#learn(observation, draw);
    this.#origins.push(this.#origin());
  }

  #learn(observation: Observation, draw: Draw): void {
    const { box, options } = this.#setup;
    this.#ranked.push(observation);
    this.#strategy = this.#strategyNow();
    const weight = this.#weigh(observation);
    if (weight === undefined) return;
    this.#distribution.update(draw, weight, this.#strategy);
    clip(box, this.#distribution.mean);
    const { widest } = this.#distribution;
    if (widest > WIDEST) this.#distribution.sigma *= WIDEST / widest;
    keepMargins(box, this.#distribution, 1 / (box.dimensions.length * this.#strategy.population));
    if (options.restarts !== 'none') this.#restartAtRest(options.restarts);
  }

  /** By its rank among the last ones of the phase; alike ones share theirs. The first has none. */
  #weigh(observation: Observation): number | undefined {
    const among = this.#ranked.slice(-this.#strategy.population);
    if (among.length < 2) return undefined;
    let before = 0;
    for (const other of among) {
      const order = compareObservations(other, observation);
      before += order < 0 ? 1 : order === 0 ? 0.5 : 0;
    }
    return weightAt(this.#strategy, before / among.length);
  }

  /**
   * A population smaller than the look-ahead comes furthest in a hundred trials, but is not stable for long: what it learns is
   * of distributions that are some generations old, and Rosenbrock in ten dimensions takes it twice the evaluations.
   */
  #strategyNow(): Strategy {
    const { box, lag } = this.#setup;
    const n = box.dimensions.length;
    const isLong = lag > 0 && this.#ranked.length >= Math.max(LONG.all, LONG.perDimension * n);
    const least = isLong ? Math.max(2 * (lag + 1), 4 + Math.floor(3 * Math.log(n))) : 0;
    const population = Math.max(this.#phase.population, least);
    return population === this.#strategy.population ? this.#strategy : strategyFor(n, population);
  }

  /** The vector that an observation was drawn as: with the attempt that gave the place as it was told. */
  #recall({ number, x }: Observation, origin: Origin): Draw {
    const { box } = this.#setup;
    const { source } = origin;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const drawn = this.#draw(number, attempt, origin);
      if (isSamePlace(placeOf(box, drawn, source), x)) return { x: drawn, source };
    }
    return { x: vectorOf(box, x, this.#distribution), source: undefined };
  }

  #restartAtRest(kind: 'ipop' | 'bipop'): void {
    const { box, seed } = this.#setup;
    const evaluations = this.#ranked.length;
    if (evaluations % this.#strategy.population !== 0) return; // once a generation will do
    const recent = this.#ranked.slice(-patience(this.#strategy));
    const phase = { strategy: this.#strategy, sigma: this.#phase.sigma };
    if (!hasComeToRest(this.#distribution, phase, recent)) return;
    const { large, small, population } = this.#spent;
    this.#spent = {
      large: large + (this.#phase.isSmall ? 0 : evaluations),
      small: small + (this.#phase.isSmall ? evaluations : 0),
      population: Math.max(population, this.#phase.population),
    };
    this.#phase = nextPhase(kind, this.#first, this.#phase, this.#spent, seed);
    this.#ranked = [];
    this.#distribution = this.#start();
    this.#strategy = strategyFor(box.dimensions.length, this.#phase.population);
  }

  /** Where a phase begins: the first as the options say, later ones at random. */
  #start(): Distribution {
    const { box, seed, options } = this.#setup;
    const { number, sigma } = this.#phase;
    const random = randomFor('cmaes', seed, 'start', number);
    const isCentre = number === 0 && options.start === 'centre';
    const mean = Float64Array.from(box.dimensions, () => (isCentre ? 0.5 : random.uniform()));
    return new Distribution(mean, sigma);
  }

  #origin(): Origin {
    return { source: this.#distribution.source, phase: this.#phase.number, drawn: [] };
  }

  /** The vector of one attempt at proposal k. */
  #draw(k: number, attempt: number, { source, drawn }: Origin): Float64Array {
    const known = drawn[attempt];
    if (known !== undefined) return known;
    const { box, seed } = this.#setup;
    const random = randomFor('cmaes', seed, k, attempt);
    let x = drawFrom(source, random);
    for (let tries = 1; tries < MOST_OUTSIDE && !isInside(box, x); tries++) x = drawFrom(source, random);
    clip(box, x);
    drawn[attempt] = x;
    return x;
  }
}

// The normal distribution that CMA-ES searches with: it learns from one observation at a time (Hansen 2016, with the active
// update; see strategy.ts on the rates of one observation). Unbounded: what lies outside of the space is for others.
import type { Random } from '../../ground/random.js';
import { symmetricEigen } from '../../stats/eigen.js';
import type { Strategy } from './strategy.js';

/** A distribution as it was when something was drawn from it. Never changes. */
export interface Source {
  readonly mean: Float64Array;
  readonly sigma: number;
  /** Row by row: turns a standard normal vector into one of the covariance. */
  readonly factor: Float64Array;
  /** Widths by which integers see it; see margin.ts. */
  readonly widths: Float64Array;
}

/** What was evaluated: a vector as drawn from `source`, or one from elsewhere. */
export interface Draw {
  readonly x: Float64Array;
  readonly source: Source | undefined;
}

/** Lengths past this, as a multiple of √n + 2n/(n + 2), are cut: once for points from elsewhere (Hansen 2011, eq. 6)… */
const LONGEST_FOREIGN = 1;
/** …and for own ones that the distribution has moved away from since. */
const LONGEST_OWN = 2;
/** Eigenvalues below that part of the largest are rounding. */
const LEAST_RATIO = 1e-15;
/** The step grows by this factor at most in one update (Hansen's implementations cap it so). */
const FASTEST = Math.E;

export class Distribution {
  readonly mean: Float64Array;
  /** Widths by which integers see it. */
  readonly widths: Float64Array;
  readonly covariance: Float64Array;
  sigma: number;
  readonly #n: number;
  readonly #stepPath: Float64Array;
  readonly #shapePath: Float64Array;
  #factor: Float64Array;
  /** Row by row, column j is direction j. */
  #directions: Float64Array;
  #deviations: Float64Array;
  #source: Source | undefined;
  #updates = 0;
  #sinceEigen = 0;

  constructor(mean: Float64Array, sigma: number) {
    this.#n = mean.length;
    this.mean = mean.slice();
    this.sigma = sigma;
    this.covariance = identity(this.#n);
    this.#factor = identity(this.#n);
    this.#directions = identity(this.#n);
    this.#deviations = new Float64Array(this.#n).fill(1);
    this.widths = new Float64Array(this.#n).fill(1);
    this.#stepPath = new Float64Array(this.#n);
    this.#shapePath = new Float64Array(this.#n);
  }

  /** What is drawn from now. */
  get source(): Source {
    this.#source ??= {
      mean: this.mean.slice(),
      sigma: this.sigma,
      factor: this.#factor,
      widths: this.widths.slice(),
    };
    return this.#source;
  }

  /** Ratio of the largest to the least eigenvalue. */
  get condition(): number {
    return (Math.max(...this.#deviations) / Math.min(...this.#deviations)) ** 2;
  }

  /** The largest standard deviation in any direction of the axes. */
  get widest(): number {
    let widest = 0;
    for (let i = 0; i < this.#n; i++) widest = Math.max(widest, this.covariance[i * this.#n + i]!);
    return this.sigma * Math.sqrt(widest);
  }

  /** Learns from one observation of that weight. Whoever changes mean or widths afterwards calls `moved`. */
  update({ x, source }: Draw, weight: number, strategy: Strategy): void {
    const n = this.#n;
    const { rates, spread, expectedLength } = strategy;
    const longest = Math.sqrt(n) + (2 * n) / (n + 2);
    const cut = (source === undefined ? LONGEST_FOREIGN : LONGEST_OWN) * longest;
    const y = Float64Array.from(x, (v, i) => (v - this.mean[i]!) / this.sigma);
    const white = this.#whiten(y);
    const shrunk = Math.min(1, cut / lengthOf(white));
    for (let i = 0; i < n; i++) {
      y[i]! *= shrunk;
      white[i]! *= shrunk;
    }
    // The shape is that of the distribution it was drawn from, wherever the mean is by now: with a look-ahead of 8 that
    // saves a fifth of the evaluations on Rosenbrock and the ellipsoid.
    const shape =
      source === undefined ? y : Float64Array.from(x, (v, i) => (v - source.mean[i]!) / source.sigma);
    const length = source === undefined ? lengthOf(white) : lengthOf(this.#whiten(shape));
    const shorter = Math.min(1, cut / length);
    if (source !== undefined) for (let i = 0; i < n; i++) shape[i]! *= shorter;

    const positive = Math.max(0, weight);
    const normalised = (rate: number) => Math.sqrt((rate * (2 - rate)) / spread) * positive;
    for (let i = 0; i < n; i++) {
      this.mean[i]! += rates.mean * positive * this.sigma * y[i]!;
      this.#stepPath[i] = (1 - rates.stepPath) * this.#stepPath[i]! + normalised(rates.stepPath) * white[i]!;
    }
    this.#updates++;
    const pathLength = lengthOf(this.#stepPath);
    // Stalls the other path while the step grows fast (eq. 45).
    const settled = Math.sqrt(1 - (1 - rates.stepPath) ** (2 * (this.#updates + strategy.population)));
    const isCalm = pathLength / settled < (1.4 + 2 / (n + 1)) * expectedLength;
    const push = isCalm ? normalised(rates.shapePath) : 0;
    for (let i = 0; i < n; i++)
      this.#shapePath[i] = (1 - rates.shapePath) * this.#shapePath[i]! + push * y[i]!;
    this.#learnShape(shape, weight, shorter * length, isCalm, strategy);
    this.sigma *= Math.min(FASTEST, Math.exp(rates.step * (pathLength / expectedLength - 1)));
    if (++this.#sinceEigen >= eigenInterval(strategy)) this.#decompose();
    this.moved();
  }

  moved(): void {
    this.#source = undefined;
  }

  /** Rank-one and rank-mu update; a negative weight counts as for a vector of the expected length (eqs. 46, 47). */
  #learnShape(
    shape: Float64Array,
    weight: number,
    length: number,
    isCalm: boolean,
    { rates }: Strategy,
  ): void {
    const n = this.#n;
    const lost = isCalm ? 0 : rates.rankOne * rates.shapePath * (2 - rates.shapePath);
    const keep = 1 + lost - rates.rankOne - rates.rankMu * weight;
    const outer = rates.rankMu * (weight < 0 ? (weight * n) / (length * length + 1e-8) : weight);
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) {
        const learnt =
          keep * this.covariance[i * n + j]! +
          rates.rankOne * this.#shapePath[i]! * this.#shapePath[j]! +
          outer * shape[i]! * shape[j]!;
        this.covariance[i * n + j] = learnt;
        this.covariance[j * n + i] = learnt;
      }
  }

  /** C^(-1/2) y. */
  #whiten(y: Float64Array): Float64Array {
    const n = this.#n;
    const along = new Float64Array(n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) along[j]! += this.#directions[i * n + j]! * y[i]!;
    for (let j = 0; j < n; j++) along[j]! /= this.#deviations[j]!;
    return multiply(this.#directions, along);
  }

  #decompose(): void {
    const n = this.#n;
    const { values, vectors } = symmetricEigen(this.covariance, n);
    const least = LEAST_RATIO * Math.max(...values);
    this.#deviations = values.map((value) => Math.sqrt(Math.max(value, least)));
    this.#directions = vectors;
    this.#factor = vectors.map((value, at) => value * this.#deviations[at % n]!);
    this.#sinceEigen = 0;
  }
}

/** Observations after which the covariance has changed so much that its directions are computed anew (Hansen 2016, B.2). */
function eigenInterval({ dimensions, population, rates }: Strategy): number {
  const perGeneration = rates.rankOne * population + rates.rankMu;
  return Math.max(1, Math.floor(population / (10 * dimensions * perGeneration)));
}

/** A vector from a distribution; the same random numbers give the same one. */
export function drawFrom({ mean, sigma, factor }: Source, random: Random): Float64Array {
  const z = new Float64Array(mean.length);
  for (let i = 0; i < z.length; i++) z[i] = random.normal();
  const x = multiply(factor, z);
  for (let i = 0; i < x.length; i++) x[i] = mean[i]! + sigma * x[i]!;
  return x;
}

function identity(n: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) matrix[i * n + i] = 1;
  return matrix;
}

function multiply(matrix: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  const product = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * vector[j]!;
    product[i] = sum;
  }
  return product;
}

function lengthOf(vector: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i]! * vector[i]!;
  return Math.sqrt(sum);
}

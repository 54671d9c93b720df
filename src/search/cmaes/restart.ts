// When CMA-ES has come to rest, and what it starts anew with: IPOP (Auger and Hansen 2005) doubles the population each
// time; BIPOP (Hansen 2009) has small ones of small steps between, for as many evaluations as the large ones took.
import { randomFor } from '../../ground/random.js';
import type { Observation } from '../contract.js';
import { compareObservations } from '../order.js';
import type { Distribution } from './distribution.js';
import type { Strategy } from './strategy.js';

export interface Phase {
  /** From 0. */
  readonly number: number;
  readonly population: number;
  readonly sigma: number;
  readonly isSmall: boolean;
}

export interface Budget {
  /** Evaluations of phases with a large population, and with a small one. */
  readonly large: number;
  readonly small: number;
  /** The largest population so far. */
  readonly population: number;
}

/** Standard deviations below that part of the first one are none. */
const NO_WIDTH = 1e-10;
/** Values that differ by less than that part of the largest are alike, but for rounding. */
const NO_DIFFERENCE = 1e-12;
const MOST_CONDITION = 1e14;

/** Observations that have to be alike before a phase ends: ten generations and 30 n / λ more (Hansen 2016, B.3). */
export function patience({ population, dimensions }: Strategy): number {
  return 10 * population + 30 * dimensions;
}

/** `recent`: the last observations of a phase. */
export function hasComeToRest(
  distribution: Distribution,
  { strategy, sigma }: { readonly strategy: Strategy; readonly sigma: number },
  recent: readonly Observation[],
): boolean {
  if (distribution.widest < NO_WIDTH * sigma || distribution.condition > MOST_CONDITION) return true;
  return recent.length >= patience(strategy) && isFlat(recent);
}

function isFlat(recent: readonly Observation[]): boolean {
  const [first] = recent;
  if (recent.every((each) => compareObservations(each, first!) === 0)) return true;
  const values = recent.flatMap((each) =>
    each.status === 'ok' && each.violation === 0 && each.values !== null ? [each.values[0]!] : [],
  );
  // No spread of arguments, of which a call takes some 100,000: with a large population there are more.
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const largest = Math.max(Math.abs(least), Math.abs(most));
  // Halves, because the difference of the largest numbers is none.
  const range = most / 2 - least / 2;
  return values.length === recent.length && range <= (NO_DIFFERENCE / 2) * largest;
}

export function firstPhase(population: number, sigma: number): Phase {
  return { number: 0, population, sigma, isSmall: false };
}

/** What comes after a phase; chance comes from the seed and the number of the phase. */
export function nextPhase(
  kind: 'ipop' | 'bipop',
  first: Phase,
  last: Phase,
  spent: Budget,
  seed: number,
): Phase {
  const number = last.number + 1;
  if (kind === 'bipop' && number > 1 && spent.small < spent.large) {
    const random = randomFor('cmaes', seed, 'small', number);
    const ratio = spent.population / first.population / 2;
    const population = Math.floor(first.population * ratio ** (random.uniform() ** 2));
    const sigma = first.sigma * 10 ** (-2 * random.uniform());
    return { number, population: Math.max(first.population, population), sigma, isSmall: true };
  }
  return { number, population: 2 * spent.population, sigma: first.sigma, isSmall: false };
}

// Made-up nights: noise of several shapes, within a night (replicates) and between nights, with or without a change at the
// end. The unit is the standard deviation of a single trial's value: 1 for all shapes.
import { type Random, randomFor } from '../../src/ground/random.js';
import { judgeNights } from '../../src/nights/judge.js';
import type { Night } from '../../src/nights/night.js';

type Draw = (random: Random) => number;

const normal: Draw = (random) => random.normal();
/** Log-normal, standardised: skewness 6.2. */
const skewed: Draw = (random) =>
  (Math.exp(random.normal()) - Math.exp(0.5)) / Math.sqrt((Math.E - 1) * Math.E);
/** Student's with three degrees of freedom, standardised: its fourth moment is infinite. */
const heavy: Draw = (random) => {
  const square = random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2;
  return random.normal() / Math.sqrt(square);
};
/** Two humps: `share` of the values `distance` below the others. */
const humps =
  (share: number, distance: number): Draw =>
  (random) => {
    const deviation = Math.sqrt(share * (1 - share) * distance ** 2 + 1);
    const hump = random.uniform() < share ? -distance * (1 - share) : distance * share;
    return (hump + random.normal()) / deviation;
  };

export interface Shape {
  readonly name: string;
  /** Of the replicates of one night, and of the nights. */
  readonly within: Draw;
  readonly between: Draw;
  /** Share of the variance that lies between nights. */
  readonly share: number;
  /** Correlation of the effects of neighbouring nights. */
  readonly correlation: number;
}

const BASE = { within: normal, between: normal, share: 0.2, correlation: 0 };

export const SHAPES: readonly Shape[] = [
  { ...BASE, name: 'normal' },
  { ...BASE, name: 'skewed', within: skewed, between: skewed },
  { ...BASE, name: 'heavy-tailed', within: heavy, between: heavy },
  { ...BASE, name: 'bimodal trials (10 % collapse)', within: humps(0.1, 6) },
  { ...BASE, name: 'bimodal nights (half and half)', between: humps(0.5, 6), share: 0.5 },
  { ...BASE, name: 'bimodal nights (one in ten)', between: humps(0.1, 6), share: 0.5 },
  { ...BASE, name: 'autocorrelated (0.5)', correlation: 0.5, share: 0.5 },
  { ...BASE, name: 'nights alone (replicates agree)', share: 1 },
];

export interface Series {
  readonly shape: Shape;
  readonly nights: number;
  readonly replicates: number;
  /** Added to the last so many nights. */
  readonly shift: number;
  readonly shifted: number;
}

export function drawNights(random: Random, { shape, nights, replicates, shift, shifted }: Series): Night[] {
  const { within, between, share, correlation } = shape;
  let effect = between(random);
  return Array.from({ length: nights }, (_, night) => {
    if (night > 0) effect = correlation * effect + Math.sqrt(1 - correlation ** 2) * between(random);
    const level = Math.sqrt(share) * effect + (night >= nights - shifted ? shift : 0);
    const values = Array.from({ length: replicates }, () => level + Math.sqrt(1 - share) * within(random));
    const mean = values.reduce((sum, value) => sum + value, 0) / replicates;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, count: replicates, variance: replicates < 2 ? null : squares / (replicates - 1) };
  });
}

/** Standard deviation of a night's mean. */
export function nightDeviation({ share }: Shape, replicates: number): number {
  return Math.sqrt(share + (1 - share) / replicates);
}

export interface Counted {
  /** Failures where less is better, and where more is. */
  readonly up: number;
  readonly down: number;
}

/** Of so many histories, those whose last night is judged to be worse. */
export function countMoved(series: Series, histories: number, seed: string): Counted {
  const { shape, nights, replicates, shift } = series;
  const random = randomFor('nights', seed, shape.name, nights, replicates, shift);
  let [up, down] = [0, 0];
  for (let i = 0; i < histories; i++) {
    const drawn = drawNights(random, series);
    if (judgeNights(drawn, { goal: 'min' }).isFailure) up++;
    if (judgeNights(drawn, { goal: 'max' }).isFailure) down++;
  }
  return { up, down };
}

/** Of so many histories with an improvement that lasted `better` nights and was lost, those where that is told. */
export function countLost(series: Series, better: number, histories: number, seed: string): number {
  const { shape, nights, replicates, shift, shifted } = series;
  const random = randomFor('lost', seed, shape.name, nights, replicates, shift);
  let told = 0;
  for (let i = 0; i < histories; i++) {
    const drawn = drawNights(random, { ...series, shift: 0 });
    const improved = drawn.map((night, at) => {
      const isBetter = at >= nights - shifted - better && at < nights - shifted;
      return isBetter ? { ...night, mean: night.mean - shift } : night;
    });
    if (judgeNights(improved, { goal: 'min' }).isFailure) told++;
  }
  return told;
}

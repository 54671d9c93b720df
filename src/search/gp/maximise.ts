// Looks for the place of a search space where an acquisition function is largest: many places at random, some near the
// best ones known, and from the most promising ones in turn L-BFGS over continuous dimensions and steps along the others.
import type { Random } from '../../ground/random.js';
import type { Dimension } from '../dimension.js';
import { minimise } from '../optimise/lbfgsb.js';
import type { SearchSpace } from '../space.js';
import type { Encoder } from './encode.js';

/** The value at features, the larger the better; writes its slopes by them where `slopes` is given. */
export type Acquisition = (features: Float64Array, slopes?: Float64Array) => number;

export interface MaximiseSetup {
  readonly space: SearchSpace;
  readonly encoder: Encoder;
  readonly acquisition: Acquisition;
  /** Of each feature 1 / length scale²: how finely to look. */
  readonly weights: Float64Array;
  /** The best places known, best first. */
  readonly best: readonly Float64Array[];
  readonly random: Random;
  readonly allows: (x: Float64Array) => boolean;
  readonly effort: Effort;
}

export interface Effort {
  /** Places at random. */
  readonly draws: number;
  /** Places near each of the best. */
  readonly near: number;
  /** From how many of the most promising to search on. */
  readonly starts: number;
  /** Evaluations of L-BFGS from each. */
  readonly evaluations: number;
}

export interface Found {
  readonly x: Float64Array;
  readonly value: number;
}

/** The best that is allowed; undefined where none is of all that were looked at. */
export function maximise(setup: MaximiseSetup): Found | undefined {
  const { space, encoder, acquisition, effort, random, allows } = setup;
  const features = new Float64Array(encoder.dimensions.length);
  const valued = (x: Float64Array): Found => ({ x, value: acquisition(encoder.encode(x, features)) });
  const wide = drawEvenly(space, effort.draws, random).map(valued).sort(better);
  const close: Found[] = [];
  for (const [rank, x] of setup.best.entries())
    for (let i = 0; i < effort.near; i++) close.push(valued(perturb(setup, x, rank, i)));
  close.sort(better);
  const starts = mix(wide, close, effort.starts);
  const improved = starts.map((start) => improve(setup, start)).sort(better);
  return [improved, close, wide]
    .map((some) => some.find(({ x }) => allows(x)))
    .find((one) => one !== undefined);
}

const better = (a: Found, b: Found) => b.value - a.value;

/** The best of each list in turn. */
function mix(wide: readonly Found[], close: readonly Found[], count: number): Found[] {
  const chosen: Found[] = [];
  for (let i = 0; chosen.length < count && (i < wide.length || i < close.length); i++) {
    if (i < close.length) chosen.push(close[i]!);
    if (i < wide.length) chosen.push(wide[i]!);
  }
  return chosen.slice(0, count);
}

/**
 * Places whose coordinates are the additive sequence of Roberts 2018 ("The unreasonable effectiveness of quasirandom
 * sequences"), moved by a random offset: number i has the fractions of offset + i / g^(d + 1), where g^(D + 1) = g + 1.
 */
export function drawEvenly(space: SearchSpace, count: number, random: Random): Float64Array[] {
  const dims = space.dimensions.length;
  let g = 1.5;
  for (let i = 0; i < 60; i++) g = (1 + g) ** (1 / (dims + 1));
  const offsets = space.dimensions.map(() => random.uniform());
  return Array.from({ length: count }, (_, i) =>
    space.fill((d, dimension) => {
      const u = offsets[d]! + (i + 1) / g ** (d + 1);
      return dimension.fromUnit(u - Math.floor(u));
    }),
  );
}

/** A place near x, at a distance of a share of the length scales that differs from one to the next. */
function perturb(setup: MaximiseSetup, x: Float64Array, rank: number, i: number): Float64Array {
  const { space, encoder, weights, random } = setup;
  if (i === 0 && rank === 0) return x;
  const size = 10 ** (-0.5 - 2 * random.uniform());
  const share = Math.min(1, 2 / encoder.dimensions.length);
  return space.fill((d, dimension) => {
    const known = x[d]!;
    const f = encoder.dimensions.indexOf(d);
    if (Number.isNaN(known)) return dimension.fromUnit(random.uniform());
    if (f < 0) return known;
    if (dimension.kind === 'categorical')
      return random.uniform() < 0.5 * share ? dimension.fromUnit(random.uniform()) : known;
    const width = Math.min(1, 1 / Math.sqrt(weights[f]!));
    const moved = dimension.toUnit(known) + size * width * random.normal();
    if (dimension.kind === 'ordinal' && random.uniform() < 0.5) return known;
    return dimension.fromUnit(inside(moved, dimension.margin));
  });
}

function inside(u: number, margin: number): number {
  return Math.min(Math.max(u, margin), 1 - margin);
}

/** In turn over continuous dimensions and the others, until nothing gets better. */
function improve(setup: MaximiseSetup, start: Found): Found {
  let found = start;
  for (let round = 0; round < 4; round++) {
    const climbed = climb(setup, found);
    const stepped = step(setup, climbed);
    if (stepped === climbed) return climbed;
    found = stepped;
  }
  return climb(setup, found);
}

/** L-BFGS over the continuous dimensions that exist, in units of their length scales. */
function climb({ space, encoder, acquisition, weights, effort }: MaximiseSetup, from: Found): Found {
  const free = encoder.dimensions.flatMap((d, f) =>
    space.dimensions[d]!.kind === 'continuous' && !Number.isNaN(from.x[d]!) ? [f] : [],
  );
  if (free.length === 0) return from;
  const margins = free.map((f) => space.dimensions[encoder.dimensions[f]!]!.margin);
  const features = encoder.encode(from.x, new Float64Array(encoder.dimensions.length));
  const slopes = new Float64Array(features.length);
  const unit = Float64Array.from(free, (f) => Math.sqrt(weights[f]!));
  const coordinate = (z: Float64Array, i: number) => inside(z[i]! / unit[i]!, margins[i]!);
  const evaluate = (z: Float64Array, gradient: Float64Array) => {
    for (let i = 0; i < free.length; i++) features[free[i]!] = coordinate(z, i);
    const value = acquisition(features, slopes);
    for (let i = 0; i < free.length; i++) gradient[i] = -slopes[free[i]!]! / unit[i]!;
    return -value;
  };
  const lower = unit.map((scale, i) => scale * margins[i]!);
  const upper = unit.map((scale, i) => scale * (1 - margins[i]!));
  const start = Float64Array.from(free, (f, i) => features[f]! * unit[i]!);
  const options = { evaluations: effort.evaluations, gradientTolerance: 1e-5, valueTolerance: 1e-6 };
  const reached = minimise({ lower, upper, evaluate }, start, options);
  if (!(-reached.value > from.value)) return from;
  const x = from.x.slice();
  for (let i = 0; i < free.length; i++) x[encoder.dimensions[free[i]!]!] = coordinate(reached.x, i);
  return { x, value: -reached.value };
}

/** Up to this many positions are all tried; of more, as many names at random, or those at 1, 2, 4, … positions' distance. */
const ALL = 16;

/** The best change of each discrete dimension in turn; `from` itself where none is better. */
function step({ space, encoder, acquisition, random }: MaximiseSetup, from: Found): Found {
  const features = new Float64Array(encoder.dimensions.length);
  let found = from;
  for (const d of encoder.dimensions) {
    const dimension = space.dimensions[d]!;
    if (dimension.kind === 'continuous' || Number.isNaN(found.x[d]!)) continue;
    for (const position of neighbours(found.x[d]!, dimension, random)) {
      const base = found.x;
      const x = space.fill((e, other) => {
        if (e === d) return position;
        // What comes to exist with the change begins anywhere.
        return Number.isNaN(base[e]!) ? other.fromUnit(random.uniform()) : base[e]!;
      });
      const value = acquisition(encoder.encode(x, features));
      if (value > found.value + 1e-9) found = { x, value };
    }
  }
  return found;
}

function neighbours(position: number, { size, kind }: Dimension, random: Random): number[] {
  const list: number[] = [];
  if (size <= ALL) {
    for (let i = 0; i < size; i++) if (i !== position) list.push(i);
  } else if (kind === 'categorical') {
    for (let i = 0; i < ALL; i++) list.push(random.below(size));
  } else {
    for (let by = 1; by < size; by *= 2) {
      if (position - by >= 0) list.push(position - by);
      if (position + by < size) list.push(position + by);
    }
  }
  return list;
}

// Points at random. Where every axis is finite: the points of the grid in a random order, each at most once, under their
// numbers in the grid. Where a domain is open: point k is drawn from the domains with a stream of its own, so that a
// larger number of trials begins with the same ones.
import { z } from 'zod';
import { SweeplineError } from '../../ground/errors.js';
import { createPermutation } from '../../ground/permutation.js';
import type { SamplerSpec } from '../../run/manifest.js';
import { isDomain, isEven } from '../../space/domain.js';
import { createPointDraws } from '../../space/random-point.js';
import type { AxisDomain, GridSpec, Point } from '../../space/types.js';
import { type ProposedTrial, selectNumbers } from '../../trial/selection.js';
import type { Sampler, SamplerDefinition, Surroundings, Wanted } from './contract.js';
import { hasEnd } from './ends-input.js';
import { countTrials, nothingLeft, requireFinite } from './finite.js';
import { replicatesOf } from './racing.js';
import type { Turn } from './turn.js';

interface RandomSpec extends SamplerSpec {
  /** Trials in all; absent: every point of a finite space, and of domains as many as it takes to its end. */
  readonly trials?: number;
  /** The grids to draw from, where a domain is open. */
  readonly grids?: readonly GridSpec<AxisDomain>[];
}

/** Draws that the constraint may refuse, one after another, before it is taken to leave nothing. */
const MOST_DRAWS = 10_000;

export const randomSampler: SamplerDefinition = {
  name: 'random',
  about: 'random points, on a finite grid without replacement',
  options: z.object({}),
  domains: 'any',
  listens: () => false,
  takesReplicates: true,
  takesTrials: true,
  canShard: () => true,
  resolve(_, wanted, faults) {
    const { grids, trials } = wanted;
    const limit = trials === null ? {} : { trials };
    if (!isOpen(wanted))
      return { spec: { name: 'random', ...limit }, grids: requireFinite(grids, 'random', faults) };
    if (trials === null && !hasEnd(wanted.ends))
      faults.push(
        'random: it draws points from the domains without end; give --trials N, --target or --plateau',
      );
    return { spec: { name: 'random', proposes: true, ...limit, grids }, grids: [{ axes: [] }] };
  },
  grids: (spec, { grids }) => (spec as RandomSpec).grids ?? grids,
  findSpecFaults: ({ proposes, grids, trials, search }) =>
    proposes === true && (grids === undefined || (trials === undefined && search === undefined))
      ? ['it draws its points, and needs both grids and trials']
      : [],
  describe: ({ trials }) => (trials === undefined ? 'random' : `random, ${trials} trials`),
  most: ({ trials, proposes }, space) =>
    (trials as number | undefined) ?? (proposes ? Number.POSITIVE_INFINITY : space.trials),
  create: (surroundings) =>
    surroundings.spec.proposes ? createDrawingSampler(surroundings) : createShufflingSampler(surroundings),
};

function isOpen({ grids }: Wanted): boolean {
  return grids.some((grid) =>
    grid.axes.some((axis) => axis.values.some((each) => isDomain(each) && !isEven(each))),
  );
}

/** Numbers of the space in a random order. */
function createShufflingSampler(surroundings: Surroundings): Sampler {
  const { space, accept, where, share, nextUndone, seed, turn } = surroundings;
  const { trials: limit = space.trials } = surroundings.spec as RandomSpec;
  const order = createPermutation(space.points, 'random sampler', seed);
  const counted = countTrials(space, accept);
  const total = counted.total === null ? null : Math.min(limit, counted.total);
  const walk = new RandomWalk({ space, accept, share, order, limit });
  let drawn: ReadonlySet<number> | undefined;
  return {
    has(trial) {
      if (limit >= space.trials)
        return (accept === null || accept(trial)) && (share === null || share.has(trial));
      drawn ??= new Set(new RandomWalk({ space, accept, share, order, limit }).rest());
      return drawn.has(trial);
    },
    excluded: counted.excluded,
    total: share === null ? total : share.total,
    next(wanted) {
      const numbers: number[] = [];
      while (numbers.length < wanted && !walk.isOver) {
        const trial = walk.next();
        if (trial !== undefined && nextUndone(trial) === trial) numbers.push(trial);
        if (turn.isOver()) break;
      }
      if (walk.isOver && walk.taken === 0 && where !== null) throw nothingLeft(space.points);
      return numbers.length > 0 || !walk.isOver ? selectNumbers(numbers) : 'end';
    },
  };
}

interface Order extends Pick<Surroundings, 'space' | 'accept' | 'share'> {
  readonly order: (position: number) => number;
  readonly limit: number;
}

/** The first `limit` trials in a random order, looked at one by one. */
class RandomWalk {
  readonly #options: Order;
  #position = 0;
  #replicate = 0;
  /** Trials of the run so far, whichever shard they are of. */
  taken = 0;

  constructor(options: Order) {
    this.#options = options;
  }

  get isOver(): boolean {
    const { space, limit } = this.#options;
    return this.taken >= limit || this.#position >= space.points;
  }

  /** Looks at the next one; undefined where it is no trial of the run or another shard's. */
  next(): number | undefined {
    const { space, accept, share, order } = this.#options;
    const trial = order(this.#position) * space.replicates + this.#replicate;
    if (++this.#replicate === space.replicates) {
      this.#replicate = 0;
      this.#position++;
    }
    if (accept !== null && !accept(trial)) return undefined;
    this.taken++;
    return share === null || share.has(trial) ? trial : undefined;
  }

  *rest(): Generator<number> {
    while (!this.isOver) {
      const trial = this.next();
      if (trial !== undefined) yield trial;
    }
  }
}

/** Points drawn from open domains. */
function createDrawingSampler(surroundings: Surroundings): Sampler {
  const { spec, space, where, share, nextUndone, seed, turn } = surroundings;
  const { trials = Number.POSITIVE_INFINITY, grids = [] } = spec as RandomSpec;
  const { width, trialAt } = replicatesOf(spec, space);
  let cursor = 0;
  let last: { readonly number: number; readonly point: Point } | undefined;
  let draws: Draws | undefined;

  /** Undefined where the turn was over before a point was found: the search goes on in the next one. */
  const pointOf = (number: number): Point | undefined => {
    if (last?.number === number) return last.point;
    if (draws?.number !== number) draws = new Draws(number, createPointDraws(grids, seed, number));
    const point = draws.find(where, turn);
    if (point !== undefined) last = { number, point };
    return point;
  };
  return {
    total: share === null ? trials : share.total,
    excluded: 0,
    has: () => false,
    next(limit) {
      const points: ProposedTrial[] = [];
      while (cursor < trials && points.length < limit) {
        const trial = trialAt(cursor);
        if (nextUndone(trial) === trial) {
          const number = Math.floor(cursor / width);
          const point = pointOf(number);
          if (point === undefined) return { kind: 'points', points };
          const proposed = { trial, replicate: cursor % width, point };
          if (share === null || share.hasProposed(proposed)) points.push(proposed);
        }
        cursor++;
        if (turn.isOver()) break;
      }
      return points.length > 0 || cursor < trials ? { kind: 'points', points } : 'end';
    },
  };
}

/** The search for a point that the constraint accepts, among the draws for that point. */
class Draws {
  #count = 0;

  constructor(
    readonly number: number,
    private readonly draw: () => Point,
  ) {}

  find(where: ((point: Point) => boolean) | null, turn: Turn): Point | undefined {
    while (this.#count++ < MOST_DRAWS) {
      const point = this.draw();
      if (where === null || where(point)) return point;
      if (turn.isOver()) return undefined;
    }
    throw new SweeplineError(
      'BAD_DEFINITION',
      `the constraint accepts none of ${MOST_DRAWS} points drawn at random`,
      { hint: 'widen `where`, or narrow the domains to where it holds' },
    );
  }
}

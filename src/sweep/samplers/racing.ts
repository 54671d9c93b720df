// `--replicates auto`: every configuration gets a few replicates; once all of these have ended, those that cannot be told
// from the best one get another, and so does the best, round by round, until they can be, or the budget is spent. Rounds
// are decided on what all trials before them came to, so they are the same on any number of workers.
// A race for the best of several means, in rounds (Maron and Moore 1994), with intervals of Student's kind.
import { z } from 'zod';
import type { SamplerSpec } from '../../run/manifest.js';
import type { RangeSet } from '../../run/ranges.js';
import { deviationOf, largestOf } from '../../stats/deviation.js';
import { studentQuantile } from '../../stats/interval.js';
import type { Aims, Objective } from '../../trial/objective.js';
import { type ProposedTrial, type Selection, selectNumbers, trialsOf } from '../../trial/selection.js';
import type { Accept, Sampler, Surroundings, TrialResult } from './contract.js';
import { meanOf, sumViolations } from './observations.js';
import { constraintsSchema } from './search-spec.js';

export interface RacingSpec extends Objective, Pick<Aims, 'constraints'> {
  /** Replicates that every configuration gets, and the most that one can get. */
  readonly from: number;
  readonly most: number;
  /** Further trials that the rounds may take, as a part of those before them. */
  readonly share: number;
}

export const RACING = { from: 2, most: 10, share: 1 } as const;

export const racingSchema = z.strictObject({
  metric: z.string(),
  goal: z.enum(['min', 'max']),
  from: z.int().min(2),
  most: z.int().min(2),
  share: z.number().positive(),
  constraints: constraintsSchema,
});

/** Replicates that the sampler itself makes of each configuration, and how many numbers there are for them. */
export function replicatesOf(spec: SamplerSpec, { replicates }: { readonly replicates: number }) {
  const width = racingOf(spec)?.from ?? replicates;
  return {
    width,
    /** The number of the i-th trial of the sampler, and the configuration that it is of. */
    trialAt: (i: number) => Math.floor(i / width) * replicates + (i % width),
  };
}

/** Of the trials that are done, those that rounds have added: `--trials` counts the sampler's own alone. */
export function countFurther(
  spec: SamplerSpec,
  { replicates }: { readonly replicates: number },
  done: Pick<RangeSet, 'ranges'>,
): number {
  const racing = racingOf(spec);
  if (racing === undefined || spec.trials === undefined) return 0;
  const { from } = racing;
  const before = (n: number) =>
    Math.floor(n / replicates) * (replicates - from) + Math.max(0, (n % replicates) - from);
  let sum = 0;
  for (const [first, to] of done.ranges()) sum += before(to) - before(first);
  return sum;
}

/** Whether a round has added the trial, beyond the first replicates of its configuration. */
export function isFurther(
  spec: SamplerSpec,
  { replicates }: { readonly replicates: number },
  trial: number,
): boolean {
  const racing = racingOf(spec);
  return racing !== undefined && trial % replicates >= racing.from;
}

export function racingOf({ racing }: SamplerSpec): RacingSpec | undefined {
  return racing as RacingSpec | undefined;
}

/** What the sampler that makes the configurations sees: the first replicates alone. */
export function firstReplicates(surroundings: Surroundings, { from }: RacingSpec): Surroundings {
  const { space, accept } = surroundings;
  const { replicates } = space;
  const isFirst = (trial: number) => trial % replicates < from;
  const narrowed: Accept = (trial) => isFirst(trial) && (accept === null || accept(trial));
  return {
    ...surroundings,
    accept: accept?.after === undefined ? narrowed : Object.assign(narrowed, { after: accept.after }),
  };
}

/** The difference of two means counts at this level. */
const LEVEL = 0.95;
/** The spread of all configurations counts as much as so many replicates of each: two alone say little. */
const PRIOR_FREEDOM = 3;

interface Configuration {
  readonly number: number;
  readonly results: TrialResult[];
  /** Turned so that less is better. */
  readonly values: number[];
  /** Its trials, ended well or not. */
  trials: number;
  /** Where the sampler made the point. */
  readonly proposed: ProposedTrial | undefined;
}

export class Racing implements Sampler {
  readonly total = null;
  readonly excluded: number | null;
  readonly #inner: Sampler;
  readonly #spec: RacingSpec;
  readonly #replicates: number;
  readonly #configurations = new Map<number, Configuration>();
  #untold = 0;
  /** Trials of the sampler itself, and of the rounds. */
  #first = 0;
  #further = 0;
  #isRacing = false;
  #round: (number | ProposedTrial)[] = [];
  #ended: string | null = null;

  /** `inner` proposes the first replicates of configurations. */
  constructor(inner: Sampler, spec: RacingSpec, replicates: number) {
    this.#inner = inner;
    this.#spec = spec;
    this.#replicates = replicates;
    this.excluded = inner.excluded;
  }

  get ended(): string | null {
    return this.#inner.ended ?? this.#ended;
  }

  has(trial: number): boolean {
    return this.#inner.has(trial);
  }

  close(): void {
    this.#inner.close?.();
  }

  next(limit: number): ReturnType<Sampler['next']> {
    if (!this.#isRacing) {
      const proposal = this.#inner.next(limit);
      if (proposal !== 'end') {
        if (proposal !== 'wait') this.#take(proposal);
        return proposal;
      }
      this.#isRacing = true;
    }
    if (this.#round.length === 0) {
      if (this.#untold > 0) return 'wait';
      this.#round = this.#findRound();
      if (this.#round.length === 0) return 'end';
    }
    const some = this.#round.splice(0, limit);
    this.#untold += some.length;
    this.#further += some.length;
    const numbers = some.filter((each) => typeof each === 'number');
    return numbers.length > 0 ? selectNumbers(numbers) : { kind: 'points', points: some as ProposedTrial[] };
  }

  tell(result: TrialResult): void {
    this.#untold--;
    const { metric, goal, from } = this.#spec;
    if (result.trial % this.#replicates < from) this.#inner.tell?.(result);
    const { results, values } = this.#configurations.get(Math.floor(result.trial / this.#replicates))!;
    results.push(result);
    const found = result.metrics[metric];
    const value = typeof found === 'boolean' ? Number(found) : found;
    if (result.status !== 'ok' || typeof value !== 'number' || !Number.isFinite(value)) return;
    values.push(goal === 'max' ? -value : value);
  }

  #take(proposal: Selection): void {
    const points = proposal.kind === 'points' ? proposal.points : undefined;
    let i = 0;
    for (const trial of trialsOf(proposal)) {
      const number = Math.floor(trial / this.#replicates);
      const proposed = points?.[i++];
      const known = this.#configurations.get(number) ?? {
        ...{ number, results: [], values: [], trials: 0, proposed },
      };
      known.trials++;
      this.#configurations.set(number, known);
      this.#untold++;
      this.#first++;
    }
  }

  /** One more trial for each that the best cannot be told from, best first, as far as the budget goes. */
  #findRound(): (number | ProposedTrial)[] {
    const { share, most, constraints } = this.#spec;
    // What breaks a constraint is never called best.
    const able = [...this.#configurations.values()].filter(
      ({ values, results }) =>
        values.length >= 1 &&
        // The mean of those seeds that fared well is none of the configuration.
        results.every(({ status }) => status !== 'pruned') &&
        sumViolations(results, constraints) === 0,
    );
    const ranked = able
      .map((configuration) => ({ configuration, mean: meanOf(configuration.values) }))
      .sort((a, b) => a.mean - b.mean || a.configuration.number - b.configuration.number);
    const pooled = pool(able);
    const [best, ...others] = ranked.map(({ configuration }) => configuration);
    const rivals = best === undefined ? [] : others.filter((other) => isUnsure(best, other, pooled));
    if (rivals.length === 0) return [];
    const racing = [best!, ...rivals].filter(({ trials }) => trials < most);
    const left = Math.max(0, Math.floor(share * this.#first) - this.#further);
    if (racing.length === 0 || left === 0) {
      const why = left === 0 ? 'the budget for further replicates is spent' : `all have ${most} replicates`;
      this.#ended = `${rivals.length + 1} configurations may still be the best: ${why}`;
    }
    return racing.slice(0, left).map((configuration) => {
      const trial = configuration.number * this.#replicates + configuration.trials++;
      const { proposed } = configuration;
      const replicate = trial % this.#replicates;
      return proposed === undefined ? trial : { trial, replicate, point: proposed.point };
    });
  }
}

/** Times the typical deviation, past which the mean is that of a few configurations and says nothing of the others. */
const MOST_TYPICAL = 2.5;

/**
 * Standard deviation within configurations, over all of them. One value far off would make it so large that all configurations
 * look alike: the mean of the variances counts as far as it goes with the median of the deviations.
 */
function pool(configurations: readonly Configuration[]): number {
  // Of one whose other replicates have failed there is none.
  const repeated = configurations.filter(({ values }) => values.length >= 2);
  const deviations = repeated.map(({ values }) => deviationOf(values, meanOf(values)));
  const largest = largestOf(deviations);
  if (!(largest > 0)) return 0;
  // Ratios: squares of what is measured may overflow, or vanish.
  let [squares, freedom] = [0, 0];
  const estimates = repeated.map(({ values }, i) => {
    squares += (deviations[i]! / largest) ** 2 * (values.length - 1);
    freedom += values.length - 1;
    return deviations[i]! / Math.sqrt(medianOfChiSquare(values.length - 1));
  });
  // Of those that vary: by chance alone, two counts of a few often agree.
  const sorted = estimates.filter((deviation) => deviation > 0).sort((a, b) => a - b);
  const typical = sorted[Math.floor(sorted.length / 2)]!;
  return Math.min(largest * Math.sqrt(squares / freedom), MOST_TYPICAL * typical);
}

/** Divided by the degrees of freedom (Wilson and Hilferty 1931). */
function medianOfChiSquare(freedom: number): number {
  return (1 - 2 / (9 * freedom)) ** 3;
}

/** Whether the interval of the difference of both means holds 0; values that never vary are exact. */
function isUnsure(best: Configuration, other: Configuration, pooled: number): boolean {
  const means = [best, other].map(({ values }) => meanOf(values)) as [number, number];
  const deviations = [best, other].map(({ values }, i) => deviationOf(values, means[i]!)) as [number, number];
  const largest = Math.max(pooled, ...deviations);
  if (!(largest > 0)) return false;
  // Ratios, as in stats/welch.
  const prior = PRIOR_FREEDOM * (pooled / largest) ** 2;
  const [a, b] = [best, other].map(({ values }, i) => {
    const own = values.length - 1;
    const freedom = own + PRIOR_FREEDOM;
    return { freedom, square: (own * (deviations[i]! / largest) ** 2 + prior) / freedom / values.length };
  }) as [Spread, Spread];
  const sum = a.square + b.square;
  const difference = means[1] / largest - means[0] / largest;
  // Welch and Satterthwaite.
  const freedom = sum ** 2 / (a.square ** 2 / a.freedom + b.square ** 2 / b.freedom);
  return difference < studentQuantile(0.5 + LEVEL / 2, freedom) * Math.sqrt(sum);
}

interface Spread {
  readonly freedom: number;
  /** Of the mean, squared, in units of the largest deviation. */
  readonly square: number;
}

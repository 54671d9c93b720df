// Population-based training, beside a plain statement of its generations that looks at whole curves; and what becomes of
// checkpoints, whatever is lost or killed on the way.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Random, randomFor } from '../../../src/ground/random.js';
import { createDimension } from '../../../src/search/dimension.js';
import type { OptionsOf } from '../../../src/search/pruning/options.js';
import {
  createGenerations,
  type Population,
  PopulationBoard,
} from '../../../src/search/pruning/population.js';
import { contains, uniform } from '../../../src/space/domain.js';
import type { AxisDomain, Point } from '../../../src/space/types.js';
import { type Behaviour, type Conditions, type Played, play, type Row } from './paused.js';

const AXES: Readonly<Record<string, AxisDomain>> = {
  a: uniform(0, 1),
  b: { kind: 'list', values: [1, 2, 4, 8] },
};

interface Plan {
  readonly trials: number;
  readonly groups: number;
  readonly seed: number;
  readonly values: number;
  readonly interval: number;
  readonly quantile: number;
  readonly resample: number;
}

const STEPS = 12;
const optionsOf = ({ interval, quantile, resample }: Plan): OptionsOf<'pbt'> => ({
  ...{ interval, quantile, resample, mutate: ['a', 'b'], max: STEPS },
});

function createPopulation({ seed, groups }: Plan): Population {
  return {
    pointOf(trial) {
      const random = randomFor('point', seed, trial);
      return { a: random.uniform(), b: 2 ** random.below(4), group: random.below(groups) };
    },
    keyOf: (trial) => `c${trial}`,
    dimensionOf: (axis) => createDimension({ names: [axis], values: [AXES[axis]!] }),
    accepts: ({ a }) => (a as number) < 0.9,
  };
}

/** Curves with gaps, ties and values that are none; trials that end early, fail, look late, or never. */
function drawBehaviour(random: Random, values: number): Behaviour {
  const length = random.below(5) === 0 ? random.below(STEPS + 1) : STEPS;
  const gap = [0, 0, 0, 0.3][random.below(4)]!;
  const curve = Array.from({ length }, (_, i): Row => {
    const value = random.below(12) === 0 ? Number.POSITIVE_INFINITY : random.below(values);
    return [i + 1, value];
  }).filter(() => random.uniform() >= gap);
  return {
    curve,
    looks: [1, 1, 1, 1, 1, 2, 0][random.below(7)]!,
    failsAfter: random.below(8) === 0 ? random.below(STEPS) : Number.POSITIVE_INFINITY,
  };
}

function playPbt(plan: Plan, behaviours: readonly Behaviour[], conditions: Conditions, order: number) {
  const options = optionsOf(plan);
  return play({
    make: () => new PopulationBoard(options, plan.seed, createPopulation(plan)),
    rungs: createGenerations(options),
    behaviours,
    conditions,
    random: randomFor('order', order),
    refuses: true,
    checkpointOf: (trial) => `c${trial}.${trial}.0`,
  });
}

interface Release {
  readonly trial: number;
  readonly exploit?: { readonly step: number; readonly from: number; readonly params: Point };
}

/** By trial, generation by generation. */
function releasesOf({ all }: Played, trials: number): Release[][] {
  const releases: Release[] = all.map((text) => JSON.parse(text));
  return Array.from({ length: trials }, (_, trial) => releases.filter((each) => each.trial === trial));
}

const plans: fc.Arbitrary<Plan> = fc.record({
  trials: fc.integer({ min: 1, max: 20 }),
  groups: fc.integer({ min: 1, max: 3 }),
  seed: fc.nat(100_000),
  values: fc.constantFrom(1, 4, 1000),
  interval: fc.constantFrom(1, 2, 2.5, 4, 5, 20),
  quantile: fc.constantFrom(0.1, 0.25, 0.5),
  resample: fc.constantFrom(0, 0.25, 1),
});
const conditions: fc.Arbitrary<Conditions> = fc.record({
  workers: fc.integer({ min: 1, max: 16 }),
  deaths: fc.constantFrom(0, 0, 0.05),
  kill: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 300 })),
});
const CALM = { workers: 1, deaths: 0, kill: Number.POSITIVE_INFINITY };
const behavioursOf = ({ trials, seed, values }: Plan, more: Partial<Behaviour> = {}): Behaviour[] =>
  Array.from({ length: trials }, (_, trial) => ({
    ...drawBehaviour(randomFor('behaviour', seed, trial), values),
    ...more,
  }));

it('decides the same in any order, every trial comes to its end, and no checkpoint is missed or left', () => {
  fc.assert(
    fc.property(plans, conditions, fc.nat(), (plan, given, order) => {
      const behaviours = behavioursOf(plan);
      const calm = playPbt(plan, behaviours, CALM, 0);
      const played = playPbt(plan, behaviours, given, order);
      expect(played.decisions).toEqual(calm.decisions);
      expect(played.ends).toEqual(calm.ends);
      expect(calm.checkpoints).toEqual([]);
      expect(played.checkpoints).toEqual([]);
      for (const [trial, { how, rows }] of calm.ends.entries()) {
        const { curve, failsAfter, looks } = behaviours[trial]!;
        expect(how).not.toBe('pruned');
        if (looks === 1) expect(how).toBe('ended');
        expect(rows).toBe(Math.min(curve.length, failsAfter));
      }
    }),
    { seed: 831, numRuns: 500 },
  );
});

it('lets the worst of each population go on from the best, generation by generation', () => {
  fc.assert(
    fc.property(plans, conditions, fc.nat(), (plan, given, order) => {
      const isWhole = { ...given, kill: Number.POSITIVE_INFINITY };
      // Every curve is whole and every trial listens: then a generation is all those that have got to its end.
      const behaviours = behavioursOf(plan, { looks: 1, failsAfter: Number.POSITIVE_INFINITY });
      const { pointOf } = createPopulation(plan);
      const releases = releasesOf(playPbt(plan, behaviours, isWhole, order), plan.trials);
      const points = behaviours.map((_, trial) => pointOf(trial));
      for (let generation = 1; generation * plan.interval < STEPS; generation++) {
        const rung = generation * plan.interval;
        const before = points.map((point) => ({ ...point }));
        for (let group = 0; group < plan.groups; group++) {
          const there = behaviours
            .map(({ curve }, trial) => ({ trial, row: curve.find(([step]) => step >= rung) }))
            .filter(({ trial, row }) => row !== undefined && row[0] < STEPS && points[trial]!.group === group)
            // Who skips the end of a generation is looked at where it stops next.
            .filter(({ row }) => Math.floor(row![0] / plan.interval) === generation)
            .map(({ trial, row }) => ({ trial, step: row![0], value: row![1] }));
          const ranked = there.toSorted((a, b) =>
            a.value === b.value ? a.trial - b.trial : a.value < b.value ? -1 : 1,
          );
          const count = there.length < 2 ? 0 : Math.max(1, Math.floor(there.length * plan.quantile));
          const best = ranked.slice(0, count);
          const worst = ranked.slice(ranked.length - count);
          for (const each of there) {
            const { exploit } = releases[each.trial]!.shift()!;
            const isWorst = worst.includes(each);
            expect(exploit !== undefined).toBe(isWorst);
            if (exploit === undefined) continue;
            const { from, params } = exploit;
            expect(exploit.step).toBe(each.step);
            expect(best.find(({ trial }) => trial === from)!.value).toBeLessThanOrEqual(each.value);
            expect(Object.keys(params).sort()).toEqual(['a', 'b']);
            for (const axis of ['a', 'b']) expect(contains(AXES[axis]!, params[axis]!)).toBe(true);
            const source = before[from]!;
            if (plan.resample === 0 && params.a !== source.a) {
              const factors = [0.8, 1.2].map((factor) => Math.min(1, (source.a as number) * factor));
              expect(factors).toContain(params.a);
            }
            points[each.trial] = { ...points[each.trial]!, ...params };
          }
        }
      }
      expect(releases.flat()).toEqual([]);
    }),
    { seed: 832, numRuns: 300 },
  );
});

it('of trials that were never asked to pause again past the last generation none is refused', () => {
  const plan = { trials: 3, groups: 1, seed: 1, values: 9, interval: 4, quantile: 0.5, resample: 0 };
  const curve = [5, 12, 14].map((step): Row => [step, step]);
  const behaviours = Array.from({ length: 3 }, () => ({
    curve,
    looks: 1,
    failsAfter: Number.POSITIVE_INFINITY,
  }));
  expect(playPbt(plan, behaviours, CALM, 0).ends.map(({ how }) => how)).toEqual(['ended', 'ended', 'ended']);
});

it('says the step at which a trial had to pause', () => {
  const plan = { trials: 1, groups: 1, seed: 1, values: 9, interval: 5, quantile: 0.5, resample: 0 };
  const board = new PopulationBoard(optionsOf(plan), 1, createPopulation(plan));
  board.propose(0);
  for (let step = 1; step <= STEPS; step++) board.learn(0, step, step);
  board.end(0);
  expect(board.verdict(0)).toEqual({ state: 'waits', rung: 5 });
});

it.each([0.1, 0.3, 1 / 3, 0.7, 1.1])(
  'an end of a generation is one however it was computed: %d',
  (interval) => {
    const rungs = createGenerations({ interval, mutate: ['a'], quantile: 0.5, resample: 0, max: 1e6 });
    for (let generation = 1, sum = interval; generation < 300; generation++, sum += interval) {
      for (const step of [generation * interval, sum, Number((generation * interval).toFixed(12))])
        expect(Math.round(rungs.rungOf(step, 0)! / interval)).toBe(generation);
      expect(Math.round((rungs.rungOf(sum - interval / 1000, 0) ?? 0) / interval)).toBe(generation - 1);
    }
  },
);

// The conformance suite of search methods (src/search/contract.ts): what every one of them has to hold, whatever it makes of
// results. Each method's test file calls `describeMethod`.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../src/ground/random.js';
import type { Method, MethodDefinition, Observation, Suggestion, View } from '../../src/search/contract.js';
import { createSearchSpace, type SearchSpace } from '../../src/search/space.js';
import { choice, int, uniform } from '../../src/space/domain.js';
import type { AxisDomain, GridSpec } from '../../src/space/types.js';
import { Observations } from '../../src/sweep/samplers/observations.js';
import { continuousArb, findMisplaced, gridsArb } from './spaces.js';

export interface Trying {
  /** Options besides the defaults, each tried on its own. */
  readonly options?: readonly Readonly<Record<string, unknown>>[];
  /** Proposals of one run; more than the start-up of the method takes. */
  readonly trials?: number;
  /** Runs of each property. */
  readonly runs?: number;
  /** Spaces to try: those of spaces.ts where none are given. */
  readonly spaces?: fc.Arbitrary<readonly GridSpec<AxisDomain>[]>;
}

/** What results look like, besides where they fail: `flat` are all equal, `huge` near the largest numbers. */
const SHAPES = ['smooth', 'noise', 'flat', 'huge', 'steps'] as const;

interface World {
  readonly shape: (typeof SHAPES)[number];
  /** Parts of trials, of 1, that fail, are pruned, and miss the constraints. */
  readonly failed: number;
  readonly pruned: number;
  readonly infeasible: number;
  readonly lookahead: number;
  readonly objectives: number;
  readonly seed: number;
  /** Part of proposals that are replaced by a random place, as those that a constraint refuses are. */
  readonly replaced: number;
}

const part = fc.constantFrom(0, 0, 0.2, 1);

const worldArb = (objectives: readonly number[]): fc.Arbitrary<World> =>
  fc.record({
    shape: fc.constantFrom(...SHAPES),
    failed: part,
    pruned: part,
    infeasible: part,
    lookahead: fc.constantFrom(1, 2, 8),
    objectives: fc.constantFrom(...objectives),
    seed: fc.nat(1_000_000),
    replaced: fc.constantFrom(0, 0, 0.3),
  });

/** The result of a place: depends on nothing but the world, the place and the number. */
export function observe(world: World, space: SearchSpace, number: number, x: Float64Array): Observation {
  const random = randomFor('world', world.seed, number);
  const [fails, prunes, misses] = [random.uniform(), random.uniform(), random.uniform()];
  const values = Array.from({ length: world.objectives }, (_, m) =>
    world.shape === 'noise' ? random.normal() : valueAt(world, space, x, m),
  );
  if (fails < world.failed) {
    return { number, x, status: 'failed', values: null, errors: null, violation: 0, step: null };
  }
  return {
    number,
    x,
    status: prunes < world.pruned ? 'pruned' : 'ok',
    values,
    errors: values.map(() => (number % 2 === 0 ? 0 : 0.1)),
    violation:
      misses < world.infeasible ? (number % 5 === 0 ? Number.POSITIVE_INFINITY : random.uniform()) : 0,
    step: prunes < world.pruned ? 1 + (number % 4) : null,
  };
}

function valueAt({ shape }: World, space: SearchSpace, x: Float64Array, m: number): number {
  let sum = 0;
  space.dimensions.forEach(({ toUnit }, d) => {
    if (!Number.isNaN(x[d]!)) sum += (toUnit(x[d]!) - 0.3 - 0.4 * m) ** 2;
  });
  switch (shape) {
    case 'smooth':
    case 'noise':
      return sum;
    case 'flat':
      return 7;
    case 'huge':
      return (sum - 0.5) * 1e300;
    case 'steps':
      return Math.round(3 * sum);
  }
}

interface Playing {
  readonly method: Method;
  readonly space: SearchSpace;
  readonly world: World;
  readonly trials: number;
}

/** Asks in turn as a run does; `onAsked` sees each proposal with the view it was made from. */
export function play(
  { method, space, world, trials }: Playing,
  onAsked: (k: number, view: View, suggestion: Suggestion) => void,
): void {
  const xs: Float64Array[] = [];
  const told: Observation[] = [];
  for (let k = 0; k < trials; k++) {
    while (told.length <= k - world.lookahead)
      told.push(observe(world, space, told.length, xs[told.length]!));
    const view = { told: [...told], pending: xs.slice(told.length) };
    const suggestion = method.propose(k, view);
    onAsked(k, view, suggestion);
    const random = randomFor('replaced', world.seed, k);
    xs.push(random.uniform() < world.replaced ? space.draw(random) : suggestion.x);
  }
}

const bytesOf = ({ x, why }: Suggestion): string =>
  `${Buffer.from(x.buffer, x.byteOffset, x.byteLength).toString('hex')} ${JSON.stringify(why)}`;

const OBJECTIVES = { none: [1], one: [1], several: [2, 3], any: [1, 2, 3] };

/** Declares the tests of one method. */
export function describeMethod(definition: MethodDefinition, trying: Trying = {}): void {
  const { trials = 25, runs = 20, spaces = fc.oneof(gridsArb, continuousArb) } = trying;
  const worlds = worldArb(OBJECTIVES[definition.objectives]);
  const create = (
    grids: readonly GridSpec<AxisDomain>[],
    world: World,
    options: unknown,
    allows = everything,
  ) => {
    const space = createSearchSpace(grids);
    if ((definition.findSpaceFaults?.(space) ?? []).length > 0) return undefined;
    const setup = {
      space,
      seed: world.seed,
      options: definition.options.parse(options),
      objectives: world.objectives,
      allows,
    };
    return { space, make: () => definition.create(setup) };
  };

  describe.each([{}, ...(trying.options ?? [])])(`${definition.name} %j`, (options) => {
    test('a proposal lies in the space, and is the same from a method that was asked for nothing before', () => {
      let tried = 0;
      fc.assert(
        fc.property(spaces, worlds, fc.nat(), (grids, world, pick) => {
          const made = create(grids, world, options);
          if (made === undefined) return;
          tried++;
          const { space, make } = made;
          // One proposal early, one late, and one anywhere is asked of a fresh method.
          const fresh = new Set([pick % trials, trials - 1, Math.floor(trials / 2)]);
          play({ method: make(), space, world, trials }, (k, view, suggestion) => {
            expect(findMisplaced(space, suggestion.x), `proposal ${k}`).toBeUndefined();
            expect(typeof suggestion.why.stage).toBe('string');
            expect(JSON.parse(JSON.stringify(suggestion.why)), 'why is plain').toEqual(suggestion.why);
            if (fresh.has(k))
              expect(bytesOf(make().propose(k, view)), `proposal ${k}`).toBe(bytesOf(suggestion));
          });
        }),
        { numRuns: runs },
      );
      expect(tried, 'spaces that the method can do').toBeGreaterThan(0);
    });

    test('it does not change what it is shown, nor what it has handed out', () => {
      fc.assert(
        fc.property(spaces, worlds, (grids, world) => {
          const made = create(grids, world, options);
          if (made === undefined) return;
          const seen: { view: View; before: string; suggestion: Suggestion; bytes: string }[] = [];
          play({ method: made.make(), space: made.space, world, trials }, (_, view, suggestion) =>
            seen.push({ view, before: renderView(view), suggestion, bytes: bytesOf(suggestion) }),
          );
          for (const { view, before, suggestion, bytes } of seen) {
            expect(renderView(view)).toBe(before);
            expect(bytesOf(suggestion)).toBe(bytes);
          }
        }),
        { numRuns: Math.ceil(runs / 4) },
      );
    });

    test('what a constraint refuses is no reason to fail', () => {
      fc.assert(
        fc.property(spaces, worlds, fc.constantFrom(0, 0.5), (grids, world, allowed) => {
          const allows = (x: Float64Array) =>
            randomFor('allows', ...Array.from(x, (v) => `${v}`)).uniform() < allowed;
          const made = create(grids, world, options, allows);
          if (made === undefined) return;
          const { space, make } = made;
          play({ method: make(), space, world, trials }, (k, view, suggestion) => {
            expect(findMisplaced(space, suggestion.x)).toBeUndefined();
            if (k === trials - 1) expect(bytesOf(make().propose(k, view))).toBe(bytesOf(suggestion));
          });
        }),
        { numRuns: Math.ceil(runs / 4) },
      );
    });

    if (!definition.listens)
      test('results change nothing', () => {
        fc.assert(
          fc.property(spaces, worlds, (grids, world) => {
            const made = create(grids, world, options);
            if (made === undefined) return;
            const fresh = made.make();
            play({ method: made.make(), space: made.space, world, trials }, (k, _, suggestion) =>
              expect(bytesOf(fresh.propose(k, { told: [], pending: [] }))).toBe(bytesOf(suggestion)),
            );
          }),
          { numRuns: Math.ceil(runs / 4) },
        );
      });
  });

  test(`${definition.name}: seeds differ, and so do proposals`, () => {
    const axes = [uniform(0, 1), uniform(-5, 5), int(0, 1000)];
    const { space, make } = createOn(definition, axes);
    const all = [1, 2].flatMap((seed) => {
      const xs: string[] = [];
      const world: World = { ...PLAIN, seed, objectives: OBJECTIVES[definition.objectives][0]! };
      play({ method: make(seed, world.objectives), space, world, trials }, (_, __, { x }) =>
        xs.push(x.join(' ')),
      );
      return xs;
    });
    expect(new Set(all).size).toBeGreaterThan(1.9 * trials);
  });

  if (definition.listens)
    test(`${definition.name}: it keeps away from where trials are pruned, though they have no value`, () => {
      for (let seed = 0; seed < 3; seed++) {
        const shares = [false, true].map((isPruning) => shareBeyond(definition, seed, isPruning));
        expect(shares[0], `seed ${seed}: where the best is`).toBeGreaterThan(0.6);
        expect(shares[1], `seed ${seed}: where all are pruned`).toBeLessThan(0.5);
      }
    });

  test(`${definition.name}: explains what is wrong with a space, or takes it`, () => {
    const { space } = createOn(definition, [choice('a', 'b')]);
    for (const fault of definition.findSpaceFaults?.(space) ?? []) expect(fault).toMatch(/\w/);
  });
}

/**
 * Of the later half of the proposals, the part with x0 > 0.6, where the best are. `isPruning`: trials are pruned there, by a
 * series that is not the objective, and are told as a run tells of them.
 */
function shareBeyond(definition: MethodDefinition, seed: number, isPruning: boolean): number {
  const [objectives] = OBJECTIVES[definition.objectives] as [number];
  const trials = definition.isSlow ? 40 : 120;
  const { make } = createOn(definition, [uniform(0, 1), uniform(0, 1)]);
  const method = make(seed, objectives);
  const names = Array.from({ length: objectives }, (_, m) => `m${m}`);
  const aims = { objectives: names.map((metric) => ({ metric, goal: 'min' as const })), constraints: [] };
  const observations = new Observations(aims);
  const told: Observation[] = [];
  for (let k = 0; k < trials; k++) {
    const { x } = method.propose(k, { told: [...told], pending: [] });
    const metrics = names.map((name, m) => [name, (x[0]! - 0.8) ** 2 + (x[1]! - 0.3 - 0.4 * m) ** 2]);
    const result =
      isPruning && x[0]! > 0.6
        ? { trial: k, status: 'pruned' as const, metrics: {}, step: 1 }
        : { trial: k, status: 'ok' as const, metrics: Object.fromEntries(metrics) };
    told.push({ ...observations.add([result]), x });
  }
  const late = told.slice(trials / 2);
  return late.filter(({ x }) => x[0]! > 0.6).length / late.length;
}

const PLAIN: World = {
  shape: 'smooth',
  failed: 0,
  pruned: 0,
  infeasible: 0,
  lookahead: 1,
  objectives: 1,
  seed: 0,
  replaced: 0,
};

/** A method on one grid of these domains, with its defaults. */
export function createOn(
  definition: MethodDefinition,
  domains: readonly AxisDomain[],
  options: Readonly<Record<string, unknown>> = {},
): { readonly space: SearchSpace; make(seed: number, objectives?: number): Method } {
  const space = createSearchSpace([
    { axes: domains.map((domain, i) => ({ names: [`x${i}`], values: [domain] })) },
  ]);
  return {
    space,
    make: (seed, objectives = 1) =>
      definition.create({
        space,
        seed,
        options: definition.options.parse(options),
        objectives,
        allows: everything,
      }),
  };
}

const everything = (_: Float64Array): boolean => true;

function renderView({ told, pending }: View): string {
  return JSON.stringify([told, pending], (_, value) =>
    value instanceof Float64Array
      ? Array.from(value, (v) => `${v}`)
      : value === Number.POSITIVE_INFINITY
        ? '∞'
        : value,
  );
}

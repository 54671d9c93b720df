// A search gives the same trials whatever order its trials end in, on any number of workers, killed and taken up again or
// not. No clock: trials end in a random order, and the process is killed between any two events.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { randomFor } from '../../../src/ground/random.js';
import type { MethodDefinition } from '../../../src/search/contract.js';
import { METHODS } from '../../../src/search/list.js';
import { choice, int, loguniform, uniform } from '../../../src/space/domain.js';
import { createSpace } from '../../../src/space/space.js';
import type { AxisDomain, GridSpec, Point } from '../../../src/space/types.js';
import { canonicalObject } from '../../../src/space/value.js';
import { Proposals } from '../../../src/sweep/coordinator/proposals.js';
import type { Surroundings } from '../../../src/sweep/samplers/contract.js';
import { searchSampler } from '../../../src/sweep/samplers/search.js';
import type { SearchSpec } from '../../../src/sweep/samplers/search-spec.js';
import { ENDLESS } from '../../../src/sweep/samplers/turn.js';
import type { TrialRow } from '../../../src/trial/row.js';
import { countOf, type ProposedTrial } from '../../../src/trial/selection.js';

/** Its proposals depend on every bit of what it is shown. */
const touchy: MethodDefinition = {
  ...{ name: 'touchy', about: '', options: z.object({}) },
  ...{ listens: true, objectives: 'any', isSlow: false },
  create: ({ space, seed }) => ({
    propose(k, { told, pending }) {
      const seen = told.map(({ x, ...rest }) => [[...x].map(String), rest, String(rest.violation)]);
      const name = JSON.stringify([seen, pending.map((x) => [...x].map(String))]);
      return { x: space.draw(randomFor(seed, k, name)), why: { stage: 'touchy' } };
    },
  }),
};

const GRIDS: readonly GridSpec<AxisDomain>[] = [
  {
    axes: [
      { names: ['optimizer'], values: [choice('adam', 'sgd')] },
      { names: ['lr'], values: [loguniform(1e-5, 1)] },
      { names: ['beta'], values: [uniform(0, 1)], when: { optimizer: ['adam'] } },
      { names: ['layers'], values: [int(1, 4)] },
    ],
  },
];

interface Plan {
  readonly method: MethodDefinition;
  readonly trials: number;
  readonly replicates: number;
  readonly lookahead: number;
  readonly workers: number;
  /** Decides which trial ends next, and when the process is killed. */
  readonly order: number;
  readonly kills: number;
  readonly target?: number;
  readonly grids?: readonly GridSpec<AxisDomain>[];
  /** `--replicates auto` */
  readonly racing?: boolean;
}

/** What becomes of a trial is a function of its point and replicate. */
function outcomeOf({ trial, replicate, point }: ProposedTrial): TrialRow {
  const random = randomFor('outcome', canonicalObject(point), replicate);
  const status = random.below(8) === 0 ? 'failed' : 'ok';
  const value = Math.abs(Math.log10((point.lr as number) ?? 1) + 2) + (point.layers as number) / 10;
  const loss = value + 0.1 * random.normal();
  const metrics =
    status === 'ok' ? { loss, size: (point.layers as number) * 10 } : { loss: null, size: null };
  return { trial, key: '', replicate, seed: 0, point, status, metrics };
}

/** Trials as they were proposed and what became of them, in the order of their numbers. */
function simulate(plan: Plan): string[] {
  const { method, trials, replicates, lookahead, workers, kills, target = null } = plan;
  const search = {
    objectives: Array.from({ length: method.objectives === 'several' ? 2 : 1 }, (_, i) => ({
      metric: ['loss', 'size'][i]!,
      goal: 'min' as const,
    })),
    constraints: [{ metric: 'size', operator: '<=' as const, value: 30 }],
    ...{ lookahead, target, plateau: null, auto: null },
  };
  const options = method.options.parse({});
  const grids = plan.grids ?? GRIDS;
  const spec: SearchSpec = { ...options, name: method.name, proposes: true, trials, grids, search };
  const chance = randomFor('order', plan.order);
  const proposals = new Map<number, ProposedTrial>();
  const rows = new Map<number, TrialRow>();
  for (let session = 0; session <= kills; session++) {
    const killAt = session < kills ? chance.below(2 * trials) : Number.POSITIVE_INFINITY;
    const before = { proposals: new Map(proposals), rows: new Map(rows) };
    const surroundings: Surroundings = {
      ...{ spec, method, seed: 1, accept: null, share: null, turn: ENDLESS, sweepUrl: '' },
      space: createSpace({ grids: [{ axes: [] }], replicates }),
      where: ({ layers, lr }: Point) => layers !== 3 || (lr as number) > 1e-4,
      nextUndone: (from) => from,
      proposed: (trial) => before.proposals.get(trial)?.point,
      wake: () => undefined,
      fail: (error) => {
        throw error;
      },
    };
    const asked = new Proposals(
      {
        sampler: searchSampler(method).create(surroundings),
        turns: { ...ENDLESS, begin: () => undefined },
        lookAhead: Number.POSITIVE_INFINITY,
        recorder: {
          async propose(points) {
            for (const point of points) proposals.set(point.trial, point);
          },
        },
        history: before,
      },
      surroundings as never,
    );
    const running: ProposedTrial[] = [];
    for (let events = 0; ; events++) {
      if (events >= killAt) break;
      let isOver = false;
      while (running.length < workers) {
        const next = asked.next(1 + chance.below(3));
        isOver = next === 'end';
        if (typeof next === 'string') break;
        if (countOf(next) > 0) running.push(...(next as Extract<typeof next, { kind: 'points' }>).points);
      }
      if (running.length === 0) {
        if (isOver)
          return [...proposals.keys()]
            .sort((a, b) => a - b)
            .map((trial) => describe1(proposals, rows, trial));
        throw new Error('waits for nothing');
      }
      const [ended] = running.splice(chance.below(running.length), 1);
      const row = outcomeOf(ended!);
      rows.set(row.trial, row);
      asked.settle([row]);
    }
  }
  throw new Error('unreachable');
}

function describe1(
  proposals: ReadonlyMap<number, ProposedTrial>,
  rows: ReadonlyMap<number, TrialRow>,
  trial: number,
): string {
  const { point, replicate } = proposals.get(trial)!;
  const { status, metrics } = rows.get(trial)!;
  return `${trial} ${replicate} ${canonicalObject(point)} ${status} ${metrics.loss}`;
}

const settings = fc.record({
  workers: fc.integer({ min: 1, max: 16 }),
  order: fc.nat(),
  kills: fc.integer({ min: 0, max: 3 }),
});

describe('the same trials in any order of completion', () => {
  it.each([
    ['look-ahead 1', { lookahead: 1, replicates: 1 }],
    ['look-ahead 8', { lookahead: 8, replicates: 1 }],
    ['three replicates, of which the last configuration has one', { lookahead: 4, replicates: 3 }],
  ])('%s', (_, how) => {
    const plan = { method: touchy, trials: 40, ...how };
    const expected = simulate({ ...plan, workers: 1, order: 0, kills: 0 });
    expect(expected).toHaveLength(40);
    fc.assert(
      fc.property(settings, (varied) => {
        expect(simulate({ ...plan, ...varied })).toEqual(expected);
      }),
      { seed: 17, numRuns: 300 },
    );
  });

  it('a larger number of trials begins with the same ones', () => {
    const plan = { method: touchy, replicates: 3, lookahead: 8, workers: 5, kills: 1 };
    const few = simulate({ ...plan, trials: 25, order: 1 });
    expect(simulate({ ...plan, trials: 60, order: 2 }).slice(0, 25)).toEqual(few);
  });

  it('a target ends it after the same trial', () => {
    const plan = { method: touchy, trials: 60, replicates: 1, lookahead: 8, target: 0.3 };
    const expected = simulate({ ...plan, workers: 1, order: 0, kills: 0 });
    expect(expected.length).toBeLessThan(60);
    fc.assert(
      fc.property(settings, (varied) => {
        expect(simulate({ ...plan, ...varied })).toEqual(expected);
      }),
      { seed: 18, numRuns: 100 },
    );
  });

  it('look-ahead changes the trials: results are really looked at', () => {
    const plan = { method: touchy, trials: 20, replicates: 1, workers: 4, order: 0, kills: 0 };
    expect(simulate({ ...plan, lookahead: 2 })).not.toEqual(simulate({ ...plan, lookahead: 3 }));
  });

  // A slow one too, which has a thread of its own elsewhere.
  it.each(
    METHODS.map((method) => [method.name, { ...method, isSlow: false }, method.isSlow ? 5 : 60] as const),
  )('sampler %s', (_, method, numRuns) => {
    const plan = { method, trials: 40, replicates: 1, lookahead: 8 };
    const fault = method.findSpaceFaults === undefined ? undefined : floatsOnly;
    const grids = fault === undefined ? {} : { grids: fault };
    const expected = simulate({ ...plan, ...grids, workers: 1, order: 0, kills: 0 });
    expect(expected).toHaveLength(40);
    fc.assert(
      fc.property(settings, (varied) => {
        expect(simulate({ ...plan, ...grids, ...varied })).toEqual(expected);
      }),
      { seed: 19, numRuns },
    );
  });
});

const floatsOnly: readonly GridSpec<AxisDomain>[] = [
  {
    axes: [
      { names: ['lr'], values: [loguniform(1e-5, 1)] },
      { names: ['beta'], values: [uniform(0, 1)] },
      { names: ['layers'], values: [int(1, 4)] },
    ],
  },
];

// Steps that are no whole numbers: every pruner decides on 0.1, 0.2, … as it does on 1, 2, …, however the steps have been
// rounded on their way.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { createDimension } from '../../../src/search/dimension.js';
import type { Board, PrunerSpec } from '../../../src/search/pruning/contract.js';
import { createBoard, createRungs } from '../../../src/search/pruning/rules.js';
import { rungAt, rungStep } from '../../../src/search/pruning/rungs.js';
import { countIntervals, hasReached } from '../../../src/search/pruning/steps.js';
import { uniform } from '../../../src/space/domain.js';
import { type Behaviour, play, type Row } from './paused.js';

const STEPS = 18;
const TRIALS = 16;
const AXIS = createDimension({ names: ['x'], values: [uniform(0, 1)] });
const CALM = { workers: 3, deaths: 0, kill: Number.POSITIVE_INFINITY };

/** Options that are steps: these change with the unit. */
const STEP_OPTIONS = ['min', 'max', 'warmup', 'interval'];
const STOPPING = [
  { name: 'asha', min: 1, factor: 3, max: 9 },
  { name: 'asha', min: 1, factor: 2 },
  { name: 'hyperband', min: 1, factor: 2, max: 18 },
  { name: 'median', percentile: 50, warmup: 2, startup: 2, interval: 3, max: 17 },
  { name: 'median', percentile: 40, warmup: 0, startup: 1, interval: 1 },
  { name: 'patience', patience: 2, minDelta: 0, warmup: 3, max: 15 },
];
const PAUSING = [
  { name: 'asha', min: 1, factor: 3, pause: true },
  { name: 'asha', min: 1, factor: 2, max: 9, pause: true },
  { name: 'asha', min: 2, factor: 2, pause: true },
  { name: 'pbt', interval: 3, max: 9, mutate: ['x'], quantile: 0.25, resample: 0.25 },
  { name: 'pbt', interval: 1, max: 12, mutate: ['x'], quantile: 0.5, resample: 0 },
];

/** Ways to the k-th step, of which some miss the others by a rounding. */
const UNITS: Readonly<Record<string, { readonly unit: number; readonly stepAt: (k: number) => number }>> = {
  'k / 10': { unit: 0.1, stepAt: (k) => k / 10 },
  'k · 0.1': { unit: 0.1, stepAt: (k) => k * 0.1 },
  '0.1 added up': { unit: 0.1, stepAt: (k) => addUp(0.1, k) },
  '0.7 added up': { unit: 0.7, stepAt: (k) => addUp(0.7, k) },
  'k / 3': { unit: 1 / 3, stepAt: (k) => k / 3 },
  '1e-7 added up': { unit: 1e-7, stepAt: (k) => addUp(1e-7, k) },
};

function addUp(unit: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += unit;
  return sum;
}

function specOf(options: Readonly<Record<string, unknown>>, unit: number): PrunerSpec {
  const scaled = Object.entries(options).map(([name, value]) => [
    name,
    STEP_OPTIONS.includes(name) ? (value as number) * unit : value,
  ]);
  return { metric: 'loss', goal: 'min', lookahead: 1, ...Object.fromEntries(scaled) };
}

const boardOf = (spec: PrunerSpec, seed: number): Board =>
  createBoard(spec, seed, {
    pointOf: (trial) => ({ x: randomFor('x', trial).uniform() }),
    keyOf: (trial) => `c${trial}`,
    dimensionOf: () => AXIS,
    accepts: () => true,
  });

/** Values of the steps 1, 2, …; undefined where nothing is reported. */
function drawValues(seed: number): (number | undefined)[][] {
  return Array.from({ length: TRIALS }, (_, trial) => {
    const random = randomFor('values', seed, trial);
    const gap = random.below(3) === 0 ? 0.3 : 0;
    return Array.from({ length: STEPS }, () => {
      const value = random.below(30);
      return random.uniform() < gap ? undefined : value;
    });
  });
}

const rowsOf = (values: readonly (number | undefined)[], stepAt: (k: number) => number): Row[] =>
  values.flatMap((value, i): Row[] => (value === undefined ? [] : [[stepAt(i + 1), value]]));

/** A decision with its steps as multiples of the unit. */
const inUnits = (decision: unknown, unit: number) =>
  JSON.parse(
    JSON.stringify(decision, (name, value) =>
      name === 'step' || name === 'rung' ? Math.round(value / unit) : value,
    ),
  );

function decideStopping(
  spec: PrunerSpec,
  unit: number,
  seed: number,
  stepAt: (k: number) => number,
): unknown[] {
  const board = boardOf(spec, seed);
  const found: unknown[] = [];
  for (const [trial, values] of drawValues(seed).entries()) {
    board.propose(trial);
    for (const row of rowsOf(values, stepAt)) {
      board.learn(trial, ...row);
      for (const decision of board.decide()) found.push(inUnits(decision, unit));
    }
    board.end(trial);
  }
  return found;
}

function playPausing(spec: PrunerSpec, unit: number, seed: number, stepAt: (k: number) => number) {
  const behaviours = drawValues(seed).map(
    (values): Behaviour => ({
      ...{ curve: rowsOf(values, stepAt), looks: 1, failsAfter: Number.POSITIVE_INFINITY },
    }),
  );
  const played = play({
    make: () => boardOf(spec, seed),
    rungs: createRungs(spec, seed),
    behaviours,
    conditions: CALM,
    random: randomFor('order', seed),
    refuses: spec.name === 'pbt',
    checkpointOf: (trial) => (spec.name === 'pbt' ? `c${trial}.${trial}.0` : String(trial)),
  });
  const decisions = played.all.map((text) => inUnits(JSON.parse(text), unit));
  return { decisions, ends: played.ends, steps: played.steps };
}

describe.each(Object.entries(UNITS))('steps %s', (_, { unit, stepAt }) => {
  it.each(STOPPING)('are judged as whole ones by $name %j', (options) => {
    for (let seed = 0; seed < 20; seed++) {
      const whole = decideStopping(specOf(options, 1), 1, seed, (k) => k);
      expect(decideStopping(specOf(options, unit), unit, seed, stepAt)).toEqual(whole);
      expect(whole.length).toBeGreaterThan(0);
    }
  });

  it.each(PAUSING)('let trials pause and go on as whole ones do, with $name %j', (options) => {
    for (let seed = 0; seed < 20; seed++) {
      const whole = playPausing(specOf(options, 1), 1, seed, (k) => k);
      expect(playPausing(specOf(options, unit), unit, seed, stepAt)).toEqual(whole);
      expect(whole.decisions.length).toBeGreaterThan(0);
    }
  });
});

describe('a step', () => {
  const number = fc.double({ min: 1e-12, max: 1e12, noNaN: true });

  it('is at a mark that it misses by rounding, and at no other', () => {
    fc.assert(
      fc.property(number, fc.constantFrom(0, 1e-15, -1e-15, 1e-6, -1e-6), (mark, off) => {
        expect(hasReached(mark * (1 + off), mark)).toBe(off > -1e-9);
      }),
      { seed: 861 },
    );
    expect(hasReached(1e15 - 1, 1e15)).toBe(false);
    for (const step of [0, 0.5, 7, 1e300]) expect(hasReached(step, Number.POSITIVE_INFINITY)).toBe(false);
    expect(hasReached(Number.NEGATIVE_INFINITY, 0.5)).toBe(false);
  });

  /** So small that what comes of it is no whole number for its size alone: those are told apart exactly. */
  const small = fc.double({ min: 1e-12, max: 100, noNaN: true });

  it('is on the last rung, and past as many intervals, as its mark says', () => {
    fc.assert(
      fc.property(small, fc.integer({ min: 2, max: 9 }), fc.nat(9), (min, factor, level) => {
        const rung = rungStep(level, { min, factor });
        for (const off of [0, 1e-15, -1e-15]) expect(rungAt(rung * (1 + off), { min, factor })).toBe(rung);
        expect(rungAt(rung * 0.999, { min, factor, max: rung })).toBe(
          level === 0 ? null : rungStep(level - 1, { min, factor }),
        );
        expect(rungAt(rung * (1 - 1e-15), { min, factor, max: rung })).toBe(null);
      }),
      { seed: 862 },
    );
    fc.assert(
      fc.property(
        small,
        fc.integer({ min: 1, max: 1e6 }),
        fc.constantFrom(0, 1, 3),
        (interval, count, first) => {
          const from = first * interval;
          for (const off of [0, 1e-15, -1e-15])
            expect(countIntervals((from + count * interval) * (1 + off), { from, interval })).toBe(count);
        },
      ),
      { seed: 863 },
    );
  });
});

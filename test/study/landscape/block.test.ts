// Blocks of trials: whatever way they are computed, each metric is bit for bit what its definition says.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { runEscapes } from '../../../src/study/landscape/block.js';
import { followClimb, trajectory } from '../../../src/study/landscape/climb.js';
import { createKernels } from '../../../src/study/landscape/kernel.js';
import { OPTIMIZER_NAMES } from '../../../src/study/landscape/optimizers.js';
import { anyClimb, anyHeight, blockOf, type EscapeTrial, metricsByDefinition, STUDY } from './climbs.js';

const kernels = createKernels();

const expected = (trials: readonly EscapeTrial[]) =>
  trials.map((trial) => metricsByDefinition(trajectory(trial), trial.h, trial.slopeUp));

function check(trials: readonly EscapeTrial[]): void {
  const { block, rows } = blockOf(trials);
  runEscapes(block, kernels);
  expect(rows()).toEqual(expected(trials));
}

test('this machine has WebAssembly vectors, so the tests below run them', () => {
  expect(kernels).not.toBeNull();
});

describe.each(OPTIMIZER_NAMES)('%s by vectors has the bits of the reference', (optimizer) => {
  test('trials that differ in α and h only', () => {
    const anyTrials = fc.tuple(
      anyClimb,
      fc.array(fc.tuple(fc.double({ min: 0.001, max: 2, noNaN: true }), anyHeight), {
        minLength: 1,
        maxLength: 40,
      }),
    );
    fc.assert(
      fc.property(anyTrials, ([climb, varied]) => {
        check(varied.map(([alpha, h]) => ({ ...climb, optimizer, alpha, h })));
      }),
      { seed: 2, numRuns: 40 },
    );
  });
  test('trials that differ in everything but their steps', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyClimb, anyHeight), { minLength: 2, maxLength: 40 }), (varied) => {
        check(varied.map(([climb, h]) => ({ ...climb, optimizer, steps: 50, h })));
      }),
      { seed: 3, numRuns: 40 },
    );
  });
});

test('any mixture, cut into stretches, and the same without vectors', () => {
  const anyRun = fc.tuple(anyClimb, fc.array(anyHeight, { minLength: 1, maxLength: 20 }));
  fc.assert(
    fc.property(fc.array(anyRun, { minLength: 1, maxLength: 8 }), (runs) => {
      const trials = runs.flatMap(([climb, heights]) => heights.map((h) => ({ ...climb, h })));
      check(trials);
      const [fast, plain] = [blockOf(trials), blockOf(trials)];
      runEscapes(fast.block, kernels);
      runEscapes(plain.block, null);
      expect(plain.rows()).toEqual(fast.rows());
    }),
    { seed: 4, numRuns: 60 },
  );
});

test('blocks longer than the kernel holds, and grids of h within them', () => {
  const count = 2500;
  const long = Array.from({ length: count }, (_, i) => ({ ...STUDY, alpha: 0.01 + i / count, h: 0.25 }));
  check(long);
  const grid = long
    .slice(0, 12)
    .flatMap((trial) => Array.from({ length: 300 }, (_, i) => ({ ...trial, h: i / 100 })));
  check([...long.slice(0, 100), ...grid, ...long.slice(100, 150)]);
});

test('an empty block is left alone', () => {
  check([]);
});

test('a trial that leaves the finite numbers has no values, its neighbours have all of theirs', () => {
  const lost = { ...STUDY, optimizer: 'sgd', decay: 1e50, steps: 30 } as const;
  const fine = { ...STUDY, optimizer: 'sgd', steps: 30 } as const;
  const trials = [
    { ...fine, h: 0.1 },
    { ...lost, h: 1e300 },
    { ...lost, h: 0.5 },
    { ...fine, h: 0.3 },
  ];
  check(trials);
  const { block, failed } = blockOf(trials);
  runEscapes(block);
  expect([...failed]).toEqual([1]);
  const [, never, escapedBefore] = expected(trials);
  expect(Object.values(never!).every(Number.isNaN)).toBe(true);
  expect(escapedBefore).toMatchObject({ escaped: 1, reached: 1, stuck: 0, peak: Number.NaN });
});

test('one trajectory answers for heights in any order', () => {
  fc.assert(
    fc.property(anyClimb, fc.array(anyHeight, { maxLength: 12 }), (climb, heights) => {
      const { peak, escapeStep, finalTheta } = followClimb(climb, Float64Array.from(heights));
      heights.forEach((h, i) => {
        const one = metricsByDefinition(trajectory(climb), h, climb.slopeUp);
        expect([peak, escapeStep[i], finalTheta[i]]).toEqual([one.peak, one.escape_step, one.final_theta]);
      });
    }),
    { seed: 5 },
  );
});

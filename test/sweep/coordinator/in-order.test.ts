// Results reach a sampler in the order of its proposals, whatever order trials end in.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InOrder } from '../../../src/sweep/coordinator/in-order.js';
import type { TrialResult } from '../../../src/sweep/samplers/contract.js';

const result = (trial: number): TrialResult => ({ trial, status: 'ok', metrics: { at: trial } });

it('tells the proposals in their order, each as soon as all before it have ended', () => {
  const orders = fc
    .uniqueArray(fc.nat(), { maxLength: 12 })
    .chain((proposed) =>
      fc.tuple(fc.constant(proposed), fc.shuffledSubarray(proposed, { minLength: proposed.length })),
    );
  fc.assert(
    fc.property(orders, ([proposed, ended]) => {
      const told: TrialResult[] = [];
      const inOrder = new InOrder((each) => told.push(each));
      for (const trial of proposed) inOrder.propose(trial);
      const settled = new Set<number>();
      for (const trial of ended) {
        inOrder.settle(result(trial));
        settled.add(trial);
        const open = proposed.findIndex((each) => !settled.has(each));
        const expected = proposed.slice(0, open < 0 ? proposed.length : open);
        expect(told).toEqual(expected.map(result));
      }
      expect(told).toHaveLength(proposed.length);
    }),
    { seed: 261, numRuns: 500 },
  );
});

it('tells the same when proposals and ends take turns', () => {
  const steps = fc.array(fc.record({ proposes: fc.boolean(), pick: fc.nat() }), { maxLength: 40 });
  fc.assert(
    fc.property(steps, (turns) => {
      const told: number[] = [];
      const inOrder = new InOrder(({ trial }) => told.push(trial));
      const running: number[] = [];
      let next = 0;
      const end = (i: number) => inOrder.settle(result(running.splice(i, 1)[0]!));
      for (const { proposes, pick } of turns) {
        if (proposes || running.length === 0) {
          inOrder.propose(next);
          running.push(next++);
        } else end(pick % running.length);
      }
      while (running.length > 0) end(running.length - 1);
      expect(told).toEqual(Array.from({ length: next }, (_, trial) => trial));
    }),
    { seed: 262, numRuns: 500 },
  );
});

it('passes over what nobody proposed, and what has been told already', () => {
  const told: number[] = [];
  const inOrder = new InOrder(({ trial }) => told.push(trial));
  inOrder.propose(5);
  inOrder.settle(result(4));
  inOrder.settle(result(5));
  inOrder.settle(result(5));
  expect(told).toEqual([5]);
});

it('may be given proposals while it tells', () => {
  const told: number[] = [];
  const inOrder: InOrder = new InOrder(({ trial }) => {
    told.push(trial);
    if (trial < 3) {
      inOrder.propose(trial + 10);
      inOrder.settle(result(trial + 10));
    }
  });
  for (const trial of [1, 2, 3]) inOrder.propose(trial);
  for (const trial of [3, 2, 1]) inOrder.settle(result(trial));
  expect(told.slice().sort((a, b) => a - b)).toEqual([1, 2, 3, 11, 12]);
  expect(told).toEqual([1, 2, 3, 11, 12]);
});

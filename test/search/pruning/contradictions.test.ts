// What can be said of a pruner without its worker: options that are sound one by one, and make one that never does
// anything; a metric that is misspelt.
import { expect, test } from 'vitest';
import { findRequestFaults } from '../../../src/search/pruning/options.js';
import { createRungs } from '../../../src/search/pruning/rules.js';

interface Asked {
  readonly name: string;
  readonly [option: string]: unknown;
}

const PBT = { name: 'pbt', mutate: 'a' };

test.each<[Asked, string]>([
  [{ name: 'asha', min: 10, max: 5 }, 'max 5: nothing is ever stopped from min (10) on'],
  [{ name: 'asha', max: 1 }, 'max 1: nothing is ever stopped from min (1) on'],
  [{ name: 'asha', max: 1, pause: true }, 'max 1: '],
  [{ name: 'hyperband', max: 1 }, 'max 1: nothing is ever stopped from min (1) on; expected more than 1'],
  [{ name: 'median', warmup: 20, max: 10 }, 'max 10: nothing is ever stopped from warmup (20) on'],
  [{ name: 'patience', warmup: 10, max: 10 }, 'max 10: nothing is ever stopped from warmup (10) on'],
  [
    { name: 'asha', metric: 'loss:up' },
    'metric "loss:up": expected a series and its goal, such as val_loss:min',
  ],
  [{ name: 'asha', metric: 'loss:' }, 'metric "loss:": expected a series and its goal'],
  [{ name: 'asha', metric: ' :min' }, 'metric " :min": expected a series and its goal'],
  [{ name: 'asha', metric: 'a:b:min' }, 'metric "a:b:min": expected a series and its goal'],
  [{ ...PBT, interval: 8, max: 8 }, 'max 8: no two trials are ever compared from interval (8) on'],
])('%j is refused', (asked, fault) => {
  const faults = findRequestFaults(asked);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(`pruner ${asked.name}: ${fault}`);
});

test.each<Asked>([
  { name: 'asha', min: 5, max: 6 },
  { name: 'asha', min: 50, metric: 'loss' },
  { name: 'asha', metric: ' val/loss : max ' },
  { name: 'hyperband', max: 2 },
  { name: 'median', warmup: 9, max: 10 },
  { name: 'patience', max: 1 },
  { ...PBT, interval: 8, max: 9 },
  // What is wrong otherwise is told elsewhere.
  { name: 'asha', min: 'x', max: 0 },
  { name: 'annealing', min: 2, max: 1 },
])('%j is not', (asked) => {
  expect(findRequestFaults(asked)).toEqual([]);
});

test.each<Asked>([
  { name: 'asha', min: 2, factor: 3 },
  { name: 'hyperband', min: 2, factor: 3 },
  { name: 'median', warmup: 2, percentile: 50, startup: 5, interval: 1 },
  { name: 'patience', warmup: 2, patience: 1, minDelta: 0 },
  { name: 'pbt', interval: 2, mutate: ['a'], quantile: 0.25, resample: 0.25 },
])('what is refused of $name is what has no step to decide at', (options) => {
  for (const max of [1, 2, 2.5, 3, 9]) {
    const rungs = createRungs({ metric: 'loss', goal: 'min', lookahead: 1, ...options, max } as never, 1);
    const hasRung = [0, 1, 2, 2.25, 3, 4, 8, 9, 10].some((step) => rungs.rungOf(step, 0) !== null);
    expect([max, findRequestFaults({ ...options, max } as Asked).length === 0]).toEqual([max, hasRung]);
  }
});

// What is accepted: each cell that changed, from the night of its own change on.
import { expect, test } from 'vitest';
import { systemClock } from '../../src/ground/clock.js';
import { acceptChanges } from '../../src/nights/accept.js';
import { readAccepted } from '../../src/nights/accepted.js';
import { judgeTonight } from '../../src/nights/gate.js';
import { addNight, readHistory } from '../../src/nights/history.js';
import { newFolder } from '../sweep/session.js';
import { cellOf, nightOf, runOf } from './nights.js';

/** The metric at `a=1` and `a=2`, night by night. */
async function historyOf(values: readonly (readonly [number | null, number | null])[]): Promise<string> {
  const history = newFolder();
  for (const [day, means] of values.entries()) {
    const cells = means.flatMap((mean, i) => {
      const configuration = `a=${i + 1}`;
      const n = mean === null ? 0 : 3;
      return [cellOf('status', 1, { configuration, n: 3 }), cellOf('loss', mean, { configuration, n })];
    });
    await addNight(history, nightOf(day, [runOf(cells)]));
  }
  return history;
}

const accept = (history: string, ...metrics: string[]) =>
  acceptChanges({ history, suite: 'small', metrics, why: 'meant', since: undefined }, systemClock);

async function isWorse(history: string): Promise<boolean> {
  const { nights, faults } = await readHistory(history, 'small');
  const { accepted } = await readAccepted(history, 'small');
  return judgeTonight(nights.at(-1)!, { nights, faults }, { accepted }).isWorse;
}

test('a metric is accepted cell by cell, and what got better needs nothing', async () => {
  const history = await historyOf([
    ...Array.from({ length: 4 }, () => [1, 1] as const),
    ...Array.from({ length: 3 }, () => [0.5, 1] as const),
    [0.5, 2],
  ]);
  expect(await isWorse(history)).toBe(true);
  expect(await accept(history, 'loss')).toEqual([
    { metric: 'loss', since: '20260108-030000-0000', cells: ['latent/loss/a=2'] },
  ]);
  expect(await isWorse(history)).toBe(false);
});

test('so is a metric that has no value any more', async () => {
  const history = await historyOf([...Array.from({ length: 4 }, () => [1, 1] as const), [1, null]]);
  expect(await isWorse(history)).toBe(true);
  expect(await accept(history, 'loss')).toMatchObject([
    { since: '20260105-030000-0000', cells: ['latent/loss/a=2'] },
  ]);
  expect(await isWorse(history)).toBe(false);
});

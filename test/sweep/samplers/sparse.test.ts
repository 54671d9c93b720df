// Constraints that leave a few of very many points: the run hears of a stop while it looks, and what it ran is kept when
// the constraint fails at a point that nobody had looked at.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { planRun } from '../../../src/sweep/plan/plan.js';
import { startRun } from '../../../src/sweep/start.js';
import { fixture, newFolder, read, runPart } from '../session.js';

afterEach(() => vi.unstubAllEnvs());

test('a run that looks for points stops when it is asked to, and keeps what it ran', async () => {
  const out = join(newFolder(), 'run');
  const part = await runPart({ sweep: fixture('sparse'), out, workers: 1, blockSize: 1 });
  expect(part).toMatchObject({ interrupted: true });
  expect(read(out, 'trials.csv').trimEnd().split('\n').length).toBeGreaterThan(1);
});

test('its plan says how many of a sample pass', async () => {
  const plan = await planRun({ sweep: fixture('sparse'), workers: 1 });
  expect(plan).toMatchObject({ excluded: null, passing: { accepted: 1, of: 10_000 } });
});

test('a constraint that fails in the middle ends the run in words, and the trials before are kept', async () => {
  vi.stubEnv('SPARSE_CONSTRAINT', 'fails late');
  const out = join(newFolder(), 'run');
  const file = `${fixture('sparse')}`;
  const { outcome } = await startRun({ sweep: `file://${file}?late`, out, workers: 1 });
  await expect(outcome).rejects.toMatchObject({
    code: 'BAD_DEFINITION',
    message: 'the constraint (where) throws at {"x":300017}: RangeError: too late',
  });
  expect(existsSync(join(out, 'journal.bin'))).toBe(true);
});

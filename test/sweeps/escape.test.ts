// The shipped escape sweep, run for real: its published numbers, and its three ways to a threshold.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/define.js';
import { writeReport } from '../../src/report/write.js';
import type { RunRequest } from '../../src/sweep/contract.js';
import { planRun } from '../../src/sweep/plan/plan.js';
import { rowsOf, runSweep } from '../sweep/session.js';

const list = (...values: (string | number)[]) => ({ kind: 'list', values }) as const;

async function thresholds(
  request: Omit<RunRequest, 'sweep'>,
): Promise<{ rows: Record<string, string>[]; folder: string }> {
  const { folder, failed } = await runSweep({ sweep: 'escape', ...request });
  expect(failed).toBe(0);
  const { default: report } = (await import(pathToFileURL('dist/reports/escape.js').href)) as {
    default: Report;
  };
  await writeReport(folder, report);
  return { rows: rowsOf(readFileSync(join(folder, 'summary', 'escape-thresholds.csv'), 'utf8')), folder };
}

describe('the escape sweep', () => {
  test('has the size that its definition says', async () => {
    const plain = 4 * 41 * 81;
    const rmsprop = 41 * 3 * 81;
    const adams = 4 * 41 * 6 * 3 * 81;
    expect(await planRun({ sweep: 'escape' })).toMatchObject({
      trials: 2 * 81 + plain + rmsprop + adams,
      excluded: 0,
      new: 2 * 81 + plain + rmsprop + adams,
    });
  });

  test('gives the published thresholds of Adam and of plain descent', async () => {
    const { rows } = await thresholds({
      set: { optimizer: list('sgd', 'adam'), alpha: list(0.3), steps: list(20), eps: list(0, 1e-8) },
    });
    const of = (optimizer: string, eps: string) =>
      rows.find(
        (row) =>
          row.optimizer === optimizer &&
          row.eps === eps &&
          (optimizer === 'sgd' || (row.beta1 === '0.9' && row.beta2 === '0.999')),
      )!;
    expect(Math.abs(Number(of('adam', '0').threshold) - 0.41018429512997)).toBeLessThan(1e-12);
    expect(Math.abs(Number(of('adam', '1e-8').threshold) - 0.410184281028)).toBeLessThan(1e-12);
    expect(Math.abs(Number(of('sgd', '0').threshold) - 0.2)).toBeLessThan(1e-12);
    expect(of('adam', '0')).toMatchObject({ method: 'exact', lower: '0.4', upper: '0.425' });
  });

  test('finds the same thresholds exactly, by bisection and from the grid', async () => {
    const set = {
      optimizer: list('sgd', 'momentum', 'nesterov', 'rmsprop', 'adam', 'nadam'),
      alpha: list(0.05, 0.3, 0.7),
      steps: list(20, 200),
    };
    const exact = (await thresholds({ set })).rows;
    const tolerance = 1e-6;
    const bisected = await thresholds({
      set,
      sampler: { name: 'bisect', axis: 'h', metric: 'escaped', from: 0, to: 4, tolerance },
    });
    expect(bisected.rows).toHaveLength(exact.length);
    exact.forEach((row, i) => {
      const other = bisected.rows[i]!;
      const threshold = Number(row.threshold);
      for (const name of ['optimizer', 'alpha', 'beta1', 'beta2', 'eps', 'steps', 'threshold'])
        expect(other[name]).toBe(row[name]);
      if (row.lower !== '') expect(Number(row.lower)).toBeLessThan(threshold);
      if (row.upper !== '') expect(Number(row.upper)).toBeGreaterThanOrEqual(threshold);
      if (other.lower === '' || other.upper === '') return; // outside what was searched
      expect(Number(other.upper) - Number(other.lower)).toBeLessThanOrEqual(tolerance);
      expect(Number(other.lower)).toBeLessThan(threshold);
      expect(Number(other.upper)).toBeGreaterThanOrEqual(threshold);
      expect(Number(other.trials)).toBeLessThanOrEqual(2 + Math.ceil(Math.log2(4 / tolerance)));
    });
  });
});

// A comparison as files: compare.csv by its columns, and names and values that nobody meant well, as text and nothing else.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseString } from 'fast-csv';
import { describe, expect, test } from 'vitest';
import { renderCompared } from '../../src/cli/compare-table.js';
import { compareRuns } from '../../src/compare/compare.js';
import { writeComparison } from '../../src/compare/files.js';
import { type MadeRun, makeRun, newFolder, X } from './runs.js';

const tableOf = (csv: string) =>
  new Promise<Record<string, string>[]>((done, fail) => {
    const rows: Record<string, string>[] = [];
    parseString<Record<string, string>, Record<string, string>>(csv, { headers: true })
      .on('data', (row) => rows.push(row))
      .on('error', fail)
      .on('end', () => done(rows));
  });

const EVIL = '</td><script>alert(1)</script>|[x](javascript:alert(1))`"\u001b[31m\n# no heading';

const evilRun = (value: number): Promise<string> => {
  const params = [{ ...X, type: 'string' as const, default: '' }];
  const metrics = [{ name: 'loss', type: 'number' as const, goal: 'min' as const, unit: EVIL, tolerance: 0 }];
  const made: MadeRun = {
    ...{ params, metrics, version: `${value}${EVIL}` },
    trials: ['a', EVIL].map((x) => ({ x, values: [value] })),
    changes: { host: EVIL, data: { name: EVIL, sha256: String(value) } },
  };
  return makeRun(made);
};

describe('text of others', () => {
  test('is text in the page, in Markdown and on the terminal', async () => {
    const comparison = await compareRuns([await evilRun(1), await evilRun(2)]);
    const folder = join(newFolder(), 'out');
    await writeComparison(folder, comparison);
    const page = readFileSync(join(folder, 'compare.html'), 'utf8');
    expect(page).not.toContain('<script');
    expect(page).not.toMatch(/href="(?!compare\.csv")/);
    expect(page).toContain('&lt;script&gt;');
    const markdown = readFileSync(join(folder, 'compare.md'), 'utf8');
    expect(markdown).not.toMatch(/^# no heading/m);
    expect(markdown.split('\n').filter((line) => line.startsWith('| worse'))).toHaveLength(2);
    expect(markdown).not.toContain('\u001b');
    const lines = renderCompared(comparison, { number: 20, width: 300 }).split('\n');
    expect(lines.join('')).not.toContain('\u001b');
    expect(lines.filter((line) => line.includes('no heading')).every((line) => !line.startsWith('#'))).toBe(
      true,
    );
    expect(JSON.parse(readFileSync(join(folder, 'compare.json'), 'utf8'))).toMatchObject({
      isWorse: true,
      comparisons: [{ runs: [{ changed: 2, cells: [{ verdict: 'worse' }, { verdict: 'worse' }] }] }],
    });
  });

  test('is kept as it is in compare.csv', async () => {
    const comparison = await compareRuns([await evilRun(1), await evilRun(2)]);
    const folder = join(newFolder(), 'out');
    await writeComparison(folder, comparison);
    const rows = await tableOf(readFileSync(join(folder, 'compare.csv'), 'utf8'));
    const losses = rows.filter(({ metric }) => metric === 'loss');
    expect(losses.map(({ x, a, b, verdict }) => [x, a, b, verdict])).toEqual([
      ['a', '1', '2', 'worse'],
      [EVIL, '1', '2', 'worse'],
    ]);
  });
});

test('compare.csv has its columns, and an axis of such a name gets another', async () => {
  const params = [X, { name: 'metric', type: 'number' as const, default: 0 }];
  const run = (value: number) =>
    makeRun({
      ...{ params, metrics: [{ name: 'loss', type: 'number' }], trials: [{ x: 1, values: [value] }] },
      changes: { axes: ['x'] },
    });
  const [a, b] = [await run(1), await run(1.5)];
  const folder = join(newFolder(), 'out');
  await writeComparison(folder, await compareRuns([a, b]));
  expect(readFileSync(join(folder, 'compare.csv'), 'utf8').split('\n')[0]).toBe(
    'key,trial_a,trial_b,x,metric,a,b,difference,low,high,effect,p_adjusted,verdict',
  );
});

test('several comparisons lie in folders of their own', async () => {
  const run = (value: number) =>
    makeRun({ metrics: [{ name: 'loss', type: 'number' }], trials: [{ x: 1, values: [value] }] });
  const [a, b, c] = [await run(1), await run(1), await run(2)];
  const folder = join(newFolder(), 'out');
  const written = await writeComparison(folder, await compareRuns([a, b, c]));
  expect(written.map((path) => path.slice(folder.length + 1))).toEqual([
    ...['B/compare.csv', 'C/compare.csv', 'compare.md', 'compare.json', 'compare.html'],
  ]);
  expect(readdirSync(folder).sort()).toEqual(['B', 'C', 'compare.html', 'compare.json', 'compare.md']);
  // Again into the same folder, and not into one that holds other things.
  await writeComparison(folder, await compareRuns([a, b, c]));
  const comparison = await compareRuns([a, b]);
  await expect(writeComparison(b, comparison)).rejects.toThrow('is not empty and holds no comparison');
});

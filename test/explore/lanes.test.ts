// Attempts as bars by worker: by the clock, and end to end.
import { describe, expect, test } from 'vitest';
import { layOut, shorten } from '../../src/explore/lanes.js';
import type { Column, Table } from '../../src/explore/table.js';

function column(values: readonly number[], labels: readonly string[] = []): Column {
  const kind = labels.length > 0 ? 'category' : 'number';
  return { values: Float64Array.from(values), labels, kind } as unknown as Column;
}

interface Attempt {
  readonly worker: number;
  readonly ms: number;
  readonly ended: number;
  readonly isBad?: boolean;
}

/** Trials 10, 11, … in rows 0, 1, … */
function makeTable(attempts: readonly Attempt[]) {
  const { length } = attempts;
  const columns = [
    column(attempts.map((_, i) => 10 + i)),
    column(attempts.map(({ worker }) => worker)),
    column(
      attempts.map(() => 0),
      ['here'],
    ),
    column(attempts.map(({ ms }) => ms)),
    column(
      attempts.map(({ isBad }) => (isBad === true ? 0 : 1)),
      ['failed', 'ok'],
    ),
    column(attempts.map(({ ended }) => ended)),
  ];
  const table: Table = { rows: length, columns };
  return { table, trials: { rows: length, numberOf: (row: number) => 10 + row } };
}

describe('lanes', () => {
  const { trials, table } = makeTable([
    { worker: 1, ms: 50, ended: 100 },
    { worker: 0, ms: 100, ended: 100, isBad: true },
    { worker: 0, ms: 30, ended: 200 },
    { worker: 0, ms: 20, ended: 201 },
    { worker: -1, ms: 0, ended: 150, isBad: true },
  ]);

  test('by the clock a bar ends when its result came, and no two of a worker overlap', () => {
    const { bars, lanes, breaks, end } = layOut(trials, table, true);
    expect(lanes.map(({ name, busy, span }) => [name, busy, span])).toEqual([
      ['lost', 0, 0],
      ['worker 0', 150, 201],
      ['worker 1', 50, 50],
    ]);
    expect(bars.filter(({ lane }) => lane === 1)).toEqual([
      { row: 1, lane: 1, from: 0, to: 100, isBad: true },
      { row: 2, lane: 1, from: 151, to: 181, isBad: false },
      { row: 3, lane: 1, from: 181, to: 201, isBad: false },
    ]);
    expect([breaks, end]).toEqual([[{ from: 100, to: 150 }], 201]);
  });

  test('end to end there are no gaps', () => {
    const { bars, breaks, end } = layOut(trials, table, false);
    expect(bars.filter(({ lane }) => lane === 1).map(({ from, to }) => [from, to])).toEqual([
      [0, 100],
      [100, 130],
      [130, 150],
    ]);
    expect([breaks, end]).toEqual([[], 150]);
  });

  test('what nobody ran in is cut short, and times stay in their order', () => {
    const shown = shorten({
      end: 2000,
      breaks: [
        { from: 100, to: 1100 },
        { from: 1200, to: 1900 },
      ],
    });
    const times = [0, 50, 100, 600, 1100, 1150, 1200, 1500, 1900, 2000].map(shown.at);
    expect(times.slice(0, 3)).toEqual([0, 50, 100]);
    expect(times[4]! - times[2]!).toBeCloseTo(0.03 * 300);
    expect(times.at(-1)).toBeCloseTo(300 + 2 * 0.03 * 300);
    expect(shown.end).toBe(times.at(-1));
    for (let i = 1; i < times.length; i++) expect(times[i]!).toBeGreaterThan(times[i - 1]!);
  });
});

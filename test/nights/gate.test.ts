// What is told of a night, from nights that were made up: numbers that never vary, numbers that do, times, what is gone.
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../src/ground/random.js';
import { renderSparkline } from '../../src/ground/text.js';
import { startOf } from '../../src/nights/accepted.js';
import { type Gate, judgeTonight } from '../../src/nights/gate.js';
import { renderJunit } from '../../src/nights/junit.js';
import { renderGate } from '../../src/nights/markdown.js';
import type { NightMetric, NightRun } from '../../src/nights/record.js';
import { renderNights } from '../../src/nights/table.js';
import type { GateCell } from '../../src/nights/verdict.js';
import { describeGate } from '../../src/nights/words.js';
import { cellOf, nightOf, runOf } from './nights.js';

const LOSS: NightMetric = { name: 'loss', isBoolean: false, goal: 'min', unit: null, tolerance: null };

/** The gate of the last of these values; NaN is a night without the cell. */
function judge(
  values: readonly number[],
  changes: Partial<NightMetric> = {},
  run: Partial<NightRun> = {},
): Gate {
  const metric = { ...LOSS, ...changes };
  const nights = values.map((mean, day) =>
    nightOf(day, [
      runOf(Number.isNaN(mean) ? [] : [cellOf(metric.name, mean, { n: 3, sd: 0.1 })], {
        metrics: [metric],
        ...run,
      }),
    ]),
  );
  const tonight = nights.pop()!;
  return judgeTonight(tonight, { nights, faults: [] }, { accepted: [], last: 50 });
}

const only = ({ cells }: Gate): GateCell => {
  expect(cells).toHaveLength(1);
  return cells[0]!;
};

/** Values around 1, always the same ones. */
function noisy(count: number, sd = 0.01): number[] {
  const random = randomFor('nights');
  return Array.from({ length: count }, () => 1 + sd * random.normal());
}

const repeat = (value: number, count: number): number[] => new Array<number>(count).fill(value);

describe('numbers that every night gave alike', () => {
  test('are steady while they stay, and worse or better on the first night of a change', () => {
    expect(only(judge(repeat(0.5, 4)))).toMatchObject({
      verdict: 'steady',
      expected: { low: 0.5, high: 0.5 },
    });
    const worse = judge([...repeat(0.5, 3), 0.6]);
    expect(only(worse)).toMatchObject({
      verdict: 'worse',
      by: expect.closeTo(0.1, 12),
      since: '20260104-030000-0000',
    });
    expect(worse.isWorse).toBe(true);
    const better = judge([...repeat(0.5, 3), 0.4]);
    expect(only(better)).toMatchObject({ verdict: 'better', by: expect.closeTo(-0.1, 12) });
    expect(better.isWorse).toBe(false);
    expect(only(judge([...repeat(0.5, 3), 0.6], { goal: 'max' })).verdict).toBe('better');
    expect(judge([...repeat(0.5, 3), 0.6], { goal: null })).toMatchObject({
      isWorse: false,
      cells: [{ verdict: 'moved' }],
    });
  });

  test('are not told from chance by fewer than three of them', () => {
    expect(only(judge([0.5, 0.6])).verdict).toBe('too little history');
    expect(only(judge([0.5, 0.5, 0.6])).verdict).toBe('too little history');
  });

  test('stay worse until that is accepted or no night before it is looked back on', () => {
    for (const days of [1, 2, 5, 30]) {
      const gate = judge([...repeat(0.5, 5), ...repeat(0.6, days)]);
      expect(only(gate)).toMatchObject({ verdict: 'worse', since: '20260106-030000-0000' });
    }
    expect(only(judge([...repeat(0.5, 5), ...repeat(0.6, 60)])).verdict).toBe('steady');
    // Back to what it was: two steps are no step.
    expect(judge([...repeat(0.5, 5), 0.6, ...repeat(0.5, 5)]).isWorse).toBe(false);
  });

  test('are held against the best that has lasted', () => {
    const lost = judge([...repeat(0.6, 10), ...repeat(0.5, 4), 0.6]);
    expect(only(lost)).toMatchObject({
      verdict: 'worse',
      by: expect.closeTo(0.1, 12),
      since: '20260115-030000-0000',
    });
    // One good night is none.
    expect(only(judge([...repeat(0.6, 10), 0.5, ...repeat(0.6, 3)])).verdict).toBe('steady');
    // What was worse, and is mended, is over; two of that leave the rest as it was.
    const mended = [...repeat(0.5, 5), 0.6, 0.6, ...repeat(0.5, 3), 0.7, 0.5];
    expect(only(judge(mended)).verdict).toBe('steady');
    expect(only(judge([...mended, 0.6]))).toMatchObject({ verdict: 'worse', since: '20260113-030000-0000' });
    expect(only(judge([...mended, 0.4])).verdict).toBe('better');
    // Worse, and worse again: since the first.
    expect(only(judge([...repeat(0.5, 5), 0.6, 0.7]))).toMatchObject({
      verdict: 'worse',
      since: '20260106-030000-0000',
      by: expect.closeTo(0.2, 12),
    });
    // Small steps, each within the tolerance, do not add up to nothing.
    const creeping = [...repeat(0.5, 3), ...repeat(0.52, 3), ...repeat(0.54, 3)];
    expect(only(judge(creeping, { tolerance: { absolute: 0.03 } })).verdict).toBe('worse');
  });

  test('are held against those of as many trials, whatever came in between', () => {
    const nights = [...repeat(1, 10), 1.25, ...repeat(2, 5)].map((mean, day) =>
      nightOf(day, [runOf([cellOf('loss', mean, { n: day === 10 ? 4 : 5 })])]),
    );
    for (const count of [11, 12, 15]) {
      const history = { nights: nights.slice(0, count), faults: [] };
      expect(only(judgeTonight(nights[count]!, history, { accepted: [] }))).toMatchObject({
        verdict: 'worse',
        since: '20260112-030000-0000',
      });
    }
  });

  test('without a goal move again and again, each time since a night of its own', () => {
    const moved = only(judge([...repeat(1, 10), ...repeat(2, 4), 3], { goal: null }));
    expect(moved).toMatchObject({ verdict: 'moved', by: 1, since: '20260115-030000-0000' });
  });

  test('that come and go are noise', () => {
    const flaky = [...repeat(1, 4), 0.9, ...repeat(1, 3), 0.9, ...repeat(1, 5), 0.9, 1, 0.9];
    expect(only(judge(flaky, { goal: 'max' })).verdict).toBe('steady');
  });

  test('of another number of trials are another metric', () => {
    const nights = [3, 3, 3, 3, 5].map((n, day) =>
      nightOf(day, [runOf([cellOf('loss', n === 3 ? 1 : 1.5, { n })])]),
    );
    const verdictOf = (count: number) =>
      judgeTonight(nights[count]!, { nights: nights.slice(0, count), faults: [] }, { accepted: [] }).cells[0]!
        .verdict;
    expect([verdictOf(3), verdictOf(4)]).toEqual(['steady', 'too little history']);
  });

  test('that are no numbers any more are worse where there is a goal', () => {
    const of = (mean: number | null, ok: number, goal: 'min' | null) =>
      runOf([cellOf('status', ok, { n: 3 }), cellOf('loss', mean, { n: mean === null ? 0 : 3 })], {
        metrics: [{ ...LOSS, goal }],
      });
    const gateOf = (ok: number, goal: 'min' | null) => {
      const nights = [0, 1, 2].map((day) => nightOf(day, [of(1, 1, goal)]));
      return judgeTonight(nightOf(3, [of(null, ok, goal)]), { nights, faults: [] }, { accepted: [] });
    };
    expect(gateOf(1, 'min').cells[1]!.verdict).toBe('worse');
    expect(gateOf(1, null).cells[1]!.verdict).toBe('gone');
    // That its trials failed is told by their share.
    expect(gateOf(0, 'min').cells.map(({ verdict }) => verdict)).toEqual(['worse', 'gone']);
  });

  test('may differ by what another order of additions leaves, and by their tolerance', () => {
    expect(only(judge([...repeat(0.3, 3), 0.1 + 0.2])).verdict).toBe('steady');
    expect(only(judge([...repeat(0.5, 3), 0.52], { tolerance: { relative: 0.05 } })).verdict).toBe('steady');
    expect(only(judge([...repeat(0.5, 3), 0.53], { tolerance: { relative: 0.05 } })).verdict).toBe('worse');
  });
});

describe('numbers that vary', () => {
  test('need eight nights before they are judged', () => {
    for (let count = 2; count <= 8; count++)
      expect(only(judge([...noisy(count - 1), 9])).verdict).toBe('too little history');
    expect(only(judge([...noisy(8), 9])).verdict).toBe('noisy');
  });

  test('are expected where the nights before a change were', () => {
    const [before, after] = [noisy(20), noisy(6).map((value) => value + 0.2)];
    const { low, high } = only(judge([...before, before[0]!])).expected!;
    const worse = only(judge([...before, ...after]));
    expect(worse).toMatchObject({ verdict: 'worse', since: '20260121-030000-0000' });
    expect(worse.expected).toEqual({ low, high });
    expect(worse.tonight!.mean).toBeGreaterThan(high);
  });

  test('are steady within their noise; a change counts once it has lasted', () => {
    const quiet = judge(noisy(31));
    expect(only(quiet).verdict).toBe('steady');
    const { low, high } = only(quiet).expected!;
    expect(low).toBeLessThan(1);
    expect(high).toBeGreaterThan(1);
    expect(high - low).toBeLessThan(0.2);
    const first = judge([...noisy(29), 1, 1.1]);
    expect(only(first)).toMatchObject({ verdict: 'noisy', by: null, since: null });
    expect(first.isWorse).toBe(false);
    const third = judge([...noisy(29), 1, 1.1, 1.11, 1.105]);
    expect(only(third)).toMatchObject({
      verdict: 'worse',
      by: expect.closeTo(0.105, 1),
      since: '20260131-030000-0000',
    });
    expect(third.isWorse).toBe(true);
    expect(judge([...noisy(29), 1, 0.9, 0.89, 0.9])).toMatchObject({
      isWorse: false,
      cells: [{ verdict: 'better' }],
    });
  });

  test('start anew where a change was accepted', () => {
    const values = [...noisy(20), ...noisy(10).map((value) => value + 0.1), 1.1];
    expect(only(judge(values)).verdict).toBe('worse');
    const nights = values.map((mean, day) => nightOf(day, [runOf([cellOf('loss', mean)])]));
    const since = nights[20]!.night;
    const accepted = [{ at: '', suite: 'small', metrics: ['latent/loss'], why: 'meant', since }];
    const tonight = nights.pop()!;
    const gate = judgeTonight(tonight, { nights, faults: [] }, { accepted, last: 50 });
    expect(only(gate)).toMatchObject({ verdict: 'steady' });
    expect(only(gate).past).toHaveLength(10);
    const series = { run: 'latent', configuration: 'latent=16', metric: { name: 'loss' } };
    for (const name of ['loss', 'latent/loss', 'latent/loss/latent=16'])
      expect(startOf(series, [{ ...accepted[0]!, metrics: [name] }])).toBe(since);
    for (const name of ['accuracy', 'blur/loss', 'latent/loss/latent=2', 'latent'])
      expect(startOf(series, [{ ...accepted[0]!, metrics: [name] }])).toBe('');
  });
});

describe('times', () => {
  const times = { name: 'run_ms', unit: 'ms' };
  test('count from ten percent on, on machines of one kind', () => {
    const usual = noisy(30).map((value) => value * 100);
    expect(only(judge([...usual, 107, 107, 107], times, { metrics: [] })).verdict).toBe('steady');
    const slower = only(judge([...usual, 125, 124, 125], times, { metrics: [] }));
    expect(slower).toMatchObject({ verdict: 'worse', since: '20260131-030000-0000' });
    expect(slower.by).toBeGreaterThan(20);
    expect(slower.by).toBeLessThan(30);
    const nights = usual.map((mean, day) =>
      nightOf(day, [runOf([cellOf('run_ms', mean)], { timing: 'another machine' })]),
    );
    const tonight = nightOf(40, [runOf([cellOf('run_ms', 500)])]);
    const gate = judgeTonight(tonight, { nights, faults: [] }, { accepted: [], last: 50 });
    expect(only(gate).verdict).toBe('new');
  });
});

test('of a night that was cut short, what is done is judged, and nothing else', () => {
  const cells = (n: number, mean: number) => [
    cellOf('loss', 1, { n: 3, configuration: 'a=1' }),
    cellOf('loss', mean, { n, configuration: 'a=2' }),
    cellOf('loss', 3, { n: 3, configuration: 'a=3' }),
  ];
  const nights = [0, 1, 2, 3].map((day) => nightOf(day, [runOf(cells(3, 2))]));
  const cut = nightOf(4, [runOf(cells(1, 2.5).slice(0, 2))], { isComplete: false });
  const gate = judgeTonight(cut, { nights, faults: [] }, { accepted: [] });
  expect(gate.cells.map(({ configuration, verdict }) => [configuration, verdict])).toEqual([
    ['a=1', 'steady'],
  ]);
  // More or fewer trials make another mean, which is no regression.
  const fewer = judgeTonight(nightOf(4, [runOf(cells(2, 2.5))]), { nights, faults: [] }, { accepted: [] });
  expect(fewer.isWorse).toBe(false);
});

test('a metric of a worker may be called like the time', () => {
  const metrics = [{ ...LOSS, name: 'run_ms', goal: 'max' as const }];
  const run = (mean: number) => [runOf([cellOf('run_ms', mean)], { metrics })];
  const nights = [0, 1, 2].map((day) => nightOf(day, run(-1)));
  const gate = judgeTonight(nightOf(3, run(-2)), { nights, faults: [] }, { accepted: [] });
  expect(only(gate)).toMatchObject({ verdict: 'worse', by: -1 });
});

test('what is new or gone is told; what a suite did not come to is neither', () => {
  expect(only(judge([1])).verdict).toBe('new');
  expect(only(judge([1, 1, Number.NaN])).verdict).toBe('gone');
  const nights = [nightOf(0, [runOf([cellOf('loss', 1)])])];
  const cut = judgeTonight(
    nightOf(1, [], { isComplete: false }),
    { nights, faults: [] },
    { accepted: [], last: 50 },
  );
  expect(cut.cells).toEqual([]);
  // Nights that were cut short are no baseline.
  const half = nights.map((night) => ({ ...night, isComplete: false }));
  const gate = judgeTonight(
    nightOf(1, [runOf([cellOf('loss', 2)])]),
    { nights: half, faults: [] },
    { accepted: [], last: 50 },
  );
  expect(only(gate).verdict).toBe('new');
});

describe('a night in words', () => {
  const evil = { name: 'a"<b>&\u0007|x' };
  const gate = judge([...repeat(0.5, 3), 0.6], evil, { name: 'run<1>' });

  test('is one line, what moved, and no more than is asked for', () => {
    const plain = judge([...repeat(0.5, 3), 0.6]);
    expect(describeGate(plain)).toEqual([
      'small, night 20260104-030000-0000: worse, against 3 nights: 1 worse',
      '  worse  latent/loss/latent=16: 0.6, always 0.5 before (3 nights), +0.1 since 20260104-030000-0000',
    ]);
    expect(describeGate(plain, 0)).toHaveLength(2);
  });

  test('as JUnit is XML, whatever things are called', () => {
    const text = renderJunit(gate);
    expect(text).toContain('tests="1" failures="1" errors="0" skipped="0"');
    expect(text).toContain('classname="run&lt;1&gt;" name="run&lt;1&gt;/a&quot;&lt;b&gt;&amp; |x/latent=16"');
    expect(text).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(renderJunit(judge([...noisy(3), 1]))).toContain(
      '<skipped message="too little history: 3 nights"/>',
    );
  });

  test('as Markdown and CSV has the columns that are promised', () => {
    expect(renderGate(gate, [])).not.toContain('<b>');
    expect(renderNights(judge([...repeat(0.5, 3), 0.6])).split('\n')).toEqual([
      'night,commit,machine,suite,sweep,configuration,metric,mean,low,high,n,verdict',
      expect.stringMatching(
        /^20260104-030000-0000,,here,small,latent,latent=16,loss,0\.6,0\.35\d+,0\.84\d+,3,worse$/,
      ),
      '',
    ]);
    expect(renderSparkline([0, 1, 2, 7])).toBe('▁▂▃█');
    expect(renderSparkline([3, 3])).toBe('▁▁');
  });
});

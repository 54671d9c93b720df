import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatRate, renderBar, renderOutcome, renderProgressLine } from '../../src/cli/progress.js';
import { createLines } from '../../src/cli/watch.js';
import type { Progress } from '../../src/sweep/contract.js';

const progress = (change: Partial<Progress> = {}): Progress => ({
  total: 5000,
  done: 1234,
  failed: 3,
  running: 4,
  rate: 812.4,
  etaMs: 4636,
  elapsedMs: 1519,
  metric: 'peak 1.41',
  ...change,
});

describe('a line of progress', () => {
  test('says what is done, failed, running, how fast, how long, how good', () => {
    expect(renderProgressLine(progress())).toBe(
      '1,234/5,000 done (24%), 3 failed, 4 running, 812/s, 4.6s left, 1.5s elapsed, peak 1.41',
    );
  });

  test('leaves out what is not known', () => {
    expect(
      renderProgressLine(progress({ total: null, rate: 0, etaMs: null, elapsedMs: 0, metric: null })),
    ).toBe('1,234 done, 3 failed, 4 running');
  });

  test('100% only when all is done', () => {
    expect(renderProgressLine(progress({ total: 1000, done: 999 }))).toContain('(99%)');
    expect(renderProgressLine(progress({ total: 0, done: 0 }))).toContain('0/0 done (100%)');
  });

  test('slow rates are per minute or hour', () => {
    expect([812.4, 3.14, 0.5, 0.001].map(formatRate)).toEqual(['812/s', '3.1/s', '30/min', '3.6/h']);
  });
});

describe('a bar', () => {
  test('grows with what is done', () => {
    expect(renderBar(progress({ total: 10, done: 0 }), 26)).toBe(`${'░'.repeat(14)}    0%  0/10`);
    expect(renderBar(progress({ total: 10, done: 5 }), 26)).toBe(
      `${'█'.repeat(7)}${'░'.repeat(7)}   50%  5/10`,
    );
    expect(renderBar(progress({ total: 10, done: 10 }), 26)).toBe(`${'█'.repeat(13)}  100%  10/10`);
  });

  test('uses a wide terminal', () => {
    expect(renderBar(progress({ total: 10, done: 5 }), 140).length).toBeGreaterThan(100);
  });

  test('never passes the width, however narrow', () => {
    const count = fc.integer({ min: 0, max: 10 ** 9 });
    fc.assert(
      fc.property(count, count, fc.integer({ min: 1, max: 300 }), (total, done, width) => {
        expect(renderBar(progress({ total, done }), width).length).toBeLessThanOrEqual(width);
      }),
      { seed: 1 },
    );
  });
});

test('the outcome in one line', () => {
  const outcome = {
    folder: 'x',
    sweep: 'escape',
    trials: 9963,
    ok: 9960,
    pruned: 0,
    failed: 1,
    skipped: 0,
    left: 2,
  };
  expect(
    renderOutcome({
      ...outcome,
      interrupted: true,
      tooManyFailures: false,
      evicted: 0,
      ended: null,
      elapsedMs: 1234,
    }),
  ).toBe('escape: 9,960 trials ok, 1 failed, 2 not run, in 1.2s');
});

describe('plain lines', () => {
  const record = () => {
    const said: string[] = [];
    let now = 0;
    const view = createLines((line) => said.push(line), { now: () => now, elapsed: () => now });
    const at = (ms: number, done?: number) => {
      now = ms;
      if (done === undefined) view.tick();
      else view.show(progress({ total: null, done, rate: 0, etaMs: null, elapsedMs: 0, metric: null }));
    };
    return { said, at, view };
  };

  test('one every five seconds at most, with the latest counts', () => {
    const { said, at, view } = record();
    at(100, 1);
    at(4999, 2);
    expect(said).toEqual([]);
    at(5000, 3);
    at(5100, 4);
    at(9999);
    expect(said).toEqual(['3 done, 3 failed, 4 running']);
    at(10_000);
    expect(said.at(-1)).toBe('4 done, 3 failed, 4 running');
    view.close();
  });

  test('one a minute while nothing changes, so that the run does not look dead', () => {
    const { said, at, view } = record();
    at(5000, 1);
    at(64_999, 1);
    expect(said.length).toBe(1);
    at(65_000);
    expect(said.length).toBe(2);
    view.close();
  });

  test('none before there is anything to say', () => {
    const { said, at, view } = record();
    at(100_000);
    expect(said).toEqual([]);
    view.close();
  });
});

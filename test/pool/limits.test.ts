// The watch over how long tasks run, with a clock that is turned by hand.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchLimits } from '../../src/pool/limits.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LIMIT_MS = 800;

/** One task, watched from 0 ms on. */
function watchOne(isBeside: boolean) {
  let now = 0;
  let position = 0;
  const overdue: string[] = [];
  const end: () => void = watchLimits({
    limitOf: () => LIMIT_MS,
    position: () => position,
    since: 0,
    onOverdue: (at, force) => {
      overdue.push(`${at} ${force}`);
      if (force) end();
    },
    clock: { now: () => now, elapsed: () => now },
    isBeside,
  });
  return {
    overdue,
    /** As time goes by. */
    pass(ms: number): void {
      for (const stop = now + ms; now < stop; vi.advanceTimersByTime(1)) now++;
    },
    /** Time that this process was not given. */
    standStill(ms: number): void {
      now += ms;
    },
    next(): void {
      position++;
    },
  };
}

test('a task past its limit is asked to stop, and ended where it has not after a while', () => {
  const { overdue, pass } = watchOne(true);
  pass(LIMIT_MS - 1);
  expect(overdue).toEqual([]);
  pass(100);
  expect(overdue).toEqual(['0 false']);
  pass(2000);
  expect(overdue).toEqual(['0 false', '0 true']);
  expect(vi.getTimerCount()).toBe(0);
});

test('each task has its own time, from the look that finds it', () => {
  const { overdue, pass, next } = watchOne(true);
  pass(700);
  next();
  pass(800);
  expect(overdue).toEqual([]);
  pass(200);
  expect(overdue).toEqual(['1 false']);
});

test('time in which the process stood still is not that of tasks in its other threads', () => {
  const { overdue, pass, standStill } = watchOne(true);
  for (let i = 0; i < 3; i++) {
    pass(150);
    standStill(60_000);
  }
  pass(200);
  expect(overdue).toEqual([]);
  pass(400);
  expect(overdue).toEqual(['0 false']);
});

test('a task in the same thread keeps the watch from looking: that is its own time', () => {
  const { overdue, pass, standStill } = watchOne(false);
  standStill(LIMIT_MS);
  pass(101);
  expect(overdue).toEqual(['0 false']);
});

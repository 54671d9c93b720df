// Work that is taken up again: at once, apart, or after a pause that grows.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pauseAfter } from '../../../src/sweep/coordinator/back-off.js';
import { Backlog } from '../../../src/sweep/coordinator/backlog.js';
import type { Work } from '../../../src/sweep/coordinator/work.js';

const workOf = (first: number, more: Partial<Work> = {}): Work => ({
  trials: { kind: 'range', first, count: 1 },
  ...{ attempt: 1, strikes: 0, evictions: 0, troubles: 0, isApart: false },
  ...more,
});

describe('Backlog', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('doubles its pauses, up to a minute', () => {
    expect([1, 2, 3, 6, 7, 40].map((failures) => pauseAfter(failures, 1000))).toEqual([
      1000, 2000, 4000, 32_000, 60_000, 60_000,
    ]);
    expect(pauseAfter(3, 0)).toBe(0);
  });

  it('gives what shall be apart first, then in the order in which it came', () => {
    const backlog = new Backlog(() => undefined, 1000);
    backlog.add(workOf(1), workOf(2, { isApart: true }), workOf(3));
    expect(backlog.hasApart).toBe(true);
    const taken = [backlog.take(), backlog.take(), backlog.take()];
    expect(taken).toEqual([workOf(2, { isApart: true }), workOf(1), workOf(3)]);
    expect(backlog.take()).toBeUndefined();
    expect(backlog.isEmpty).toBe(true);
  });

  it('holds back what has failed, tells when it is due, and is not empty meanwhile', () => {
    let due = 0;
    const backlog = new Backlog(() => due++, 1000);
    const decision = { do: 'retry', when: 'now', strikes: 0, evictions: 0 } as const;
    backlog.decided(workOf(1), decision, 2);
    vi.advanceTimersByTime(1999);
    expect([due, backlog.take(), backlog.isEmpty]).toEqual([0, undefined, false]);
    vi.advanceTimersByTime(1);
    expect([due, backlog.take()?.attempt, backlog.isEmpty]).toEqual([1, 2, true]);
  });

  it('pauses also before a process that something outside ends is started again', () => {
    const backlog = new Backlog(() => undefined, 10);
    const decision = { do: 'again', when: 'apart', strikes: 0, evictions: 1 } as const;
    backlog.decided(workOf(1), decision, 1);
    expect(backlog.hasApart).toBe(false);
    vi.advanceTimersByTime(10);
    expect(backlog.take()).toMatchObject({ isApart: true, evictions: 1, attempt: 2 });
  });

  it('keeps no run from its end once it is stopped', () => {
    let due = 0;
    const backlog = new Backlog(() => due++, 10);
    backlog.addLater(workOf(1), 1);
    backlog.stop();
    backlog.addLater(workOf(2), 1);
    vi.advanceTimersByTime(1000);
    expect([due, backlog.isEmpty, vi.getTimerCount()]).toEqual([0, true, 0]);
  });
});

// Waiting for a user's code: told after a while, given up in the end.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { within } from '../../src/pool/patience.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const endless = new Promise<never>(() => undefined);

test('says after five seconds what it waits for, then each minute, and gives up at the limit', async () => {
  const lines: string[] = [];
  const given: Error[] = [];
  const patience = { limitMs: 130_000, onLine: (line: string) => lines.push(line) };
  const waiting = within(patience, 'loading x', endless, (reason) => given.push(reason));
  const refused = expect(waiting).rejects.toThrow('loading x has not ended within 130 s');
  vi.advanceTimersByTime(4999);
  expect(lines).toEqual([]);
  vi.advanceTimersByTime(125_000);
  expect(lines).toEqual(
    [5, 65, 125].map((s) => `loading x: ${s} s so far; it may take 130 s (--load-timeout)`),
  );
  expect(given).toEqual([]);
  vi.advanceTimersByTime(1);
  await refused;
  expect(given).toMatchObject([{ code: 'BAD_DEFINITION' }]);
  expect(vi.getTimerCount()).toBe(0);
});

test('is quiet where it does not take long, and hands on what comes', async () => {
  const lines: string[] = [];
  const patience = { limitMs: 1000, onLine: (line: string) => lines.push(line) };
  const never = () => expect.fail('nothing was overdue');
  expect(await within(patience, 'x', Promise.resolve(7), never)).toBe(7);
  await expect(within(patience, 'x', Promise.reject(new Error('no')), never)).rejects.toThrow('no');
  expect([lines, vi.getTimerCount()]).toEqual([[], 0]);
});

import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { watchInterrupts } from '../../src/cli/interrupts.js';

function watch() {
  const source = new EventEmitter();
  const requests: number[] = [];
  let now = 0;
  const end = watchInterrupts((times) => requests.push(times), source, {
    now: () => now,
    elapsed: () => now,
  });
  const send = (at: number, signal: string) => {
    now = at;
    source.emit(signal);
  };
  return { source, requests, end, send };
}

test('counts the requests, whatever signal they come by', () => {
  const { requests, send } = watch();
  send(0, 'SIGINT');
  send(500, 'SIGINT');
  send(501, 'SIGTERM');
  send(502, 'SIGHUP');
  expect(requests).toEqual([1, 2, 3, 4]);
});

test("npm's copy of a Ctrl-C is no second request", () => {
  const { requests, send } = watch();
  send(0, 'SIGINT');
  send(3, 'SIGINT');
  send(400, 'SIGINT');
  expect(requests).toEqual([1, 2]);
});

test('leaves no listener behind', () => {
  const { source, end } = watch();
  end();
  expect(source.eventNames()).toEqual([]);
});

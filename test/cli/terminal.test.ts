import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createTerminal, type Output } from '../../src/cli/terminal.js';

function open(env: Record<string, string> = {}, isTTY = true) {
  const stdout = Object.assign(new PassThrough(), { isTTY }) as Output & PassThrough;
  const stderr = Object.assign(new PassThrough(), { isTTY }) as Output & PassThrough;
  return { stdout, stderr, terminal: createTerminal({ stdout, stderr, env }) };
}

const read = (stream: PassThrough): string => String(stream.read() ?? '');

describe('the terminal', () => {
  test('results go to stdout, all else to stderr, a line each', () => {
    const { stdout, stderr, terminal } = open();
    terminal.print('result');
    terminal.print('rows\n');
    terminal.say('words');
    expect(read(stdout)).toBe('result\nrows\n');
    expect(read(stderr)).toBe('words\n');
  });

  test('bars only on a terminal that can move its cursor; colours only without NO_COLOR', () => {
    const seen = (env: Record<string, string>, isTTY?: boolean) => {
      const { isInteractive, hasColours } = open(env, isTTY).terminal;
      return [isInteractive, hasColours];
    };
    expect(seen({ TERM: 'xterm' })).toEqual([true, true]);
    expect(seen({ TERM: 'xterm', NO_COLOR: '1' })).toEqual([true, false]);
    expect(seen({ TERM: 'xterm', NO_COLOR: '' })).toEqual([true, true]);
    expect(seen({ TERM: 'dumb' })).toEqual([false, false]);
    expect(seen({ TERM: 'xterm' }, false)).toEqual([false, false]);
  });

  test('what others wrote gives a terminal no orders but colours; a pipe gets every byte', () => {
    const text = '\x1b[31mred\x1b[0m \x1b[2J\x1b]0;title\x07 \x9b2J\tx\r\ny\rz \x00\x7f é🎉';
    const shown = '\x1b[31mred\x1b[0m ␛[2J␛]0;title␇ \ufffd2J\tx\r\ny␍z ␀\ufffd é🎉\n';
    const { stdout, stderr, terminal } = open();
    terminal.print(text);
    terminal.say(text);
    expect([read(stdout), read(stderr)]).toEqual([shown, shown]);
    const above: string[] = [];
    terminal.drawBelow((line) => above.push(line));
    terminal.say(text);
    expect(above).toEqual([shown.trimEnd()]);
    const piped = open({}, false);
    piped.terminal.print(text);
    piped.terminal.say(text);
    expect([read(piped.stdout), read(piped.stderr)]).toEqual([`${text}\n`, `${text}\n`]);
  });

  test('while bars are drawn, lines are handed to who draws them', () => {
    const { stderr, terminal } = open();
    const above: string[] = [];
    terminal.drawBelow((line) => above.push(line));
    terminal.say('above');
    terminal.drawBelow(undefined);
    terminal.say('after');
    expect(above).toEqual(['above']);
    expect(read(stderr)).toBe('after\n');
  });

  test('a reader that went away ends the output, not the program; any other error does', () => {
    const { stdout, terminal } = open();
    stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    terminal.print('nobody reads this');
    expect(read(stdout)).toBe('');
    const other = Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' });
    expect(() => stdout.emit('error', other)).toThrow('ENOSPC');
  });

  test('waits for a slow reader, and knows when there is none any more', async () => {
    const { stdout, terminal } = open({}, false);
    expect(await terminal.printed()).toBe(true);
    terminal.print('x'.repeat(1 << 20));
    let isReady = false;
    const waiting = terminal.printed().then((answer) => {
      isReady = true;
      return answer;
    });
    await new Promise((done) => setImmediate(done));
    expect(isReady).toBe(false);
    stdout.resume();
    expect(await waiting).toBe(true);
    expect(stdout.listenerCount('drain')).toBe(0);
    stdout.pause();
    terminal.print('x'.repeat(1 << 20));
    const left = terminal.printed();
    stdout.destroy(Object.assign(new Error('EPIPE'), { code: 'EPIPE' }));
    expect(await left).toBe(false);
  });
});

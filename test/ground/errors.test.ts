// What a trial throws becomes a few thousand characters of plain text, whatever it is.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERROR_CHARACTERS, fromPlainError, SweeplineError, toPlainError } from '../../src/ground/errors.js';
import { clipText } from '../../src/ground/text.js';

const ALL = 2 * ERROR_CHARACTERS + 1000;

describe('an error as plain data', () => {
  test('is whole where it is of the usual size, and the same after the way back', () => {
    const error = new TypeError('x is no number');
    const plain = toPlainError(error);
    expect(plain).toEqual({ name: 'TypeError', message: 'x is no number', stack: error.stack });
    expect(toPlainError(fromPlainError(plain))).toEqual(plain);
    const own = new SweeplineError('BAD_DATA', 'no data', { hint: 'fetch it' });
    expect(toPlainError(own)).toMatchObject({ code: 'BAD_DATA', hint: 'fetch it', message: 'no data' });
  });

  test.each([
    ['its message', () => new Error(`first ${'x'.repeat(1e8)} last`)],
    ['what is no error', () => `first ${'x'.repeat(1e8)} last`],
    ['its name', () => Object.assign(new Error('first last'), { name: `a${'x'.repeat(1e8)}` })],
    ['its stack', () => Object.assign(new Error('first last'), { stack: `a${'x'.repeat(1e8)}` })],
    ['its hint', () => new SweeplineError('BAD_DATA', 'first last', { hint: 'x'.repeat(1e8) })],
  ])('keeps start and end of %s of 100 MB, and says what is left out', (_, make) => {
    const plain = toPlainError(make());
    const text = JSON.stringify(plain);
    expect(text.length).toBeLessThan(2 * ALL);
    expect(text).toMatch(/… \((99|100),\d{3},\d{3} characters left out\) …/);
    expect(plain.message).toMatch(/^first[\s\S]*last$/);
  });

  test('keeps the frames of an error whose message is long', () => {
    const { message, stack } = toPlainError(new RangeError('x'.repeat(1e6)));
    expect(message).toContain('(983,616 characters left out)');
    expect(stack!.startsWith(`RangeError: ${message}\n    at `)).toBe(true);
    expect(stack).toContain('errors.test');
  });

  test.each([
    ['null', () => null, 'null'],
    ['undefined', () => undefined, 'undefined'],
    ['a symbol', () => Symbol('s'), 'Symbol(s)'],
    ['an object without toString', () => Object.create(null), '(cannot be read: TypeError)'],
    [
      'what throws when it is read',
      () => ({
        toString() {
          throw new Error('no');
        },
      }),
      '(cannot be read: Error)',
    ],
    [
      'an error that throws when it is read',
      () =>
        Object.defineProperty(new Error('x'), 'message', {
          get: () => {
            throw new SyntaxError('no');
          },
        }),
      '(cannot be read: SyntaxError)',
    ],
    [
      'an error whose message is no text',
      () => Object.assign(new Error('x'), { message: { a: 1 } }),
      '[object Object]',
    ],
    ['an error whose name is a symbol', () => Object.assign(new Error('x'), { name: Symbol('n') }), 'x'],
  ])('is made of %s', (_, make, message) => {
    const plain = toPlainError(make());
    expect(plain.message).toBe(message);
    expect(structuredClone(plain)).toEqual(plain);
  });

  test('is made of anything', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true }), (value) => {
        const plain = toPlainError(value);
        expect(typeof plain.message).toBe('string');
        expect(JSON.parse(JSON.stringify(plain))).toEqual(plain);
      }),
      { seed: 10 },
    );
  });
});

test('a clipped text says how much is gone, and is cut in no character', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc.integer({ min: 20, max: 100 }),
      (text, most) => {
        const clipped = clipText(text, most);
        if (text.length <= most) return clipped === text;
        const [, head, count, tail] = /^([\s\S]*) … \((\d+) characters left out\) … ([\s\S]*)$/.exec(
          clipped,
        )!;
        expect(head!.length + Number(count) + tail!.length).toBe(text.length);
        expect(text.startsWith(head!) && text.endsWith(tail!)).toBe(true);
        expect(isWhole(clipped)).toBe(isWhole(text));
        return head!.length + tail!.length <= most;
      },
    ),
    { seed: 11, numRuns: 500 },
  );
});

/** Half a surrogate pair does not come back from UTF-8. */
function isWhole(text: string): boolean {
  return Buffer.from(text).toString() === text;
}

import { describe, expect, test } from 'vitest';
import { describeError, describeRunError } from '../../src/cli/errors.js';
import { InternalError, SweeplineError } from '../../src/ground/errors.js';

describe('how errors leave the program', () => {
  test("a user's mistake: message and hint, no stack, 2", () => {
    const error = new SweeplineError('BAD_USAGE', 'workers 0: expected 1 or more', { hint: 'leave it out' });
    expect(describeError(error)).toEqual({
      text: 'workers 0: expected 1 or more\nHint: leave it out',
      code: 2,
    });
  });

  test('our own bug: internal, with stack and cause, 70', () => {
    const error = new InternalError('begin twice', { cause: new TypeError('x is not a function') });
    const { text, code } = describeError(error);
    expect(code).toBe(70);
    expect(text).toMatch(/^internal: begin twice\n {4}at /);
    expect(text).toContain('caused by TypeError: x is not a function');
    expect(describeError(new RangeError('too deep')).text).toMatch(/^internal: too deep\n/);
    expect(describeError('thrown text').text).toMatch(/^internal: thrown text\n/);
  });

  test('trouble of the machine is neither', () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    const { text, code } = describeError(error);
    expect(code).toBe(70);
    expect(text).toMatch(/^ENOSPC: no space left on device, write\nHint: .*resume/);
  });

  test('once trials have run, 2 (nothing was started) would be a lie', () => {
    expect(describeRunError(new SweeplineError('LOCKED', 'another coordinator took over')).code).toBe(70);
  });

  test("a definition that goes wrong half-way is its author's fault", () => {
    expect(describeRunError(new SweeplineError('BAD_DEFINITION', 'the constraint throws')).code).toBe(1);
  });
});

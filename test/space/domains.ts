// Random sound domains for properties.
import fc from 'fast-check';
import { choice, int, logint, loguniform, normal, uniform } from '../../src/space/domain.js';
import type { Domain } from '../../src/space/types.js';

const end = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -5000, max: 5000 }).map((n) => n / 1000),
);
const ends = fc
  .tuple(end, end)
  .filter(([a, b]) => a !== b)
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const openUniform: fc.Arbitrary<Domain> = ends.map(([a, b]) => uniform(a, b));
const openLog: fc.Arbitrary<Domain> = fc
  .tuple(end, end)
  .map(([a, b]) => [Math.abs(a), Math.abs(b)] as const)
  .filter(([a, b]) => a > 0 && b > 0 && a !== b)
  .map(([a, b]) => loguniform(Math.min(a, b), Math.max(a, b)));
const stepped: fc.Arbitrary<Domain> = fc
  .record({
    from: fc.oneof(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.integer({ min: -999, max: 999 }).map((n) => n / 100),
    ),
    step: fc.oneof(
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      fc.integer({ min: 1, max: 999 }).map((n) => n / 100),
    ),
    count: fc.integer({ min: 1, max: 50 }),
    more: fc.double({ min: 0, max: 0.99, noNaN: true }),
  })
  .map(({ from, step, count, more }) => ({ from, to: from + step * (count + more), step }))
  .filter(({ from, to, step }) => to - from >= step)
  .map(({ from, to, step }) => uniform(from, to, step));
const whole: fc.Arbitrary<Domain> = fc
  .tuple(fc.maxSafeInteger(), fc.maxSafeInteger(), fc.option(fc.maxSafeNat(), { nil: undefined }))
  .map(([a, b, step]) => [Math.min(a, b), Math.max(a, b), step] as const)
  .filter(([a, b, step]) => a < b && b - a < 2 ** 53 && (step === undefined || (step > 0 && step <= b - a)))
  .map(([a, b, step]) => int(a, b, step));
const small: fc.Arbitrary<Domain> = fc
  .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }))
  .map(([from, width, step]) => int(from, from + width, Math.min(step, width)));
const logWhole: fc.Arbitrary<Domain> = fc
  .tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 2 ** 31 }))
  .map(([from, width]) => logint(from, from + width));
const bell: fc.Arbitrary<Domain> = fc
  .tuple(
    fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    fc.double({ min: 1e-9, max: 1e9, noNaN: true, minExcluded: true }),
  )
  .map(([mean, sd]) => normal(mean, sd));
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '1',
    '-.5e3',
    'true',
    'nan',
    'a,b',
    '"',
    '\\',
    ' a',
    'a b',
    'int(1)',
    'é',
    '\n',
    '\ud800',
  ),
);
const listed: fc.Arbitrary<Domain> = fc
  .uniqueArray(
    fc.oneof(
      text,
      fc.boolean(),
      end.map((n) => n + 0),
    ),
    { minLength: 1, maxLength: 12, comparator: (a, b) => a === b },
  )
  .map((values) => choice(...values));
/** Domains with at most about 50 values. */
export const finiteDomain = fc.oneof(stepped, small, listed);
export const anyDomain = fc.oneof(openUniform, openLog, stepped, whole, logWhole, bell, small, listed);

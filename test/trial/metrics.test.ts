// What a trial returned, held against what its worker declares: every kind of misfit, and what is kept beside it.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createMetricsReader, findMisfits, type Metric } from '../../src/trial/metrics.js';

const readMetrics = (metrics: readonly Metric[], returned: unknown) => createMetricsReader(metrics)(returned);
const METRICS: readonly Metric[] = [
  { name: 'loss', type: 'number' },
  { name: 'correct', type: 'integer' },
  { name: 'hit', type: 'boolean' },
  { name: 'word', type: 'string' },
];
const RIGHT = { loss: 0.5, correct: 3, hit: true, word: 'a' };
const INTEGER = 'expected an integer (whole, and at most 2^53 - 1 in size)';

describe('createMetricsReader', () => {
  test.each<[keyof typeof RIGHT, unknown, string]>([
    ['correct', 0.5, `metric "correct" is 0.5; ${INTEGER}`],
    ['correct', Number.NaN, `metric "correct" is NaN; ${INTEGER}`],
    ['correct', Number.POSITIVE_INFINITY, `metric "correct" is Infinity; ${INTEGER}`],
    ['correct', 2 ** 53, `metric "correct" is 9007199254740992; ${INTEGER}`],
    ['correct', -1e21, `metric "correct" is -1e+21; ${INTEGER}`],
    ['correct', 3n, `metric "correct" is 3n; ${INTEGER}`],
    ['correct', '3', `metric "correct" is "3"; ${INTEGER}`],
    ['loss', 'n/a', 'metric "loss" is "n/a"; expected a number'],
    ['loss', 10n, 'metric "loss" is 10n; expected a number'],
    ['loss', true, 'metric "loss" is true; expected a number'],
    ['loss', [0.5], 'metric "loss" is [0.5]; expected a number'],
    ['loss', new Float32Array(1), 'metric "loss" is a Float32Array; expected a number'],
    ['loss', { mean: 1 }, 'metric "loss" is {"mean":1}; expected a number'],
    ['loss', { mean: 1n }, 'metric "loss" is an object; expected a number'],
    ['loss', new Date(0), 'metric "loss" is a Date; expected a number'],
    ['loss', () => 1, 'metric "loss" is a function; expected a number'],
    ['loss', Symbol('s'), 'metric "loss" is Symbol(s); expected a number'],
    ['loss', Promise.resolve(1), 'metric "loss" is a Promise; expected a number'],
    ['hit', 1, 'metric "hit" is 1; expected true or false'],
    ['hit', 'true', 'metric "hit" is "true"; expected true or false'],
    ['word', 7, 'metric "word" is 7; expected a text'],
    ['word', new Error('e'), 'metric "word" is an Error; expected a text'],
  ])('refuses %s = %s, and keeps the others', (name, value, fault) => {
    const { values, faults, missing } = readMetrics(METRICS, { ...RIGHT, [name]: value });
    expect(faults).toEqual([fault]);
    expect(values).toEqual(
      METRICS.map((metric) => (metric.name === name ? null : RIGHT[metric.name as 'loss'])),
    );
    expect(missing).toEqual([]);
  });

  test.each<[unknown, string]>([
    [3, '3'],
    [true, 'true'],
    [undefined, 'undefined'],
    [null, 'null'],
    ['text', '"text"'],
    [10n, '10n'],
    [() => RIGHT, 'a function'],
    [new Date(0), 'a Date'],
    [new Map(Object.entries(RIGHT)), 'a Map'],
    [new Set([1]), 'a Set'],
    [[RIGHT.loss], '[0.5]'],
    [new Error('e'), 'an Error'],
    [Promise.resolve(RIGHT), 'a Promise'],
  ])('refuses what is no object of metrics: %s', (returned, shown) => {
    expect(readMetrics(METRICS, returned)).toEqual({
      values: [null, null, null, null],
      faults: [`\`run\` returned ${shown}; expected an object of metrics: { loss, correct, hit, word }`],
      missing: [],
    });
  });

  it('refuses a name that is not declared, and tells all faults', () => {
    expect(readMetrics(METRICS, { ...RIGHT, los: 1, hit: 'no' })).toMatchObject({
      values: [0.5, 3, null, 'a'],
      faults: [
        '`run` returned an unknown metric "los"; did you mean "loss"? (legal: loss, correct, hit, word)',
        'metric "hit" is "no"; expected true or false',
      ],
    });
  });

  it('tells what is missing; null and what is not finite are answers', () => {
    expect(readMetrics(METRICS, { correct: null, word: undefined, loss: Number.NaN })).toEqual({
      values: [Number.NaN, null, null, null],
      faults: [],
      missing: ['hit', 'word'],
    });
    expect(readMetrics([], {})).toEqual({ values: [], faults: [], missing: [] });
  });

  it('takes objects of any class, and names that every object has', () => {
    class Result {
      readonly loss = 1;
      get correct() {
        return 2;
      }
    }
    expect(readMetrics(METRICS.slice(0, 2), new Result()).values).toEqual([1, 2]);
    expect(readMetrics(METRICS.slice(0, 1), Object.assign(Object.create(null), { loss: 1 })).values).toEqual([
      1,
    ]);
    const odd: Metric[] = [{ name: 'constructor', type: 'number' }];
    expect(readMetrics(odd, {})).toEqual({ values: [null], faults: [], missing: ['constructor'] });
    expect(readMetrics(odd, { constructor: 5 }).values).toEqual([5]);
  });
});

test('a block’s columns hold what a trial could return, and NaN', () => {
  const value = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.constantFrom(0, 1, -0, Number.NaN, 0.5, 2 ** 53, 1e300),
  );
  fc.assert(
    fc.property(fc.array(value), (values) => {
      const column = Float64Array.from(values);
      const rows = (isRight: (x: number) => boolean) =>
        values.flatMap((x, i) => (Number.isNaN(x) || isRight(x) ? [] : [i]));
      expect(findMisfits('integer', column)).toEqual(rows(Number.isSafeInteger));
      expect(findMisfits('boolean', column)).toEqual(rows((x) => x === 0 || x === 1));
      expect(findMisfits('number', column)).toEqual([]);
    }),
    { seed: 231, numRuns: 300 },
  );
});

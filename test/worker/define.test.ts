// Worker definitions: what is refused, how parameters are told from their zod types, how proposed values are judged.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SweeplineError } from '../../src/ground/errors.js';
import type { Worker } from '../../src/worker/contract.js';
import { defineWorker, describeWorker } from '../../src/worker/define.js';
import { findParamFaults } from '../../src/worker/validate.js';

const run = () => ({});

describe('defineWorker', () => {
  it('tells all faults together', () => {
    const define = () =>
      defineWorker({
        name: '2 words',
        version: '',
        params: {
          bare: z.number(),
          any: z.any().default(1),
          small: z.number().max(1).default(2),
          seed: z.number().default(1),
          'two words': z.number().default(1),
          twice: z.number().default(1),
        },
        metrics: { status: { type: 'string' }, twice: { type: 'number' } },
      });
    expect(define).toThrow(SweeplineError);
    expect(define).toThrow(
      [
        'worker "2 words" is invalid:',
        '  - name "2 words": expected a word',
        '  - version: expected a text such as "1"',
        '  - expected one of run, runBlock and command, found none',
        '  - parameter "seed": the name is taken by another column of trials.csv',
        '  - parameter "two words": expected a name of letters, digits, "_", ".", "/" and "-" that starts with a letter or "_"',
        '  - metric "status": the name is taken by another column of trials.csv',
        '  - metric "twice": the name is taken by another column of trials.csv',
        '  - parameter "bare" has no default: add .default(…)',
        '  - parameter "any" is of type any kind, with the default 1: expected one of number, integer, boolean and string, a list or an object',
        '  - parameter "small": its default 2 is not valid',
      ].join('\n'),
    );
  });

  it('refuses both ways to run', () => {
    expect(() =>
      defineWorker({ name: 'both', version: '1', params: {}, metrics: {}, run, runBlock: () => undefined }),
    ).toThrow('worker "both" is invalid: expected one of run, runBlock and command, found run and runBlock');
    expect(() =>
      defineWorker({
        name: 'text',
        version: '1',
        params: {},
        metrics: { y: { type: 'string' } },
        runBlock: () => undefined,
      }),
    ).toThrow('metric "y": a block holds numbers; expected number, integer or boolean');
  });
});

const worker = defineWorker({
  name: 'kinds',
  version: '3',
  about: 'one of each',
  params: {
    ratio: z.number().min(0).max(1).default(0.5).describe('a share'),
    count: z.int().positive().default(3),
    flag: z.boolean().default(false),
    mode: z.enum(['fast', 'slow']).default('fast'),
    level: z.literal([1, 2, 4]).default(2),
    word: z.string().default(''),
  },
  metrics: { loss: { type: 'number', unit: 'nat', goal: 'min' }, right: { type: 'boolean' } },
  series: ['train'],
  trains: true,
  check: ({ ratio, count }) => (ratio * count > 10 ? ['ratio * count is above 10'] : []),
  run,
}) as unknown as Worker;

it('describes a worker as plain data', () => {
  const description = describeWorker(worker);
  expect(description).toEqual({
    name: 'kinds',
    version: '3',
    about: 'one of each',
    params: [
      { name: 'ratio', type: 'number', default: 0.5, about: 'a share' },
      { name: 'count', type: 'integer', default: 3 },
      { name: 'flag', type: 'boolean', default: false },
      { name: 'mode', type: 'string', default: 'fast', choices: ['fast', 'slow'] },
      { name: 'level', type: 'number', default: 2, choices: [1, 2, 4] },
      { name: 'word', type: 'string', default: '' },
    ],
    metrics: [
      { name: 'loss', type: 'number', unit: 'nat', goal: 'min' },
      { name: 'right', type: 'boolean' },
    ],
    series: ['train'],
    trains: true,
    stages: [],
    mode: 'run',
    sources: '',
  });
  expect(structuredClone(description)).toEqual(description);
});

it('takes a tolerance of numbers and booleans, and says what is wrong with others', () => {
  const define = (metrics: object) =>
    defineWorker({
      name: 'one',
      version: '1',
      params: {},
      metrics,
      run: () => ({}),
    } as never) as unknown as Worker;
  const metrics = {
    loss: { type: 'number', tolerance: { relative: 0.05 } },
    right: { type: 'boolean', tolerance: 0 },
  };
  expect(describeWorker(define(metrics)).metrics).toEqual([
    { name: 'loss', ...metrics.loss },
    { name: 'right', ...metrics.right },
  ]);
  expect(() =>
    define({ loss: { type: 'number', tolerance: -1 }, word: { type: 'string', tolerance: 0 } }),
  ).toThrow(
    /metric "loss": tolerance: expected a number of at least 0[\s\S]*metric "word": tolerance: a text has none/,
  );
});

describe('findParamFaults', () => {
  it('names each parameter once, with its bad values and why they are bad', () => {
    const faults = findParamFaults(
      worker,
      { ratio: [0, 1, 1.5], count: [1, 2.5, 0, -1, -2], flag: [true], mode: ['fast', 'quick'], word: [7] },
      [],
    );
    expect(faults).toHaveLength(4);
    expect(faults[0]).toMatch(/^ratio: 1\.5 \(.*<=1.*\)$/);
    expect(faults[1]).toMatch(/^count: 2\.5 \(.*int.*\), 0 \(.*>0.*\), -1 \(.*\) and 1 more$/);
    expect(faults[2]).toMatch(/^mode: "quick" \(.*"fast"\|"slow".*\)$/);
    expect(faults[3]).toMatch(/^word: 7 \(.*string.*\)$/);
  });

  it('asks the worker’s own check about whole points, and tells each fault once', () => {
    const points = [
      { ratio: 1, count: 11 },
      { ratio: 1, count: 12 },
      { ratio: 1, count: 5 },
    ];
    expect(findParamFaults(worker, {}, points)).toEqual(['ratio * count is above 10']);
    expect(findParamFaults(worker, { ratio: [2] }, points)).toHaveLength(1); // points of bad values are not judged
  });

  it('is silent about good values and about names that are not the worker’s', () => {
    expect(findParamFaults(worker, { ratio: [0.1], other: ['x'] }, [{ ratio: 0.1, count: 1 }])).toEqual([]);
  });

  it('tells those who wrote one list in place of a list of lists', () => {
    const lists = defineWorker({
      ...{ name: 'lists', version: '1', metrics: {}, run },
      params: { hidden: z.array(z.int()).default([8]) },
    });
    const [fault] = findParamFaults(lists as never, { hidden: [64, 32] }, []);
    expect(fault).toMatch(
      /^hidden: 64 \(.*array.*\), 32 \(.*\); for one value that is a list write a list of it: \[\[64,32\]\]$/,
    );
    expect(findParamFaults(lists as never, { hidden: [[64, 32], []] }, [])).toEqual([]);
    expect(findParamFaults(lists as never, { hidden: [[1.5]] }, [])).toEqual([
      expect.stringMatching(/^hidden: \[1\.5\] \(/),
    ]);
  });
});

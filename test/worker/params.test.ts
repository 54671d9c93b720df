// Parameters whose zod types do more than tell a number, an integer, a boolean or a text; metrics and names.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { z as old } from 'zod/v3';
import type { Worker } from '../../src/worker/contract.js';
import { defineWorker, describeWorker } from '../../src/worker/define.js';
import { describeParam } from '../../src/worker/params.js';
import { findParamFaults } from '../../src/worker/validate.js';

const ANOTHER = /so that `run` would get another value .* compute the other in `run`$/;

describe('zod types whose output is not their input', () => {
  it.each<[string, unknown]>([
    [
      'transform',
      z
        .number()
        .transform((x) => 2 ** x)
        .default(3),
    ],
    [
      'transform after the default',
      z
        .number()
        .default(3)
        .transform((x) => 2 ** x),
    ],
    ['trim', z.string().trim().default('a')],
    [
      'toLowerCase after refine',
      z
        .string()
        .refine(() => true)
        .toLowerCase()
        .default('a'),
    ],
    ['normalize', z.string().normalize().default('a')],
    ['overwrite', z.number().overwrite(Math.round).default(1)],
    ['coerce', z.coerce.number().default(8)],
    ['coerce with checks', z.coerce.boolean().default(true)],
    ['preprocess', z.preprocess((x) => Number(x), z.number()).default(1)],
    ['pipe', z.string().pipe(z.string().min(1)).default('a')],
    ['stringbool', z.stringbool().default(true)],
    ['codec', z.codec(z.string(), z.number(), { decode: Number, encode: String }).default(1)],
    ['catch', z.number().catch(0).default(1)],
    ['a normalised URL', z.url({ normalize: true }).default('https://example.org/')],
    ['within optional', z.string().trim().optional().default('a')],
    ['within nullable and readonly', z.coerce.number().nullable().readonly().default(1)],
    ['within a union', z.union([z.number(), z.coerce.number()]).default(1)],
    ['within an intersection', z.intersection(z.number(), z.number().transform(Math.abs)).default(1)],
    ['within lazy', z.lazy(() => z.string().toUpperCase()).default('A')],
    ['of zod/mini', mini._default(mini.string().check(mini.trim()), 'a')],
  ])('%s is refused, with what to write', (_, type) => {
    expect(describeParam('p', type)).toMatch(ANOTHER);
  });

  it.each<[string, unknown, string]>([
    ['union', z.union([z.number(), z.string()]).default(1), 'is of type number or string: expected one of'],
    ['literals of several types', z.literal([1, 'a']).default(1), 'is of type number or string'],
    ['mixed enum', z.enum({ A: 0, B: 'x' }).default(0), 'is of type number or string'],
    ['any', z.any().default(1), 'is of type any kind, with the default 1'],
    ['unknown', z.unknown().default('a'), 'is of type any kind'],
    ['custom', z.custom<string>(() => true).default('a'), 'is of type any kind'],
    ['date', z.date().default(new Date(0)), 'is of type any kind, with the default a Date'],
    ['bigint', z.bigint().default(1n), 'is of type any kind, with the default 1n'],
    ['null alone', z.null().default(null), 'is of type null'],
    ['set', z.set(z.number()).default(new Set([1])), 'is of type any kind, with the default a Set'],
    ['a list of transformed items', z.array(z.string().trim()).default([]), 'rewrites its values'],
    ['an object with a coerced part', z.object({ n: z.coerce.number() }).default({ n: 1 }), 'coerces'],
    ['a tuple with a catch', z.tuple([z.number().catch(1)]).default([1]), 'puts another value'],
    [
      'an object that drops names',
      z.object({ a: z.number() }).default({ a: 1, b: 2 } as never),
      'not the same',
    ],
    ['a list with NaN', z.array(z.nan()).default([Number.NaN]), 'its default'],
    ['no default', z.number(), 'has no default: add .default(…)'],
    ['optional', z.number().optional(), 'has no default'],
    [
      'an infinite default',
      z.number().default(Number.POSITIVE_INFINITY),
      'its default Infinity is not valid',
    ],
    ['a default of another type', z.number().default('a' as never), 'its default a is not valid'],
    ['a default by chance', z.number().default(() => Math.random()), 'not the same every time'],
    [
      'an asynchronous check',
      z
        .number()
        .refine(async () => true)
        .default(1),
      'cannot be read',
    ],
    [
      'a check that throws',
      z
        .number()
        .refine(() => {
          throw new Error('oh');
        })
        .default(1),
      'cannot be read: oh',
    ],
    ['zod 3', old.number().default(1), 'found one of zod 3'],
    ['no type', 5, 'expected a type of zod 4, such as z.number().default(0.1); found 5'],
    ['a class', Number, 'found a function'],
  ])('%s', (_, type, message) => {
    expect(describeParam('p', type)).toContain(message);
  });

  it.each<[string, unknown, string, unknown]>([
    ['prefault', z.string().prefault('a'), 'string', 'a'],
    ['a union of literals', z.union([z.literal('a'), z.literal('b')]).default('a'), 'string', 'a'],
    ['whole or not', z.union([z.int(), z.number().min(0)]).default(1), 'number', 1],
    ['nullable', z.number().nullable().default(1), 'number', 1],
    ['null as default', z.string().nullable().default(null), 'string', null],
    ['array', z.array(z.number()).default([1, 2]), 'json', [1, 2]],
    [
      'object',
      z.object({ name: z.string(), lr: z.number() }).default({ name: 'a', lr: 1 }),
      'json',
      { name: 'a', lr: 1 },
    ],
    ['tuple', z.tuple([z.number(), z.string()]).default([1, 'a']), 'json', [1, 'a']],
    ['record', z.record(z.string(), z.number()).default({ a: 1 }), 'json', { a: 1 }],
    ['a list or a text', z.union([z.array(z.number()), z.literal('auto')]).default('auto'), 'json', 'auto'],
    [
      'brand',
      z
        .number()
        .brand('lr')
        .default(1 as never),
      'number',
      1,
    ],
    ['a range of two', z.intersection(z.number().min(0), z.number().max(2)).default(1), 'number', 1],
    ['template', z.templateLiteral(['v', z.number()]).default('v1'), 'string', 'v1'],
    ['email', z.email().default('a@b.co'), 'string', 'a@b.co'],
    ['mini', mini._default(mini.int(), 3), 'integer', 3],
    ['minus zero', z.number().default(-0), 'number', 0],
  ])('%s is taken', (_, type, kind, fallback) => {
    expect(describeParam('p', type)).toMatchObject({ type: kind, default: fallback });
  });

  it('finds a check that changes the value by the values', () => {
    const params = {
      p: z
        .number()
        .check((ctx) => {
          ctx.value = Math.round(ctx.value);
        })
        .default(1),
    };
    const worker = defineWorker({
      name: 'w',
      version: '1',
      params,
      metrics: {},
      run: () => ({}),
    }) as never as Worker;
    expect(findParamFaults(worker, { p: [1, 2.4] }, [])).toEqual([
      'p: 2.4 (its type makes 2 of it; expected one that leaves values as they are)',
    ]);
  });
});

const base = { name: 'w', version: '1', params: { x: z.number().default(1) }, metrics: {}, run: () => ({}) };
const define = (options: object) => defineWorker({ ...base, ...options } as never) as unknown as Worker;

describe('metrics', () => {
  it.each([
    ['min', 'min'],
    ['minimize', 'min'],
    ['MINIMISE', 'min'],
    ['Minimum', 'min'],
    ['max', 'max'],
    ['Maximize', 'max'],
    ['maximise', 'max'],
    ['MAX', 'max'],
  ])('goal %s is %s', (goal, expected) => {
    const worker = define({ metrics: { y: { type: 'number', goal } } });
    expect(describeWorker(worker).metrics).toEqual([{ name: 'y', type: 'number', goal: expected }]);
  });

  it.each<[string, unknown, string]>([
    [
      'an unknown goal',
      { type: 'number', goal: 'lower' },
      'metric "y": goal: expected "min" or "max", found "lower"',
    ],
    ['a goal that is no text', { type: 'number', goal: true }, 'goal: expected "min" or "max", found true'],
    [
      'another type',
      { type: 'float' },
      'type: expected one of number, integer, boolean, string; found "float"',
    ],
    ['a type in capitals', { type: 'Number' }, 'found "Number"; did you mean "number"?'],
    ['a type alone', 'integer', 'metric "y": expected { type: \'integer\' }, found "integer"'],
    ['an unknown key', { type: 'number', direction: 'min' }, 'metric "y": unknown option "direction"'],
    ['a unit that is no text', { type: 'number', unit: 1 }, 'metric "y": unit: expected a text, found 1'],
  ])('%s is refused', (_, spec, message) => {
    expect(() => define({ metrics: { y: spec } })).toThrow(message);
    const stages = { first: { params: [], metrics: { y: spec }, run: () => ({}) } };
    expect(() => define({ stages })).toThrow(`stage "first": ${message.startsWith('metric') ? message : ''}`);
  });
});

describe('names that are one in SQL', () => {
  it.each<[string, object, string]>([
    ['parameters', { params: { C: base.params.x, c: base.params.x } }, 'parameter "c": the name is taken'],
    [
      'an own column',
      { metrics: { Status: { type: 'number' } } },
      'metric "Status": the name is taken by another column of trials.csv ("status": SQL',
    ],
    ['metric and parameter', { metrics: { X: { type: 'number' } } }, 'metric "X": the name is taken'],
    ['metrics', { metrics: { Loss: { type: 'number' }, loss: { type: 'number' } } }, 'metric "loss"'],
    ['the run of a view', { params: { run: base.params.x } }, 'parameter "run": the name is taken'],
    ['RUN', { metrics: { RUN: { type: 'number' } } }, 'metric "RUN": the name is taken'],
    [
      'series',
      { series: ['Loss', 'loss'] },
      'series "loss": the name is taken by another column of metrics.csv',
    ],
    ['a series twice', { series: ['loss', 'loss'] }, 'series "loss": the name is taken'],
    ['a series STEP', { series: ['STEP'] }, 'series "STEP": the name is taken'],
    [
      'a metric of a stage',
      { stages: { s: { params: ['x'], metrics: { X: { type: 'number' } }, run: () => ({}) } } },
      'stage "s": metric "X": the name is taken',
    ],
    [
      'what every object has',
      { params: { constructor: base.params.x } },
      'parameter "constructor": every JavaScript object has that name',
    ],
    ['__proto__', { metrics: JSON.parse('{"__proto__":{"type":"number"}}') }, 'metric "__proto__"'],
  ])('%s', (_, options, message) => {
    expect(() => define(options)).toThrow(message);
  });
});

it('tells what is no worker at all', () => {
  expect(() => defineWorker(5 as never)).toThrow('a worker is invalid: expected an object');
  const nonsense = {
    params: z.object({}),
    metrics: [],
    series: 'loss',
    stages: [],
    check: 1,
    trains: 'yes',
    load: {},
  };
  expect(() => define({ ...nonsense, about: 1, run: 'now', mertics: {} })).toThrow(
    /"mertics"[\s\S]*about: [\s\S]*check: [\s\S]*load: [\s\S]*run: expected a function, found "now"[\s\S]*trains: [\s\S]*metrics: [\s\S]*series: [\s\S]*params: expected { name: type[\s\S]*stages: /,
  );
});

it('tells what a check does wrong', () => {
  const faults = (check: unknown) => findParamFaults(define({ check }), {}, [{ x: 1 }]);
  expect(faults(() => [])).toEqual([]);
  expect(faults(() => undefined)[0]).toContain('returns undefined; expected a list of texts');
  expect(faults(() => 'wrong')[0]).toContain('returns "wrong"');
  expect(
    faults(() => {
      throw new TypeError('oh');
    })[0],
  ).toContain('throws TypeError: oh at {"x":1}');
});

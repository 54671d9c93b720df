// Two runs whose differences are known: what is told of each cell, and what it rests on.
import { describe, expect, test } from 'vitest';
import { type Cell, RUN_MS, STATUS } from '../../src/compare/cell.js';
import { type CompareOptions, compareRuns, type RunComparison } from '../../src/compare/compare.js';
import { describeSpeed } from '../../src/compare/words.js';
import { randomFor } from '../../src/ground/random.js';
import type { Metric } from '../../src/trial/metrics.js';
import { gridOf, MACHINE, type MadeRun, type MadeTrial, makeRun, X } from './runs.js';

const LOSS: Metric = { name: 'loss', type: 'number', goal: 'min' };
const SCORE: Metric = { name: 'score', type: 'number' };
const HIT: Metric = { name: 'hit', type: 'boolean', goal: 'max' };

type Made = Partial<MadeRun> & Pick<MadeRun, 'trials'>;

async function compared(a: Made, b: Made, options: CompareOptions = {}): Promise<RunComparison> {
  const folders = await Promise.all([a, b].map((made) => makeRun({ metrics: [LOSS], ...made })));
  return (await compareRuns(folders, options)).sets[0]!.runs[0]!;
}

const without = (of: RunComparison, ...metrics: string[]): Cell[] =>
  [...of.cells].filter(({ metric }) => !metrics.includes(metric));
const verdicts = (of: RunComparison) => without(of, RUN_MS).map(({ verdict }) => verdict);
const one = (...values: MadeTrial['values'] & object): MadeTrial[] => [{ x: 1, values }];

describe('a single replicate', () => {
  test('with the same number is the same', async () => {
    const of = await compared({ trials: one(0.5) }, { trials: one(0.5) });
    expect(without(of, RUN_MS)).toMatchObject([
      { metric: 'loss', a: 0.5, b: 0.5, difference: 0, verdict: 'same', basis: 'identity', effect: null },
    ]);
  });

  test('with another one is noisy, unless a tolerance says what counts', async () => {
    const [a, b] = [{ trials: one(0.5) }, { trials: one(0.52) }];
    expect(without(await compared(a, b), RUN_MS)).toMatchObject([
      { verdict: 'noisy', basis: 'none', low: null, p: null },
    ]);
    const judged = async (parts: object) =>
      without(await compared(a, b, { tolerances: new Map([['loss', parts]]) }), RUN_MS)[0]!;
    expect(await judged({ absolute: 0.01 })).toMatchObject({ verdict: 'worse', basis: 'tolerance' });
    expect(await judged({ absolute: 0.021 })).toMatchObject({ verdict: 'same', basis: 'tolerance' });
    expect(await judged({ relative: 0.03 })).toMatchObject({ verdict: 'worse' });
    expect(await judged({ relative: 0.05 })).toMatchObject({ verdict: 'same' });
    expect(await judged({ absolute: 0.001, relative: 0.05 })).toMatchObject({ verdict: 'same' });
  });

  test('is judged by the tolerance and goal that its worker declares', async () => {
    const metrics = [
      { ...LOSS, tolerance: 0 },
      { ...SCORE, tolerance: { relative: 0.5 } },
    ];
    const of = await compared({ metrics, trials: one(1, 10) }, { metrics, trials: one(0.9, 16) });
    expect(verdicts(of)).toEqual(['better', 'moved']);
    const aimed = await compared(
      { metrics, trials: one(1, 10) },
      { metrics, trials: one(0.9, 16) },
      { objectives: ['loss:max', 'score:max'] },
    );
    expect(verdicts(aimed)).toEqual(['worse', 'better']);
  });

  test('whose value is gone is worse, or moved where there is no goal', async () => {
    const metrics = [LOSS, SCORE];
    const of = await compared({ metrics, trials: one(1, 1) }, { metrics, trials: one(Number.NaN, null) });
    expect(without(of, RUN_MS)).toMatchObject([
      { metric: 'loss', a: 1, b: null, verdict: 'worse', basis: 'value' },
      { metric: 'score', a: 1, b: null, verdict: 'moved', basis: 'value' },
    ]);
    const back = await compared(
      { metrics, trials: one(Number.NaN, null) },
      { metrics, trials: one(1, null) },
    );
    expect(verdicts(back)).toEqual(['better']);
  });
});

describe('replicates', () => {
  const noise = randomFor('replicates');
  const drawn = Array.from({ length: 5 }, () => noise.normal());

  test('with the same seeds are pairs: a small shift of all of them is found', async () => {
    const trials = (shift: (i: number) => number) =>
      gridOf([1], 5, (_, i) => ({ values: [drawn[i]! + shift(i)] }));
    const of = await compared({ trials: trials(() => 0) }, { trials: trials((i) => 0.1 + 0.01 * i) });
    const [cell] = without(of, RUN_MS);
    expect(cell).toMatchObject({ verdict: 'worse', basis: 'test', countA: 5, countB: 5 });
    expect(cell!.difference).toBeCloseTo(0.12, 10);
    expect(cell!.low).toBeGreaterThan(0.09);
    expect(cell!.pAdjusted).toBeLessThan(0.001);
    // The spread of the values themselves is ten times the shift.
    expect(cell!.effect).toBeLessThan(0.3);
    expect(of.counts).toMatchObject({ both: 1, pairs: 5 });
  });

  test('with other seeds are samples: the same shift is within noise', async () => {
    const trials = (shift: number) => gridOf([1], 5, (_, i) => ({ values: [drawn[i]! + shift] }));
    const of = await compared({ trials: trials(0) }, { trials: trials(0.1), seed: 8 });
    expect(without(of, RUN_MS)).toMatchObject([{ verdict: 'same', basis: 'test' }]);
    expect(of.counts.pairs).toBe(0);
    expect(of.notes).toContain('seed: 7 in A, 8 in B');
    const wide = await compared({ trials: trials(0) }, { trials: trials(8), seed: 8 });
    expect(verdicts(wide)).toEqual(['worse']);
  });

  test('that moved by more than the tolerance and within noise are noisy', async () => {
    const trials = (shift: number) => gridOf([1], 5, (_, i) => ({ values: [drawn[i]! + shift] }));
    const tolerances = new Map([['loss', { absolute: 0.05 }]]);
    const of = await compared({ trials: trials(0) }, { trials: trials(0.1), seed: 8 }, { tolerances });
    expect(without(of, RUN_MS)).toMatchObject([{ verdict: 'noisy', basis: 'test' }]);
  });

  test('of booleans are shares', async () => {
    const trials = (share: number) => gridOf([1, 2], 10, (x, i) => ({ values: [x === 2 || i < share] }));
    const of = await compared(
      { metrics: [HIT], trials: trials(9) },
      { metrics: [HIT], trials: trials(1), seed: 8 },
    );
    expect(without(of, RUN_MS)).toMatchObject([
      { a: 0.9, b: 0.1, verdict: 'worse' },
      { a: 1, b: 1, verdict: 'same' },
    ]);
  });

  test('that never differ in either run do not depend on the seed: any difference counts', async () => {
    const xs = [1, 2, 3, 4, 5, 6];
    const trials = (at3: number) => gridOf(xs, 2, (x) => ({ values: [x === 3 ? at3 : x] }));
    const of = await compared({ trials: trials(3) }, { trials: trials(3.0001), seed: 8 });
    expect(without(of, RUN_MS).map(({ verdict, basis }) => `${verdict} ${basis}`)).toEqual(
      xs.map((x) => (x === 3 ? 'worse exact' : 'same exact')),
    );
  });
});

describe('many cells', () => {
  test('planted changes are found among many, and few others', async () => {
    const random = randomFor('planted');
    const xs = Array.from({ length: 500 }, (_, i) => i);
    const metrics = [LOSS, SCORE];
    const trials = (isShifted: boolean) =>
      gridOf(xs, 5, (x) => ({
        values: [random.normal() + (isShifted && x < 20 ? 8 : 0), random.normal()],
      }));
    const of = await compared({ metrics, trials: trials(false) }, { metrics, trials: trials(true), seed: 8 });
    const changed = without(of, RUN_MS).filter(({ verdict }) => verdict !== 'same');
    const planted = changed.filter(({ place, metric }) => metric === 'loss' && Number(place.axes[0]) < 20);
    expect(planted.length).toBeGreaterThanOrEqual(19);
    expect(planted.every(({ verdict }) => verdict === 'worse')).toBe(true);
    expect(changed.length - planted.length).toBeLessThanOrEqual(3);
  });

  test('two runs of the same tell of nothing, with seeds of their own', async () => {
    const random = randomFor('same');
    const xs = Array.from({ length: 300 }, (_, i) => i);
    const metrics = [LOSS, HIT];
    const trials = () => gridOf(xs, 3, () => ({ values: [random.normal(), random.uniform() < 0.5] }));
    const of = await compared({ metrics, trials: trials() }, { metrics, trials: trials(), seed: 8 });
    expect(new Set(verdicts(of))).toEqual(new Set(['same']));
  });

  test('that all moved a little are told together', async () => {
    const random = randomFor('drift');
    const xs = Array.from({ length: 40 }, (_, i) => i);
    const values = xs.map(() => random.normal());
    const trials = (shift: number) =>
      gridOf(xs, 1, (x) => ({ values: [values[x]! + shift * (1 + random.uniform())] }));
    const of = await compared({ trials: trials(0) }, { trials: trials(0.01) });
    expect(new Set(verdicts(of))).toEqual(new Set(['noisy']));
    expect(of.overall[0]!.p).toBeLessThan(1e-6);
    expect(of.overall[0]!.median).toBeCloseTo(0.015, 2);
  });
});

describe('configurations and trials', () => {
  test('are new, gone, failing or fixed', async () => {
    const a = [
      { x: 1, values: [1] },
      { x: 2, values: [1] },
      { x: 3, status: 'failed' as const },
      { x: 4, status: 'timeout' as const },
    ];
    const b = [
      { x: 2, status: 'timeout' as const },
      { x: 3, values: [1] },
      { x: 4, status: 'failed' as const },
      { x: 5, values: [1] },
    ];
    const of = await compared({ trials: a }, { trials: b });
    expect([...of.cells].map(({ place, metric, verdict }) => [place.axes[0], metric, verdict])).toEqual([
      ['1', STATUS, 'gone'],
      ['2', STATUS, 'failing'],
      ['3', STATUS, 'fixed'],
      ['4', STATUS, 'same'],
      ['5', STATUS, 'new'],
    ]);
    expect(of.counts).toEqual({ both: 3, onlyA: 1, onlyB: 1, pairs: 0, failing: 1, fixed: 1 });
  });

  test('of one run are the same by their parameters, whatever version and axes it has', async () => {
    const more = [X, { name: 'y', type: 'number' as const, default: 5 }];
    const metrics = [{ ...LOSS, tolerance: 0 }];
    const of = await compared(
      { metrics, trials: gridOf([1, 2], 1, (x) => ({ values: [x] })) },
      { metrics, params: more, version: '2', trials: gridOf([2, 3], 1, (x) => ({ values: [x + 1] })) },
    );
    expect(without(of, RUN_MS)).toMatchObject([
      { place: { trialA: 0, trialB: null }, verdict: 'gone' },
      { place: { trialA: 1, trialB: 0 }, metric: 'loss', a: 2, b: 3, verdict: 'worse' },
      { place: { trialA: null, trialB: 1 }, verdict: 'new' },
    ]);
    expect(of.notes).toEqual(
      expect.arrayContaining([
        'worker version: 1 in A, 2 in B',
        'parameter y is in B alone: where it has its default, 5, the other run counts as having it too',
      ]),
    );
  });

  test('are told apart by what a sweep holds fixed, unless that is ignored', async () => {
    const params = [X, { name: 'kind', type: 'string' as const, default: 'a' }];
    const a = { params, trials: one(1) };
    const b = { params, trials: one(2), changes: { fixed: { kind: 'b' } } };
    await expect(compared(a, b)).rejects.toThrow(
      /have no configuration in common: kind is "a" in A and "b" in B$/,
    );
    const of = await compared(a, b, { ignore: ['kind'] });
    expect(verdicts(of)).toEqual(['noisy']);
    await expect(compared(a, b, { ignore: ['knd', 'x'] })).rejects.toThrow(
      'unknown parameter "knd"; did you mean "kind"?',
    );
  });
});

test('names that the runs do not have are refused together', async () => {
  const asked = compared(
    { trials: one(1) },
    { trials: one(1) },
    {
      tolerances: new Map([
        ['lss', { absolute: 1 }],
        [RUN_MS, { absolute: 5 }],
      ]),
      objectives: ['nothing:min'],
    },
  );
  await expect(asked).rejects.toThrow(
    /unknown metric "lss"; did you mean "loss"\? \(legal: loss, run_ms\)[\s\S]*run_ms: expected a percentage[\s\S]*unknown metric "nothing"/,
  );
});

describe('speed', () => {
  const random = randomFor('speed');
  const xs = Array.from({ length: 30 }, (_, i) => i);
  const trials = (factor: number) =>
    gridOf(xs, 3, (x) => ({ values: [1], runMs: (10 + x) * factor * (1 + 0.03 * random.normal()) }));

  test('is judged on the same machine, run and configurations alike', async () => {
    const of = await compared({ trials: trials(1) }, { trials: trials(1.5) });
    expect(of.speed).toMatchObject({ verdict: 'worse', unjudged: [] });
    expect(of.speed.ratio).toBeCloseTo(1.5, 1);
    const times = [...of.cells].filter(({ metric }) => metric === RUN_MS);
    expect(times.filter(({ verdict }) => verdict === 'worse').length).toBeGreaterThan(25);
    const [first] = times;
    expect(first!.difference! / first!.a!).toBeCloseTo(0.5, 1);
    expect(first!.low).toBeLessThan(first!.difference!);
  });

  test('that is another by less than 10 % is the same, or by less than is put up with', async () => {
    expect((await compared({ trials: trials(1) }, { trials: trials(1.06) })).speed.verdict).toBe('same');
    const tolerances = new Map([[RUN_MS, { relative: 1 }]]);
    const of = await compared({ trials: trials(1) }, { trials: trials(1.5) }, { tolerances });
    expect(of.speed.verdict).toBe('same');
    expect((await compared({ trials: trials(1) }, { trials: trials(0.5) })).speed.verdict).toBe('better');
  });

  test.each([
    ['processors', { machine: { ...MACHINE, processor: 'Another' } }],
    ['cores', { machine: { ...MACHINE, cores: 8 } }],
    ['Node', { node: 'v22.0.0' }],
    ['onnxruntime-node', { packages: { 'onnxruntime-node': '9.9.9' } }],
    ['what machine it ran on', { machine: undefined }],
  ] as const)('is shown and not judged where runs differ in %s', async (what, changes) => {
    const of = await compared(
      { trials: trials(1) },
      { trials: trials(1.5), changes: { ...changes } as object },
    );
    expect(of.speed).toMatchObject({ verdict: 'noisy' });
    expect(of.speed.a).toBeGreaterThan(10);
    expect(describeSpeed(of)).toContain('not judged');
    expect(of.speed.unjudged.join()).toContain(what);
    expect([...of.cells].filter(({ verdict }) => verdict === 'worse')).toEqual([]);
  });

  test('of trials that ran in blocks is not judged: a block’s time is nobody’s own', async () => {
    const of = await compared({ trials: trials(1), perRecord: 10 }, { trials: trials(1.5), perRecord: 10 });
    expect(of.speed.unjudged).toEqual(['trials that ran in blocks']);
    expect([...of.cells].filter(({ metric }) => metric === RUN_MS)).toEqual([]);
    expect(of.speed.b! / of.speed.a!).toBeCloseTo(1.5, 1);
  });
});

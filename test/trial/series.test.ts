// Rows of metrics.csv: written while a trial runs, in order, and nothing that was not declared.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeriesWriter, seriesHeaderOf } from '../../src/trial/series.js';

const NAMES = ['loss', 'accuracy'] as const;

const report = fc.record({
  gap: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
  values: fc.record({ loss: fc.double(), accuracy: fc.double() }, { requiredKeys: [] }),
});

describe('series', () => {
  it('hold every value that was reported, at its step, in the order of their declaration', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.array(report),
        (trial, from, reports) => {
          const writer = createSeriesWriter(trial, NAMES);
          let step = from;
          const expected = reports.map(({ gap, values }) => {
            step += gap;
            writer.add(step, values);
            return [trial, step, ...NAMES.map((name) => values[name])];
          });
          const lines = writer.rows.split('\n');
          expect(lines.pop()).toBe('');
          expect(
            lines.map((line) => line.split(',').map((cell) => (cell === '' ? undefined : Number(cell)))),
          ).toEqual(expected.map((row) => row.map((value) => (value === 0 ? 0 : value))));
        },
      ),
      { seed: 221, numRuns: 300 },
    );
  });

  it('stand under their header', () => {
    expect(seriesHeaderOf(NAMES)).toBe('trial,step,loss,accuracy\n');
    expect(seriesHeaderOf([])).toBe('trial,step\n');
  });

  it('grow with each report', () => {
    const writer = createSeriesWriter(7, NAMES);
    expect(writer.rows).toBe('');
    writer.add(0, { accuracy: 0.5 });
    expect(writer.rows).toBe('7,0,,0.5\n');
    writer.add(1, {});
    expect(writer.rows).toBe('7,0,,0.5\n7,1,,\n');
  });

  it.each([
    ['an earlier step', 2.9, 'step 2.9 after 3; expected the same step again, or a larger number'],
    ['no number', Number.NaN, 'step NaN; expected a finite number'],
    ['infinity', Number.POSITIVE_INFINITY, 'step Infinity; expected a finite number'],
    ['a text', '4', 'step "4"; expected a finite number'],
    ['nothing', undefined, 'step undefined; expected a finite number'],
  ])('refuse %s, and keep what they have', (_, step, message) => {
    const writer = createSeriesWriter(7, NAMES);
    writer.add(3, { loss: 1 });
    expect(() => writer.add(step as number, { loss: 2 })).toThrow(
      expect.objectContaining({ code: 'BAD_DEFINITION', message: `report: ${message}` }),
    );
    expect(writer.rows).toBe('7,3,1,\n');
    writer.add(4, { loss: 2 });
    expect(writer.rows).toBe('7,3,1,\n7,4,2,\n');
  });

  it.each<[unknown, string]>([
    ['n/a', '"n/a"'],
    [true, 'true'],
    [[0.5], '[0.5]'],
    [{ a: 1 }, '{"a":1}'],
    [10n, '10n'],
    [new Date(0), 'a Date'],
  ])('refuse a value that is no number, and the report counts for nothing: %s', (value, shown) => {
    const writer = createSeriesWriter(7, NAMES);
    expect(() => writer.add(1, { accuracy: 1, loss: value as number })).toThrow(
      `report: step 1: series "loss" is ${shown}; expected a number`,
    );
    expect(() => writer.add(1, value as Record<string, number>)).toThrow(
      /expected an object of series|unknown series/,
    );
    expect(writer.rows).toBe('');
  });

  it('take numbers that are not finite, and leave out what is undefined or null', () => {
    const writer = createSeriesWriter(7, NAMES);
    writer.add(1, { loss: Number.NaN, accuracy: Number.NEGATIVE_INFINITY });
    writer.add(1.5, { loss: undefined, accuracy: null });
    expect(writer.rows).toBe('7,1,NaN,-Infinity\n7,1.5,,\n');
  });

  it('merge reports of one step: later values fill or replace', () => {
    const writer = createSeriesWriter(7, NAMES);
    writer.add(1, { loss: 1 });
    writer.add(1, { accuracy: 0.5 });
    writer.add(2, { loss: 2, accuracy: 0.6 });
    writer.add(2, { loss: 3 });
    expect(writer.rows).toBe('7,1,1,0.5\n7,2,3,0.6\n');
    expect(() => writer.add(1, { loss: 4 })).toThrow('step 1 after 2');
  });

  it('are taken once each, in order; a step that was taken is not taken again with more', () => {
    const ask = fc.option(fc.constantFrom('all' as const, 'complete' as const), { freq: 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer(), ask)), (calls) => {
        const writer = createSeriesWriter(7, NAMES);
        let step = 0;
        let taken = '';
        for (const [isNext, loss, which] of calls) {
          if (isNext) step++;
          writer.add(step, { loss });
          if (which !== null) taken += writer.take(which);
        }
        taken += writer.take('all');
        const steps = (rows: string) => rows.split('\n').map((row) => row.split(',')[1]);
        expect(steps(taken)).toEqual(steps(writer.rows));
        expect(writer.take('all')).toBe('');
      }),
      { seed: 222, numRuns: 300 },
    );
  });

  it('refuse a name that is not declared, and the step counts for nothing', () => {
    const writer = createSeriesWriter(7, NAMES);
    expect(() => writer.add(1, { los: 2 })).toThrow(
      expect.objectContaining({
        code: 'BAD_DEFINITION',
        message: 'report: unknown series "los"; did you mean "loss"? (legal: loss, accuracy)',
      }),
    );
    writer.add(1, { loss: 2 });
    expect(writer.rows).toBe('7,1,2,\n');
  });
});

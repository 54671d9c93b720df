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
    ['the same step', 3],
    ['an earlier step', 2.9],
    ['no number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
  ])('refuse %s, and keep what they have', (_, step) => {
    const writer = createSeriesWriter(7, NAMES);
    writer.add(3, { loss: 1 });
    expect(() => writer.add(step, { loss: 2 })).toThrow(
      `report: step ${step} after 3; expected a larger number`,
    );
    expect(writer.rows).toBe('7,3,1,\n');
    writer.add(4, { loss: 2 });
    expect(writer.rows).toBe('7,3,1,\n7,4,2,\n');
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

import { describe, expect, it } from 'vitest';
import { defineReport } from '../../src/report/define.js';

const table = { name: 'best-trials', about: 'The best.', sql: 'SELECT * FROM trials' };

describe('defineReport', () => {
  it('fills in what may be left out', () => {
    expect(defineReport({ name: 'mine', title: 'Mine', tables: [table] })).toMatchObject({
      figures: [],
      text: [],
    });
  });

  it('reports all faults together, with the nearest legal name', () => {
    const bad = () =>
      defineReport({
        name: 'My Report',
        title: ' ',
        tables: [
          table,
          table,
          { name: 'trials', about: '', sql: '' },
          { ...table, name: 'few', preview: 1.5 },
        ],
        figures: [
          { name: 'f', about: 'x', table: 'best-trails', draw: () => ({ option: {}, width: 1, height: 1 }) },
          { name: 'g', about: 'x', draw: () => ({ option: {}, width: 1, height: 1 }) },
        ],
      });
    expect(bad).toThrowErrorMatchingInlineSnapshot(`
      [SweeplineError: the report "My Report" is invalid:
        - report name "My Report"; expected lower-case words joined by dashes
        - the report has no title
        - table "trials" is named like one of the run's own (trials, timings, metrics, schedules, trials_raw, metrics_raw)
        - table "trials" has no SQL
        - table "trials" does not say what it is about
        - table "few": preview is 1.5; expected a whole number of rows
        - figure "f": unknown table "best-trails"; did you mean "best-trials"? (legal: best-trials, trials, few)
        - figure "g" needs its rows from either a table or SQL
        - there are two tables "best-trials"]
    `);
  });
});

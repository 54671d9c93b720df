// Rows as bytes: counted, skipped and picked without a look into them, line breaks within quotes and all.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRow } from '../../src/ground/csv.js';
import { countRows, pickRows, pickSeries, skipCell, skipRows, skipTrials } from '../../src/trial/lines.js';

const cell = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', '|', 'é', '🎉') }),
  fc.integer(),
  fc.constant(null),
);
const trialsArb = fc.uniqueArray(fc.nat({ max: 24 }), { maxLength: 12 });
/** Rows that each begin with the number of their trial; `most` of one trial in a row. */
const tableOf = (most: number) =>
  trialsArb.chain((trials) =>
    fc.tuple(
      ...trials.map((trial) =>
        fc
          .array(fc.array(cell), { minLength: most === 1 ? 1 : 0, maxLength: most })
          .map((rows) => ({ trial, rows: rows.map((cells) => formatRow([trial, 0.5, ...cells])) })),
      ),
    ),
  );

const bytesOf = (rows: readonly string[]): Buffer => Buffer.from(rows.join(''));

describe('rows as bytes', () => {
  it('are counted, and skipped one after another', () => {
    fc.assert(
      fc.property(tableOf(1), (table) => {
        const rows = table.flatMap((each) => each.rows);
        const bytes = bytesOf(rows);
        expect(countRows(bytes)).toBe(rows.length);
        for (const i of rows.keys()) expect(skipRows(bytes, 0, i)).toBe(bytesOf(rows.slice(0, i)).length);
        expect(skipRows(bytes, 0, rows.length + 3)).toBe(bytes.length);
        if (rows.length > 0) expect(countRows(bytes.subarray(0, -1))).toBe(rows.length - 1);
      }),
      { seed: 231, numRuns: 500 },
    );
  });

  it('are picked by their trials, in their order', () => {
    fc.assert(
      fc.property(tableOf(1), fc.integer({ min: 1, max: 4 }), (table, divisor) => {
        const isWanted = (trial: number) => trial % divisor === 0;
        const picked = pickRows(
          bytesOf(table.flatMap(({ rows }) => rows)),
          table.map(({ trial }) => trial),
          isWanted,
        );
        const wanted = table.flatMap(({ trial, rows }) => (isWanted(trial) ? rows : []));
        expect(Buffer.from(picked).toString()).toBe(wanted.join(''));
      }),
      { seed: 232, numRuns: 500 },
    );
  });

  it('of series are picked with as many as each trial has, none included', () => {
    fc.assert(
      fc.property(tableOf(3), fc.integer({ min: 1, max: 4 }), (table, divisor) => {
        const isWanted = (trial: number) => trial % divisor === 0;
        const picked = pickSeries(
          bytesOf(table.flatMap(({ rows }) => rows)),
          table.map(({ trial }) => trial),
          isWanted,
        );
        const wanted = table.flatMap(({ trial, rows }) => (isWanted(trial) ? rows : []));
        expect(Buffer.from(picked).toString()).toBe(wanted.join(''));
      }),
      { seed: 233, numRuns: 500 },
    );
  });

  it('are skipped by the number of their trial', () => {
    const rows = ['7,a\n', '8,"b\n9,"\n', '8,c\n', '10,d\n'];
    const bytes = bytesOf(rows);
    const lengthOf = (i: number) => bytesOf(rows.slice(0, i)).length;
    expect(skipTrials(bytes, 0, 7, 8)).toBe(lengthOf(1));
    expect(skipTrials(bytes, 0, 7, 9)).toBe(lengthOf(3));
    expect(skipTrials(bytes, 0, 8, 9)).toBe(0);
    expect(skipTrials(bytes, lengthOf(1), 8, 9)).toBe(lengthOf(3));
    expect(skipTrials(bytes, 0, 0, 100)).toBe(bytes.length);
  });

  it('are walked cell by cell', () => {
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1 }), (cells) => {
        const bytes = bytesOf([formatRow(cells)]);
        let at = 0;
        for (const each of cells) {
          const end = skipCell(bytes, at);
          expect(`${bytes.toString('utf8', at, end - 1)}\n`).toBe(formatRow([each]));
          at = end;
        }
        expect(at).toBe(bytes.length);
      }),
      { seed: 234, numRuns: 500 },
    );
  });
});

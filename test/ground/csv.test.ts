// Cells and rows against fast-csv's bytes.

import fc from 'fast-check';
import { writeToString } from 'fast-csv';
import { describe, expect, it } from 'vitest';
import { type Cell, formatCell, formatRow } from '../../src/ground/csv.js';

const cell: fc.Arbitrary<Cell> = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', ';', '|', "'", '\t', 'é', '🎉', '=') }),
  fc.string({ unit: 'grapheme' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, undefined, 0, -0, 1e21, 1e-7, 0.1 + 0.2, ''),
);

describe('formatRow', () => {
  it('writes the bytes of fast-csv', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(
            cell.filter((each) => each !== ''),
            { minLength: 3, maxLength: 3 },
          ),
          {
            minLength: 1,
            maxLength: 5,
          },
        ),
        async (rows) => {
          const theirs = await writeToString(rows, { headers: false, includeEndRowDelimiter: true });
          expect(rows.map(formatRow).join('')).toBe(theirs);
        },
      ),
      { seed: 41, numRuns: 300 },
    );
  });

  it('writes empty text so that it is not null', () => {
    expect(formatRow(['', null, undefined, ' '])).toBe('"",,, \n');
  });

  it('writes numbers that read back as the same float64, and zero without a sign', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (x) => {
        expect(Number(formatCell(x))).toBe(x === 0 ? 0 : x);
      }),
      { seed: 42 },
    );
    expect(formatCell(-0)).toBe('0');
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderSqlTable } from '../../src/cli/sql-table.js';

const render = (columns: Record<string, string>, rows: string[][], width = 100, total = rows.length) =>
  renderSqlTable({ columns: Object.keys(columns), types: Object.values(columns), rows, total }, width);

describe('a table of rows', () => {
  test('has numbers to the right and texts to the left, each in one line', () => {
    const { table, note } = render({ name: 'VARCHAR', 'β/loss': 'DOUBLE' }, [
      ['a\nb\tc', '0.30000000000000004'],
      ['', 'NULL'],
    ]);
    expect(table).toBe(
      [
        '  name                  β/loss',
        '  a\\nb\\tc  0.30000000000000004',
        '                          NULL',
      ].join('\n'),
    );
    expect(note).toBeUndefined();
  });

  test('cuts long texts before it leaves out columns, and says what it left out', () => {
    const long = 'x'.repeat(60);
    const columns = { a: 'VARCHAR', b: 'VARCHAR', n: 'BIGINT' };
    const { table, note } = render(columns, [[long, 'short', '1']], 50, 1200);
    expect(table.split('\n')[1]).toBe(`  ${'x'.repeat(37)}…  short  1`);
    expect(note).toBe('1 of 1,200 rows; --csv for all');
    const narrow = render(columns, [[long, long, '1']], 44);
    expect(narrow.table.split('\n')[1]).toBe(
      `  ${'x'.repeat(19)}…  ${'x'.repeat(18)}…`.replace(/x{18}…$/, `${'x'.repeat(19)}…`),
    );
    expect(narrow.note).toBe('2 of 3 columns; --csv for all');
  });

  test('never cuts a number, and is no wider than asked where its first column is not', () => {
    const cell = fc.oneof(
      fc.double().map(String),
      fc.string({ unit: fc.constantFrom(...'abc '), maxLength: 40 }),
    );
    const shape = fc.record({
      types: fc.array(fc.constantFrom('DOUBLE', 'VARCHAR'), { minLength: 1, maxLength: 8 }),
      width: fc.integer({ min: 30, max: 120 }),
    });
    fc.assert(
      fc.property(shape, fc.array(cell, { minLength: 8, maxLength: 8 }), ({ types, width }, cells) => {
        const row = types.map((type, c) =>
          type === 'DOUBLE' ? '-1.2345678901234567e-300' : cells[c]!.trim(),
        );
        const columns = types.map((_, c) => `c${c}`);
        const { table, note } = renderSqlTable({ columns, types, rows: [row], total: 1 }, width);
        for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
        const shown = note === undefined ? types.length : Number(/^\d+/.exec(note)![0]);
        const numbers = types.slice(0, shown).filter((type) => type === 'DOUBLE').length;
        expect(table.split('-1.2345678901234567e-300')).toHaveLength(numbers + 1);
      }),
    );
  });

  test('of no rows has its columns', () => {
    expect(render({ a: 'VARCHAR', b: 'DOUBLE' }, []).table).toBe('  a  b');
  });
});

import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/report/database.js';
import { rowsToSql } from '../../src/report/values.js';
import { makeManifest, makeRunFolder } from './folders.js';

describe('rows as SQL', () => {
  it('come back as they were; NaN is NULL, an infinite number stays one', async () => {
    const database = await openDatabase([await makeRunFolder(makeManifest(), [])]);
    const columns = { name: 'string', share: 'number', count: 'integer', ok: 'boolean' } as const;
    const rows = [
      { name: "it's", share: 0.1, count: 3, ok: true },
      { name: '007', share: Number.POSITIVE_INFINITY, count: 2 ** 53 - 1, ok: false },
      { name: '', share: Number.NEGATIVE_INFINITY, count: 0, ok: null },
      { name: null, share: Number.NaN, count: Number.NaN, ok: true },
    ];
    const seen = await database.query(rowsToSql(columns, rows));
    const none = await database.query(rowsToSql(columns, []));
    database.close();
    expect(seen.rows).toEqual([...rows.slice(0, 3), { ...rows[3], share: null, count: null }]);
    expect(none).toEqual({ columns: Object.keys(columns), rows: [] });
  });

  it('are not rounded without a word', () => {
    expect(() => rowsToSql({ n: 'integer' }, [{ n: 0.5 }])).toThrow(
      'column "n" is one of integers, and a row has 0.5',
    );
  });
});

// Tables of means over replicates: one row a setting, every finished trial counted. A mean over one replicate has no
// interval, and settings that differ in an axis the table does not name get a column for it instead of being mixed.

import type { Value } from '../space/types.js';
import { meanInterval } from '../stats/interval.js';
import { type ColumnType, quoteName, quoteValue } from './columns.js';
import type { Cell, Row, TableSpec } from './define.js';
import { groupRows, varyingAxes } from './settings.js';
import { rowsToSql } from './values.js';

export interface MeansSpec extends Omit<TableSpec, 'sql' | 'check'> {
  /** Parameters whose values make a row. */
  readonly by: readonly string[];
  /** Metrics of which the mean is taken; replicates without a value are left out of it. */
  readonly means: readonly string[];
  /**
   * Those of them that get `<metric>_low` and `<metric>_high`, Student's 95 % interval of the mean, with the ends of what
   * the metric can be: the interval is cut off there. `null`: it has none.
   */
  readonly intervals?: Readonly<Record<string, readonly [number, number] | null>>;
  /** Boolean metrics of which the true ones are counted. */
  readonly counts?: readonly string[];
  /** Only trials with these parameters are in the table, which then needs no column for them. */
  readonly where?: Readonly<Record<string, Value>>;
}

/** `<by…>,<other axes that vary…>,replicates,<means…>,<counts…>` */
export function meansTable(spec: MeansSpec): TableSpec {
  const { by, means, intervals = {}, counts = [], where = {}, ...rest } = spec;
  return {
    ...rest,
    async sql(context) {
      const keys = [...by, ...(await varyingAxes(context, [...by, ...Object.keys(where)]))];
      const types = new Map(context.manifest.worker.params.map((param) => [param.name, param.type]));
      const columns: Record<string, ColumnType> = {};
      for (const key of keys) columns[key] = types.get(key) ?? 'string';
      columns.replicates = 'integer';
      for (const name of means) {
        columns[name] = 'number';
        if (!Object.hasOwn(intervals, name)) continue;
        columns[`${name}_low`] = 'number';
        columns[`${name}_high`] = 'number';
      }
      for (const name of counts) columns[name] = 'integer';
      const wanted = Object.entries(where).map(
        ([name, value]) => ` AND ${quoteName(name)} = ${quoteValue(value)}`,
      );
      const { rows } = await context.query(
        `SELECT * FROM trials WHERE status = 'ok'${wanted.join('')}
          ORDER BY ${[...keys, 'trial'].map(quoteName).join(', ')}`,
      );
      const named = rows.map((row) => ({ ...row, '#setting': JSON.stringify(keys.map((key) => row[key])) }));
      const table = groupRows(named, '#setting').map(([, members]) => {
        const row: Record<string, Cell> = { replicates: members.length };
        for (const key of keys) row[key] = members[0]![key] ?? null;
        for (const name of means) {
          const { mean, low, high } = meanInterval(
            numbersOf(members, name),
            0.95,
            intervals[name] ?? undefined,
          );
          row[name] = mean;
          row[`${name}_low`] = low;
          row[`${name}_high`] = high;
        }
        for (const name of counts) row[name] = members.filter((member) => member[name] === true).length;
        return row;
      });
      return rowsToSql(columns, table);
    },
  };
}

/** The numbers of a column; empty cells are left out. */
export function numbersOf(rows: readonly Row[], column: string): number[] {
  return rows.map((row) => row[column]).filter((cell): cell is number => typeof cell === 'number');
}

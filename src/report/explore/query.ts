// A query over the run's CSVs as packed columns.
import type { PackedTable } from '../../explore/payload.js';
import type { RunDatabase } from '../database.js';
import type { Vector } from '../vectors.js';
import type { ColumnHead, Packer } from './pack.js';

export type Reader = Pick<RunDatabase, 'columns'>;

/** A column as SQL, and what it is called on the page. */
export interface Wanted extends ColumnHead {
  readonly sql: string;
  readonly kind: 'number' | 'category';
}

export interface Into {
  readonly packer: Packer;
  readonly notes: string[];
}

export interface Query extends Pick<Into, 'packer'> {
  readonly wanted: readonly Wanted[];
  readonly from: string;
  /** Above so many rows, numbers are rounded. */
  readonly single: number;
}

export async function packQuery(
  database: Reader,
  { wanted, from, packer, single }: Query,
): Promise<PackedTable> {
  const read = (list: readonly string[]) =>
    database.columns(`SELECT ${list.map((sql, i) => `${sql} AS c${i}`).join(', ')} ${from}`);
  const asDeclared = wanted.map(({ sql, kind }) => `(${sql})::${kind === 'number' ? 'DOUBLE' : 'VARCHAR'}`);
  let found: readonly Vector[];
  try {
    found = await read(asDeclared);
  } catch {
    // An axis that is declared a number may hold text, and SQL has it as text then.
    found = await read(wanted.map(({ sql, kind }, i) => (kind === 'number' ? `(${sql})` : asDeclared[i]!)));
  }
  const columns = wanted.map(({ sql: _, kind: __, ...head }, i) => {
    const vector = found[i]!;
    return vector instanceof Float64Array
      ? packer.numbers(head, vector, vector.length > single)
      : packer.categories(head, vector);
  });
  return { rows: columns[0]?.rows ?? 0, columns };
}

/** Columns that are numbers all. */
export async function readNumbers(database: Reader, sql: string): Promise<readonly Float64Array[]> {
  return (await database.columns(sql)).map((vector) =>
    vector instanceof Float64Array ? vector : new Float64Array(vector.codes.length).fill(Number.NaN),
  );
}

// A query over the run's CSVs as packed columns.
import type { PackedTable } from '../../explore/payload.js';
import type { RunDatabase } from '../database.js';
import type { Cell } from '../define.js';
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
  const list = wanted.map(
    ({ sql, kind }, i) => `(${sql})::${kind === 'number' ? 'DOUBLE' : 'VARCHAR'} AS c${i}`,
  );
  let cells: readonly (readonly Cell[])[];
  let kinds = wanted.map(({ kind }) => kind);
  try {
    cells = await database.columns(`SELECT ${list.join(', ')} ${from}`);
  } catch {
    // An axis that is declared a number may hold text, and SQL has it as text then.
    cells = await database.columns(
      `SELECT ${wanted.map(({ sql }, i) => `(${sql}) AS c${i}`).join(', ')} ${from}`,
    );
    kinds = kinds.map((kind, i) => (cells[i]!.some((cell) => typeof cell === 'string') ? 'category' : kind));
  }
  const rows = cells[0]?.length ?? 0;
  const columns = wanted.map(({ sql: _, kind: __, ...head }, i) =>
    kinds[i] === 'number'
      ? packer.numbers(head, cells[i]!, rows > single)
      : packer.categories(head, cells[i]!),
  );
  return { rows, columns };
}

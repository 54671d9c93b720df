// Rows as tables, figures and their page hold them.

/** One cell of a table. Integers past 2^53 come as text. */
export type Cell = number | string | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

/** The rows of a query, with the column names in order (there are columns even where there is no row). */
export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

// Run folders as a database: DuckDB in memory, with the views `trials`, `timings` and `metrics` over the CSVs of one or
// several runs (column `run` says which). SQL is one statement that reads them: no other file, no network, no extension,
// no setting. NaN is NULL in the views: SQL takes it for greater than any number, so that the best trial would be one that
// diverged. `trials_raw` and `metrics_raw` have every cell as its file has it.
import { randomUUID } from 'node:crypto';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { SweeplineError } from '../ground/errors.js';
import { openRunFolder } from '../run/folder.js';
import type { Manifest } from '../run/manifest.js';
import { quoteName, quoteText } from './columns.js';
import type { Cell, Row, Rows } from './define.js';
import { readOne, requireOne, runOne } from './one-statement.js';
import { literalPath, type Oddity, REMAKE } from './source.js';
import { readVectors, type Vector } from './vectors.js';
import {
  csvPath,
  makeViews,
  type OpenRun,
  type RunViews,
  VIEWS,
  type View,
  type ViewOptions,
} from './views.js';

export interface RunDatabase {
  /** The manifests of the folders, in order. */
  readonly manifests: readonly Manifest[];
  /** What metrics and series hold that is not finite or not of their type. */
  readonly oddities: readonly (Oddity & { readonly view: View })[];
  /** Columns that have another name in SQL, since it does not tell theirs from one before it. */
  readonly renamed: readonly { readonly name: string; readonly sql: string }[];
  /** Throws BAD_DEFINITION where the SQL is wrong, BAD_RUN_FOLDER where a CSV is damaged. */
  query(sql: string): Promise<Rows>;
  /** The same column by column, in order, for many rows: numbers and texts only. */
  columns(sql: string): Promise<readonly Vector[]>;
  /** The same for many rows: they stay in DuckDB's columns, and are read some at a time. */
  stream(sql: string): Promise<Stream>;
  /** Keeps the rows of a query as a table of this name, for later queries, and returns them. */
  keep(name: string, sql: string): Promise<Rows>;
  /** Writes the rows of a query into a Parquet file, one of the `writable`; returns how many there are. */
  write(path: string, sql: string): Promise<number>;
  /** Whatever runs now fails. */
  interrupt(): void;
  close(): void;
}

export interface Stream {
  readonly columns: readonly string[];
  /** DuckDB's names of the columns' types. */
  readonly types: readonly string[];
  /** Some rows at a time, once; values are DuckDB's own (exact-cells.ts reads them). */
  rows(): AsyncIterableIterator<readonly (readonly unknown[])[]>;
}

export interface DatabaseOptions extends Omit<ViewOptions, 'stages'> {
  /** Folders of stages, for the view `stages`. */
  readonly stages?: readonly StageFolder[];
  /** Statements that make further views, out of those that there are. */
  readonly more?: (runs: readonly RunViews[]) => readonly string[];
  /** Files that `write` may make. */
  readonly writable?: readonly string[];
}

/** `of`: the place of the run that it belongs to. */
export interface StageFolder {
  readonly folder: string;
  readonly of: number;
  readonly stage: string;
}

/** Of what the machine or its container has; the rest is for Node and for trials that run. */
const MEMORY_SHARE = 0.5;

/** Views over one run folder or several; throws BAD_RUN_FOLDER where one is none. */
export async function openDatabase(
  folders: readonly string[],
  { more, writable = [], stages, ...options }: DatabaseOptions = {},
): Promise<RunDatabase> {
  const runs = await Promise.all(folders.map(openRunFolder));
  const parts = await Promise.all(
    (stages ?? []).map(async ({ folder, ...rest }) => ({ ...(await openRunFolder(folder)), ...rest })),
  );
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: `${Math.floor((MEMORY_SHARE * memoryBytes()) / 1e6)}MB`,
    // Made when a query needs it, under a name that nobody can have made before.
    temp_directory: join(tmpdir(), `sweepline-duckdb-${randomUUID()}`),
  });
  const connection = await instance.connect();
  const close = () => {
    connection.closeSync();
    instance.closeSync();
  };
  try {
    const { runs: made, ...views } = await makeViews(connection, runs, {
      ...options,
      ...(stages === undefined ? {} : { stages: parts }),
    });
    for (const sql of more?.(made) ?? []) await connection.run(sql);
    await lock(connection, [...[...runs, ...parts].flatMap(listCsvs), ...writable]);
    const interrupt = () => connection.interrupt();
    return { manifests: runs.map((run) => run.manifest), ...views, ...queries(connection), interrupt, close };
  } catch (error) {
    close();
    throw describeFailure(error);
  }
}

function memoryBytes(): number {
  const machine = totalmem();
  // Without a limit it says 0, or more than there is.
  const container = process.constrainedMemory();
  return container > 0 ? Math.min(container, machine) : machine;
}

function listCsvs({ path }: OpenRun): string[] {
  return VIEWS.map((view) => csvPath(path, view));
}

/** From here on SQL reaches these files, the run folders' own CSVs above all, and no other, no network and no setting. */
async function lock(connection: DuckDBConnection, files: readonly string[]): Promise<void> {
  const paths = files.flatMap((file) => [quoteText(file), quoteText(literalPath(file))]);
  for (const setting of [
    // Sums of floats depend on how rows are dealt to threads: queries get one, so that equal runs give equal bytes.
    'threads = 1',
    `allowed_paths = [${paths.join(', ')}]`,
    'enable_external_access = false',
    'lock_configuration = true',
  ])
    await connection.run(`SET ${setting}`);
}

function queries(
  connection: DuckDBConnection,
): Pick<RunDatabase, 'query' | 'columns' | 'stream' | 'keep' | 'write'> {
  const query = async (sql: string): Promise<Rows> => {
    try {
      const reader = await readOne(connection, sql);
      const columns = reader.deduplicatedColumnNames();
      return { columns, rows: reader.getRowsJS().map((cells) => makeRow(columns, cells)) };
    } catch (error) {
      throw describeFailure(error);
    }
  };
  return {
    query,
    async columns(sql) {
      try {
        return await readVectors(await runOne(connection, sql));
      } catch (error) {
        throw describeFailure(error);
      }
    },
    async stream(sql) {
      try {
        // Not DuckDB's own streaming: an error on the way ends it there as if there were no more rows.
        const result = await runOne(connection, sql);
        const types = result.columnTypes().map(String);
        return { columns: result.deduplicatedColumnNames(), types, rows: () => result.yieldRows() };
      } catch (error) {
        throw describeFailure(error);
      }
    },
    async keep(name, sql) {
      await makeTable(connection, name, sql);
      return query(`FROM ${quoteName(name)}`);
    },
    async write(path, sql) {
      // Not COPY (…): what stands in brackets could close them.
      await makeTable(connection, WRITTEN, sql);
      try {
        await connection.run(
          `COPY ${quoteName(WRITTEN)} TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd)`,
        );
        const { rows } = await query(`SELECT count(*) AS n FROM ${quoteName(WRITTEN)}`);
        return Number(rows[0]!.n);
      } catch (error) {
        throw describeFailure(error);
      } finally {
        await connection.run(`DROP TABLE ${quoteName(WRITTEN)}`);
      }
    },
  };
}

/** The rows that are written now. */
const WRITTEN = 'sweepline_written';

async function makeTable(connection: DuckDBConnection, name: string, sql: string): Promise<void> {
  try {
    await requireOne(connection, sql);
  } catch (error) {
    throw describeFailure(error);
  }
  try {
    await connection.run(`CREATE TABLE ${quoteName(name)} AS\n${sql.trim().replace(/;$/, '')}`);
  } catch (error) {
    throw describeFailure(error, 1);
  }
}

/** `before` lines of the SQL are not its author's. */
function describeFailure(error: unknown, before = 0): unknown {
  if (error instanceof SweeplineError || !(error instanceof Error)) return error;
  const [message, ...rest] = error.message.replace(/^Failed to extract statements: /, '').split('\n\n');
  if (/CSV Error/.test(message!)) {
    const words = `a CSV of the run is damaged: ${message}`;
    return new SweeplineError('BAD_RUN_FOLDER', words, { cause: error, hint: REMAKE });
  }
  const place = rest.find((part) => /^LINE \d+:/.test(part));
  const where =
    place === undefined
      ? ''
      : `\n${place.replace(/^LINE (\d+):/, (_, line: string) => `LINE ${Number(line) - before}:`)}`;
  const reason = /out of range/i.test(message!)
    ? ' (a value is infinite or too large for this; `FILTER (isfinite(x))` leaves infinite ones out)'
    : '';
  return new SweeplineError('BAD_DEFINITION', `the SQL does not run: ${message}${reason}${where}`, {
    cause: error,
  });
}

function makeRow(columns: readonly string[], cells: readonly unknown[]): Row {
  return Object.fromEntries(columns.map((column, i) => [column, toCell(cells[i])]));
}

function toCell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner));
}

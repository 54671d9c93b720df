// Run folders as a database: DuckDB in memory, with the views `trials`, `timings` and `metrics` over the CSVs of one or
// several runs (column `run` says which). SQL is one statement that reads them: no other file, no network, no extension,
// no setting. NaN is NULL in the views: SQL takes it for greater than any number, so that the best trial would be one that
// diverged. `trials_raw` and `metrics_raw` have every cell as its file has it.
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { SweeplineError } from '../ground/errors.js';
import { openRunFolder } from '../run/folder.js';
import type { Manifest } from '../run/manifest.js';
import {
  type Columns,
  constantColumns,
  freeName,
  metricColumns,
  quoteName,
  quoteText,
  timingColumns,
  trialColumns,
} from './columns.js';
import type { Cell, Row, Rows } from './define.js';
import { readOne, requireOne, streamOne } from './one-statement.js';
import { literalPath, type Oddity, openSource, REMAKE } from './source.js';
import { readVectors, type Vector } from './vectors.js';

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
  /** Keeps the rows of a query as a table of this name, for later queries, and returns them. */
  keep(name: string, sql: string): Promise<Rows>;
  close(): void;
}

export type View = 'trials' | 'timings' | 'metrics';

/** Views over one run folder or several; throws BAD_RUN_FOLDER where one is none. */
export async function openDatabase(folders: readonly string[]): Promise<RunDatabase> {
  const runs = await Promise.all(folders.map(openRunFolder));
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    // Made when a query needs it, under a name that nobody can have made before.
    temp_directory: join(tmpdir(), `sweepline-duckdb-${randomUUID()}`),
  });
  const connection = await instance.connect();
  const close = () => {
    connection.closeSync();
    instance.closeSync();
  };
  try {
    const views = await makeViews(connection, runs);
    await lock(connection, runs);
    return { manifests: runs.map((run) => run.manifest), ...views, ...queries(connection), close };
  } catch (error) {
    close();
    throw describeFailure(error);
  }
}

/** From here on SQL reaches the run folders' own CSVs, and no other file, no network and no setting. */
async function lock(connection: DuckDBConnection, runs: readonly OpenRun[]): Promise<void> {
  const paths = runs.flatMap(({ path }) =>
    VIEWS.map((view) => csvPath(path, view)).flatMap((csv) => [quoteText(csv), quoteText(literalPath(csv))]),
  );
  for (const setting of [
    // Sums of floats depend on how rows are dealt to threads: queries get one, so that equal runs give equal bytes.
    'threads = 1',
    `allowed_paths = [${paths.join(', ')}]`,
    'enable_external_access = false',
    'lock_configuration = true',
  ])
    await connection.run(`SET ${setting}`);
}

function csvPath(folder: string, view: View): string {
  return join(folder, `${view}.csv`);
}

type OpenRun = Awaited<ReturnType<typeof openRunFolder>>;

async function makeViews(
  connection: DuckDBConnection,
  runs: readonly OpenRun[],
): Promise<Pick<RunDatabase, 'oddities' | 'renamed'>> {
  const files = runs.map(({ manifest }) => ({
    trials: trialColumns(manifest),
    timings: timingColumns(),
    metrics: metricColumns(manifest),
    constants: constantColumns(manifest),
  }));
  // A parameter or metric may be called `run` too; then the run's id is `run_2`.
  const all = files.flatMap(({ trials, metrics, constants }) => [
    ...[...trials, ...metrics].map((column) => column.sql),
    ...constants.map((constant) => constant.name),
  ]);
  const runName = quoteName(freeName('run', new Set(all.map((name) => name.toLowerCase()))));
  const repeated = new Set(runs.map((run) => run.manifest.runId)).size < runs.length;
  const oddities: (Oddity & { readonly view: View })[] = [];
  for (const [i, { path: folder, manifest }] of runs.entries()) {
    const label = `${quoteText(repeated ? folder : manifest.runId)} AS ${runName}`;
    for (const view of VIEWS) {
      const columns = files[i]![view];
      const constants = view === 'trials' ? files[i]!.constants : [];
      // Reports look at timings once, if at all.
      const keep = view !== 'timings';
      const path = csvPath(folder, view);
      const source = await openSource(connection, { name: `${view}_${i}`, path, columns, keep });
      for (const oddity of source.oddities) oddities.push({ ...oddity, view });
      const extra = constants.map(({ name, sql }) => `${sql} AS ${quoteName(name)}`);
      for (const [name, cells] of [
        [view, source.cells],
        [`${view}_raw`, source.raw],
      ] as const)
        await connection.run(
          `CREATE VIEW "run_${i}_${name}" AS SELECT ${[label, ...named(columns, cells), ...extra].join(', ')} FROM ${source.from}`,
        );
    }
  }
  for (const view of [...VIEWS, 'trials_raw', 'metrics_raw']) {
    const parts = runs.map((_, i) => `SELECT * FROM "run_${i}_${view}"`);
    await connection.run(`CREATE VIEW ${view} AS ${parts.join(' UNION ALL BY NAME ')}`);
  }
  const columns = files.flatMap(({ trials, metrics }) => [...trials, ...metrics]);
  const renamed = columns.flatMap(({ name, sql }) => (name === sql ? [] : [{ name, sql }]));
  return { oddities, renamed };
}

const VIEWS = ['trials', 'timings', 'metrics'] as const;

function named(columns: Columns, cells: readonly string[]): readonly string[] {
  return columns.map(({ sql }, i) => `${cells[i]} AS ${quoteName(sql)}`);
}

function queries(connection: DuckDBConnection): Pick<RunDatabase, 'query' | 'columns' | 'keep'> {
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
        return await streamOne(connection, sql, readVectors);
      } catch (error) {
        throw describeFailure(error);
      }
    },
    async keep(name, sql) {
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
      return query(`FROM ${quoteName(name)}`);
    },
  };
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

// Run folders as a database: DuckDB in memory, with the views `trials`, `timings` and `metrics` over the CSVs of one or
// several runs (column `run` says which). It reads only, and never asks the network for an extension.
import { existsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { formatRow } from '../ground/csv.js';
import { SweeplineError } from '../ground/errors.js';
import { openRunFolder } from '../run/folder.js';
import type { Manifest } from '../run/manifest.js';
import {
  type Columns,
  constantColumns,
  metricColumns,
  quoteName,
  quoteText,
  timingColumns,
  trialColumns,
} from './columns.js';
import type { Cell, Row, Rows } from './define.js';

export interface RunDatabase {
  /** The manifests of the folders, in order. */
  readonly manifests: readonly Manifest[];
  /** Throws BAD_DEFINITION where the SQL is wrong, BAD_RUN_FOLDER where a CSV is damaged. */
  query(sql: string): Promise<Rows>;
  /** Keeps the rows of a query as a table of this name, for later queries, and returns them. */
  keep(name: string, sql: string): Promise<Rows>;
  close(): void;
}

/** Up to this many bytes a CSV is read once into memory; larger ones are read anew by every query, in constant memory. */
const IN_MEMORY_BYTES = 100e6;

const REMAKE = '`sweepline resume <run>` makes the CSVs again from journal.bin';

/** Views over one run folder or several; throws BAD_RUN_FOLDER where one is none. */
export async function openDatabase(folders: readonly string[]): Promise<RunDatabase> {
  const runs = await Promise.all(folders.map(openRunFolder));
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    temp_directory: join(tmpdir(), `sweepline-duckdb-${process.pid}`),
  });
  const connection = await instance.connect();
  const close = () => {
    connection.closeSync();
    instance.closeSync();
  };
  try {
    const repeated = new Set(runs.map((run) => run.manifest.runId)).size < runs.length;
    for (const [i, { path: folder, manifest }] of runs.entries()) {
      const label = quoteText(repeated ? folder : manifest.runId);
      const parts = [
        { view: 'trials', columns: trialColumns(manifest), constants: constantColumns(manifest) },
        { view: 'timings', columns: timingColumns(), constants: [] },
        { view: 'metrics', columns: metricColumns(manifest), constants: [] },
      ];
      for (const { view, columns, constants } of parts) {
        // Reports look at timings once, if at all.
        const keep = view !== 'timings';
        const path = join(folder, `${view}.csv`);
        const source = await loadCsv(connection, { name: `${view}_${i}`, path, columns, keep });
        const extra = constants.map(({ name, sql }) => `, ${sql} AS ${quoteName(name)}`).join('');
        await connection.run(
          `CREATE VIEW "run_${i}_${view}" AS SELECT ${label} AS run, *${extra} FROM ${source}`,
        );
      }
    }
    for (const view of ['trials', 'timings', 'metrics']) {
      const parts = runs.map((_, i) => `SELECT * FROM "run_${i}_${view}"`);
      await connection.run(`CREATE VIEW ${view} AS ${parts.join(' UNION ALL BY NAME ')}`);
    }
    // Sums of floats depend on how rows are dealt to threads: queries get one, so that equal runs give equal bytes.
    await connection.run('SET threads = 1');
  } catch (error) {
    close();
    throw describeFailure(error);
  }
  const query = async (sql: string): Promise<Rows> => {
    try {
      const reader = await connection.runAndReadAll(sql);
      const columns = reader.deduplicatedColumnNames();
      return { columns, rows: reader.getRowsJS().map((cells) => makeRow(columns, cells)) };
    } catch (error) {
      throw describeFailure(error);
    }
  };
  return {
    manifests: runs.map((run) => run.manifest),
    query,
    async keep(name, sql) {
      await query(`CREATE TABLE ${quoteName(name)} AS ${sql.trim().replace(/;$/, '')}`);
      return query(`FROM ${quoteName(name)}`);
    },
    close,
  };
}

interface Csv {
  readonly name: string;
  readonly path: string;
  readonly columns: Columns;
  /** Whether it is read into memory where it is small enough. */
  readonly keep: boolean;
}

/** SQL that names the rows of a CSV; of none where the file is not there (a run that has not got so far). */
async function loadCsv(connection: DuckDBConnection, { name, path, columns, keep }: Csv): Promise<string> {
  if (!existsSync(path)) {
    const cells = columns.map(([column, type]) => `NULL::${type} AS ${quoteName(column)}`).join(', ');
    return `(SELECT ${cells} WHERE false)`;
  }
  await checkHeader(path, columns);
  const types = columns.map(([column, type]) => `${quoteText(column)}: '${type}'`).join(', ');
  const csv = `read_csv(${quoteText(resolve(path))}, auto_detect = false, header = true, delim = ',', quote = '"',
    escape = '"', nullstr = '', columns = {${types}})`;
  if (!keep || statSync(path).size > IN_MEMORY_BYTES) return csv;
  await connection.run(`CREATE TABLE "${name}" AS SELECT * FROM ${csv}`);
  return `"${name}"`;
}

async function checkHeader(path: string, columns: Columns): Promise<void> {
  const expected = formatRow(columns.map(([name]) => name));
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(Buffer.byteLength(expected));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    const found = bytes.toString('utf8', 0, bytesRead);
    if (found === expected) return;
    throw new SweeplineError(
      'BAD_RUN_FOLDER',
      `${path} begins "${found.split('\n')[0]}"; its manifest says "${expected.trimEnd()}"`,
      { hint: REMAKE },
    );
  } finally {
    await file.close();
  }
}

function describeFailure(error: unknown): unknown {
  if (error instanceof SweeplineError || !(error instanceof Error)) return error;
  const damaged = /CSV Error/.test(error.message);
  const message = error.message.split('\n\n')[0]!;
  return new SweeplineError(
    damaged ? 'BAD_RUN_FOLDER' : 'BAD_DEFINITION',
    damaged ? `a CSV of the run is damaged: ${message}` : `the SQL does not run: ${message}`,
    { cause: error, ...(damaged ? { hint: REMAKE } : {}) },
  );
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

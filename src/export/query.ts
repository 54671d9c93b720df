// SQL over any number of runs: what `sweepline sql` asks. One statement that reads; the views say which run a row is of.
import { writeFile } from 'node:fs/promises';
import { formatRow } from '../ground/csv.js';
import { SweeplineError } from '../ground/errors.js';
import { openDatabase, type RunDatabase } from '../report/database.js';
import { listArtifacts } from './artifacts.js';
import { artifactsCsv, longViews, TABLES } from './long-views.js';
import { type Snapshot, withSnapshot } from './snapshot.js';

export interface QueryOptions {
  /** Files that may be written (`write` of the database). */
  readonly writable?: readonly string[];
  /** Whether `artifacts` has rows: listing the files of many trials takes its time. */
  readonly withArtifacts?: boolean;
}

/** What `work` asks of the runs as they are now. The database is closed at its end. */
export function withQuery<T>(
  folders: readonly string[],
  { writable = [], withArtifacts = false }: QueryOptions,
  work: (database: RunDatabase) => Promise<T>,
): Promise<T> {
  return withSnapshot(folders, async (snapshot) => {
    await writeArtifacts(snapshot, withArtifacts);
    const { folder, runs } = snapshot;
    const database = await openDatabase(
      runs.map(({ path }) => path),
      {
        labels: runs.map(({ label }) => label),
        withSweep: true,
        stages: runs.flatMap(({ stages }, of) =>
          stages.map(({ stage, path }) => ({ stage, folder: path, of })),
        ),
        more: (made) => longViews(made, folder),
        writable,
      },
    );
    try {
      return await work(database);
    } finally {
      database.close();
    }
  });
}

/** Whether an answer may depend on the artifacts: a function may put a table's name together. */
export function mayReadArtifacts(sql: string): boolean {
  return /artifacts|query/i.test(sql);
}

async function writeArtifacts({ folder, runs }: Snapshot, isWanted: boolean): Promise<void> {
  for (const [i, { source }] of runs.entries()) {
    const rows: string[] = [];
    if (isWanted)
      for await (const { trial, name, path, bytes } of listArtifacts(source))
        rows.push(formatRow([trial, name, path, bytes]));
    await writeFile(artifactsCsv(folder, i), rows.join(''));
  }
}

/** Columns that a hint lists of one table. */
const LISTED = 40;

const READS_ONLY =
  '`sweepline sql` reads these tables and changes nothing; `sweepline sql --help` lists them';
const QUOTES =
  'write names with other characters than letters, digits and _ in double quotes, texts in single ones';

/** The same error with what there is to ask for: where a name is unknown, the columns of the tables that the SQL names. */
export async function explain(error: unknown, database: RunDatabase, sql: string): Promise<unknown> {
  if (!(error instanceof SweeplineError) || error.code !== 'BAD_DEFINITION') return error;
  const { message } = error;
  if (!/(Binder|Catalog) Error/.test(message))
    return new SweeplineError('BAD_DEFINITION', message, { cause: error, hint: READS_ONLY });
  const names = Object.keys(TABLES);
  const asked = names.filter((name) => new RegExp(`\\b${name}\\b`, 'i').test(sql));
  const columns = await Promise.all(asked.map((name) => listColumns(database, name)));
  const known = asked.map((name, i) => `${name} has ${columns[i]}`);
  if (known.length === 0) known.push(`there are the tables ${names.join(', ')}`);
  return new SweeplineError('BAD_DEFINITION', message, { cause: error, hint: [...known, QUOTES].join('; ') });
}

async function listColumns(database: RunDatabase, table: string): Promise<string> {
  const { columns } = await database.query(`SELECT * FROM ${table} LIMIT 0`);
  const shown = columns.slice(0, LISTED).join(', ');
  return columns.length <= LISTED ? shown : `${shown}, … (${columns.length} columns: DESCRIBE ${table})`;
}

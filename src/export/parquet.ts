// Parquet files: the answer of one query, or the tables of a run. DuckDB writes them, with its own types and every digit.
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { settleFile, temporaryName } from '../ground/durable.js';
import { mutatedAxes } from '../run/schedule.js';
import { withQuery } from './query.js';

/** A file that gets its name when it is whole; over what stood there. Its folder must be there. */
export async function writeWhole<T>(file: string, write: (draft: string) => Promise<T>): Promise<T> {
  const path = resolve(file);
  const draft = temporaryName(path);
  try {
    const written = await write(draft);
    await settleFile(draft, path);
    return written;
  } finally {
    await rm(draft, { force: true });
  }
}

/** What is in which file. NaN is NaN, and NULL is no value: SQL's views, which read NaN as none, are for statistics. */
const FILES = {
  trials: 'trials_raw',
  metrics: 'metrics_raw',
  timings: 'timings',
  schedules: 'schedules',
} as const;

/**
 * Writes trials.parquet, metrics.parquet and timings.parquet, with the columns of SQL's tables, into a folder; of a run with
 * population-based training schedules.parquet too.
 */
export function writeTables(runFolder: string, into: string): Promise<readonly string[]> {
  const all = Object.entries(FILES).map(([name, view]) => ({ file: join(into, `${name}.parquet`), view }));
  return withQuery([runFolder], { writable: all.map(({ file }) => file) }, async (database) => {
    const hasSchedules = database.manifests.some((manifest) => mutatedAxes(manifest).length > 0);
    const files = all.filter(({ view }) => view !== 'schedules' || hasSchedules);
    for (const { file, view } of files) await database.write(file, `FROM ${view}`);
    return files.map(({ file }) => file);
  });
}

// The views of a database over run folders: those of each run, and over them `trials`, `timings`, `metrics` and `schedules`
// of all.
import { join } from 'node:path';
import type { RunFolder } from '../run/folder.js';
import {
  type Columns,
  constantColumns,
  freeName,
  metricColumns,
  quoteName,
  quoteText,
  scheduleColumns,
  timingColumns,
  trialColumns,
} from './columns.js';
import { type Connection, type Oddity, openSource } from './source.js';

export const VIEWS = ['trials', 'timings', 'metrics', 'schedules'] as const;
export type View = (typeof VIEWS)[number];

export type OpenRun = Pick<RunFolder, 'path' | 'manifest'>;

export interface ViewOptions {
  /** What `run` says of each folder; default: the run's id, or the folder where two have the same. */
  readonly labels?: readonly string[];
  /** A column `sweep` behind `run`. */
  readonly withSweep?: boolean;
  /** Runs of stages, for the view `stages`; absent: there is none. */
  readonly stages?: readonly StageRun[];
}

export interface StageRun extends OpenRun {
  /** The place of the run that it belongs to. */
  readonly of: number;
  readonly stage: string;
}

/** The views of one run: `<name>_trials`, `<name>_trials_raw` and so on. */
export interface RunViews {
  readonly name: string;
  readonly run: OpenRun;
  readonly trials: Columns;
  readonly metrics: Columns;
  /** Columns that come first in every view, and what they hold of this run. */
  readonly leading: readonly { readonly name: string; readonly value: string }[];
}

export interface Views {
  readonly runs: readonly RunViews[];
  readonly oddities: readonly (Oddity & { readonly view: View })[];
  readonly renamed: readonly { readonly name: string; readonly sql: string }[];
}

export function csvPath(folder: string, view: View): string {
  return join(folder, `${view}.csv`);
}

/** To be called once on a database that is empty. */
export async function makeViews(
  connection: Connection,
  runs: readonly OpenRun[],
  { labels, withSweep = false, stages }: ViewOptions = {},
): Promise<Views> {
  const files = runs.map(columnsOf);
  // A parameter or metric may be called `run` too; then the run's id is `run_2`.
  const taken = new Set(
    [...files, ...(stages ?? []).map(columnsOf)]
      .flatMap(({ trials, metrics, constants }) => [
        ...[...trials, ...metrics].map((column) => column.sql),
        ...constants.map((constant) => constant.name),
      ])
      .map((name) => name.toLowerCase()),
  );
  const names = (withSweep ? ['run', 'sweep'] : ['run']).map((name) => freeName(name, taken));
  const repeated = new Set(runs.map((run) => run.manifest.runId)).size < runs.length;
  const oddities: (Oddity & { readonly view: View })[] = [];
  const made: RunViews[] = [];
  for (const [i, { path, manifest }] of runs.entries()) {
    const values = [labels?.[i] ?? (repeated ? path : manifest.runId), manifest.sweep];
    const leading = names.map((name, at) => ({ name, value: values[at]! }));
    made.push({ name: `run_${i}`, run: runs[i]!, ...files[i]!, leading });
    const first = leading.map(({ name, value }) => `${quoteText(value)} AS ${quoteName(name)}`);
    for (const view of VIEWS) {
      const columns = files[i]![view];
      const constants = view === 'trials' ? files[i]!.constants : [];
      // Reports look at timings once, if at all.
      const keep = view !== 'timings';
      const csv = { name: `${view}_${i}`, path: csvPath(path, view), columns, keep };
      const source = await openSource(connection, csv);
      for (const oddity of source.oddities) oddities.push({ ...oddity, view });
      const extra = constants.map(({ name, sql }) => `${sql} AS ${quoteName(name)}`);
      for (const [name, cells] of [
        [view, source.cells],
        [`${view}_raw`, source.raw],
      ] as const)
        await connection.run(
          `CREATE VIEW "run_${i}_${name}" AS SELECT ${[...first, ...named(columns, cells), ...extra].join(', ')} FROM ${source.from}`,
        );
    }
  }
  for (const view of [...VIEWS, 'trials_raw', 'metrics_raw']) await connection.run(unite(view, runs.length));
  if (stages !== undefined) await makeStages(connection, stages, { made, name: freeName('stage', taken) });
  const columns = files.flatMap(({ trials, metrics }) => [...trials, ...metrics]);
  const renamed = columns.flatMap(({ name, sql }) => (name === sql ? [] : [{ name, sql }]));
  return { runs: made, oddities, renamed };
}

function columnsOf({ manifest }: OpenRun) {
  return {
    trials: trialColumns(manifest),
    timings: timingColumns(),
    metrics: metricColumns(manifest),
    schedules: scheduleColumns(manifest),
    constants: constantColumns(manifest),
  };
}

/** The columns that the trials of every stage have. */
const NO_STAGE =
  'NULL::BIGINT AS trial, NULL::VARCHAR AS key, NULL::BIGINT AS replicate, NULL::BIGINT AS seed, NULL::VARCHAR AS status';

/** The view `stages`: a row for each trial of a stage. `name`: of the column that says which. */
async function makeStages(
  connection: Connection,
  stages: readonly StageRun[],
  { made, name }: { readonly made: readonly RunViews[]; readonly name: string },
): Promise<void> {
  const parts: string[] = [];
  for (const [i, { path, manifest, of, stage }] of stages.entries()) {
    const columns = trialColumns(manifest);
    const csv = { name: `stage_${i}`, path: csvPath(path, 'trials'), columns, keep: true };
    const { from, cells } = await openSource(connection, csv);
    const first = [...made[of]!.leading, { name, value: stage }];
    const selected = [
      ...first.map((column) => `${quoteText(column.value)} AS ${quoteName(column.name)}`),
      ...named(columns, cells),
      ...constantColumns(manifest).map((column) => `${column.sql} AS ${quoteName(column.name)}`),
    ];
    parts.push(`SELECT ${selected.join(', ')} FROM ${from}`);
  }
  if (parts.length === 0) {
    // Whoever asks for them all the same is told by no rows.
    const texts = [...(made[0]?.leading ?? []), { name }].map((column) => quoteName(column.name));
    const none = texts.map((column) => `NULL::VARCHAR AS ${column}`).join(', ');
    parts.push(`SELECT ${none}, ${NO_STAGE} WHERE false`);
  }
  await connection.run(`CREATE VIEW stages AS ${parts.join(' UNION ALL BY NAME ')}`);
}

/** A view over the views of that name that each of so many runs has. */
export function unite(view: string, runs: number): string {
  const parts = Array.from({ length: runs }, (_, i) => `SELECT * FROM "run_${i}_${view}"`);
  return `CREATE VIEW ${view} AS ${parts.join(' UNION ALL BY NAME ')}`;
}

function named(columns: Columns, cells: readonly string[]): readonly string[] {
  return columns.map(({ sql }, i) => `${cells[i]} AS ${quoteName(sql)}`);
}

// Writes a run's report: summary/*.csv and *.md, figures/*, report.md and report.html. It reads the run folder's CSVs
// and nothing else, so it can be made again at any time; the same folder gives the same bytes.
import { join } from 'node:path';
import { FileBatch } from '../ground/durable.js';
import { SweeplineError, throwFaults } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import type { Manifest } from '../run/manifest.js';
import { createSpace } from '../space/space.js';
import { openDatabase, type RunDatabase } from './database.js';
import {
  type FigureSpec,
  type Report,
  type ReportContext,
  type Rows,
  sqlName,
  type TableSpec,
} from './define.js';
import { renderChart, renderEmptyFigure } from './echarts.js';
import { type PageParts, renderPage, renderReport, renderTablePage, type TrialCounts } from './page.js';
import { renderCsv } from './tables.js';

/** What was written; paths are relative to the run folder. */
export interface WrittenReport {
  readonly markdown: string;
  readonly html: string;
  readonly tables: readonly { readonly name: string; readonly path: string; readonly rows: number }[];
  readonly figures: readonly { readonly name: string; readonly path: string }[];
}

/**
 * Makes a report over one run folder. Its files get their names together at the end, once all are on disk: where it
 * fails, the report before it stays. `chosen` are values of the report's choices. Throws BAD_USAGE for choices that it
 * does not offer, BAD_RUN_FOLDER for a folder that is none or is damaged, BAD_DEFINITION for a report whose SQL does
 * not run.
 */
export async function writeReport(
  runFolder: string,
  report: Report,
  chosen: Readonly<Record<string, string>> = {},
): Promise<WrittenReport> {
  checkChoices(report, chosen);
  const database = await openDatabase([runFolder]);
  const batch = new FileBatch();
  try {
    const written = await writeParts({ folder: runFolder, report, chosen, database, batch });
    await batch.commit();
    return written;
  } finally {
    await batch.discard();
    database.close();
  }
}

/** A report in the making. */
interface Making {
  readonly folder: string;
  readonly report: Report;
  readonly chosen: Readonly<Record<string, string>>;
  readonly database: RunDatabase;
  readonly batch: FileBatch;
}

function checkChoices(report: Report, chosen: Readonly<Record<string, string>>): void {
  const { choices = {} } = report;
  const faults = Object.entries(chosen).flatMap(([name, value]) => {
    if (!Object.hasOwn(choices, name)) return [describeUnknown('choice', name, Object.keys(choices))];
    const { values } = choices[name]!;
    return values.includes(value) ? [] : [`${name}: ${describeUnknown('value', value, values)}`];
  });
  throwFaults('BAD_USAGE', `the report "${report.name}" has no such choice`, faults);
}

async function writeParts(making: Making): Promise<WrittenReport> {
  const { folder, report, database, batch } = making;
  const manifest = database.manifests[0]!;
  const made = new Map<string, Rows>();
  const context = createContext(making, made);
  const counts = await countTrials(database, manifest);
  const tables = await writeTables(making, context, made);
  const { figures, inlined } = await writeFigures(making, context);
  const text: string[] = [];
  for (const section of report.text) text.push(await section(context));

  const markdown = renderReport({ report, manifest, counts, text, tables, figures });
  const title = `${report.title}: ${manifest.runId}`;
  await batch.write(join(folder, 'report.md'), markdown);
  await batch.write(
    join(folder, 'report.html'),
    renderPage(title, markdown, (path) => inlined.get(path)),
  );
  return {
    markdown: 'report.md',
    html: 'report.html',
    tables: tables.map(({ spec, rows, path }) => ({ name: spec.name, path, rows: rows.rows.length })),
    figures: figures.flatMap(({ name, path }) => (path === null ? [] : [{ name, path }])),
  };
}

/** `made` are the tables made so far. */
function createContext(
  { folder, report, chosen, database }: Making,
  made: ReadonlyMap<string, Rows>,
): ReportContext {
  return {
    manifest: database.manifests[0]!,
    folder,
    query: (sql) => database.query(sql),
    choice(name) {
      const choice = report.choices?.[name];
      if (choice !== undefined) return chosen[name] ?? choice.values[0]!;
      const names = Object.keys(report.choices ?? {});
      throw new SweeplineError('BAD_DEFINITION', describeUnknown('choice', name, names));
    },
    table(name) {
      const rows = made.get(name);
      if (rows !== undefined) return rows;
      throw new SweeplineError('BAD_DEFINITION', describeUnknown('table', name, [...made.keys()]));
    },
  };
}

async function writeTables(
  { folder, report, database, batch }: Making,
  context: ReportContext,
  made: Map<string, Rows>,
): Promise<PageParts['tables']> {
  const tables = [];
  for (const spec of report.tables) {
    const rows = await makeTable(spec, context, database);
    made.set(spec.name, rows);
    const path = `summary/${spec.name}.csv`;
    await batch.write(join(folder, path), await renderCsv(rows));
    await batch.write(join(folder, `summary/${spec.name}.md`), renderTablePage(spec, rows));
    tables.push({ spec, rows, path });
  }
  return tables;
}

/** The figures as the page lists them, and their content by path as the page holds it. */
async function writeFigures(
  { folder, report, batch }: Making,
  context: ReportContext,
): Promise<{ figures: PageParts['figures']; inlined: ReadonlyMap<string, string> }> {
  const figures = [];
  const inlined = new Map<string, string>();
  for (const spec of report.figures) {
    const { name, about } = spec;
    const picture = await drawFigure(spec, context);
    if (picture === null) {
      figures.push({ name, about, path: null });
      continue;
    }
    const isText = typeof picture === 'string';
    const path = `figures/${name}.${isText ? 'svg' : 'png'}`;
    await batch.write(join(folder, path), picture);
    inlined.set(path, isText ? picture : `data:image/png;base64,${Buffer.from(picture).toString('base64')}`);
    figures.push({ name, about, path });
  }
  return { figures, inlined };
}

async function makeTable(spec: TableSpec, context: ReportContext, database: RunDatabase): Promise<Rows> {
  const sql = typeof spec.sql === 'string' ? spec.sql : await spec.sql(context);
  const rows = await explain(`table "${spec.name}"`, database.keep(sqlName(spec.name), sql));
  await spec.check?.(rows, context);
  return rows;
}

async function drawFigure(spec: FigureSpec, context: ReportContext): Promise<string | Uint8Array | null> {
  const { name, about } = spec;
  if ('render' in spec) return spec.render(context);
  const { rows } = await explain(`figure "${name}"`, figureRows(spec, context));
  if (rows.length === 0)
    return renderEmptyFigure(name, about, `nothing to draw: no finished trials with these values`);
  return renderChart(await spec.draw(rows, context), name, about);
}

async function figureRows(
  spec: Exclude<FigureSpec, { render: unknown }>,
  context: ReportContext,
): Promise<Rows> {
  if (spec.table !== undefined) return context.table(spec.table);
  const { sql = '' } = spec;
  return context.query(typeof sql === 'string' ? sql : await sql(context));
}

/** Says which part of the report a failing query belongs to. */
async function explain<T>(part: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof SweeplineError)) throw cause;
    const hint = cause.hint === undefined ? {} : { hint: cause.hint };
    throw new SweeplineError(cause.code, `${part}: ${cause.message}`, { cause, ...hint });
  }
}

/** The first trials that failed, with the error of their last attempt. */
const FAILURES = `
  WITH failures AS (SELECT trial, status FROM trials WHERE status IN ('failed', 'timeout') ORDER BY trial LIMIT 10),
  errors AS (
    SELECT trial, arg_max(error, attempt) AS error FROM timings SEMI JOIN failures USING (trial)
    WHERE error IS NOT NULL GROUP BY trial
  )
  SELECT trial, status, error FROM failures LEFT JOIN errors USING (trial) ORDER BY trial`;

async function countTrials(database: RunDatabase, manifest: Manifest): Promise<TrialCounts> {
  const { rows } = await database.query(
    'SELECT status, count(*) AS trials FROM trials GROUP BY status ORDER BY trials DESC, status',
  );
  const byStatus = Object.fromEntries(rows.map((row) => [String(row.status), Number(row.trials)]));
  const total = rows.reduce((sum, row) => sum + Number(row.trials), 0);
  // A sampler that decides as it goes does not say beforehand how many trials there will be, and a shard has but a part.
  // A constraint or grids that share points leave numbers without a trial.
  const space = createSpace(manifest.space);
  const isWhole =
    manifest.sampler.name === 'grid' &&
    manifest.shard === null &&
    manifest.where === null &&
    !space.mayRepeat;
  const failures =
    byStatus.failed || byStatus.timeout ? await database.query(FAILURES) : { columns: [], rows: [] };
  return {
    byStatus,
    total,
    missing: isWhole ? Math.max(0, space.trials - total) : undefined,
    failures,
  };
}

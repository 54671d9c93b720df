// What a report is: tables as SQL over a run's CSVs, figures made from their rows, and sections of text computed from
// them. A report file's default export is what `defineReport` returns. It trains nothing and runs no trial.
import { throwFaults } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import type { Manifest } from '../run/manifest.js';
import type { Chart } from './echarts.js';

/** One cell of a table. Integers past 2^53 come as text. */
export type Cell = number | string | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

/** The rows of a query, with the column names in order (there are columns even where there is no row). */
export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** What SQL, figures and text are given. */
export interface ReportContext {
  readonly manifest: Manifest;
  /** The run folder, for reports that read `artifacts/`. */
  readonly folder: string;
  /**
   * Runs SQL over the views `trials`, `timings`, `metrics`, and over the tables of this report that are made already
   * (`escape-thresholds` is `escape_thresholds` in SQL). Axes that do not exist at a trial's point are NULL, and so is
   * a metric that is NaN: SQL takes NaN for greater than any number, and the best trial would be one that diverged.
   * Infinite values stay. The cells as the files have them are in `trials_raw` and `metrics_raw`.
   */
  query(sql: string): Promise<Rows>;
  /** What was chosen of this report's `choices`: the first value where nothing was said. */
  choice(name: string): string;
  /** The rows of a table of this report. Throws where it is unknown or not made yet. */
  table(name: string): Rows;
}

type Later<T> = T | Promise<T>;

/** A table: `summary/<name>.csv` and `.md`. Tables are made in order, so that later ones can read earlier ones. */
export interface TableSpec {
  readonly name: string;
  /** One sentence: what a row is. */
  readonly about: string;
  /** A query, or a function that writes one for this run. End it with ORDER BY: rows stand as it gives them. */
  readonly sql: string | ((context: ReportContext) => Later<string>);
  /** What columns mean, for the report's reader. */
  readonly columns?: Readonly<Record<string, string>>;
  /**
   * A gate: throws where the rows are not as they must be (they contradict each other; an accuracy fell). The table is
   * written all the same, with the error's words above it, and `sweepline report` exits 1.
   */
  readonly check?: (rows: Rows, context: ReportContext) => Later<void>;
  /** How many rows stand in the report itself (default 20; 0: a link only). The CSV always has all. */
  readonly preview?: number;
}

interface FigureBase {
  readonly name: string;
  /** One sentence: what is drawn and how to read it; it stands under the figure. */
  readonly about: string;
}

/** A chart of a table's rows (`table`) or of a query's (`sql`): `figures/<name>.svg`. */
export interface ChartSpec extends FigureBase {
  readonly table?: string;
  readonly sql?: string | ((context: ReportContext) => Later<string>);
  /** Called with at least one row; a figure without rows is left out, and the report says so. */
  readonly draw: (rows: readonly Row[], context: ReportContext) => Later<Chart>;
}

/** A picture made freely: SVG text, or the bytes of a PNG (`figures/<name>.svg` or `.png`); null where there is none. */
export interface PictureSpec extends FigureBase {
  readonly render: (context: ReportContext) => Later<string | Uint8Array | null>;
}

export type FigureSpec = ChartSpec | PictureSpec;

export interface ReportOptions {
  /** Lower-case words joined by dashes. */
  readonly name: string;
  readonly title: string;
  readonly tables: readonly TableSpec[];
  readonly figures?: readonly FigureSpec[];
  /** What its reader may choose (`sweepline report <run> --choose name=value`): the first value is the default. */
  readonly choices?: Readonly<Record<string, { readonly about: string; readonly values: readonly string[] }>>;
  /** Sections of Markdown at the top of the report, each begun with its own `## ` heading. */
  readonly text?: readonly ((context: ReportContext) => Later<string>)[];
}

export interface Report extends ReportOptions {
  readonly kind: 'sweepline-report';
  readonly figures: readonly FigureSpec[];
  readonly text: readonly ((context: ReportContext) => Later<string>)[];
}

/** Checks a report; throws BAD_DEFINITION with all its faults together. */
export function defineReport(options: ReportOptions): Report {
  const { tables, figures = [], text = [] } = options;
  const faults: string[] = [];
  const tableNames = tables.map((table) => table.name);
  if (!isName(options.name)) faults.push(nameFault('report', options.name));
  if (!hasText(options.title)) faults.push('the report has no title');
  for (const table of tables) {
    if (!isName(table.name)) faults.push(nameFault('table', table.name));
    else if (RESERVED.includes(sqlName(table.name))) {
      faults.push(`table "${table.name}" is named like one of the run's own (${RESERVED.join(', ')})`);
    }
    if (typeof table.sql !== 'function' && !hasText(table.sql))
      faults.push(`table "${table.name}" has no SQL`);
    if (!hasText(table.about)) faults.push(`table "${table.name}" does not say what it is about`);
    const { preview } = table;
    if (preview !== undefined && !(Number.isInteger(preview) && preview >= 0)) {
      faults.push(`table "${table.name}": preview is ${preview}; expected a whole number of rows`);
    }
  }
  for (const figure of figures) {
    if (!isName(figure.name)) faults.push(nameFault('figure', figure.name));
    if (!hasText(figure.about)) faults.push(`figure "${figure.name}" does not say what it is about`);
    if ('render' in figure) continue;
    if (typeof figure.draw !== 'function') faults.push(`figure "${figure.name}" has neither draw nor render`);
    if ((figure.table === undefined) === (figure.sql === undefined)) {
      faults.push(`figure "${figure.name}" needs its rows from either a table or SQL`);
    }
    if (figure.table !== undefined && !tableNames.includes(figure.table)) {
      faults.push(`figure "${figure.name}": ${describeUnknown('table', figure.table, tableNames)}`);
    }
  }
  for (const name of findRepeats(tableNames)) faults.push(`there are two tables "${name}"`);
  for (const name of findRepeats(figures.map((figure) => figure.name)))
    faults.push(`there are two figures "${name}"`);
  throwFaults('BAD_DEFINITION', `the report "${options.name}" is invalid`, faults);
  return { ...options, kind: 'sweepline-report', figures, text };
}

const RESERVED = ['trials', 'timings', 'metrics', 'trials_raw', 'metrics_raw'];

/** A table's name in SQL: dashes are underscores there. */
export function sqlName(name: string): string {
  return name.replaceAll('-', '_');
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name);
}

function hasText(text: unknown): boolean {
  return typeof text === 'string' && text.trim() !== '';
}

function nameFault(kind: string, name: unknown): string {
  return `${kind} name ${JSON.stringify(name)}; expected lower-case words joined by dashes`;
}

function findRepeats(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}

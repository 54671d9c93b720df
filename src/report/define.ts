// What a report is: tables as SQL over a run's CSVs, figures made from their rows, and sections of text computed from
// them. A report file's default export is what `defineReport` returns. It trains nothing and runs no trial.
import { throwFaults } from '../ground/errors.js';
import {
  findFunctionFaults,
  findTextFaults,
  findUnknownKeys,
  isPlainObject,
  type PlainObject,
  showValue,
} from '../ground/shape.js';
import { describeUnknown } from '../ground/text.js';
import type { Manifest } from '../run/manifest.js';
import type { Chart } from './echarts.js';
import type { Form } from './form.js';
import type { Row, Rows } from './rows.js';

export type { Cell, Row, Rows } from './rows.js';

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

/** Where the rows of a figure come from: a table of this report, or a query. */
interface FigureRows {
  readonly table?: string;
  readonly sql?: string | ((context: ReportContext) => Later<string>);
}

/** A chart of a table's rows (`table`) or of a query's (`sql`): `figures/<name>.svg`. */
export interface ChartSpec extends FigureBase, FigureRows {
  /**
   * Called with at least one row; a figure without rows is left out, and the report says so. Charts of the library come
   * with a form for phones; an option made by hand has one where this gives a function that draws either form.
   */
  readonly draw: (rows: readonly Row[], context: ReportContext) => Later<Chart | ((form: Form) => Chart)>;
}

/**
 * A picture made freely: SVG text, or the bytes of a PNG (`figures/<name>.svg` or `.png`); null where there is none; a
 * function where it has a form for phones. `table` or `sql` are the rows behind it, for those who do not see it.
 */
export interface PictureSpec extends FigureBase, FigureRows {
  readonly render: (context: ReportContext) => Later<string | Uint8Array | null | ((form: Form) => string)>;
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

const OPTIONS = ['name', 'title', 'tables', 'figures', 'choices', 'text'];
const TABLE = ['name', 'about', 'sql', 'columns', 'check', 'preview'];
const FIGURE = ['name', 'about', 'table', 'sql', 'draw', 'render'];

/** Checks a report; throws BAD_DEFINITION with all its faults together. */
export function defineReport(options: ReportOptions): Report {
  const faults: string[] = [];
  if (!isPlainObject(options)) {
    throwFaults('BAD_DEFINITION', 'a report is invalid', [
      `expected an object such as { name, title, tables }, found ${showValue(options)}`,
    ]);
  }
  const { name, title } = options;
  // A report may be made from another: { ...report, title }.
  const { kind: _, ...given } = options as ReportOptions & { readonly kind?: unknown };
  faults.push(...findUnknownKeys(given, OPTIONS));
  if (!isName(name)) faults.push(nameFault('report', name));
  if (!hasText(title)) faults.push('the report has no title');
  const tables = readList('tables', options.tables, faults);
  const figures = options.figures === undefined ? [] : readList('figures', options.figures, faults);
  const tableNames = namesOf(tables);
  faults.push(...tables.flatMap(findTableFaults));
  faults.push(...figures.flatMap((figure) => findFigureFaults(figure, tableNames)));
  // In SQL, dashes are underscores and case does not count.
  for (const each of findRepeats(tableNames.map(sqlName)))
    faults.push(`there are two tables "${tableNames.find((table) => sqlName(table) === each)}"`);
  for (const each of findRepeats(namesOf(figures))) faults.push(`there are two figures "${each}"`);
  const { text = [], choices } = options;
  if (!Array.isArray(text) || Array.from(text as unknown[]).some((each) => typeof each !== 'function'))
    faults.push(`text: expected a list of functions, found ${showValue(text)}`);
  if (choices !== undefined) faults.push(...findChoiceFaults(choices));
  throwFaults('BAD_DEFINITION', `the report ${showValue(name)} is invalid`, faults);
  return { ...options, kind: 'sweepline-report', figures: options.figures ?? [], text };
}

function readList(word: string, given: unknown, faults: string[]): PlainObject[] {
  if (!Array.isArray(given)) {
    faults.push(`${word}: expected a list, found ${showValue(given)}`);
    return [];
  }
  return Array.from(given as unknown[]).filter((each): each is PlainObject => {
    if (!isPlainObject(each)) faults.push(`${word}: expected objects, found ${showValue(each)}`);
    return isPlainObject(each);
  });
}

function namesOf(specs: readonly PlainObject[]): string[] {
  return specs.map((spec) => spec.name).filter((name) => typeof name === 'string');
}

function findTableFaults(table: PlainObject): string[] {
  const { name, sql, about, preview, columns } = table;
  const label = `table ${showValue(name)}`;
  const faults = [
    ...findUnknownKeys(table, TABLE),
    ...findFunctionFaults(table, ['check']),
    ...(columns === undefined
      ? []
      : isPlainObject(columns)
        ? findTextFaults(columns, Object.keys(columns)).map((fault) => `columns: ${fault}`)
        : [`columns: expected an object such as { loss: 'on the test set' }, found ${showValue(columns)}`]),
  ].map((fault) => `${label}: ${fault}`);
  if (!isName(name)) faults.push(nameFault('table', name));
  else if (RESERVED.includes(sqlName(String(name)))) {
    faults.push(`${label} is named like one of the run's own (${RESERVED.join(', ')})`);
  }
  if (typeof sql !== 'function' && !hasText(sql)) faults.push(`${label} has no SQL`);
  if (!hasText(about)) faults.push(`${label} does not say what it is about`);
  if (preview !== undefined && !(typeof preview === 'number' && Number.isInteger(preview) && preview >= 0)) {
    faults.push(`${label}: preview is ${showValue(preview)}; expected a whole number of rows`);
  }
  return faults;
}

function findFigureFaults(figure: PlainObject, tables: readonly string[]): string[] {
  const { name, about, table, sql, draw, render } = figure;
  const label = `figure ${showValue(name)}`;
  const faults = findUnknownKeys(figure, FIGURE).map((fault) => `${label}: ${fault}`);
  if (!isName(name)) faults.push(nameFault('figure', name));
  if (!hasText(about)) faults.push(`${label} does not say what it is about`);
  if (render !== undefined) {
    faults.push(...findFunctionFaults(figure, ['render']).map((fault) => `${label}: ${fault}`));
    if (draw !== undefined) faults.push(`${label} has render beside draw; expected one way`);
    if (table !== undefined && sql !== undefined) faults.push(`${label} has rows from a table and from SQL`);
  } else {
    if (typeof draw !== 'function') faults.push(`${label} has neither draw nor render`);
    if ((table === undefined) === (sql === undefined))
      faults.push(`${label} needs its rows from either a table or SQL`);
  }
  if (sql !== undefined && typeof sql !== 'function' && !hasText(sql)) faults.push(`${label} has no SQL`);
  if (table !== undefined && !(typeof table === 'string' && tables.includes(table))) {
    const typed = typeof table === 'string' ? table : showValue(table);
    faults.push(`${label}: ${describeUnknown('table', typed, [...new Set(tables)])}`);
  }
  return faults;
}

function findChoiceFaults(choices: unknown): string[] {
  if (!isPlainObject(choices)) {
    return [
      `choices: expected an object such as { embedding: { about, values } }, found ${showValue(choices)}`,
    ];
  }
  return Object.entries(choices).flatMap(([name, choice]) => {
    if (!isPlainObject(choice))
      return [`choice "${name}": expected { about, values }, found ${showValue(choice)}`];
    const { about, values } = choice;
    const isList =
      Array.isArray(values) && values.length > 0 && Array.from(values as unknown[]).every(hasText);
    return [
      ...findUnknownKeys(choice, ['about', 'values']),
      ...(hasText(about) ? [] : ['does not say what it is about']),
      ...(isList ? [] : [`values: expected one text or more, found ${showValue(values)}`]),
    ].map((fault) => `choice "${name}": ${fault}`);
  });
}

const RESERVED = ['trials', 'timings', 'metrics', 'schedules', 'trials_raw', 'metrics_raw'];

/** A table's name in SQL: dashes are underscores there. */
export function sqlName(name: string): string {
  return name.replaceAll('-', '_');
}

/** Names that Windows keeps for devices, whatever ends they have: `summary/nul.csv` would be written nowhere. */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

function isName(name: unknown): boolean {
  return typeof name === 'string' && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && !DEVICE.test(name);
}

function hasText(text: unknown): boolean {
  return typeof text === 'string' && text.trim() !== '';
}

function nameFault(kind: string, name: unknown): string {
  return `${kind} name ${JSON.stringify(name)}; expected lower-case words joined by dashes${DEVICE.test(String(name)) ? ', none of them a device of Windows' : ''}`;
}

function findRepeats(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}

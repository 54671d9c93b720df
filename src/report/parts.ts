// Makes the parts of a report one after the other: tables, figures, sections of text. A part that fails becomes a fault;
// those after it are made all the same.
import { SweeplineError } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import type { RunDatabase } from './database.js';
import {
  type FigureSpec,
  type Report,
  type ReportContext,
  type Rows,
  sqlName,
  type TableSpec,
} from './define.js';
import { describeFault, type ReportFault, renderFault } from './faults.js';
import { type Figure, makeFigure } from './figure.js';
import type { PageStyles } from './page-styles.js';

export interface MadeTable {
  readonly spec: TableSpec;
  /** Null where it could not be made; then there is a fault. A fault beside rows is that of its check. */
  readonly rows: Rows | null;
  readonly fault?: ReportFault;
}

export interface MadeFigure {
  readonly spec: Pick<FigureSpec, 'name' | 'about'>;
  /** Null: this run has nothing for it, or it has a fault. */
  readonly figure: Figure | null;
  readonly fault?: ReportFault;
}

export interface MadeParts {
  readonly tables: readonly MadeTable[];
  readonly figures: readonly MadeFigure[];
  readonly text: readonly string[];
  readonly faults: readonly ReportFault[];
}

/** A report in the making. */
export interface Making {
  readonly folder: string;
  readonly report: Report;
  readonly chosen: Readonly<Record<string, string>>;
  readonly database: RunDatabase;
  /** The report's module, for the places of its errors. */
  readonly file?: string | undefined;
}

/** Rejects with BAD_RUN_FOLDER where a CSV is damaged: no part would be right. */
export async function makeParts(making: Making, styles: PageStyles): Promise<MadeParts> {
  const { report, file } = making;
  const done: MadeTable[] = [];
  const context = createContext(making, done);
  for (const spec of report.tables) done.push(await makeTable(spec, context, making));
  const figures: MadeFigure[] = [];
  for (const spec of report.figures) {
    try {
      figures.push({ spec, figure: await makeFigure(spec, context, styles) });
    } catch (error) {
      const fault = describeFault(`figure "${spec.name}"`, error, file);
      figures.push({ spec, figure: null, fault });
    }
  }
  const text: string[] = [];
  const faults = [...done, ...figures].flatMap(({ fault }) => (fault === undefined ? [] : [fault]));
  for (const [i, section] of report.text.entries()) {
    try {
      text.push(String(await section(context)));
    } catch (error) {
      const fault = describeFault(`section ${i + 1} of the text`, error, file);
      faults.push(fault);
      text.push(renderFault(fault, 'A section of this report could not be written.'));
    }
  }
  return { tables: done, figures, text, faults };
}

/** `done` are the tables made so far. */
function createContext(
  { folder, report, chosen, database }: Making,
  done: readonly MadeTable[],
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
      const found = done.find(({ spec }) => spec.name === name);
      if (found?.rows != null) return found.rows;
      const names = done.map(({ spec }) => spec.name);
      const words =
        found === undefined
          ? describeUnknown('table', name, names)
          : `it reads the table "${name}", which could not be made`;
      throw new SweeplineError('BAD_DEFINITION', words);
    },
  };
}

async function makeTable(
  spec: TableSpec,
  context: ReportContext,
  { database, file }: Making,
): Promise<MadeTable> {
  const part = `table "${spec.name}"`;
  let rows: Rows;
  try {
    const sql = typeof spec.sql === 'string' ? spec.sql : await spec.sql(context);
    rows = await database.keep(sqlName(spec.name), sql);
  } catch (error) {
    return { spec, rows: null, fault: describeFault(part, error, file) };
  }
  try {
    await spec.check?.(rows, context);
    return { spec, rows };
  } catch (error) {
    return { spec, rows, fault: describeFault(part, error, file) };
  }
}

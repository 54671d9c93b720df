// Writes a run's report: summary/*.csv and *.md, figures/*, report.md and report.html. It reads the run folder's CSVs
// and nothing else, so it can be made again at any time; the same folder gives the same bytes.
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { answerReport } from '../answer/files.js';
import { FileBatch } from '../ground/durable.js';
import { SweeplineError, throwFaults } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import { countTrials } from './counts.js';
import { openDatabase } from './database.js';
import { defineReport, type Report } from './define.js';
import { makeExplore } from './explore/section.js';
import type { ReportFault } from './faults.js';
import type { Figure } from './figure.js';
import { findLeftovers, removeLeftovers, renderFileList } from './leftovers.js';
import { renderPage, renderReport, renderTablePage } from './page.js';
import { createPageStyles } from './page-styles.js';
import { type Making, makeParts } from './parts.js';
import { makeSearchFigures } from './search/figures.js';
import { renderCsv } from './tables.js';

/** What was written; paths are relative to the run folder. */
export interface WrittenReport {
  readonly markdown: string;
  readonly html: string;
  readonly tables: readonly { readonly name: string; readonly path: string; readonly rows: number }[];
  readonly figures: readonly { readonly name: string; readonly path: string }[];
  /** Parts that could not be made and checks that failed, each named in its place in the report. Mostly empty. */
  readonly faults: readonly ReportFault[];
}

export interface WriteOptions {
  /** The report's module, for the places of its errors. */
  readonly file?: string;
  /** Text in summary/*.csv that a spreadsheet would take for a formula gets an apostrophe; default: the exact text. */
  readonly spreadsheetSafe?: boolean;
  /** The run has no report: figures of the search are made in place of its own. */
  readonly isPlain?: boolean;
}

/**
 * Makes a report over one run folder. Its files get their names together at the end, once all are on disk. A table,
 * figure or section that fails is named in its place and in `faults`; all others are written. `chosen` are values of the
 * report's choices. Throws BAD_USAGE for choices that it does not offer, BAD_DEFINITION for a report that `defineReport`
 * would refuse, BAD_RUN_FOLDER for a folder that is none or is damaged: then the report before it stays.
 */
export async function writeReport(
  runFolder: string,
  given: Report,
  chosen: Readonly<Record<string, string>> = {},
  { file, spreadsheetSafe = false, isPlain = false }: WriteOptions = {},
): Promise<WrittenReport> {
  // What a module exports may have been made without defineReport: its names become names of files.
  const report = defineReport(given);
  checkChoices(report, chosen);
  await requireOwnFolders(runFolder);
  const database = await openDatabase([runFolder]);
  const batch = new FileBatch();
  try {
    const { written, paths } = await writeFiles(
      { folder: runFolder, report, chosen, database, file, spreadsheetSafe, isPlain },
      batch,
    );
    const leftovers = findLeftovers(runFolder, report, paths);
    await batch.commit();
    removeLeftovers(runFolder, leftovers);
    return written;
  } finally {
    await batch.discard();
    database.close();
  }
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

/** Files are written into these folders, and old ones removed: they must be folders of the run, not links to others. */
async function requireOwnFolders(runFolder: string): Promise<void> {
  for (const name of ['summary', 'figures']) {
    const path = join(runFolder, name);
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined || found.isDirectory()) continue;
    const what = found.isSymbolicLink() ? 'a link' : 'no folder';
    throw new SweeplineError('BAD_RUN_FOLDER', `${path} is ${what}; expected a folder, or nothing`, {
      hint: 'remove it: `sweepline report <run>` makes it again',
    });
  }
}

async function writeFiles(
  making: Making & Required<Pick<WriteOptions, 'spreadsheetSafe' | 'isPlain'>>,
  batch: FileBatch,
): Promise<{ readonly written: WrittenReport; readonly paths: readonly string[] }> {
  const { folder, report, database, spreadsheetSafe } = making;
  const manifest = database.manifests[0]!;
  const counts = await countTrials(database, manifest);
  const styles = await createPageStyles(database, manifest);
  const made = await makeParts(making, styles);
  const answer = await answerReport(folder);
  const taken = making.isPlain ? undefined : report.figures.map(({ name }) => name);
  const own = await makeSearchFigures({ database, manifest, answer, styles, taken });
  const parts = {
    ...made,
    figures: [...made.figures, ...own],
    faults: [...made.faults, ...own.flatMap(({ fault }) => (fault === undefined ? [] : [fault]))],
  };
  const paths: string[] = [];
  const write = async (path: string, content: string | Uint8Array) => {
    paths.push(path);
    await batch.write(join(folder, path), content);
  };
  const tables: WrittenReport['tables'][number][] = [];
  for (const table of parts.tables) {
    const { spec, rows } = table;
    if (rows === null) continue;
    const path = `summary/${spec.name}.csv`;
    await write(path, renderCsv(rows, { spreadsheetSafe }));
    await write(`summary/${spec.name}.md`, renderTablePage(table));
    tables.push({ name: spec.name, path, rows: rows.rows.length });
  }
  const { files, lines, importances, epoch } = answer;
  for (const { name, text, rows, about, table } of files) {
    // A table of the report's own of that name counts.
    if (tables.some((made) => made.name === name)) continue;
    const path = `summary/${name}.csv`;
    await write(path, text);
    await write(`summary/${name}.md`, renderTablePage({ spec: { name, about, sql: '' }, rows: table }, rows));
    tables.push({ name, path, rows });
  }
  const figures: WrittenReport['figures'][number][] = [];
  const inlined = new Map<string, Figure>();
  for (const { spec, figure } of parts.figures) {
    if (figure === null) continue;
    const path = `figures/${spec.name}.${typeof figure.picture === 'string' ? 'svg' : 'png'}`;
    await write(path, figure.picture);
    inlined.set(path, figure);
    figures.push({ name: spec.name, path });
  }
  const markdown = renderReport({ report, counts, answer: lines, parts, database, figures });
  const explore = await makeExplore({ database, manifest, folder, importances, epoch, tables: made.tables });
  const heading = `${report.title}: ${manifest.runId}`;
  const page = renderPage(heading, markdown, (path) => inlined.get(path), explore);
  await batch.write(join(folder, 'report.md'), markdown);
  await batch.write(join(folder, 'report.html'), `${page}${renderFileList(paths)}\n`);
  const { faults } = parts;
  return { written: { markdown: 'report.md', html: 'report.html', tables, figures, faults }, paths };
}

// Finds the report of a run, its own or another, and writes it. Report files may be TypeScript.

import { loadDefault } from '../ground/module.js';
import { openRunFolder } from '../run/folder.js';
import type { Manifest } from '../run/manifest.js';
import { type FileReference, requireReferred } from '../run/reference.js';
import { defineReport, type Report } from './define.js';
import { type WrittenReport, writeReport } from './write.js';

/** The report that a module exports as default. Throws BAD_DEFINITION where there is none. */
function loadReport(url: string): Promise<Report> {
  return loadDefault<Report>(url, {
    kind: 'sweepline-report',
    word: 'report',
    example: 'defineReport({ … })',
  });
}

export interface ReportRequest {
  /** `file:` URL of a report's module; default: the one that the manifest names, if it names one. */
  readonly report?: URL | string;
  /** Values of the report's choices. */
  readonly chosen?: Readonly<Record<string, string>>;
  /** Text in summary/*.csv that a spreadsheet would take for a formula gets an apostrophe; default: the exact text. */
  readonly spreadsheetSafe?: boolean;
}

/**
 * Writes the tables (summary/), figures, report.md and report.html of a run, again as often as one likes. The report's
 * module is loaded, which is code: of a run folder from somebody else, name one of your own. Where the sweep has none, the page has what every
 * run has: how its trials ended, and the views over all of them. Rejects as `writeReport`.
 */
export async function writeRunReport(
  folder: string,
  { report, chosen = {}, spreadsheetSafe = false }: ReportRequest = {},
): Promise<WrittenReport> {
  const { path, manifest } = await openRunFolder(folder);
  const url = report ?? findReport(manifest.reportFile, path);
  if (url === null)
    return writeReport(path, plainReport(manifest), chosen, { spreadsheetSafe, isPlain: true });
  return writeReport(path, await loadReport(String(url)), chosen, {
    file: String(url),
    spreadsheetSafe,
  });
}

function findReport(reference: FileReference | null, folder: string): string | null {
  return reference === null ? null : requireReferred(reference, folder, 'report');
}

/** A manifest may be somebody else's, and its title no text. */
function plainReport({ title, sweep }: Manifest): Report {
  const text = String(title).trim() || String(sweep).trim() || 'A run';
  return defineReport({ name: 'trials', title: text.replaceAll(/\s+/g, ' '), tables: [] });
}

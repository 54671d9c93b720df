// Writes a run's report in a process of its own: the database and the charts are native or large, and the coordinator's
// process must outlive whatever they do.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { compiledPath } from '../ground/compiled.js';

export interface ReportApart {
  /** Paths of the tables that were written; absent where there is no report. */
  readonly tables?: readonly string[];
  /** What failed: a part of the report where it has tables, otherwise all of it. */
  readonly fault?: string;
}

/** A report that takes longer may never end: a query that joins a million trials with themselves, say. */
const LIMIT_MS = 30 * 60_000;

/**
 * `report` is the `file:` URL of the sweep's report, which was asked for with the run: it is named, whatever the manifest
 * says; null where it has none. Rejects only where no process can be started.
 */
export async function writeReportApart(
  folder: string,
  report: string | null,
  limitMs = LIMIT_MS,
): Promise<ReportApart> {
  const main = compiledPath(import.meta.url, './main.js');
  const argv = [main, 'report', folder, ...(report === null ? [] : ['--report', fileURLToPath(report)])];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<string | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code === 0 ? null : (signal ?? `exit code ${code}`)));
  });
  let isOverdue = false;
  const timer = setTimeout(() => {
    isOverdue = true;
    child.kill('SIGKILL');
  }, limitMs);
  const [printed, said, why] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  clearTimeout(timer);
  const tables = printed.split('\n').filter((line) => line !== '');
  if (why === null) return { tables };
  const overdue = `it took longer than ${limitMs / 60_000} minutes and was ended; \`sweepline report\` has no limit`;
  const fault = isOverdue ? overdue : said.trim() === '' ? why : said.trim();
  return tables.length > 0 ? { tables, fault } : { fault };
}

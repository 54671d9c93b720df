// Loads a report file, TypeScript as it is.
import { loadDefault } from '../ground/module.js';
import type { Report } from '../report/define.js';

/** The report that a module exports as default. Throws BAD_DEFINITION where there is none. */
export function loadReport(url: string): Promise<Report> {
  return loadDefault<Report>(url, {
    kind: 'sweepline-report',
    word: 'report',
    example: 'defineReport({ … })',
  });
}

// The answer as files of a report: summary/best.csv and summary/importance.csv.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { JOURNAL_FILE } from '../run/read-journal.js';
import { askRun } from './answer.js';
import { bestRows, importanceRows } from './tables.js';

export interface AnswerFile {
  /** Of the table. */
  readonly name: 'best' | 'importance';
  /** CSV with its header. */
  readonly text: string;
  readonly rows: number;
}

/** Of a run with more configurations the best; `sweepline best --csv` gives all. */
const MOST = 10_000;

/** None where nothing says what is best, where nothing is, or where there is no journal to ask. */
export async function createAnswerFiles(folder: string): Promise<AnswerFile[]> {
  if (!existsSync(join(folder, JOURNAL_FILE))) return [];
  const asked = await askRun(folder, { limit: MOST });
  if (asked.answer.first === 0) return [];
  const tables = [
    ['best', [...bestRows(asked, MOST)]],
    ['importance', [...importanceRows(asked.answer.importance)]],
  ] as const;
  return tables
    .filter(([, lines]) => lines.length > 1)
    .map(([name, lines]) => ({ name, text: lines.join(''), rows: lines.length - 1 }));
}

// The answer as files of a report, summary/best.csv and summary/importance.csv, and what its page shows beside them: the
// importance of parameters for more metrics than the first.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatCount } from '../ground/text.js';
import type { Epoch } from '../run/epoch.js';
import { JOURNAL_FILE } from '../run/read-journal.js';
import type { Aims } from '../trial/objective.js';
import { type Asked, askRun } from './answer.js';
import { findImportances, type Importances } from './importance.js';
import { drawSpace } from './spread.js';
import { type AnswerTable, bestRows, bestTable, importanceRows, importanceTable } from './tables.js';
import { type AnswerLine, describeAnswer } from './words.js';

export interface AnswerFile {
  /** Of the table. */
  readonly name: 'best' | 'importance';
  /** CSV with its header. */
  readonly text: string;
  readonly rows: number;
  /** One sentence: what a row is. */
  readonly about: string;
  /** Its first rows, for people. */
  readonly table: AnswerTable;
}

export interface ReportAnswer {
  /** None where nothing says what is best, or where nothing is. */
  readonly files: readonly AnswerFile[];
  /** What it says, failures left out; none where there is nothing best. */
  readonly lines: readonly AnswerLine[];
  /** By metric, those without any left out: the first objective, then others in the order of their declaration. */
  readonly importances: ReadonlyMap<string, Importances>;
  /** What it is about; empty where there is no journal. */
  readonly aims: Aims;
  /** The newest, as its journal has it; undefined where there is none. */
  readonly epoch: Epoch | undefined;
}

/** Rows that are shown to people. */
const SHOWN = 200;
/** Of a run with more configurations the best; `sweepline best --csv` gives all. */
const MOST = 10_000;
/** Metrics whose importances are found: each takes up to a third of a second. */
export const METRICS = 6;

const NO_AIMS: Aims = { objectives: [], constraints: [] };

/** Nothing where there is no journal to ask. */
export async function answerReport(folder: string): Promise<ReportAnswer> {
  if (!existsSync(join(folder, JOURNAL_FILE)))
    return { files: [], lines: [], importances: new Map(), aims: NO_AIMS, epoch: undefined };
  const asked = await askRun(folder, { limit: MOST, others: METRICS });
  const { epoch } = asked.status.state;
  const importances = new Map(explainMetrics(asked));
  return { files: createFiles(asked), lines: describe(asked), importances, aims: asked.aims, epoch };
}

/** Reports list the trials that failed themselves. */
function describe({ answer, status }: Asked): readonly AnswerLine[] {
  if (answer.first === 0) return [];
  const { metrics } = status.state.epoch.record.worker;
  return describeAnswer({ ...answer, failures: [] }, metrics);
}

function createFiles(asked: Asked): AnswerFile[] {
  if (asked.answer.first === 0) return [];
  const { importance, importanceOf, importancePruned } = asked.answer;
  const survivors =
    importancePruned > 0
      ? ` Shares of the variance are of the ${formatCount(importanceOf)} configurations that were not pruned, which are no fair sample of all; \`ped-anova\` counts the ${formatCount(importancePruned)} pruned ones.`
      : '';
  const tables = [
    {
      name: 'best',
      lines: [...bestRows(asked, MOST)],
      table: bestTable(asked, SHOWN),
      about: 'The configurations of the run, the best first: means over replicates with 95 % intervals.',
    },
    {
      name: 'importance',
      lines: [...importanceRows(importance)],
      table: importanceTable(importance),
      about: `How much of the variance each parameter explains (\`anova\`, \`fanova\`) or, of a search or under a pruner, decides who is among the best (\`ped-anova\`), with 95 % intervals.${survivors}`,
    },
  ] as const;
  return tables
    .filter(({ lines }) => lines.length > 1)
    .map(({ lines, ...file }) => ({ ...file, text: lines.join(''), rows: lines.length - 1 }));
}

/** Of a run that was asked with `others`: METRICS. One at a time, since each takes a while. */
export function* explainMetrics(asked: Asked): Generator<readonly [string, Importances]> {
  const { aims, of, status, importances } = asked;
  const { metrics } = status.state.epoch.record.worker;
  const points = drawSpace(status.manifest);
  const goalOf = (name: string) =>
    aims.objectives.find(({ metric }) => metric === name)?.goal ??
    metrics.find((metric) => metric.name === name)?.goal;
  const numbers = metrics.filter(({ type }) => type !== 'string').slice(0, METRICS);
  const names = new Set([...aims.objectives.map(({ metric }) => metric), ...numbers.map(({ name }) => name)]);
  for (const name of names) {
    const isKnown = importances !== undefined && name === aims.objectives[0]?.metric;
    const found = isKnown ? importances : findImportances(of, name, { goal: goalOf(name), points });
    if (found.parameters.length > 0) yield [name, found];
  }
}

// The page of a suite: for each of its sweeps how it stands and what it found, with links to its report and tables.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Asked, ask } from '../answer/answer.js';
import { describeAnswer, describeBriefly } from '../answer/words.js';
import { replaceFile } from '../ground/durable.js';
import { formatCount, formatDuration } from '../ground/text.js';
import { renderAnswerItems } from '../report/answer-list.js';
import { renderPage } from '../report/page.js';
import { escapeMarkdown } from '../report/tables.js';
import { isRun } from '../run/list.js';
import { SCHEDULES_FILE } from '../run/schedule.js';
import { describeState, readRunStatus } from '../run/status.js';
import type { Suite } from './define.js';

/** Messages of failures that the page shows; the rest is counted. */
const FAILURES = 10;

interface Part {
  /** Of the run, in the suite's folder. */
  readonly name: string;
  /** Absent where it has not begun. */
  readonly asked?: Asked;
  /** Files of the run that there are. */
  readonly files: readonly string[];
}

/** report.md and report.html of the suite: its runs, how they stand, what they found, and where their reports are. */
export async function writeSuitePage(folder: string, suite: Suite): Promise<void> {
  const parts: Part[] = [];
  for (const { name } of suite.runs) {
    if (!isRun(join(folder, name))) {
      parts.push({ name, files: [] });
      continue;
    }
    const asked = ask(await readRunStatus(join(folder, name)));
    const files = FILES.map((file) => `${name}/${file}`).filter((file) => existsSync(join(folder, file)));
    parts.push({ name, asked, files });
  }
  const text = [
    `# ${escapeMarkdown(suite.title)}`,
    suite.about,
    [
      '| sweep | state | trials | best | time of trials | data | report |',
      '| --- | --- | --- | --- | ---: | --- | --- |',
      ...parts.map(renderRow),
    ].join('\n'),
    ...parts.map(renderPart),
  ].join('\n\n');
  await replaceFile(join(folder, 'report.md'), `${text}\n`);
  await replaceFile(
    join(folder, 'report.html'),
    renderPage(suite.title, text, () => undefined),
  );
}

/** What the page links to, where it is there. */
const FILES = ['report.html', 'summary/best.csv', 'summary/importance.csv', 'trials.csv', SCHEDULES_FILE];

/** Values and names come from anywhere: each cell is escaped. */
function renderRow({ name, asked, files }: Part): string {
  if (asked === undefined) return `| ${name} | not begun | | | | | |`;
  const { status, answer } = asked;
  const bad = status.failed + status.timeout + status.skipped;
  const trials = `${formatCount(status.ok)} ok${bad > 0 ? `, ${formatCount(bad)} not` : ''}`;
  const best = escapeMarkdown(describeBriefly(answer, metricsOf(asked)) ?? '');
  const time = answer.runMs > 0 ? formatDuration(answer.runMs) : '';
  const data = escapeMarkdown(String(status.manifest.data?.name ?? ''));
  const report = files.includes(`${name}/report.html`) ? `[${name}/report.html](${name}/report.html)` : '';
  const cells = [name, escapeMarkdown(describeState(status)), trials, best, time, data, report];
  return `| ${cells.join(' | ')} |`;
}

/** The section of one sweep: its answer as a list. */
function renderPart({ name, asked, files }: Part): string {
  const heading = `## ${name}`;
  if (asked === undefined) return `${heading}\n\nNot begun.`;
  const { status, answer } = asked;
  const title = escapeMarkdown(String(status.manifest.title));
  const hasReport = files.includes(`${name}/report.html`);
  const lines = describeAnswer(answer, metricsOf(asked), FAILURES);
  const items = renderAnswerItems(lines);
  // The command that it names asks for a number; the sweep's own report has said more.
  if (answer.objectives.length === 0 && hasReport)
    items[0] = `- **Best:** no metric has a goal; see [its report](${name}/report.html)`;
  const links = files.map((file) => `[${file}](${file})`).join(', ');
  if (files.length > 0) items.push(`- **Files:** ${links}`);
  return [heading, title, items.join('\n')].join('\n\n');
}

function metricsOf({ status }: Asked) {
  return status.state.epoch.record.worker.metrics;
}

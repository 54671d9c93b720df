// The page of a suite: its runs, how they stand, and links to their reports.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../ground/durable.js';
import { formatCount } from '../ground/text.js';
import { renderPage } from '../report/page.js';
import { escapeMarkdown } from '../report/tables.js';
import { isRun } from '../run/list.js';
import { describeState, readRunStatus } from '../run/status.js';
import type { Suite } from './define.js';

/** report.md and report.html of the suite: its runs, how they stand, and where their reports are. */
export async function writeSuitePage(folder: string, suite: Suite): Promise<void> {
  const rows: string[] = [];
  for (const { name } of suite.runs) {
    if (!isRun(join(folder, name))) {
      rows.push(`| ${name} | not begun | | | |`);
      continue;
    }
    const status = await readRunStatus(join(folder, name));
    const bad = status.failed + status.timeout + status.skipped;
    const report = existsSync(join(folder, name, 'report.html'))
      ? `[${name}/report.html](${name}/report.html)`
      : '';
    const { data } = status.manifest;
    rows.push(
      `| ${name} | ${escapeMarkdown(describeState(status))} | ${formatCount(status.ok)} ok${bad > 0 ? `, ${formatCount(bad)} not` : ''} | ${escapeMarkdown(String(data?.name ?? ''))} | ${report} |`,
    );
  }
  const text = [
    `# ${escapeMarkdown(suite.title)}`,
    suite.about,
    ['| sweep | state | trials | data | report |', '| --- | --- | --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
  await replaceFile(join(folder, 'report.md'), `${text}\n`);
  await replaceFile(
    join(folder, 'report.html'),
    renderPage(suite.title, text, () => undefined),
  );
}

// Files of the report before this one: a table or figure that was not made again must not lie beside the new ones as if
// it belonged to them. Only files that a report itself wrote are removed: its page names them.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from './define.js';

const COMMENT = /<!-- files of this report: (\[.*\]) -->/;

/** The line of report.html that names the report's files. */
export function renderFileList(paths: readonly string[]): string {
  return `<!-- files of this report: ${JSON.stringify(paths)} -->`;
}

/** Files that an earlier report wrote and this one, which writes `paths`, does not. */
export function findLeftovers(folder: string, report: Report, paths: readonly string[]): readonly string[] {
  const earlier = new Set<string>();
  // Files under the report's own names, of a report written before there were lists.
  for (const { name } of report.tables)
    for (const end of ['csv', 'md']) earlier.add(`summary/${name}.${end}`);
  for (const { name } of report.figures)
    for (const end of ['svg', 'png']) earlier.add(`figures/${name}.${end}`);
  const page = join(folder, 'report.html');
  const list = existsSync(page) ? COMMENT.exec(readFileSync(page, 'utf8')) : null;
  if (list !== null) for (const path of readList(list[1]!)) earlier.add(path);
  return [...earlier].filter((path) => !paths.includes(path) && existsSync(join(folder, path)));
}

/** Names of files in the two folders of a report, and nothing else. */
function readList(text: string): readonly string[] {
  try {
    const paths: unknown = JSON.parse(text);
    if (!Array.isArray(paths)) return [];
    return paths.filter((path) => /^(summary|figures)\/[a-z0-9-]+\.(csv|md|svg|png)$/.test(String(path)));
  } catch {
    // Somebody edited the page: nothing is removed then.
    return [];
  }
}

export function removeLeftovers(folder: string, paths: readonly string[]): void {
  for (const path of paths) rmSync(join(folder, path), { force: true });
}

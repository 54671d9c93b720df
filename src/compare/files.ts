// A comparison as files: compare.csv for each two runs, compare.md, compare.json and compare.html for all of them.
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { FileBatch } from '../ground/durable.js';
import { SweeplineError } from '../ground/errors.js';
import { renderPage } from '../report/page.js';
import type { Comparison, RunComparison, SetComparison } from './compare.js';
import { toJson } from './json.js';
import { renderComparison } from './markdown.js';
import { compareRows } from './rows.js';

const JSON_FILE = 'compare.json';
/** Rows joined to one text before they become bytes. */
const BATCH = 4096;

/** Rejects with BAD_USAGE where the folder holds anything but an earlier comparison. */
export async function checkCompareFolder(folder: string): Promise<void> {
  const names = existsSync(folder) ? await readdir(folder) : [];
  if (names.length === 0 || names.includes(JSON_FILE)) return;
  throw new SweeplineError(
    'BAD_USAGE',
    `${resolve(folder)} is not empty and holds no comparison: it holds ${names.slice(0, 3).join(', ')}`,
    { hint: 'give --out a new or empty folder' },
  );
}

/** Paths of what was written, absolute; the page is the last. Files get their names together, once all are on disk. */
export async function writeComparison(folder: string, comparison: Comparison): Promise<string[]> {
  await checkCompareFolder(folder);
  const path = createPaths(comparison);
  const markdown = renderComparison(comparison, path);
  const title = `Comparison with ${comparison.sets[0]!.a.typed}`;
  const texts = [
    ['compare.md', markdown],
    [JSON_FILE, `${JSON.stringify(toJson(comparison), null, 2)}\n`],
    ['compare.html', renderPage(title, markdown, () => undefined)],
  ] as const;
  const written: string[] = [];
  const batch = new FileBatch();
  try {
    for (const set of comparison.sets)
      for (const run of set.runs) {
        const file = resolve(folder, path(set, run));
        await mkdir(dirname(file), { recursive: true });
        written.push(file);
        await batch.write(file, renderRows(run));
      }
    for (const [name, text] of texts) {
      written.push(resolve(folder, name));
      await batch.write(join(folder, name), text);
    }
    await batch.commit();
    return written;
  } finally {
    await batch.discard();
  }
}

/** `compare.csv`; in folders of their own where there are several of them. */
function createPaths({ sets }: Comparison): (set: SetComparison, run: RunComparison) => string {
  const hasNames = sets.some(({ runs }) => runs.length > 1);
  return ({ letter }, { name }) =>
    [...(sets.length > 1 ? [letter] : []), ...(hasNames ? [name] : []), 'compare.csv'].join('/');
}

function renderRows(run: RunComparison): Buffer {
  const parts: Buffer[] = [];
  let text: string[] = [];
  for (const row of compareRows(run)) {
    text.push(row);
    if (text.length < BATCH) continue;
    parts.push(Buffer.from(text.join('')));
    text = [];
  }
  return Buffer.concat([...parts, Buffer.from(text.join(''))]);
}

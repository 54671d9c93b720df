// The runs in a folder: `<sweep>/<id>`, those of suites one deeper, and whatever `--out` has made; the folder may be a run
// itself. Reads names only, and follows no link.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_FILE } from '../run/folder.js';
import { isOwnFile } from './own-files.js';

/** As deep as runs lie, and one for good measure. */
const DEEPEST = 4;
/** More would take longer to read than to wait for. */
const MOST_RUNS = 10_000;

/** Paths below `root` with `/` between names, in no order; '' for the folder itself. `root` has no links on its way. */
export async function findRuns(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  await walk(root, [], found);
  return found;
}

async function walk(root: string, names: readonly string[], found: string[]): Promise<void> {
  const folder = join(root, ...names);
  if (isOwnFile(join(folder, MANIFEST_FILE), root)) {
    found.push(names.join('/'));
    return;
  }
  if (names.length === DEEPEST) return;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (found.length === MOST_RUNS) return;
    // A name of dots begins a file that is not shown; one with a line of its own would be two addresses.
    if (entry.isDirectory() && !entry.name.startsWith('.')) await walk(root, [...names, entry.name], found);
  }
}

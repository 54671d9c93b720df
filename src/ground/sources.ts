// The code behind a module as it lies on disk: the file and what it imports by relative paths, one after another. Reads
// text and runs nothing. Packages, aliases of a tsconfig.json and names made at run time are not followed.
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])(\.{1,2}\/[^'"\n]+)\1/g;
/** What an import may mean, in TypeScript and without an ending. */
const SPELLINGS: readonly (readonly [ending: RegExp, written: readonly string[]])[] = [
  [/\.js$/, ['.js', '.ts', '.tsx', '.jsx']],
  [/\.mjs$/, ['.mjs', '.mts']],
  [/\.cjs$/, ['.cjs', '.cts']],
  [/$/, ['', '.ts', '.tsx', '.js', '.mjs', '.cjs', '/index.ts', '/index.js']],
];

/** SHA-256 over the module at a `file:` URL and the files that it imports, by their names as seen from it. */
export function hashSources(url: string): string {
  const hash = createHash('sha256');
  for (const [name, text] of collectSources(url)) hash.update(`${name}\0${text}\0`);
  return hash.digest('hex');
}

/** The texts of the same files by the same names, in the order of names. */
export function collectSources(url: string): readonly (readonly [name: string, text: string])[] {
  const entry = fileURLToPath(url.split('#')[0]!);
  const texts = new Map<string, string>();
  const queue = [entry];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (texts.has(path)) continue;
    const text = readFileSync(path, 'utf8');
    texts.set(path, text);
    for (const [, , target] of text.matchAll(IMPORT)) {
      const file = findFile(join(dirname(path), target!));
      if (file !== undefined) queue.push(file);
    }
  }
  const named = [...texts].map(([path, text]) => [relative(dirname(entry), path), text] as const);
  return named.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** SHA-256 over some files by their names, as seen from a folder; one that is not there is as good as none. */
export function hashFiles(folder: string, names: readonly string[]): string {
  const hash = createHash('sha256');
  for (const name of [...names].sort()) {
    const path = resolve(folder, name);
    hash.update(`${name}\0`);
    hash.update(isFile(path) ? readFileSync(path) : 'none');
    hash.update('\0');
  }
  return hash.digest('hex');
}

function findFile(path: string): string | undefined {
  for (const [ending, written] of SPELLINGS) {
    if (!ending.test(path)) continue;
    const found = written.map((each) => path.replace(ending, each)).find(isFile);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

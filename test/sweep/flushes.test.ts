// Takes each flush out of the program in turn: some crash then loses what was said to be safe. A flush that nothing shows
// to be needed has no place in it.
import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { newFolder } from './session.js';

/** A statement that flushes something, in the compiled program. */
const FLUSH =
  /(?:await take\(syncing|yield\* (?:syncing|flushing|securing|opened\(\w+, '\S+', syncing)|await syncFolder|disk\.\w+\.f(?:data)?sync|await disk\.\w+\.f(?:data)?sync|^ +syncFolderSync)\b[^;\n]*\);/gm;

interface Site {
  readonly file: string;
  readonly at: number;
  readonly text: string;
}

function filesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true }).map(String);
  return names.filter((name) => name.endsWith('.js')).map((name) => join(folder, name));
}

function findSites(): Site[] {
  return ['ground', 'trial', 'run', 'sweep'].flatMap((floor) =>
    filesIn(`dist/src/${floor}`).flatMap((file) => {
      // A merge that a power cut breaks is made again from its sources (test/run/merge.test.ts).
      if (file.endsWith('merge-folder.js')) return [];
      const code = readFileSync(file, 'utf8');
      return [...code.matchAll(FLUSH)].map(({ index: at, 0: text }) => ({ file, at, text }));
    }),
  );
}

/** A copy of the program, to take something out of. */
function copyProgram(): string {
  const copy = newFolder();
  for (const part of ['dist/src', 'dist/test/run', 'dist/test/sweep', 'package.json'])
    cpSync(part, join(copy, part), { recursive: true });
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
  return copy;
}

const copy = copyProgram();

/** What goes wrong with the copy; '' where nothing does. */
async function findHarm(...args: string[]): Promise<string> {
  const child = join(copy, 'dist/test/sweep/children/flushes.js');
  const { stdout } = await promisify(execFile)(process.execPath, [child, ...args]);
  return stdout.trim();
}

const SITES = findSites();

test('the flushes of the program are found', () => {
  // Of files and of streams before they are named, of names after a rename, a link and a new folder (its own, and those
  // above it), of a download, of folders as such; of artifacts that are put aside and moved; of the journal and its folder; of
  // a damaged journal's new name.
  expect(SITES.map(({ text }) => text.trim())).toHaveLength(16);
});

test.each(SITES)(
  '$file without $text loses something',
  async ({ file, at, text }) => {
    const code = readFileSync(file, 'utf8');
    writeFileSync(join(copy, file), `${code.slice(0, at)};${code.slice(at + text.length)}`);
    const harm = await findHarm().finally(() => writeFileSync(join(copy, file), code));
    expect(harm).not.toBe('');
  },
  180_000,
);

test('with all of them nothing is lost', async () => {
  // The crash points look everywhere; here a part is enough to show that what is found above is the flush's absence.
  expect(await findHarm('11')).toBe('');
}, 180_000);

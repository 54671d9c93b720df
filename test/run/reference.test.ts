// Definition files are found from the run folder, wherever it and the project are.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { compiledPath } from '../../src/ground/compiled.js';
import { findReferred, rebase, referTo, requireReferred } from '../../src/run/reference.js';
import { newFolder } from '../sweep/session.js';

function makeProject(name: string): { readonly home: string; readonly run: string; readonly url: string } {
  const home = join(newFolder(), name);
  const run = join(home, 'runs', 'mine', '1');
  mkdirSync(run, { recursive: true });
  writeFileSync(join(home, 'mine.ts'), '');
  return { home, run, url: pathToFileURL(join(home, 'mine.ts')).href };
}

test('a project may be renamed with its runs, whatever is in its name', () => {
  const { home, run, url } = makeProject('a [1] # %20 b');
  const reference = referTo(`${url}#stage=judge`, run);
  expect(JSON.stringify(reference)).not.toContain(home);
  expect(findReferred(reference, run)).toBe(`${url}#stage=judge`);
  const moved = join(newFolder(), 'elsewhere');
  renameSync(home, moved);
  const found = findReferred(reference, join(moved, 'runs', 'mine', '1'));
  expect(found).toBe(`${pathToFileURL(join(moved, 'mine.ts')).href}#stage=judge`);
});

test('what comes with Sweepline is named, not located', () => {
  const path = compiledPath(import.meta.url, '../../dist/sweeps/escape.js').replace('/test/run/', '/');
  const shipped = pathToFileURL(path.replace(/.*dist\//, `${process.cwd()}/dist/`)).href;
  expect(referTo(shipped, '/anywhere')).toEqual({ shipped: 'sweeps/escape.js' });
  expect(findReferred({ shipped: 'sweeps/escape.js' }, '/anywhere')).toBe(shipped);
});

test('another run folder refers to the same file', () => {
  const { home, run, url } = makeProject('project');
  const merged = join(home, 'deep', 'er', 'whole');
  expect(findReferred(rebase(referTo(url, run), run, merged), merged)).toBe(url);
});

test('what is nowhere is told with the places and the way out', () => {
  const { home, run, url } = makeProject('gone');
  const reference = referTo(url, run);
  renameSync(join(home, 'mine.ts'), join(home, 'yours.ts'));
  expect(() => requireReferred(reference, run, 'sweep')).toThrow(
    expect.objectContaining({ code: 'BAD_RUN_FOLDER', hint: expect.stringContaining('--sweep') }),
  );
});

// Keeps the floors of src/: imports go down only, folders on one floor do not import each other, and what stands outside
// src imports nothing but the public entries.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const FLOORS: Record<string, number> = {
  cli: 8,
  suite: 7,
  sweep: 6,
  report: 6,
  study: 6,
  run: 5,
  pool: 5,
  worker: 4,
  session: 4,
  trial: 3,
  net: 2,
  data: 2,
  stats: 2,
  space: 1,
  ground: 0,
};

const ENTRIES = ['sweepline', 'sweepline/study'];

/** What the shipped study needs may use every floor that a user's worker or report may; nothing in src uses it. */
const mayImport = (from: string, to: string): boolean => {
  if (from === to) return true;
  if (to === 'study') return false;
  if (from === 'study') return to in FLOORS && !['cli', 'suite', 'sweep', 'dashboard'].includes(to);
  return FLOORS[from]! > (FLOORS[to] ?? Number.POSITIVE_INFINITY);
};

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));

const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)'([^']+)'/g)].map(
    (match) => match[1]!,
  );

const folderOf = (path: string): string => normalize(path).split(sep)[1]!;

describe('floors', () => {
  test('every folder of src has a floor', () => {
    const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).filter((name) => !(name in FLOORS))).toEqual([]);
  });

  test('imports in src go down only', () => {
    const wrong = filesOf('src')
      .filter((file) => file !== join('src', 'index.ts'))
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => target.startsWith('.'))
          .map(
            (target) =>
              [folderOf(file), folderOf(join(dirname(file), target)), `${file} imports ${target}`] as const,
          )
          .filter(([from, to]) => !mayImport(from, to))
          .map(([, , text]) => text),
      );
    expect(wrong).toEqual([]);
  });

  test('the public entry leaves the study to its own', () => {
    const targets = importsOf(join('src', 'index.ts')).map((target) => folderOf(join('src', target)));
    expect(targets.length).toBeGreaterThan(0);
    expect(targets).not.toContain('study');
  });

  test('sweeps, workers and reports import the public entries, packages and their own folder only', () => {
    const wrong = ['sweeps', 'workers', 'reports'].flatMap((folder) =>
      filesOf(folder).flatMap((file) =>
        importsOf(file)
          .filter((target) =>
            target.startsWith('.')
              ? !/^\.\/[a-z-]+\.js$/.test(target)
              : target.startsWith('sweepline') && !ENTRIES.includes(target),
          )
          .map((target) => `${file} imports ${target}`),
      ),
    );
    expect(wrong).toEqual([]);
  });
});

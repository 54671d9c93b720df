// Keeps the house in order: imports go down only and never in circles, what stands outside src imports the public entries
// alone, one file prints, few hold the clock or load native code, and no file grows past what can be read.
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  CLOCKS,
  FLOORS,
  findClimbs,
  findEagerNative,
  findForbidden,
  findPrivate,
  findStrayNative,
  NATIVE,
  nativeOf,
  PRINTS,
  TELLS_TIME,
} from './rules.js';
import { countLines, findCircles, findUses, importsOf, medianOf, readSources } from './sources.js';

const src = readSources('src');
/** What stands in src itself is the public entry and its doors into the folders. */
const inFolders = new Map([...src].filter(([file]) => file.split('/').length > 2));

describe('floors', () => {
  test('every folder of src has a floor', () => {
    const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).filter((name) => !(name in FLOORS))).toEqual([]);
  });

  test('imports in src go down only', () => {
    expect(findClimbs(inFolders)).toEqual([]);
  });

  test('no files import one another in a circle, not even types', () => {
    expect(findCircles(src)).toEqual([]);
  });

  test('the public entry leaves the study to its own', () => {
    const targets = importsOf(src.get('src/index.ts')!).map(({ target }) => target);
    expect(targets.length).toBeGreaterThan(0);
    expect(targets.filter((target) => target.startsWith('./study/'))).toEqual([]);
  });

  test.each(['sweeps', 'workers', 'reports'])('%s import the public entries only', (folder) => {
    expect(findPrivate(readSources(folder))).toEqual([]);
  });
});

describe('roles', () => {
  test('one file prints', () => {
    const allowed = [
      'src/cli/terminal.ts',
      // Clear what they have drawn, on the stream that the terminal gave them.
      'src/cli/watch.ts',
      'src/cli/watch-status.ts',
      // Passes on what a trial's program prints, as a worker's own `console.log` is.
      'src/pool/command/output.ts',
    ];
    expect(findForbidden(src, PRINTS, allowed)).toEqual([]);
  });

  test('time and chance come in at the top', () => {
    const allowed = Object.keys(CLOCKS);
    expect(findForbidden(src, TELLS_TIME, allowed)).toEqual([]);
    const users = new Set(findUses(src, TELLS_TIME).map(({ file }) => file));
    expect(allowed.filter((file) => !users.has(file))).toEqual([]);
  });

  test('native packages have their own files', () => {
    expect(findStrayNative(src)).toEqual([]);
    const idle = Object.entries(NATIVE).flatMap(([name, files]) =>
      files.filter((file) => !nativeOf(src.get(file) ?? '').includes(name)),
    );
    expect(idle).toEqual([]);
  });

  test.each([
    'src/index.ts',
    'src/cli/command-line.ts',
    'src/cli/commands/run.ts',
    'src/pool/host-entry.ts',
    'src/pool/thread.ts',
  ])('%s loads no native code until it is needed', (entry) => {
    expect(src.has(entry)).toBe(true);
    expect(findEagerNative(src, entry)).toEqual([]);
  });
});

describe('sizes', () => {
  test('no file of src has over 300 lines, and half of them have at most 120', () => {
    const sizes = [...src].map(([file, text]) => ({ file, lines: countLines(text) }));
    expect(sizes.filter(({ lines }) => lines > 300)).toEqual([]);
    expect(medianOf(sizes.map(({ lines }) => lines))).toBeLessThanOrEqual(120);
  });
});

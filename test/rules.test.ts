// The rules themselves, on made-up files: each finds what breaks it, and nothing else.
import { describe, expect, test } from 'vitest';
import {
  findClimbs,
  findEagerNative,
  findForbidden,
  findPrivate,
  findStrayNative,
  PRINTS,
  TELLS_TIME,
} from './rules.js';
import { countLines, findCircles, findUses, importsOf, medianOf, type Sources } from './sources.js';

const example = (files: Readonly<Record<string, string>>): Sources => new Map(Object.entries(files));

describe('the rules of the house', () => {
  test('see every way to import, and nothing in comments', () => {
    const text = [
      "import { a,\n  type B } from './a.js';",
      "import type { C } from './c.js';",
      "import * as d from './d.js';",
      "import './e.js';",
      "export { f } from './f.js';",
      "export type { G } from './g.js';",
      "const h = await import('./h.js');",
      "type I = typeof import('./i.js');",
      "const j = createRequire(x).resolve('./j.js');",
      "// import { k } from './k.js';",
      "/** import './l.js' */",
      "const m = 1; // from './m.js'",
    ].join('\n');
    const found = importsOf(text).map(({ target, kind }) => `${target.slice(2, 3)} ${kind}`);
    expect(found).toEqual([
      'a value',
      'c type',
      'd value',
      'e value',
      'f value',
      'g type',
      'h late',
      'i type',
      'j late',
    ]);
  });

  test('find imports that go up, aside, or to the study', () => {
    const found = findClimbs(
      example({
        'src/run/a.ts': "import '../trial/b.js';\nimport '../pool/c.js';\nimport '../study/d.js';",
        'src/trial/b.ts': "import type { A } from '../run/a.js';\nimport '../index.js';",
        'src/study/d.ts': "import '../run/a.js';\nimport '../sweep/e.js';",
      }),
    );
    expect(found).toEqual([
      'src/run/a.ts imports ../pool/c.js',
      'src/run/a.ts imports ../study/d.js',
      'src/trial/b.ts imports ../run/a.js',
      'src/trial/b.ts imports ../index.js',
      'src/study/d.ts imports ../sweep/e.js',
    ]);
  });

  test('find circles of any length, and no others', () => {
    const files = {
      'src/x/a.ts': "import './b.js';\nimport './d.js';",
      'src/x/b.ts': "import '../y/c.js';",
      'src/y/c.ts': "import type { A } from '../x/a.js';",
      'src/x/d.ts': "import '../y/e.js';",
      'src/y/e.ts': 'export {};',
    };
    expect(findCircles(example(files))).toEqual(['src/x/a.ts -> src/x/b.ts -> src/y/c.ts -> src/x/a.ts']);
    expect(findCircles(example({ ...files, 'src/y/c.ts': 'export {};' }))).toEqual([]);
    expect(findCircles(example({ 'src/x/a.ts': "import './a.js';" }))).toHaveLength(1);
  });

  test('find what is private', () => {
    const text =
      "import 'sweepline';\nimport 'zod';\nimport './own.js';\nimport '../src/a.js';\nimport 'sweepline/b';";
    expect(findPrivate(example({ 'workers/a.ts': text }))).toEqual([
      'workers/a.ts imports ../src/a.js',
      'workers/a.ts imports sweepline/b',
    ]);
  });

  test.each([
    [PRINTS, 'console.error(1)'],
    [PRINTS, 'process.stdout.write(text)'],
    [PRINTS, 'const { stderr } = process; stderr.write(text)'],
    [PRINTS, "import { stdout } from 'node:process'"],
    [TELLS_TIME, 'const at = Date.now()'],
    [TELLS_TIME, 'new Date().toISOString()'],
    [TELLS_TIME, 'clock = systemClock'],
    [TELLS_TIME, 'performance.now()'],
    [TELLS_TIME, 'Math.random() < 0.5'],
  ])('%s finds %s, but not in comments or where it is allowed', (pattern, code) => {
    const sources = example({ 'src/a.ts': `\n${code}\n// ${code}`, 'src/b.ts': code });
    expect(findForbidden(sources, pattern, ['src/b.ts'])).toEqual([`src/a.ts:2: ${code}`]);
  });

  test('leave stamps of a given time alone', () => {
    expect(findUses(example({ 'src/a.ts': 'new Date(clock.now())' }), TELLS_TIME)).toEqual([]);
  });

  test('find native packages, and what loads them too early', () => {
    const sources = example({
      'src/index.ts': "import './a.js';\nimport type { B } from './b.js';\nconst c = import('./c.js');",
      'src/a.ts': "import type { T } from '@tensorflow/tfjs-core';",
      'src/b.ts': "import { Tensor } from 'onnxruntime-node';",
      'src/c.ts': "import '@duckdb/node-api';",
    });
    expect(findStrayNative(sources)).toEqual([
      'src/a.ts imports @tensorflow/',
      'src/b.ts imports onnxruntime-node',
      'src/c.ts imports @duckdb/node-api',
    ]);
    expect(findEagerNative(sources, 'src/index.ts')).toEqual([]);
    expect(findEagerNative(sources, 'src/c.ts')).toEqual(['src/c.ts']);
    expect(findEagerNative(new Map([...sources, ['src/a.ts', "import './b.js';"]]), 'src/index.ts')).toEqual([
      'src/b.ts',
    ]);
  });

  test('count lines, and find the middle', () => {
    expect([countLines(''), countLines('a\n'), countLines('a\n\nb\n')]).toEqual([0, 1, 3]);
    expect([medianOf([3, 1, 2]), medianOf([4, 1, 3, 2])]).toEqual([2, 3]);
  });
});

// The public entry stays small enough to be read: its exported names are counted from the source text.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const MOST_NAMES = 98;

/** Names that a module's text exports, types included. Throws for a form that it cannot count. */
function exportedNames(source: string): readonly string[] {
  const text = source.replace(/\/\/.*$/gm, '');
  const lists = [...text.matchAll(/\bexport\s+(?:type\s+)?\{([^}]*)\}/g)];
  if (lists.length !== [...text.matchAll(/\bexport\b/g)].length)
    throw new Error('every export must be a list of names in braces');
  return lists
    .flatMap(([, list]) => list!.split(','))
    .map((item) => item.trim().split(/\s+/).at(-1)!)
    .filter((name) => name !== '');
}

test('names are counted one by one, renamed ones and types too', () => {
  const source = `// export { no } here
    export { a, type B, c as d } from './a.js';
    export type {
      E,
      F,
    } from './e.js';`;
  expect(exportedNames(source)).toEqual(['a', 'B', 'd', 'E', 'F']);
  expect(() => exportedNames("export * from './all.js';")).toThrow('in braces');
});

test(`sweepline exports at most ${MOST_NAMES} names, each once`, () => {
  const names = exportedNames(readFileSync('src/index.ts', 'utf8'));
  expect(names.length).toBeLessThanOrEqual(MOST_NAMES);
  expect(names.length).toBeGreaterThan(40);
  expect(new Set(names).size).toBe(names.length);
});

test('sweepline/study exports no name that sweepline has', () => {
  const names = new Set(exportedNames(readFileSync('src/index.ts', 'utf8')));
  expect(exportedNames(readFileSync('src/study/index.ts', 'utf8')).filter((name) => names.has(name))).toEqual(
    [],
  );
});

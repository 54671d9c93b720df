// Reads source files as texts and finds what the rules of the house speak of: imports, circles, words that only some
// files may use. Knows no rule and no folder; lines are read, nothing is parsed.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

/** Texts by path, with forward slashes. */
export type Sources = ReadonlyMap<string, string>;

export function readSources(folder: string): Sources {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return new Map(
    files.map((file) => [posix.join(folder, ...file.split(sep)), readFileSync(join(folder, file), 'utf8')]),
  );
}

/** The text without its comments, as this house writes them: on lines of their own, or after a blank. */
export function codeOf(text: string): string {
  return text
    .split('\n')
    .map((line) => (/^\s*(\/\/|\/\*|\* |\*\/|\*$)/.test(line) ? '' : line.replace(/\s\/\/ .*$/, '')))
    .join('\n');
}

export interface Import {
  readonly target: string;
  /** `type` is gone at run time, `late` is loaded when it is asked for. */
  readonly kind: 'value' | 'type' | 'late';
}

/** Everything that a text imports, exports from elsewhere or requires, types included. */
export function importsOf(text: string): Import[] {
  const code = codeOf(text);
  const declared = code.matchAll(/^(import|export)\s+(type\s+)?(?:[\w$*{}\s,]+?\sfrom\s+)?'([^']+)'/gm);
  const called = code.matchAll(/(\btypeof\s+)?\b(?:import|require|load|resolve)\(\s*'([^']+)'/g);
  return [
    ...[...declared].map(([, , type, target]): Import => {
      return { target: target!, kind: type === undefined ? 'value' : 'type' };
    }),
    ...[...called].map(([, type, target]): Import => {
      return { target: target!, kind: type === undefined ? 'late' : 'type' };
    }),
  ];
}

/** The file that a relative import means: its source, since texts import what they are compiled to. */
export function fileOf(from: string, target: string): string {
  return posix.join(posix.dirname(from), target).replace(/\.js$/, '.ts');
}

/** The files that a file imports, types included. */
function neighbours(sources: Sources, file: string, kinds: readonly Import['kind'][]): string[] {
  return importsOf(sources.get(file) ?? '')
    .filter(({ target, kind }) => target.startsWith('.') && kinds.includes(kind))
    .map(({ target }) => fileOf(file, target));
}

/** At least one circle for every set of files that import one another: `a.ts -> b.ts -> a.ts`. */
export function findCircles(sources: Sources): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) circles.push([...path.slice(at), file].join(' -> '));
    if (at >= 0 || done.has(file)) return;
    path.push(file);
    for (const next of neighbours(sources, file, ['value', 'type', 'late'])) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of sources.keys()) visit(file);
  return circles;
}

/** The files that are loaded together with one: without types, and without what is loaded when it is asked for. */
export function loadedWith(sources: Sources, entry: string): ReadonlySet<string> {
  const loaded = new Set<string>([entry]);
  for (const file of loaded) for (const next of neighbours(sources, file, ['value'])) loaded.add(next);
  return loaded;
}

/** `file:line: code` for every line of code that matches. */
export function findUses(
  sources: Sources,
  pattern: RegExp,
): { readonly file: string; readonly text: string }[] {
  return [...sources].flatMap(([file, text]) =>
    codeOf(text)
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [{ file, text: `${file}:${i + 1}: ${line.trim()}` }] : [])),
  );
}

/** Lines of a text that ends with a line end. */
export function countLines(text: string): number {
  return text.split('\n').length - 1;
}

/** The middle one; of an even number the greater of the two. */
export function medianOf(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
}

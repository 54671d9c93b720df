// The README's own examples as files: every block of code that begins with the name of its file.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const BLOCKS = /```(?:[jt]s|python)\n((?:\/\/|#) (\S+\.(?:m?[jt]s|py))[^\n]*\n[\s\S]*?)```/g;

/** Writes the examples into a project, and returns their paths in it. */
export function writeExamples(folder: string): string[] {
  return [...readFileSync('README.md', 'utf8').matchAll(BLOCKS)].map(([, text, named]) => {
    const name = named!.replace(/,$/, '');
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text!);
    return name;
  });
}

/** Names the report of the README's sweep in it, as the text there says. */
export function addReport(folder: string): void {
  const path = join(folder, 'sweeps', 'parabola.ts');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('  axes:', "  report: '../reports/parabola.ts',\n  axes:"));
}

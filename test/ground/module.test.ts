// TypeScript files are loaded as the tsconfig.json beside them has it, whatever the working directory.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

/** A package whose file takes a number from `@lib/number`, which its tsconfig.json says where to find. */
function makePackage(home: string, name: string, lib: string, type: string): string {
  const folder = join(home, name);
  mkdirSync(join(folder, lib), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }));
  const paths = { '@lib/*': [`./${lib}/*`] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { baseUrl: '.', paths } }));
  writeFileSync(join(folder, lib, 'number.ts'), `export const number: number = ${name.length};\n`);
  const file = join(folder, 'file.ts');
  writeFileSync(
    file,
    "import { number } from '@lib/number';\nexport default { kind: 'numbered', number };\n",
  );
  return pathToFileURL(file).href;
}

test.each(['module', 'commonjs'])('two packages with aliases of their own in one process (%s)', (type) => {
  const home = mkdtempSync(join(tmpdir(), 'sweepline-tsconfig-'));
  const urls = [makePackage(home, 'one', 'lib', type), makePackage(home, 'second', 'other', type)];
  const script = `
    const { loadDefault } = await import(${JSON.stringify(pathToFileURL(resolve('dist/src/ground/module.js')).href)});
    const kind = { kind: 'numbered', word: 'number', example: '' };
    for (const url of ${JSON.stringify(urls)}) console.log((await loadDefault(url, kind)).number);`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: home,
  }).toString();
  expect(said).toBe('3\n6\n');
});

// The code behind a module, found by reading it.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hashSources } from '../../src/ground/sources.js';

const FILES: Readonly<Record<string, string>> = {
  'worker.ts':
    "import { a } from './lib/a.js';\nimport type { T } from '../types';\nexport * from './b.mjs';\n",
  'lib/a.ts': "import data from './deep';\nexport const a = await import('./late.js');\n",
  'lib/deep/index.ts': "import '../../worker.ts'; // in a circle\n",
  'lib/late.js': "const c = require('./c.cjs');\n",
  'lib/c.cjs': 'module.exports = 1;\n',
  'b.mts': "import { z } from 'zod';\n",
  '../types.ts': 'export type T = 1;\n',
  'unrelated.ts': 'export const u = 1;\n',
};

function project(changes: Readonly<Record<string, string>> = {}): string {
  const home = join(mkdtempSync(join(tmpdir(), 'sweepline-sources-')), 'project');
  for (const [name, text] of Object.entries({ ...FILES, ...changes })) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  return pathToFileURL(join(home, 'worker.ts')).href;
}

describe('the hash of sources', () => {
  it('is the same wherever they lie, and for a stage of the worker', () => {
    const url = project();
    expect(hashSources(url)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashSources(project())).toBe(hashSources(url));
    expect(hashSources(`${url}#stage=judge`)).toBe(hashSources(url));
  });

  it.each(Object.keys(FILES).filter((name) => name !== 'unrelated.ts'))('changes with %s', (name) => {
    expect(hashSources(project({ [name]: `${FILES[name]}// edited\n` }))).not.toBe(hashSources(project()));
  });

  it('does not change with what is not imported', () => {
    expect(hashSources(project({ 'unrelated.ts': 'export const u = 2;\n' }))).toBe(hashSources(project()));
  });
});

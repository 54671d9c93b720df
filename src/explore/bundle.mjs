// Joins the script and the style of report.html's Explore part (this folder), and those of the live page (live/), to one
// file each, in dist: every page has the same two. esbuild comes with tsx, which the package depends on; it is looked up from there, wherever npm put it.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
const { buildSync } = createRequire(require.resolve('tsx/package.json'))('esbuild');

export function bundle() {
  const { outputFiles } = buildSync({
    entryPoints: [
      { in: join(root, 'src/explore/main.ts'), out: 'explore' },
      { in: join(root, 'src/explore/explore.css'), out: 'explore' },
      { in: join(root, 'src/explore/live/main.ts'), out: 'live' },
      { in: join(root, 'src/explore/live/live.css'), out: 'live' },
    ],
    bundle: true,
    format: 'iife',
    minify: true,
    charset: 'ascii',
    target: ['es2022', 'chrome110', 'firefox115', 'safari16.4'],
    outdir: join(root, 'dist/src/explore'),
    tsconfigRaw: {},
    write: false,
    logLevel: 'warning',
  });
  const folder = join(root, 'dist/src/explore');
  mkdirSync(folder, { recursive: true });
  for (const { path, text } of outputFiles) {
    const name = basename(path);
    // No part of it may end the element that it stands in.
    if (/<\/(script|style)/i.test(text)) throw new Error(`${name} holds an end of its own element`);
    const draft = join(folder, `.${name}.${process.pid}`);
    writeFileSync(draft, text);
    renameSync(draft, join(folder, name));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) bundle();

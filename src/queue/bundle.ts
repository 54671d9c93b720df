// The code of a worker on its way to machines that do not have it: the module and what it imports by relative paths. The
// packages that it imports are those that Sweepline has there.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import { compiledPath } from '../ground/compiled.js';
import { SweeplineError } from '../ground/errors.js';
import { isWithin } from '../ground/inside.js';
import { collectSources, hashSources } from '../ground/sources.js';
import { splitStageUrl, stageUrl } from '../worker/stage.js';
import { parse, type RunAbout } from './messages.js';
import { unzip } from './unzip.js';

const BUNDLE = z.object({
  entry: z.string().regex(/^[^/\\]+$/),
  /** What the package that the module belongs to says of its `.js` files. */
  type: z.enum(['module', 'commonjs']),
  files: z.array(z.tuple([z.string(), z.string()])),
});

/** Where Sweepline itself is installed. */
const OWN = resolve(compiledPath(import.meta.url, '../../'), '..');

export function packBundle(workerUrl: string): Buffer {
  const { url } = splitStageUrl(workerUrl);
  const path = fileURLToPath(url);
  const files = collectSources(url).map(([name, text]) => [name, text]);
  return gzipSync(JSON.stringify({ entry: basename(path), type: typeOf(path), files }));
}

/** SHA-256 of a bundle as it travels. */
export function hashBundle(packed: Uint8Array): string {
  return createHash('sha256').update(packed).digest('hex');
}

/** Writes the code below `folder` and returns its URL. Throws BAD_DEFINITION where it is not that of the run. */
export function unpackBundle(
  packed: Uint8Array,
  { sources, stage }: RunAbout['worker'],
  folder: string,
): string {
  const { entry, type, files } = parse(BUNDLE, 'the code of a worker', unzip(packed));
  // Names may lead up from the module's folder: it lies as deep as they need.
  const depth = Math.max(0, ...files.map(([name]) => name.split('/').filter((part) => part === '..').length));
  const code = join(folder, 'code');
  const home = join(code, ...Array.from({ length: depth }, () => 'in'));
  for (const [name, text] of files) {
    const path = resolve(home, name);
    if (!isWithin(path, code))
      throw new SweeplineError('BAD_USAGE', `a file of a worker is called ${JSON.stringify(name)}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  writeFileSync(join(code, 'package.json'), JSON.stringify({ type }));
  linkPackages(folder, code);
  const { href } = pathToFileURL(join(home, entry));
  // Files beside those that the hash is of could be loaded in some other way.
  const own = new Set(collectSources(href).map(([name]) => name));
  if (hashSources(href) !== sources.split('+')[0] || files.some(([name]) => !own.has(name)))
    throw new SweeplineError('BAD_DEFINITION', 'the code that came through the queue is not that of the run');
  return stage === null ? href : stageUrl(href, stage);
}

/** `sweepline` is the one that runs, and other packages are those beside it. */
function linkPackages(folder: string, code: string): void {
  const parent = dirname(OWN);
  const beside = basename(parent) === 'node_modules' ? parent : join(OWN, 'node_modules');
  symlinkSync(beside, join(folder, 'node_modules'), 'junction');
  mkdirSync(join(code, 'node_modules'));
  symlinkSync(OWN, join(code, 'node_modules', 'sweepline'), 'junction');
}

function typeOf(path: string): 'module' | 'commonjs' {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file))
      return (JSON.parse(readFileSync(file, 'utf8')) as { type?: string }).type === 'module'
        ? 'module'
        : 'commonjs';
    if (folder === dirname(folder)) return 'commonjs';
  }
}

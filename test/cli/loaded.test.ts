// What a plain run loads: nothing of searches, programs and answers that it has no use for. Each process and each thread
// pays for every module, and a run of a few trials takes little else.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { newFolder, startProgram, sweepFile } from './program.js';

const SRC = resolve('dist/src');

/** The modules of `src` that a run has loaded, by the entry of the process or thread that has. */
async function loadedBy(...argv: string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const folder = newFolder();
  try {
    const into = join(folder, 'coverage');
    const run = ['run', sweepFile('bench/noop-sweep'), '--workers', '1', '--no-report', '--quiet', ...argv];
    const { finished } = startProgram(folder, run, { NODE_V8_COVERAGE: into });
    expect(await finished).toMatchObject({ code: 0 });
    return new Map(
      readdirSync(into).map((name) => {
        const { result } = JSON.parse(readFileSync(join(into, name), 'utf8')) as {
          readonly result: readonly { readonly url: string }[];
        };
        const urls = result.map(({ url }) => url).filter((url) => url.startsWith(`file://${SRC}/`));
        const files = urls.map((url) => url.slice(`file://${SRC}/`.length));
        return [files[0]!, new Set(files)];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const METHOD = /^search\/(sobol|halton|lhs|(tpe|gp|cmaes|nsga2)\/method)\.js$/;

test('a grid loads no search method, no answer and no program of a trial', async () => {
  const loaded = await loadedBy('--set', 'x=0,1');
  const [main, host, thread] = ['cli/main.js', 'pool/host-entry.js', 'pool/thread-entry.cjs'].map(
    (entry) => loaded.get(entry)!,
  );
  expect([...main!].filter((file) => METHOD.test(file) || file.startsWith('answer/'))).toEqual([]);
  const beside = /^(search|sweep|run|cli|answer|queue|pool\/command)\//;
  expect([...thread!].filter((file) => beside.test(file))).toEqual([]);
  expect([...host!].filter((file) => beside.test(file))).toEqual([]);
}, 60_000);

test('a search loads its own method alone', async () => {
  const axis = ['--set', 'x=uniform(0,1)', '--trials', '2'];
  const loaded = await loadedBy(...axis, '--sampler', 'halton');
  expect([...loaded.get('cli/main.js')!].filter((file) => METHOD.test(file))).toEqual(['search/halton.js']);
}, 60_000);

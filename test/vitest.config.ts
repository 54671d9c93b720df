// Tests import the TypeScript sources; processes and threads that tests start run the compiled files in dist/.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

/** Packages that Vite bundles, without their source maps: these lead to files that are not published. */
const BUNDLED = '@actions/';

export default defineConfig({
  root,
  plugins: [
    {
      name: 'no-source-maps',
      load: (id) =>
        id.includes(`/${BUNDLED}`) && id.endsWith('.js')
          ? readFileSync(id, 'utf8').replace(/^\/\/# sourceMappingURL=.*/m, '')
          : undefined,
    },
  ],
  resolve: {
    alias: [
      { find: /^sweepline\/study$/, replacement: source('study/index.ts') },
      { find: /^sweepline$/, replacement: source('index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: fileURLToPath(new URL('setup.ts', import.meta.url)),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // They import JSON as bundlers do, and Node does not.
    server: { deps: { inline: [new RegExp(BUNDLED)] } },
    // Most tests wait for processes of their own: one file at a time would leave cores idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});

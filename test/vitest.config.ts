// Tests import the TypeScript sources; processes and threads that tests start run the compiled files in dist/.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

/** Packages that Vite bundles, without their source maps: these lead to files that are not published. */
const BUNDLED = '@actions/';

/** They take the longest: begun last, one of them would run alone in the end. */
const LONG = [
  'install/package',
  'sweep/kills',
  'sweep/crash-points',
  'sweep/zoo',
  'sweeps/blur',
  'session/onnx-webgpu',
  'cli/readme',
  'sweep/verify',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification) => {
      const rank = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return rank < 0 ? LONG.length : rank;
    };
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b));
  }
}

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
    sequence: { sequencer: LongestFirst },
    // Most tests wait for processes of their own, which begin one after another, and for the disk: as many files as cores
    // would leave cores idle where there are few.
    maxWorkers: Math.max(3, availableParallelism() - 1),
  },
});

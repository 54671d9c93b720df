// The package as a user installs it: packed, installed without a flag from the npm registry alone, into projects of several
// kinds; what comes with it, what runs, what compiles. Skipped where there is no registry, but never on CI.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addReport, writeExamples } from '../readme.js';

const MINUTES = 60_000;
/** What only training needs. */
const OPTIONAL = ['onnxruntime-node', '@tensorflow'];

function hasRegistry(): boolean {
  const asked = spawnSync('npm', ['view', 'zod@4', 'version', '--json'], { timeout: 30_000 });
  return asked.status === 0;
}

const skips = !hasRegistry() && process.env.CI !== 'true';
if (skips) console.warn('skipped: the npm registry cannot be reached');

const root = mkdtempSync(join(tmpdir(), 'sweepline-install-'));
let tarball = '';

interface Ran {
  readonly code: number | null;
  readonly said: string;
}

/** In a folder, with nothing of this project's own npm around it. */
function run(cwd: string, command: string, ...argv: string[]): Ran {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_|^NODE_OPTIONS$|^VITEST/i.test(name),
  );
  const env = { ...Object.fromEntries(inherited), npm_config_update_notifier: 'false', NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(command, argv, {
    cwd,
    env,
    timeout: 5 * MINUTES,
    encoding: 'utf8',
  });
  return { code: status, said: `${stdout}${stderr}` };
}

function runWell(cwd: string, command: string, ...argv: string[]): string {
  const { code, said } = run(cwd, command, ...argv);
  expect(code, `${command} ${argv.join(' ')}\n${said}`).toBe(0);
  return said;
}

beforeAll(() => {
  if (skips) return;
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', root], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  tarball = join(root, filename);
}, 2 * MINUTES);
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Kind {
  readonly type: 'commonjs' | 'module';
  /** The command that adds packages, and the one that runs a program of one. */
  readonly add: readonly string[];
  readonly exec: readonly string[];
}

const PNPM = ['npx', '--yes', 'pnpm@10'];
const KINDS: Readonly<Record<string, Kind>> = {
  'npm init': { type: 'commonjs', add: ['npm', 'install'], exec: ['npx'] },
  'a project of modules': { type: 'module', add: ['npm', 'install'], exec: ['npx'] },
  pnpm: { type: 'commonjs', add: [...PNPM, 'add'], exec: [...PNPM, 'exec'] },
};

function makeProject(name: string, { type, add }: Kind): string {
  const folder = join(root, name.replaceAll(' ', '-'));
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'user', version: '1.0.0', private: true, type }),
  );
  const [command, ...argv] = add;
  runWell(folder, command!, ...argv, tarball, 'zod');
  writeExamples(folder);
  addReport(folder);
  return folder;
}

/** As strict as TypeScript goes; modules as Node has them, or as bundlers have. */
const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noPropertyAccessFromIndexSignature: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  isolatedModules: true,
  skipLibCheck: false,
  types: [],
  target: 'es2022',
  noEmit: true,
};
const MODULES = {
  node: { module: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
};

describe.skipIf(skips)('the package', () => {
  test('holds what it runs, and no tests', () => {
    const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).split('\n');
    expect(files.filter((file) => /^package\/(dist\/)?test\/|tsbuildinfo/.test(file))).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining(['package/dist/src/cli/main.js', 'package/README.md', 'package/LICENSE']),
    );
    const maps = files.filter((file) => file.endsWith('.js.map'));
    expect(maps.length).toBeGreaterThan(100);
    const sources = maps.map((map) => map.replace('/dist/', '/').replace(/\.js\.map$/, '.ts'));
    expect(sources.filter((source) => !files.includes(source))).toEqual([]);
  });

  test(
    'is taken by publint and are-the-types-wrong',
    () => {
      runWell(root, 'npx', '--yes', 'publint@0.3', tarball, '--strict');
      runWell(root, 'npx', '--yes', '@arethetypeswrong/cli@0.18', tarball, '--profile', 'esm-only');
    },
    5 * MINUTES,
  );

  test.each(Object.entries(KINDS))(
    'installs and runs without what trains: %s',
    (name, kind) => {
      const folder = makeProject(name, kind);
      for (const place of [folder, join(folder, 'node_modules', '.pnpm')])
        for (const each of OPTIONAL) {
          expect(existsSync(join(place, 'node_modules', each))).toBe(false);
          if (existsSync(place))
            expect(readdirSync(place).filter((entry) => entry.startsWith(each))).toEqual([]);
        }

      const [exec, ...before] = kind.exec;
      const sweepline = (...argv: string[]) => run(folder, exec!, ...before, 'sweepline', ...argv);
      const ran = sweepline('run', 'sweeps/parabola.ts', '--out', 'run');
      expect(ran.code, ran.said).toBe(0);
      expect(readFileSync(join(folder, 'run', 'trials.csv'), 'utf8').split('\n')).toHaveLength(
        1 + 2 * 201 * 3 + 1,
      );
      expect(existsSync(join(folder, 'run', 'figures', 'parabola.svg'))).toBe(true);

      const trains = sweepline('run', 'latent', '--out', 'latent');
      expect(trains.code).toBe(2);
      expect(trains.said).toContain(
        'engine onnx needs onnxruntime-node, which is not installed\nHint: npm install onnxruntime-node@1 --ignore-scripts',
      );
      expect(existsSync(join(folder, 'latent'))).toBe(false);
      const other = sweepline('run', 'latent', '--engine', 'tfjs', '--out', 'latent');
      expect(other.code).toBe(2);
      expect(other.said).toContain(
        'Hint: npm install @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0',
      );
      const doctor = sweepline('doctor', '--json');
      expect(doctor.code, doctor.said).toBe(0);
      expect(doctor.said).toMatch(
        /"engine onnx","state":"absent".*"hint":"npm install onnxruntime-node@1 --ignore-scripts"/,
      );

      writeFileSync(
        join(folder, 'ask.cjs'),
        "console.log(Object.keys(require('sweepline')).includes('defineSweep'));",
      );
      // Node 20 tells of `require` of a module on stderr.
      expect(runWell(folder, process.execPath, 'ask.cjs')).toMatch(/^true$/m);
    },
    5 * MINUTES,
  );

  test.each(
    Object.entries(KINDS).flatMap(([name]) =>
      Object.keys(MODULES).map((modules) => [name, modules] as const),
    ),
  )(
    'types compile with the README’s examples in a strict project: %s, modules as of %s',
    (name, modules) => {
      const folder = join(root, name.replaceAll(' ', '-'));
      writeFileSync(join(folder, 'study.ts'), "export * from 'sweepline/study';\n");
      const compilerOptions = { ...STRICT, ...MODULES[modules as keyof typeof MODULES] };
      const include = ['workers', 'sweeps', 'reports', 'suites', 'study.ts'];
      writeFileSync(join(folder, `tsconfig.${modules}.json`), JSON.stringify({ compilerOptions, include }));
      runWell(
        folder,
        process.execPath,
        resolve('node_modules/typescript/lib/tsc.js'),
        '-p',
        `tsconfig.${modules}.json`,
      );
    },
    2 * MINUTES,
  );
});

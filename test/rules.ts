// The rules of the house: which folder stands on which floor, who may hold the clock, who may load native code. Says what
// breaks them; floors.test.ts holds the sources against them, rules.test.ts the rules against examples.
import { fileOf, findUses, importsOf, loadedWith, type Sources } from './sources.js';

export const FLOORS: Readonly<Record<string, number>> = {
  cli: 10,
  dashboard: 9,
  suite: 9,
  compare: 8,
  export: 8,
  nights: 8,
  sweep: 7,
  report: 7,
  study: 7,
  answer: 6,
  queue: 6,
  run: 5,
  pool: 5,
  worker: 4,
  session: 4,
  trial: 3,
  search: 3,
  explore: 2,
  net: 2,
  data: 2,
  stats: 2,
  space: 1,
  ground: 0,
};

const ENTRIES = ['sweepline', 'sweepline/study'];

/** Who may hold the clock or dice of the machine, and why a value handed in would not do. */
export const CLOCKS: Readonly<Record<string, string>> = {
  'src/ground/clock.ts': 'is the clock',
  'src/sweep/start.ts': 'a run begins here, for programs as for the command line',
  'src/sweep/ask-tell/study.ts': 'a run begins here, for a program with a loop of its own',
  'src/pool/asking.ts': 'the pool of such a program begins here; tests hand in another',
  'src/sweep/shards/merge.ts': 'a merged run begins here',
  'src/sweep/open-pool.ts': 'a run enters a queue here',
  'src/suite/run.ts': 'a suite begins here: its folder is named after the time',
  'src/cli/interrupts.ts': 'top floor',
  'src/cli/budget.ts': 'top floor',
  'src/cli/nightly.ts': 'top floor',
  'src/cli/commands/accept.ts': 'top floor',
  'src/cli/commands/host.ts': 'top floor',
  'src/cli/commands/hosts.ts': 'top floor',
  'src/cli/watch.ts': 'top floor',
  'src/cli/watch-status.ts': 'top floor',
  'src/cli/commands/serve.ts': 'top floor',
  'src/explore/live/clock.ts': 'a page begins here',
  'src/cli/doctor/machine.ts': 'top floor; times the disk of this machine',
  'src/pool/thread.ts': 'a thread begins here',
  'src/pool/threads.ts': 'a host begins here',
  'src/pool/inline.ts': 'the pool of this process begins here; tests hand in another',
  'src/session/session.ts': 'times a device for a worker, whom nobody gives a clock; tests hand in another',
  'src/run/lock.ts': 'how old another process’s lock is; tests hand in another',
};

/** Native and other heavy packages, and the only files that name them. */
export const NATIVE: Readonly<Record<string, readonly string[]>> = {
  'onnxruntime-node': [
    ...['check-device', 'engine', 'find', 'predictor', 'runtime', 'tensors', 'trainer'].map(
      (name) => `src/session/onnx/${name}.ts`,
    ),
    'src/cli/doctor/try-package.ts',
  ],
  '@tensorflow/': [
    'engine',
    'forward',
    'gradients',
    'load',
    'loss',
    'predictor',
    'runtime',
    'tensors',
    'trainer',
    'update',
  ].map((name) => `src/session/tfjs/${name}.ts`),
  bullmq: ['src/queue/packages.ts'],
  ioredis: ['src/queue/packages.ts'],
  '@duckdb/node-api': ['src/report/database.ts', 'src/cli/doctor/try-package.ts'],
};

export const PRINTS =
  /\bconsole\.|\bprocess\.std(out|err)\b|\bstd(out|err)\.write\(|'node:(console|process)'/;
export const TELLS_TIME =
  /\bsystemClock\b|\bDate\.now\b|\bperformance\.now\b|\bprocess\.hrtime\b|\bnew Date\(\s*\)|\bMath\.random\b/;

const folderOf = (file: string): string => file.split('/')[1]!;

/** What the shipped study needs may use every floor that a user's worker or report may; nothing in src uses it. */
function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  if (to === 'study') return false;
  if (from === 'study') return to in FLOORS && !['cli', 'suite', 'sweep', 'dashboard', 'export'].includes(to);
  return FLOORS[from]! > (FLOORS[to] ?? Number.POSITIVE_INFINITY);
}

export function findClimbs(sources: Sources): string[] {
  return [...sources].flatMap(([file, text]) =>
    importsOf(text)
      .filter(({ target }) => target.startsWith('.'))
      .filter(({ target }) => !mayImport(folderOf(file), folderOf(fileOf(file, target))))
      .map(({ target }) => `${file} imports ${target}`),
  );
}

/** What a file outside src may import: the public entries, packages, its own folder. */
export function findPrivate(sources: Sources): string[] {
  return [...sources].flatMap(([file, text]) =>
    importsOf(text)
      .filter(({ target }) =>
        target.startsWith('.')
          ? !/^\.\/[a-z-]+\.js$/.test(target)
          : target.startsWith('sweepline') && !ENTRIES.includes(target),
      )
      .map(({ target }) => `${file} imports ${target}`),
  );
}

/** Uses outside the files that may. */
export function findForbidden(sources: Sources, pattern: RegExp, allowed: readonly string[]): string[] {
  return findUses(sources, pattern).flatMap(({ file, text }) => (allowed.includes(file) ? [] : [text]));
}

export const nativeOf = (text: string): string[] =>
  importsOf(text).flatMap(({ target }) => Object.keys(NATIVE).filter((name) => target.startsWith(name)));

export function findStrayNative(sources: Sources): string[] {
  return [...sources].flatMap(([file, text]) =>
    nativeOf(text)
      .filter((name) => !NATIVE[name]!.includes(file))
      .map((name) => `${file} imports ${name}`),
  );
}

/** Files loaded with an entry that load native code with them. */
export function findEagerNative(sources: Sources, entry: string): string[] {
  return [...loadedWith(sources, entry)].filter((file) =>
    importsOf(sources.get(file) ?? '').some(
      ({ target, kind }) => kind === 'value' && Object.keys(NATIVE).some((name) => target.startsWith(name)),
    ),
  );
}

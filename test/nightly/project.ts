// A project as docs/nightly.md has it: Sweepline installed, a suite of its own that takes no time.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Where the files of docs/nightly say that the project is, and node. */
const DOCUMENTED = /\/srv\/project/g;
const NODE = '/usr/local/bin';

const WORKER = `import { readFileSync } from 'node:fs';
import { defineWorker } from 'sweepline';
import { z } from 'zod';

const read = (name: string) => Number(readFileSync(new URL(name, import.meta.url), 'utf8'));

export default defineWorker({
  name: 'tiny',
  version: '1',
  params: { a: z.number().default(0) },
  metrics: { loss: { type: 'number', goal: 'min' } },
  async run(trial) {
    while (read('wait') > 0) {
      if (trial.stopRequested) throw trial.stopped();
      await new Promise((done) => setTimeout(done, 20));
    }
    return { loss: trial.params.a + trial.replicate * 0.1 + read('shift') };
  },
});
`;

const SUITE = `import { defineSuite } from 'sweepline';

export default defineSuite({ name: 'mine', runs: [{ sweep: './sweep.ts' }] });
`;

const SWEEP = `import { defineSweep } from 'sweepline';

export default defineSweep({ name: 'tiny', worker: './worker.ts', axes: { a: [1, 2] }, replicates: 2 });
`;

export interface NightlyProject {
  /** Of everything, and in it the project. */
  readonly home: string;
  readonly folder: string;
  /** `shift` is added to what every trial gives; trials wait while `wait` is 1. */
  set(name: 'shift' | 'wait', value: number): void;
  /** Makes of the only night that there is so many, a day apart, for `reset`. */
  rememberNight(count: number): void;
  /** The project as it was then. */
  reset(): void;
  /** A file of docs/nightly, with this project and this node in place of those it names. */
  adapt(text: string): string;
}

export function makeNightlyProject(): NightlyProject {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'sweepline-nightly-')));
  const folder = join(home, 'project');
  mkdirSync(join(folder, 'suites'), { recursive: true });
  // Above the project, so that a step `npm ci` has nothing to do, and takes nothing away.
  mkdirSync(join(home, 'node_modules/.bin'), { recursive: true });
  symlinkSync(resolve('.'), join(home, 'node_modules/sweepline'));
  symlinkSync(resolve('node_modules/zod'), join(home, 'node_modules/zod'));
  chmodSync('dist/src/cli/main.js', 0o755);
  symlinkSync('../sweepline/dist/src/cli/main.js', join(home, 'node_modules/.bin/sweepline'));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('package.json', '{ "name": "project", "version": "1.0.0", "private": true, "type": "module" }\n');
  write(
    'package-lock.json',
    '{ "name": "project", "version": "1.0.0", "lockfileVersion": 3, "packages": {} }\n',
  );
  write('suites/mine.ts', SUITE);
  write('suites/sweep.ts', SWEEP);
  write('suites/worker.ts', WORKER);
  const set = (name: string, value: number) => write(`suites/${name}`, String(value));
  const [nights, kept] = [join(folder, 'nights'), join(home, 'kept')];
  const rememberNight = (count: number) => {
    const own = join(nights, 'mine');
    const [file] = readdirSync(own);
    const night = JSON.parse(readFileSync(join(own, file!), 'utf8')) as { readonly at: string };
    rmSync(join(own, file!));
    for (let i = 1; i <= count; i++) {
      const at = new Date(Date.parse(night.at) - i * 86_400_000).toISOString();
      const name = `${at.slice(0, 10).replaceAll('-', '')}-023000-aaaa`;
      writeFileSync(join(own, `${name}.json`), JSON.stringify({ ...night, at, night: name }));
    }
    cpSync(nights, kept, { recursive: true });
  };
  const reset = () => {
    set('shift', 0);
    set('wait', 0);
    for (const name of ['nights', 'runs']) rmSync(join(folder, name), { recursive: true, force: true });
    if (existsSync(kept)) cpSync(kept, nights, { recursive: true });
  };
  reset();
  const adapt = (text: string) =>
    text
      .replaceAll('/srv/project/node_modules', join(home, 'node_modules'))
      .replaceAll(' node_modules/', ' ../node_modules/')
      .replaceAll(DOCUMENTED, folder)
      .replaceAll(NODE, `${dirname(process.execPath)}:${NODE}`);
  return { home, folder, set, rememberNight, reset, adapt };
}

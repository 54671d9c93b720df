// Machines for tests: programs of their own, each host in a folder of its own with a copy of the project.
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, type TestContext } from 'vitest';
import type { TaskResult } from '../../src/pool/contract.js';
import { readAddress } from '../../src/queue/address.js';
import { connect } from '../../src/queue/connect.js';
import type { RunAbout } from '../../src/queue/messages.js';
import { loadQueuePackages, type Redis } from '../../src/queue/packages.js';
import { type Started, startProgram } from '../cli/program.js';
import { until } from '../conformance/pool.js';
import { makeProject, type Project } from '../sweep/project.js';
import { startRedis, type TestRedis } from './redis.js';

export const newPlace = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'sweepline-machine-')));

/**
 * 24 trials that report, keep a file, and log when they begin in the folder that `data` names; `ms` each. Those from 16 on
 * wait until there is a file `go`.
 */
export function makeSteps(ms: number): Project {
  return makeProject(
    `params: { x: z.number().default(0), y: z.string().default('a') },
     metrics: { sum: { type: 'number', goal: 'max' }, drawn: { type: 'number' } }, series: ['loss'],
     async run(trial) {
       const { appendFileSync, existsSync } = await import('node:fs');
       appendFileSync(trial.data + '/log', trial.number + '\\n');
       while (trial.number >= 16 && !existsSync(trial.data + '/go')) {
         if (trial.stopRequested) throw trial.stopped();
         await new Promise((done) => setTimeout(done, 5));
       }
       for (let step = 1; step <= 4; step++) {
         if (trial.stopRequested) throw trial.stopped();
         await new Promise((done) => setTimeout(done, ${ms / 4}));
         trial.report(step, { loss: trial.params.x / step });
       }
       const drawn = trial.random('draw').uniform();
       trial.saveArtifact('deep/note.txt', 'x = ' + trial.params.x + ' ' + drawn);
       return { sum: trial.params.x * 2 + trial.params.y.length, drawn };
     }`,
    `axes: { x: [0, 0.5, 1, 1.5, 2, 2.5], y: ['a', 'two, "words"'] }, replicates: 2`,
  );
}

/** A host of its own; `project` is copied to where it starts. */
export function startHost(
  url: string,
  { home }: Project,
  name: string,
  ...more: readonly string[]
): Started & { readonly cwd: string } {
  const cwd = newPlace();
  cpSync(home, cwd, { recursive: true });
  const threads = more.includes('--threads') ? [] : ['--threads', '2'];
  const argv = ['host', '--queue', url, '--name', name, ...threads, ...more];
  return { ...startProgram(cwd, argv), cwd };
}

/** How many trials have begun, those that began twice twice. */
export function begun(data: string): number {
  const log = join(data, 'log');
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0;
}

export const untilBegun = (data: string, count: number): Promise<void> => until(() => begun(data) >= count);

export function go(data: string): void {
  writeFileSync(join(data, 'go'), '');
}

/** Everything that must be the same wherever the trials ran: by name, its bytes as text. */
export function resultsOf(folder: string): Record<string, string> {
  const names = ['trials.csv', 'metrics.csv'];
  const artifacts = readdirSync(join(folder, 'artifacts'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.txt'))
    .map((name) => join('artifacts', name));
  return Object.fromEntries(
    [...names, ...artifacts.sort()].map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

/** The program with all that it has started. */
export function killAll({ child }: Started): void {
  if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL');
}

/** After a test: ends what it has started, and prints what that had said where the test failed. */
export async function endAll(started: Started[], { task }: TestContext): Promise<void> {
  for (const program of started) killAll(program);
  const ended = await Promise.all(started.map(({ finished }) => finished));
  if (task.result?.state === 'fail')
    ended.forEach(({ stderr }, i) => {
      console.error(`said by program ${i + 1} of ${ended.length}:\n${stderr}`);
    });
  started.length = 0;
}

/** A server for the tests of a file, emptied after each, and the programs of a test, which end with it. */
export interface Place {
  readonly redis: TestRedis;
  keep<T extends Started>(program: T): T;
}

/** To be called in a `describe` that needs Redis. The server is there once its tests begin; it may want a password. */
export function useRedis(password?: string): Place {
  const [options, login] =
    password === undefined
      ? [[], []]
      : [
          ['--requirepass', password],
          ['-a', password],
        ];
  let redis: TestRedis;
  const started: Started[] = [];
  beforeAll(async () => {
    redis = await startRedis(...options);
  });
  afterEach(async (context) => {
    await endAll(started, context);
    redis.ask(...login, 'flushall');
  });
  afterAll(() => redis.remove());
  return {
    get redis() {
      return redis;
    },
    keep(program) {
      started.push(program);
      return program;
    },
  };
}

/** A connection of Sweepline's own. */
export async function connectTo({ url }: TestRedis): Promise<Redis> {
  return connect(await loadQueuePackages(), readAddress(url), () => undefined);
}

/** What a coordinator says of a run `r`, with whatever the test is about. */
export const aboutOf = (more: Partial<RunAbout> = {}): RunAbout => ({
  ...{ run: 'r', digest: 'd', sweepline: '0', node: '', engine: 'none', device: 'cpu', packages: {} },
  worker: { name: '', sources: '', path: null, local: null, shipped: null, stage: null, command: null },
  ...{ data: { choice: null, identity: null }, isolation: 'thread', memoryBytes: null, loadMs: 1 },
  ...{ filesBytes: 4, priority: 0, startedAt: 0, coordinator: { host: 'there', process: 7 }, bundle: null },
  ...more,
});

/** The result of a task that did nothing. */
export const resultOf = (id: number, more: Partial<TaskResult> = {}): TaskResult => ({
  ...{ id, left: [], notes: [], rows: new Uint8Array(0), series: new Uint8Array(0) },
  ...{ thread: 0, host: 'h', device: 'cpu', queueMs: 0, runMs: 1, cpuMs: null },
  ...more,
});

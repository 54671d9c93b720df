// A host that is killed from outside, time and again: its trial has not failed, the others are done, and `resume` runs it.
// Where others wait for it, it has failed: no search and no pruner stands still for one trial.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRunStatus } from '../../src/run/status.js';
import { newFolder, runProgram } from '../cli/program.js';
import { makeProject } from './project.js';
import { read, resume, rowsOf, runSweep } from './session.js';

// Whoever kills a process with SIGKILL is somebody else: the process cannot tell that it was itself.
const WORKER = `params: { x: z.int().default(0) }, metrics: { y: { type: 'integer' } },
  async run({ params }) {
    if (params.x === 2) {
      process.kill(process.pid, 'SIGKILL');
      await new Promise(() => undefined);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { y: params.x };
  },`;

test.each(['thread', 'process'] as const)(
  'with isolation %s: left, and not failed',
  async (isolation) => {
    const { sweep } = makeProject(WORKER, 'axes: { x: "range(0,7,1)" }');
    const run = await runSweep({ sweep, isolation, retryPauseMs: 1, blockSize: 1 });
    expect(run).toMatchObject({ trials: 7, ok: 7, failed: 0, left: 1, evicted: 1, interrupted: false });
    expect((await readRunStatus(run.folder)).stopped).toBe('interrupted');
    const lost = rowsOf(read(run.folder, 'timings.csv')).filter(({ status }) => status === 'lost');
    expect(lost.filter(({ trial }) => trial === '2').length).toBeGreaterThanOrEqual(3);
    expect(lost[0]!.error).toContain('was ended by SIGKILL');
    // The same again.
    expect(await resume(run.folder)).toMatchObject({ trials: 7, left: 1, evicted: 1 });
  },
  180_000,
);

const SEARCHED = `params: { x: z.number().default(0) }, metrics: { y: { type: 'number', goal: 'min' } }, series: ['y'],
  async run(trial) {
    if (trial.number === 2) {
      process.kill(process.pid, 'SIGKILL');
      await new Promise(() => undefined);
    }
    for (let step = 1; step < 9; step++)
      if (trial.report(step, { y: trial.params.x + 1 / step }).stop) throw trial.stopped();
    return { y: trial.params.x };
  },`;

test.each<[string, readonly string[]]>([
  ['a search', ['--sampler', 'tpe']],
  ['a pruner', ['--sampler', 'random', '--pruner', 'asha', '--retries', '1']],
  ['a pruner that pauses', ['--sampler', 'random', '--pruner', 'asha', '--pruner-option', 'pause=true']],
])(
  'has failed where %s waits for it: all trials have their rows, exit code 1',
  async (_, args) => {
    const { home } = makeProject(SEARCHED, 'axes: { x: "uniform(0,1)" }');
    const argv = [
      'run',
      'sweep.mjs',
      ...args,
      '--trials',
      '20',
      '--workers',
      '2',
      '--out',
      'run',
      '--no-report',
    ];
    const { code, stderr } = await runProgram(home, ...argv);
    expect(code, stderr).toBe(1);
    expect(stderr).toMatch(
      /trial 2 failed: the host process was ended by SIGKILL .*, from outside, and each time \(out of memory\?/,
    );
    const rows = rowsOf(read(join(home, 'run'), 'trials.csv'));
    expect(rows.filter(({ status }) => status === 'failed').map(({ trial }) => trial)).toEqual(['2']);
    expect(rows).toHaveLength(20);
    const retries = args.includes('--retries') ? 1 : 0;
    const attempts = read(join(home, 'run'), 'timings.csv').match(/^2,/gm)!.length;
    expect(attempts).toBeGreaterThanOrEqual(3 + retries);
  },
  60_000,
);

test('is told on the terminal, with exit code 70 and how to go on', async () => {
  const { home } = makeProject(WORKER, 'axes: { x: "range(0,3,1)" }');
  const { code, stderr } = await runProgram(home, 'run', 'sweep.mjs', '--workers', '1', '--out', 'run');
  expect(code).toBe(70);
  expect(stderr).toContain('1 trial could not run: each time something outside ended the process');
  expect(stderr).toContain('sweepline resume run');
});

test('a limit of time by the median of the trials that have ended', async () => {
  const { sweep } = makeProject(
    `params: { x: z.int().default(0) }, metrics: { y: { type: 'integer' } }, series: ['y'],
     async run(trial) {
       trial.report(0, { y: 7 });
       while (trial.params.x === 9) {
         if (trial.stopRequested) return { y: 70 };
         await new Promise((resolve) => setTimeout(resolve, 1));
       }
       return { y: trial.params.x };
     },`,
    "axes: { x: 'range(0,9,1)' }, timeout: '300%'",
  );
  const out = join(newFolder(), 'run');
  const run = await runSweep({ sweep, out, blockSize: 1 });
  // With what it returned when it was asked to stop, and what it had reported.
  expect(rowsOf(run.trials_csv)[9]).toMatchObject({ status: 'timeout', y: '70' });
  expect(read(out, 'metrics.csv')).toContain('\n9,0,7\n');
  expect(read(out, 'timings.csv')).toContain('timeout,the task ran past its limit of 1 s');
  // Taken up again, it is the run's own limit.
  expect(await resume(out, { retry: 'timeout' })).toMatchObject({ failed: 1, left: 0 });
});

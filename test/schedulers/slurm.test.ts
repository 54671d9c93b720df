// The job files for Slurm, as they are, in a real Slurm: a task is asked to end and queued again, another is killed, the
// array is submitted again; no finished trial runs twice, and merged it is the run in one piece.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAIN, newFolder } from '../cli/program.js';
import { makeProject } from '../sweep/project.js';
import { rowsOf, runSweep } from '../sweep/session.js';
import { type Slurm, startSlurm, until, whyNoSlurm } from './slurm.js';

const jobFile = (name: string) => resolve('docs/schedulers/slurm', name);
const TRIALS = 9;
const why = whyNoSlurm();

/** Each trial waits for its own gate, or for the one of all. */
const worker = `
  params: { i: z.int().default(0) },
  metrics: { square: { type: 'integer', goal: 'min' } },
  async run(trial) {
    const { appendFileSync, existsSync } = await import('node:fs');
    const { i } = trial.params;
    const log = (word) => appendFileSync(trial.data + '/log', word + ' ' + i + ' ' + process.ppid + '\\n');
    log('start');
    while (!existsSync(trial.data + '/all') && !existsSync(trial.data + '/go-' + i))
      await new Promise((done) => setTimeout(done, 10));
    log('end');
    return { square: i * i };
  },`;

describe.skipIf(why !== undefined)(`in Slurm${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  const home = newFolder();
  const data = join(home, 'data');
  let slurm: Slurm;

  beforeAll(async () => {
    for (const name of ['bin', 'data', 'slurm']) mkdirSync(join(home, name));
    const program = join(home, 'bin', 'sweepline');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
    chmodSync(program, 0o755);
    const env = { ...process.env, PATH: `${join(home, 'bin')}:${process.env.PATH}` };
    slurm = await startSlurm(join(home, 'slurm'), env);
  }, 120_000);
  afterAll(() => slurm?.stop());

  const logged = (word: string): number[] =>
    existsSync(join(data, 'log'))
      ? [...read(join(data, 'log')).matchAll(new RegExp(`${word} (\\d+) `, 'g'))].map((found) =>
          Number(found[1]),
        )
      : [];
  /** The process that works on a shard, and the trial that waits in it. */
  const coordinatorOf = (shard: string) =>
    Number(/"pid": ?(\d+)/.exec(read(join(shard, 'coordinator.lock')))![1]);
  const waitingIn = (shard: string) =>
    Number(new RegExp(`start (\\d+) ${coordinatorOf(shard)}\n`).exec(read(join(data, 'log')))![1]);
  const output = (task: number) => read(join(home, `${task}.out`));

  test('an array is queued again where it was asked to end, and goes on where it was', async () => {
    const { sweep } = makeProject(worker, `axes: { i: 'range(0,${TRIALS - 1},1)' }`);
    const shards = join(home, 'shards');
    const options = [sweep, '--data', data, '--workers', '1', '--shard-by', 'count'];
    const submit = (): string =>
      slurm
        .run(
          'sbatch',
          ...['--parsable', '--array=1-3', '--chdir', home, '--output', join(home, '%a.out')],
          ...[jobFile('array.sh'), shards, ...options],
        )
        .trim();
    const job = submit();
    await until(() => logged('start').length === 3);
    const second = waitingIn(join(shards, 'shard-2'));
    const killed = waitingIn(join(shards, 'shard-3'));

    // What Slurm does ahead of the end of a task's time.
    slurm.run('scancel', '--batch', '--signal=TERM', `${job}_2`);
    await until(() => output(2).includes('Stopping: what runs is finished'));
    writeFileSync(join(data, `go-${second}`), '');
    await until(() => logged('end').includes(second));
    await until(() => !slurm.queue().includes(`${job}_2 RUNNING`));
    // And what comes of a process that takes too much memory.
    process.kill(coordinatorOf(join(shards, 'shard-3')), 'SIGKILL');
    writeFileSync(join(data, 'all'), '');
    await until(() => slurm.queue().length === 0);
    expect(slurm.run('scontrol', 'show', 'job', `${job}_2`)).toMatch(/JobState=COMPLETED[\s\S]*Restarts=1/);
    expect(output(2)).toMatch(/--shard auto is 2\/3: Slurm, SLURM_ARRAY_TASK_ID=2 of 3 from 1/);
    expect(output(2)).toMatch(/2 trials to go, 1 done before/);

    // The same line again runs what is left, and nothing else.
    submit();
    const merged = slurm
      .run(
        'sbatch',
        ...['--parsable', '--chdir', home, '--output', join(home, 'merge.out'), '--dependency', 'singleton'],
        ...['--job-name', 'sweepline', jobFile('merge.sh'), shards, join(home, 'whole')],
      )
      .trim();
    await until(() => slurm.queue().length === 0);
    expect(slurm.run('scontrol', 'show', 'job', merged), read(join(home, 'merge.out'))).toContain(
      'JobState=COMPLETED',
    );
    // Each ran once; of the shard that was killed, those that had not ended ran again.
    const again = rowsOf(read(join(shards, 'shard-3', 'trials.csv'))).map(({ i }) => Number(i));
    expect(again).toContain(killed);
    const others = Array.from({ length: TRIALS }, (_, i) => i).filter((i) => !again.includes(i));
    for (const word of ['start', 'end'])
      expect(
        logged(word)
          .filter((i) => !again.includes(i))
          .sort(),
      ).toEqual(others);
    const whole = await runSweep({ sweep, data });
    expect(read(join(home, 'whole', 'trials.csv'))).toBe(whole.trials_csv);
    expect(existsSync(join(home, 'whole', 'report.html'))).toBe(true);
  }, 240_000);
});

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

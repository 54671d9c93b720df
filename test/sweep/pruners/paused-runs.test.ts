// Trials that pause, in real processes: whatever their worker makes of it, and whoever is killed, the bytes of an undisturbed
// run, and no checkpoint is left.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { runProgram, startProgram } from '../../cli/program.js';
import { until } from '../../conformance/pool.js';
import { killAll } from '../../queue/machines.js';
import { makeProject, type Project } from '../project.js';
import { newFolder, read, rowsOf } from '../session.js';
import { trainingWorker } from '../training-worker.js';

const AXES = `axes: { x: [0.1, 0.2, 0.3, 0.5, 0.8, 0.9], y: [0.2, 0.7, 0.9] }`;
const OPTIONS = (...given: readonly string[]) => given.flatMap((each) => ['--pruner-option', each]);
const PRUNERS = {
  'asha that pauses': ['--pruner', 'asha', ...OPTIONS('factor=2', 'max=9', 'pause=true')],
  pbt: ['--pruner', 'pbt', ...OPTIONS('interval=2', 'max=9', 'mutate=x,y', 'quantile=0.3')],
} as const;
type Pruner = keyof typeof PRUNERS;

const argsOf = ({ sweep }: Project, pruner: Pruner, out: string, ...more: readonly string[]) => [
  ...['run', sweep, ...PRUNERS[pruner], '--no-report', '--quiet', '--out', out],
  ...['--retries', '1', '--max-failures', '100%', ...more],
];

const checkpointsOf = (out: string): string[] =>
  existsSync(join(out, 'checkpoints')) ? readdirSync(join(out, 'checkpoints')) : [];
const bytesOf = (out: string) => [read(out, 'trials.csv'), read(out, 'metrics.csv')];
const sizeOf = (out: string): number =>
  statSync(join(out, 'journal.bin'), { throwIfNoEntry: false })?.size ?? 0;

async function runWhole(project: Project, pruner: Pruner, ...more: readonly string[]) {
  const out = join(newFolder(), 'run');
  const { code, stderr } = await runProgram(project.home, ...argsOf(project, pruner, out, ...more));
  expect(checkpointsOf(out)).toEqual([]);
  return { out, code, stderr, rows: rowsOf(read(out, 'trials.csv')) };
}

const ODD = { deaf: [3], sleepy: [5], brief: [8], frail: [7], broken: [4] };

describe.each(Object.keys(PRUNERS) as Pruner[])('%s', (pruner) => {
  test('kill -9 of coordinator and hosts at random moments, then resume: the same bytes', async () => {
    const random = randomFor('kill moments of paused trials', pruner);
    const whole = await runWhole(makeProject(trainingWorker(12, ODD), AXES), pruner, '--workers', '1');
    const size = sizeOf(whole.out);
    for (let round = 0; round < 3; round++) {
      const project = makeProject(trainingWorker(12, ODD), AXES);
      const out = join(newFolder(), 'run');
      const first = startProgram(project.home, argsOf(project, pruner, out, '--workers', '3'));
      for (let kills = 0, program = first; ; kills++) {
        // The first of two before half of it, the second anywhere after.
        const at = size * (0.5 * kills + 0.45 * random.uniform());
        await until(() => sizeOf(out) >= at || program.child.exitCode !== null);
        if (kills < 2) killAll(program);
        await program.finished;
        if (kills === 2) break;
        program = startProgram(project.home, ['resume', out, '--no-report', '--quiet', '--workers', '2']);
      }
      expect(bytesOf(out), `round ${round}`).toEqual(bytesOf(whole.out));
      expect(checkpointsOf(out)).toEqual([]);
    }
  }, 240_000);

  test('whatever the workers make of it, the same on one and four threads', async () => {
    const [one, four] = await Promise.all(
      [1, 4].map((workers) =>
        runWhole(makeProject(trainingWorker(4, ODD), AXES), pruner, '--workers', String(workers)),
      ),
    );
    expect(bytesOf(four!.out)).toEqual(bytesOf(one!.out));
    const { rows, code, stderr } = one!;
    expect([code, rows.length]).toEqual([1, 18]);
    expect(stderr).toContain('trial 4 failed: broken');
    expect(rows[7]!.status).toBe('ok');
    // Who does not pause when it is to is pruned late, or would count as what it is not.
    expect(rows[3]!.status).toBe(pruner === 'pbt' ? 'failed' : 'pruned');
    if (pruner === 'pbt')
      expect(stderr).toContain('trial 3 failed: it went on at step 2, where pbt has every trial pause');
    const counts = (status: string) => rows.filter((row) => row.status === status).length;
    expect([counts('ok') > 0, counts('pruned') > 5]).toEqual([true, pruner !== 'pbt']);
  }, 60_000);
});

// Programs under a pruner, run for real: what they print of one step is one report, in whatever order its lines come, and
// nothing depends on when they do, or on how the output arrives. And workers that report a step in several calls.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startRun } from '../../../src/sweep/start.js';
import { makeProject } from '../project.js';
import { newFolder, read, rowsOf, runSweep } from '../session.js';

/** How the output arrives: all at once; in halves of lines; with a pause within each step. */
type Style = 'whole' | 'halves' | 'slow';

/** The pruned series first, and the other one after it: of each step, or (`every`) of some. */
const script = (every: number) => `
step() {
  echo "{\\"step\\": $1, \\"loss\\": $((SWEEPLINE_X * 100 + 90 / $1))}"
  [ "$STYLE" = slow ] && sleep 0.03
  [ $(( $1 % ${every} )) = 0 ] && echo "step=$1 acc=$(( $1 * 7 ))"
}
steps() { for s in 1 2 3 4 5 6 7 8 9; do step $s; done; }
case $STYLE in
  whole) out=$(steps); echo "$out" ;;
  halves) steps | while IFS= read -r line; do
    printf %s "\${line%???????}"; sleep 0.01; printf '%s\\n' "\${line#"\${line%???????}"}"
  done ;;
  *) steps ;;
esac
exit 0
`;

const project = (every: number) =>
  makeProject(
    `params: { x: z.number().default(0) },
     metrics: { loss: { type: 'number', goal: 'min' }, acc: { type: 'number' } }, series: ['loss', 'acc'],
     command: { run: ['/bin/sh', '-c', ${JSON.stringify(script(every))}], keep: 'never' },`,
    'axes: { x: [3, 1, 5, 2, 6, 4, 7, 0] }',
  );

const PRUNERS = {
  asha: { name: 'asha', max: 9 },
  'asha that pauses': { name: 'asha', max: 9, pause: true },
  median: { name: 'median', startup: 1, warmup: 2 },
} as const;

async function run(sweep: string, pruner: keyof typeof PRUNERS, style: Style, workers: number) {
  process.env.STYLE = style;
  const { folder, failed } = await runSweep({ sweep, pruner: PRUNERS[pruner], workers });
  expect(failed).toBe(0);
  return [read(folder, 'trials.csv'), read(folder, 'metrics.csv')];
}

const CASES = [
  ['asha', 1],
  ['asha', 4],
  ['asha that pauses', 4],
  ['median', 1],
] as const;

test.each(CASES)(
  '%s; every %i steps a line of another series after the pruned one',
  async (pruner, every) => {
    const { sweep } = project(every);
    const [trials, metrics] = await run(sweep, pruner, 'whole', 1);
    const curves = rowsOf(metrics!);
    const last = (trial: string) => curves.filter((row) => row.trial === trial).at(-1)!;
    // All that was printed of the steps that count, the last ones too.
    for (const { step, acc } of curves)
      expect(acc).toBe(Number(step) % every === 0 ? String(Number(step) * 7) : '');
    const pruned = rowsOf(trials!).filter(({ status }) => status === 'pruned');
    expect(pruned.length).toBeGreaterThan(2);
    for (const { trial, loss, acc } of pruned) {
      expect(loss).toBe(last(trial!).loss);
      // A series that the step does not have is no value of it.
      expect(acc).toBe(last(trial!).acc);
    }
    for (const [style, workers] of [
      ['halves', 1],
      ['slow', 4],
    ] as const)
      expect(await run(sweep, pruner, style, workers), style).toEqual([trials, metrics]);
  },
);

test('a worker that reports a series after the pruned one is told so, and no trial fails of it', async () => {
  const { sweep } = makeProject(
    `params: { x: z.number().default(0) },
     metrics: { loss: { type: 'number', goal: 'min' } }, series: ['before', 'loss', 'after'],
     async run(trial) {
       for (let step = 1; step <= 9; step++) {
         trial.report(step, { before: step });
         const isOver = trial.report(step, { loss: trial.params.x + 1 / step }).stop;
         if (trial.number % 2 === 0) await new Promise((done) => setTimeout(done, 3));
         if (trial.report(step, { after: step }).stop || isOver) throw trial.stopped();
       }
       return { loss: trial.params.x };
     },`,
    'axes: { x: [3, 1, 5, 2, 6, 4, 7, 0] }',
  );
  for (const pruner of [PRUNERS.asha, PRUNERS['asha that pauses']]) {
    const runs = [];
    for (const workers of [1, 3]) {
      const said: string[] = [];
      const out = join(newFolder(), 'run');
      const run = await startRun({ sweep, pruner, workers, out }, [{ onLine: (line) => said.push(line) }]);
      expect(await run.outcome).toMatchObject({ failed: 0, left: 0 });
      expect(said.filter((line) => line.startsWith('reports of'))).toEqual([
        'reports of after after loss of the same step are not kept: the pruner of this run looks at loss, whose value closes the step; report the other series before it, or in the same call',
      ]);
      runs.push([read(out, 'trials.csv'), read(out, 'metrics.csv')]);
      for (const { step, before, after } of rowsOf(read(out, 'metrics.csv')))
        expect({ before, after }).toEqual({ before: step, after: '' });
    }
    expect(runs[1]).toEqual(runs[0]);
  }
});

test('the row of a pruned trial tells of the deciding step alone, not of earlier ones', async () => {
  const { sweep } = makeProject(
    `params: { x: z.number().default(0) },
     metrics: { loss: { type: 'number', goal: 'min' }, acc: { type: 'number' } }, series: ['loss', 'acc'],
     run(trial) {
       const loss = (step) => trial.params.x + 1 / step;
       for (let step = 1; step <= 9; step++)
         if (trial.report(step, step === 1 ? { acc: 7, loss: loss(step) } : { loss: loss(step) }).stop) throw trial.stopped();
       return { loss: loss(9), acc: 7 };
     },`,
    'axes: { x: [3, 1, 5, 2, 6, 4, 7, 0] }',
  );
  const pruner = { name: 'asha', min: 3, max: 9 };
  const rows = rowsOf((await runSweep({ sweep, pruner })).trials_csv);
  const pruned = rows.filter(({ status }) => status === 'pruned');
  expect(pruned.length).toBeGreaterThan(2);
  for (const { x, loss, acc } of pruned) expect([Number(loss), acc]).toEqual([Number(x) + 1 / 3, '']);
  for (const { status, acc } of rows) if (status === 'ok') expect(acc).toBe('7');
});

// `sweepline run`: starts a sweep in a new run folder, or goes on in the one that --out names.
import { rememberCommand } from '../../run/known-commands.js';
import { shardName } from '../../run/manifest.js';
import { defineCommand } from '../command.js';
import { conductRun } from '../conduct.js';
import { EXIT } from '../errors.js';
import { switchOption } from '../options.js';
import {
  AXIS_VALUES,
  EXIT_CODES,
  findRunFaults,
  OUTPUT,
  outputOptions,
  runOptions,
  toRunRequest,
} from '../run-options.js';
import { findShard } from '../schedulers.js';
import { SAMPLERS_HELP } from '../search-options.js';

export default defineCommand({
  name: 'run',
  about:
    'Runs a sweep: every point of its grid, on all cores, into a run folder. Finished trials are on disk at once: ' +
    'a run may be interrupted, killed and resumed at any time, and no finished trial runs twice.',
  arguments: [
    {
      name: 'sweep',
      about:
        'a shipped sweep (see `sweepline plan`), or the path of your own sweep file; none with --command',
      optional: true,
    },
  ],
  options: {
    ...runOptions,
    plan: switchOption(OUTPUT, '--plan', 'show what would run, and run nothing'),
    ...outputOptions,
  },
  sections: [
    ['Axis values', AXIS_VALUES],
    ['Samplers', SAMPLERS_HELP],
    ['Exit codes', EXIT_CODES],
  ],
  examples: [
    ['sweepline run escape', 'the escape sweep with its own values'],
    [
      "sweepline run escape --set optimizer=adam --set alpha=0.1,0.3 --set 'h=lin(0,1,101)'",
      'a part of it, finer in h',
    ],
    [
      'sweepline run escape --sampler bisect --bisect h=0..2 --metric escaped --tolerance 1e-6',
      'search each threshold in h',
    ],
    [
      'sweepline run my-sweep.ts --workers 4 --replicates 3 --out results',
      'your own sweep, three seeds per point',
    ],
    [
      "sweepline run my-sweep.ts --set 'lr=loguniform(1e-5,1)' --sampler auto --trials 100 --objective loss:min",
      'search instead of a grid: a hundred trials, each chosen by the results before it',
    ],
    ['sweepline run escape --shard 2/3', 'the second third, for another machine'],
    [
      'sweepline run latent --shard auto --out runs/latent-$SLURM_ARRAY_TASK_ID',
      'a task of a Slurm array; the same again continues it (see docs/schedulers.md)',
    ],
    [
      "sweepline run --command 'python3 train.py --lr {lr}' --set lr=0.1,0.2 --metrics loss:min",
      'any program that prints loss=0.5 or {"loss": 0.5}',
    ],
  ],
  check: ({ arguments: [sweep], options }) => [
    ...(sweep === undefined && options.command === undefined
      ? ['no <sweep>; expected a shipped sweep, the path of your own sweep file, or --command']
      : []),
    ...findRunFaults(options, sweep),
  ],
  async run({ arguments: [sweep], options, terminal, commandLine }) {
    const { plan, json = false, quiet = false, report = true, ...rest } = options;
    const request = toRunRequest(sweep, rest, commandLine);
    const { command, metrics, series } = options;
    if (command !== undefined && metrics === undefined && series === undefined && !quiet)
      terminal.say('no --metrics: the table will tell how each trial ended, and nothing of what it prints');
    if (options.shard !== undefined && 'auto' in options.shard && !quiet) {
      const found = findShard(process.env, options.shard.count);
      terminal.say(`--shard auto is ${shardName(found)}: ${found.from}`);
    }
    if (plan) {
      const [{ planRun }, { renderPlan }] = await Promise.all([
        import('../../sweep/plan/plan.js'),
        import('../plan-table.js'),
      ]);
      const made = await planRun(request);
      terminal.print(json ? JSON.stringify(made) : renderPlan(made));
      return EXIT.done;
    }
    const { startRun } = await import('../../sweep/start.js');
    if (command !== undefined) rememberCommand(command);
    const isWhole = options.onlyStages !== true;
    return conductRun({
      ...{ terminal, json, quiet, report: report && isWhole, answer: isWhole },
      start: (observers) => startRun(request, observers),
    });
  },
});

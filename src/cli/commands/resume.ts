// `sweepline resume`: continues a run that was interrupted or killed, or retries its failed trials.
import { defineCommand, flagOf, type OptionSpec } from '../command.js';
import { conductRun } from '../conduct.js';
import { CODE_RULE } from '../named-code.js';
import { commandOption, oneOf, option, sweepOption } from '../options.js';
import { queueOptions, toQueueRequest } from '../queue-options.js';
import {
  EXIT_CODES,
  FAILURES,
  limitOptions,
  outputOptions,
  runOptions,
  splitLimits,
  workersOption,
} from '../run-options.js';
import { budgetOption, trialsOption } from '../search-options.js';

const options = {
  sweep: sweepOption,
  command: commandOption,
  retry: option(
    FAILURES,
    '--retry <which>',
    'retry ended trials: failed, timeout, or all that are not ok',
    oneOf('failed', 'timeout', 'all'),
  ),
  trials: trialsOption,
  budget: budgetOption,
  ...limitOptions,
  workers: workersOption,
  ...queueOptions,
  ...outputOptions,
} as const;

/** Options of `run` that say what the trials are. */
function keptOptions(): Record<string, string> {
  const own = Object.values(options).map(flagOf);
  const kept = Object.values<Pick<OptionSpec, 'flags'>>(runOptions)
    .map(flagOf)
    .filter((flag) => !own.includes(flag));
  return Object.fromEntries(
    kept.map((flag) => [flag, 'a run keeps what it was started with; start another run with it']),
  );
}

export default defineCommand({
  name: 'resume',
  about:
    'Continues a run: finished trials are kept, interrupted ones run again. The trials, their seeds and the ' +
    "engine are the run's own (manifest.json); the result is the same as if it had never been interrupted.",
  arguments: [{ name: 'run', about: 'a run folder, a run id, or a sweep for its newest run' }],
  options,
  advice: keptOptions(),
  sections: [
    ['Code', CODE_RULE],
    ['Exit codes', EXIT_CODES],
  ],
  examples: [
    ['sweepline resume escape', 'the newest run of escape'],
    ['sweepline resume runs/escape/20261123-221530-ab12 --retry failed', 'and retry its failed trials'],
    [
      'sweepline resume my-search --trials 200',
      'a search goes on to 200 trials, the first ones being the same',
    ],
  ],
  async run({ arguments: [run], options, terminal, commandLine }) {
    const { json = false, quiet = false, report = true, command: _, budget, ...others } = options;
    const { queue, priority, share, ship, queueFiles, ...own } = others;
    const [limits, rest] = splitLimits(own);
    const [{ findRun }, { resumeRun }, { sweepOf }] = await Promise.all([
      import('../../run/find.js'),
      import('../../sweep/start.js'),
      import('../named-code.js'),
    ]);
    const folder = await findRun(run!);
    const sweep = await sweepOf(folder, options);
    const queued = toQueueRequest(options);
    const request = {
      ...{ ...rest, ...limits, ...queued, sweep, command: commandLine },
      ...(budget === undefined ? {} : { budgetMs: budget }),
    };
    return conductRun({
      terminal,
      json,
      quiet,
      report,
      start: (observers) => resumeRun(folder, request, observers),
    });
  },
});

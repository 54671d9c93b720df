// The options of `run`, and of `plan` for a sweep: what the trials are, where they run, what happens to failures, what
// is said. All of them end in one RunRequest.

import type { RunRequest } from '../sweep/contract.js';
import { commandSweep } from '../sweep/definition/command.js';
import type { OptionSpec, OptionValues } from './command.js';
import {
  type AutoShard,
  anyText,
  byteSize,
  duration,
  integer,
  listOption,
  maxFailures,
  oneOf,
  option,
  readDevice,
  readSeeds,
  readSetting,
  readShard,
  replicates,
  type Shard,
  switchOption,
  timeout,
  wholeNumber,
} from './options.js';
import { findProgramFaults, programOptions, toCommandRequest } from './program-options.js';
import { findPrunerOptionFaults, prunerOptions, toPrunerRequest } from './pruner-options.js';
import { queueOptions, toQueueRequest } from './queue-options.js';
import { findShard } from './schedulers.js';
import {
  findSamplerFaults,
  namesOfShorthands,
  readSampler,
  searchOptions,
  TRIALS,
} from './search-options.js';

const WHERE = 'Where they run';
export const FAILURES = 'Failure handling';
export const OUTPUT = 'Output';

export const workersOption = option(
  WHERE,
  '--workers <N>',
  'worker threads (default: one per core)',
  wholeNumber(1),
);
/** What every command takes that runs trials. */
export const limitOptions = {
  timeout: option(
    FAILURES,
    '--timeout <time|P%>',
    'time limit of a trial: 90s, 10m or 2h, or 300% of the median of finished trials; it is asked to stop, then killed; its status is timeout',
    timeout,
  ),
  memory: option(
    FAILURES,
    '--memory <size>',
    'most memory that the process of a trial may hold, such as 2g; each worker has a process of its own then',
    byteSize,
  ),
  isolation: option(
    FAILURES,
    '--isolation <what>',
    'thread: all workers in one process (default); process: one process per worker',
    oneOf('thread', 'process'),
  ),
  retries: option(
    FAILURES,
    '--retries <N>',
    'retry a trial that failed or timed out up to N times, after a pause',
    wholeNumber(0),
  ),
  maxFailures: option(
    FAILURES,
    '--max-failures <N|P%>',
    'stop starting trials once this number or percentage has failed; 100%: no limit (default: stop when the first trials all fail in the same way)',
    maxFailures,
  ),
  loadTimeout: option(
    FAILURES,
    '--load-timeout <time>',
    'time limit for loading the worker and its data (default: 10m)',
    duration,
  ),
} as const;

export const runOptions = {
  set: listOption(TRIALS, '--set <axis=values>', 'values of one axis; may be repeated', readSetting),
  ...searchOptions,
  ...prunerOptions,
  replicates: option(
    TRIALS,
    '--replicates <N|auto>',
    'trials per point, with different seeds; auto: 2, then more (up to 10) of the points that cannot be told from the best, at most as many again in all',
    replicates,
  ),
  seeds: option(
    TRIALS,
    '--seeds <list>',
    'the seeds of the trials of each point, in place of --replicates, such as 1,2,3',
    readSeeds,
  ),
  objective: listOption(
    TRIALS,
    '--objective <metric[:goal]>',
    'what is best: a metric and min or max; may be repeated (default: the sweep’s, else the first metric with a goal)',
    anyText,
  ),
  seed: option(TRIALS, '--seed <N>', 'seed of the sweep: the same seed gives the same results', integer),
  shard: option(
    TRIALS,
    '--shard <i/n|auto>',
    'the i-th of n parts (merge them with `sweepline merge`); auto: as the scheduler of a job array says, and auto/n where it does not tell how many there are',
    readShard,
  ),
  shardBy: option(
    TRIALS,
    '--shard-by <what>',
    'what trials are dealt to shards by: key, count, cost, or a run whose trials were timed (default: cost where the worker declares it, else key)',
    anyText,
  ),
  stagesOf: option(
    TRIALS,
    '--stages-of <run>',
    'a run folder with stages of this sweep, such as one of --only-stages: they are copied, and not run again',
    anyText,
  ),
  onlyStages: switchOption(
    TRIALS,
    '--only-stages',
    'run the stages, and no trial: for shards that share them',
  ),
  data: option(TRIALS, '--data <folder|name>', 'data set: a folder, digits or mnist', anyText),
  workers: workersOption,
  engine: option(WHERE, '--engine <name>', 'training engine: onnx or tfjs', oneOf('onnx', 'tfjs')),
  device: option(WHERE, '--device <name>', 'auto, cpu, webgpu, cuda or cuda:<i>', readDevice),
  debug: switchOption(WHERE, '--debug', 'run the trials in this process, one after another, for a debugger'),
  ...queueOptions,
  out: option(WHERE, '--out <folder>', 'the run folder (default: runs/<sweep>/<run-id>)', anyText),
  ...limitOptions,
  ...programOptions,
} as const;

export const outputOptions = {
  json: switchOption(OUTPUT, '--json', 'one JSON object per line on stdout: start, failure, end'),
  quiet: switchOption(OUTPUT, '--quiet', 'no progress and no summary; errors are still printed'),
  report: {
    flags: '--no-report',
    about: 'do not write the report',
    group: OUTPUT,
    read: () => false,
  } satisfies OptionSpec<boolean>,
} as const;

export type RunOptionValues = OptionValues<typeof runOptions>;

/** Options that only mean something together. */
export function findRunFaults(options: RunOptionValues, sweep: string | undefined): string[] {
  const faults = findSamplerFaults(options);
  if (options.shardBy !== undefined && options.shard === undefined)
    faults.push('--shard-by: no --shard; expected the shard to run, such as --shard 2/8');
  return [...faults, ...findPrunerOptionFaults(options), ...findProgramFaults(sweep, options)];
}

type LimitValues = OptionValues<typeof limitOptions>;

/** The options that say how long and how large trials may be, as a request has them, and the others. */
export function splitLimits<T extends LimitValues>(
  options: T,
): readonly [Limited, Omit<T, keyof LimitValues>] {
  const { timeout, memory, isolation, retries, maxFailures, loadTimeout, ...rest } = options;
  const limits: Limited = {
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(memory === undefined ? {} : { memoryBytes: memory }),
    ...(isolation === undefined ? {} : { isolation }),
    ...(retries === undefined ? {} : { retries }),
    ...(maxFailures === undefined ? {} : { maxFailures }),
    ...(loadTimeout === undefined ? {} : { loadMs: loadTimeout }),
  };
  return [limits, rest];
}

type Limited = Pick<
  RunRequest,
  'timeoutMs' | 'memoryBytes' | 'isolation' | 'retries' | 'maxFailures' | 'loadMs'
>;

/** `sweep`: undefined where the options name a command. */
export function toRunRequest(
  sweep: string | undefined,
  options: RunOptionValues,
  commandLine: readonly string[],
): RunRequest {
  const { set, sampler, samplerOption = [], objective, shard, budget, ...others } = options;
  const [limits, rest] = splitLimits(others);
  const apart = [
    ...namesOfShorthands(),
    ...Object.keys(programOptions),
    ...Object.keys(queueOptions),
    ...Object.keys(prunerOptions),
  ];
  const given: Readonly<Record<string, unknown>> = rest;
  const same = Object.fromEntries(Object.entries(given).filter(([name]) => !apart.includes(name)));
  const varied = {
    ...(set === undefined ? {} : { set: Object.fromEntries(set.map(({ axis, values }) => [axis, values])) }),
    ...(sampler === undefined ? {} : { sampler: readSampler(sampler, samplerOption, given) }),
  };
  const request = {
    ...(same as Omit<
      typeof rest,
      keyof typeof programOptions | keyof typeof queueOptions | keyof typeof prunerOptions
    >),
    ...varied,
    ...toPrunerRequest(options),
    ...(objective === undefined ? {} : { objectives: objective }),
    ...(budget === undefined ? {} : { budgetMs: budget }),
    ...(shard === undefined ? {} : { shard: shardOf(shard) }),
    command: commandLine,
    ...limits,
    ...toQueueRequest(options),
  };
  if (options.command === undefined) return { ...request, sweep: sweep! };
  // The values are those of the sweep itself: there is no other.
  return { ...request, set: {}, sweep: commandSweep(toCommandRequest(options, varied), process.cwd()) };
}

function shardOf(shard: Shard | AutoShard): Shard {
  if (!('auto' in shard)) return shard;
  const { index, count } = findShard(process.env, shard.count);
  return { index, count };
}

/** Section of the help. */
export const AXIS_VALUES = `  0.1,0.2,0.5         these values            adam,sgd     these words
  lin(0,1,101)        101 values with equal steps, both ends included
  log(1e-4,1,9)       9 values with equal ratios, both ends included
  range(2,20,2)       2, 4, … up to and including 20
  int(1,10)           whole numbers, both ends included; every third of them: int(1,10,3)
  choice(adam,sgd)    the same as adam,sgd
  [64,32],[128]       lists; objects: {"lr":0.1,"name":"sgd"}; no value: null
  uniform(0,1)        any number from 0 to 1 (--sampler random); in steps: uniform(0,1,0.25)
  loguniform(1e-4,1)  any number from 1e-4 to 1, its logarithm uniform (--sampler random)
  logint(1,1000)      whole numbers whose logarithm is uniform; normal(0,1): mean and standard deviation
A text parameter takes what is written: 007 stays 007. Text with commas or brackets is put in double
quotes: --set 'tag="a,b","none"'.
Quote all of it for the shell: --set 'h=lin(0,1,101)'. An axis that the sweep does not have is refused
with the names it has.`;

export const EXIT_CODES = `  0    all trials done
  1    some trials or the report failed; everything else is done and kept
  2    wrong use or a wrong definition: nothing was started
  70   Sweepline or the machine failed (a full disk, for example; finished trials are kept), or another
       process works on the run: the same command works later
  130  interrupted; \`sweepline resume\` continues`;

// `--shard auto`: which shard this process is, from what schedulers of job arrays tell the tasks that they start. Where
// they tell too little or too much, that is an error: a guess would leave trials out, or run them twice.
import { SweeplineError } from '../ground/errors.js';

interface Scheduler {
  readonly name: string;
  /** Variable with the number of the task. */
  readonly index: string;
  /** The number of the first task, or the variable that has it. */
  readonly first: number | string;
  /** Variables with the number of tasks, or with the numbers of the last one and from one to the next. */
  readonly count?: string;
  readonly last?: string;
  readonly step?: string;
  /** What `index` says to a job that is no array. */
  readonly none?: string;
}

const SCHEDULERS: readonly Scheduler[] = [
  {
    name: 'Slurm',
    index: 'SLURM_ARRAY_TASK_ID',
    first: 'SLURM_ARRAY_TASK_MIN',
    last: 'SLURM_ARRAY_TASK_MAX',
    step: 'SLURM_ARRAY_TASK_STEP',
    count: 'SLURM_ARRAY_TASK_COUNT',
  },
  { name: 'Kubernetes', index: 'JOB_COMPLETION_INDEX', first: 0 },
  { name: 'AWS Batch', index: 'AWS_BATCH_JOB_ARRAY_INDEX', first: 0, count: 'AWS_BATCH_JOB_ARRAY_SIZE' },
  { name: 'Google Batch', index: 'BATCH_TASK_INDEX', first: 0, count: 'BATCH_TASK_COUNT' },
  { name: 'Cloud Run', index: 'CLOUD_RUN_TASK_INDEX', first: 0, count: 'CLOUD_RUN_TASK_COUNT' },
  { name: 'PBS', index: 'PBS_ARRAY_INDEX', first: 1 },
  {
    name: 'Grid Engine',
    index: 'SGE_TASK_ID',
    first: 'SGE_TASK_FIRST',
    last: 'SGE_TASK_LAST',
    step: 'SGE_TASK_STEPSIZE',
    none: 'undefined',
  },
  // It tells the last task, and not the first one: of an array of task 5 alone that is no count.
  { name: 'LSF', index: 'LSB_JOBINDEX', first: 1, none: '0' },
  { name: 'GitLab', index: 'CI_NODE_INDEX', first: 1, count: 'CI_NODE_TOTAL' },
  { name: 'CircleCI', index: 'CIRCLE_NODE_INDEX', first: 0, count: 'CIRCLE_NODE_TOTAL' },
  {
    name: 'Buildkite',
    index: 'BUILDKITE_PARALLEL_JOB',
    first: 0,
    count: 'BUILDKITE_PARALLEL_JOB_COUNT',
  },
];

export interface FoundShard {
  readonly index: number;
  readonly count: number;
  /** Where it comes from, for people: `Slurm, SLURM_ARRAY_TASK_ID=3 of 1 to 8`. */
  readonly from: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** `count`: as the command line gives it (`auto/8`), where the scheduler does not tell. Throws BAD_USAGE. */
export function findShard(env: Environment, count?: number): FoundShard {
  const found = SCHEDULERS.filter(({ index, none }) => isSet(env[index]) && env[index] !== none);
  const [scheduler, second] = found;
  if (scheduler === undefined)
    throw refuse(
      `no scheduler has told which shard this is; expected one of ${SCHEDULERS.map(({ index }) => index).join(', ')}`,
      'start it as a task of a job array, or write the shard, such as --shard 2/8',
    );
  if (second !== undefined)
    throw refuse(
      `two schedulers tell which shard this is: ${found.map(({ index }) => `${index}=${env[index]}`).join(' and ')}; expected one`,
      'unset the variable that does not count, or write the shard, such as --shard 2/8',
    );
  return readShardOf(scheduler, env, count);
}

function readShardOf(scheduler: Scheduler, env: Environment, count: number | undefined): FoundShard {
  const read = (variable: string): number => {
    const text = env[variable] ?? '';
    if (/^\d+$/.test(text)) return Number(text);
    throw refuse(
      `${variable} is ${JSON.stringify(text)}; expected a whole number`,
      'write the shard, such as --shard 2/8',
    );
  };
  const { name, index, first } = scheduler;
  const step = scheduler.step !== undefined && isSet(env[scheduler.step]) ? read(scheduler.step) : 1;
  const least = typeof first === 'number' ? first : isSet(env[first]) ? read(first) : 1;
  const told = countTold(scheduler, { env, read, least, step });
  const all = told ?? count;
  if (all === undefined)
    throw refuse(
      `${name} tells with ${index}=${env[index]} which shard this is, and not how many there are`,
      'give the number of tasks: --shard auto/8',
    );
  if (count !== undefined && count !== all)
    throw refuse(
      `${name} has ${all} tasks, and auto/${count} expects ${count}`,
      'to run some tasks of an array again, write their shards, such as --shard 2/8',
    );
  // An array from 3 on is most likely some tasks of another one, submitted again.
  if (least > 1)
    throw refuse(
      `the array of ${name} begins with task ${least}; expected 0 or 1`,
      'to run some tasks of an array again, write their shards, such as --shard 3/8',
    );
  const place = (read(index) - least) / step + 1;
  if (Number.isInteger(place) && place >= 1 && place <= all)
    return { index: place, count: all, from: `${name}, ${index}=${env[index]} of ${all} from ${least}` };
  const last = least + (all - 1) * step;
  throw refuse(
    `${index} is ${env[index]}; expected ${least} to ${last}${step === 1 ? '' : ` in steps of ${step}`}, as ${name} has ${all} tasks`,
    `submit the array as ${least}-${last}, or write the shard, such as --shard 2/8`,
  );
}

interface Telling {
  readonly env: Environment;
  readonly read: (variable: string) => number;
  readonly least: number;
  readonly step: number;
}

/** How many tasks the scheduler says that there are; undefined where it does not. */
function countTold(
  { name, count, last }: Scheduler,
  { env, read, least, step }: Telling,
): number | undefined {
  const isCounted = count !== undefined && isSet(env[count]);
  const spanned =
    last !== undefined && isSet(env[last]) ? Math.floor((read(last) - least) / step) + 1 : undefined;
  if (!isCounted) return spanned;
  const told = read(count);
  if (spanned === undefined || spanned === told) return told;
  throw refuse(
    `the array of ${name} has gaps: ${told} tasks from ${least} to ${read(last!)}`,
    'submit an array without gaps, or write the shard of each task, such as --shard 2/8',
  );
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== '';
}

function refuse(message: string, hint: string): SweeplineError {
  return new SweeplineError('BAD_USAGE', `--shard auto: ${message}`, { hint });
}

// `--shard auto`: every scheduler's own variables, and what is said where they tell too little or too much.
import { describe, expect, test } from 'vitest';
import { readShard } from '../../src/cli/options.js';
import { type Environment, findShard } from '../../src/cli/schedulers.js';
import { SweeplineError } from '../../src/ground/errors.js';

const NAMES = ['ID', 'MIN', 'MAX', 'COUNT', 'STEP'];
const slurm = (...values: number[]): Environment =>
  Object.fromEntries(values.map((value, i) => [`SLURM_ARRAY_TASK_${NAMES[i]}`, String(value)]));

describe('the shard', () => {
  test.each<[string, Environment, number | undefined, string]>([
    ['Slurm from 0', slurm(2, 0, 7, 8), undefined, '3/8'],
    ['Slurm from 1', slurm(8, 1, 8, 8), undefined, '8/8'],
    ['Slurm in steps', slurm(4, 0, 6, 4, 2), undefined, '3/4'],
    ['Slurm, the count given too', slurm(2, 0, 7, 8), 8, '3/8'],
    ['Kubernetes', { JOB_COMPLETION_INDEX: '0' }, 5, '1/5'],
    ['AWS Batch', { AWS_BATCH_JOB_ARRAY_INDEX: '4', AWS_BATCH_JOB_ARRAY_SIZE: '5' }, undefined, '5/5'],
    ['Google Batch', { BATCH_TASK_INDEX: '1', BATCH_TASK_COUNT: '2' }, undefined, '2/2'],
    ['Cloud Run', { CLOUD_RUN_TASK_INDEX: '1', CLOUD_RUN_TASK_COUNT: '2' }, undefined, '2/2'],
    ['PBS', { PBS_ARRAY_INDEX: '3' }, 4, '3/4'],
    [
      'Grid Engine',
      { SGE_TASK_ID: '5', SGE_TASK_FIRST: '1', SGE_TASK_LAST: '9', SGE_TASK_STEPSIZE: '2' },
      undefined,
      '3/5',
    ],
    ['LSF', { LSB_JOBINDEX: '2', LSB_JOBINDEX_END: '6', LSB_JOBINDEX_STEP: '1' }, 6, '2/6'],
    ['GitLab', { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '3' }, undefined, '1/3'],
    ['CircleCI', { CIRCLE_NODE_INDEX: '0', CIRCLE_NODE_TOTAL: '3' }, undefined, '1/3'],
    ['Buildkite', { BUILDKITE_PARALLEL_JOB: '2', BUILDKITE_PARALLEL_JOB_COUNT: '3' }, undefined, '3/3'],
    [
      'one of two that is no array',
      { SGE_TASK_ID: 'undefined', LSB_JOBINDEX: '0', JOB_COMPLETION_INDEX: '1' },
      2,
      '2/2',
    ],
  ])('of %s', (_, env, count, expected) => {
    const { index, count: all, from } = findShard(env, count);
    expect(`${index}/${all}`).toBe(expected);
    expect(from).toMatch(/^[A-Z]\w+( \w+)?, [A-Z_]+=\d+ of \d+ from [01]$/);
  });

  test.each<[string, Environment, number | undefined, RegExp]>([
    ['none', {}, undefined, /no scheduler has told .* SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, /],
    [
      'two',
      { ...slurm(2, 0, 7, 8), JOB_COMPLETION_INDEX: '3' },
      undefined,
      /two schedulers tell .*: SLURM_ARRAY_TASK_ID=2 and JOB_COMPLETION_INDEX=3; expected one/,
    ],
    ['no count', { JOB_COMPLETION_INDEX: '3' }, undefined, /not how many there are/],
    ['another count', slurm(2, 0, 7, 8), 9, /Slurm has 8 tasks, and auto\/9 expects 9/],
    ['an array with gaps', slurm(7, 1, 7, 3), undefined, /has gaps: 3 tasks from 1 to 7/],
    ['some tasks again', slurm(3, 3, 3, 1), undefined, /begins with task 3; expected 0 or 1/],
    ['a number past the end', { PBS_ARRAY_INDEX: '0' }, 4, /PBS_ARRAY_INDEX is 0; expected 1 to 4/],
    ['no number', { JOB_COMPLETION_INDEX: 'x' }, 4, /JOB_COMPLETION_INDEX is "x"; expected a whole number/],
  ])('of %s is refused, with what to do', (_, env, count, message) => {
    let error: unknown;
    try {
      findShard(env, count);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(SweeplineError);
    expect((error as SweeplineError).message).toMatch(message);
    expect((error as SweeplineError).hint).toMatch(/--shard (2\/8|3\/8|auto\/8)/);
  });

  test('is read from --shard auto and auto/n', () => {
    expect(readShard('auto')).toEqual({ auto: true });
    expect(readShard('auto/4')).toEqual({ auto: true, count: 4 });
    for (const text of ['auto/0', 'auto/', 'auto4']) expect(() => readShard(text)).toThrow('expected i/n');
  });
});

// What a run was asked for: every default in one place, and every fault told at once.
import { availableParallelism } from 'node:os';
import { describe, expect, it, test } from 'vitest';
import type { RunRequest } from '../../src/sweep/contract.js';
import { resolveSettings, type Settings, settingsOf } from '../../src/sweep/settings.js';
import { sampleManifest } from '../run/samples.js';

const DEFAULTS: Settings = {
  sweep: 'escape',
  set: {},
  sampler: null,
  pruner: null,
  seed: null,
  replicates: null,
  seeds: null,
  objectives: [],
  trials: null,
  ends: { lookahead: null, target: null, plateau: null, hasBudget: false, usual: null, chosen: null },
  budgetMs: null,
  shard: null,
  shardBy: null,
  stagesOf: null,
  onlyStages: false,
  workers: availableParallelism(),
  engine: null,
  device: null,
  trainingOnly: false,
  data: null,
  retries: 0,
  retryPauseMs: 1000,
  timeoutMs: null,
  memoryBytes: null,
  isolation: 'thread',
  loadMs: 600_000,
  maxFailures: null,
  retry: null,
  out: null,
  root: 'runs',
  blockSize: null,
  debug: false,
  queue: null,
  command: [],
};

describe('resolveSettings', () => {
  it('fills in every default', () => {
    expect(resolveSettings({ sweep: 'escape' })).toEqual(DEFAULTS);
  });

  it('keeps what was asked for, word for word', () => {
    const asked = {
      sweep: './mine.ts',
      set: { x: { kind: 'list', values: [1, 2] } },
      sampler: { name: 'random', trials: 5 },
      seed: 0,
      replicates: 3,
      objectives: ['loss:min'],
      trials: 7,
      lookahead: 4,
      target: 0.5,
      plateau: 9,
      budgetMs: 60_000,
      shard: { index: 2, count: 2 },
      shardBy: 'count',
      stagesOf: 'stages',
      onlyStages: true,
      workers: 5,
      engine: 'tfjs',
      device: 'cpu',
      trainingOnly: true,
      data: 'mnist',
      retries: 2,
      retryPauseMs: 10,
      timeoutMs: 1500,
      memoryBytes: 2 ** 30,
      isolation: 'process',
      loadMs: 1000,
      maxFailures: { fraction: 0.1 },
      retry: 'timeout',
      out: 'there',
      root: 'results',
      blockSize: 64,
      pruner: { name: 'asha', max: 27 },
      debug: true,
      command: ['sweepline', 'run'],
    } as const;
    const { lookahead, target, plateau, ...own } = asked;
    const ends = { lookahead, target, plateau, hasBudget: true, usual: null, chosen: null };
    const { seeds, ...rest } = { ...DEFAULTS, ...own, ends };
    expect(Object.keys({ ...own, ends }).sort()).toEqual(
      Object.keys(DEFAULTS)
        .filter((name) => name !== 'seeds' && name !== 'queue')
        .sort(),
    );
    expect(resolveSettings(asked)).toEqual({ ...rest, seeds });
    const { replicates, ...seeded } = { ...asked, seeds: [3, 4] };
    const { lookahead: _, target: __, plateau: ___, ...kept } = { ...seeded, ends };
    expect(resolveSettings(seeded)).toEqual({ ...kept, replicates: null, queue: null });
  });

  it('reads what it says of a queue, and what does not go with one', () => {
    const queue = 'redis://:secret@host:6379';
    expect(resolveSettings({ sweep: 'x', queue, queueKey: 'key', ship: true }).queue).toEqual({
      address: { url: queue, shown: 'redis://host:6379' },
      ...{ secret: 'key', priority: 0, share: undefined, ship: true, filesBytes: 2 ** 24 },
    });
    const bad = { queue: 'host', queueKey: '', workers: 2, debug: true, priority: 0.5, queueFiles: 0 };
    expect(() => resolveSettings({ sweep: 'x', ...bad })).toThrow(
      /queue "host": expected redis.*\n.*queue key: .*\n.*workers 2: .*\n.*debug: .*\n.*priority 0\.5: .*\n.*queue files 0 bytes/,
    );
    expect(() => resolveSettings({ sweep: 'x', priority: 1, ship: true })).toThrow(
      /priority 1: no queue.*\n.*ship true: no queue/,
    );
  });

  it('tells all faults together', () => {
    const asked: RunRequest = {
      sweep: 'escape',
      workers: 0,
      replicates: 1.5,
      trials: -1,
      retries: -1,
      blockSize: Number.NaN,
      timeoutMs: 0,
      maxFailures: -2,
      seed: 0.5,
      shard: { index: 3, count: 2 },
    };
    expect(() => resolveSettings(asked)).toThrow(
      expect.objectContaining({
        code: 'BAD_USAGE',
        message: [
          'the request is invalid:',
          '  - workers 0: expected an integer of at least 1',
          '  - replicates 1.5: expected an integer of at least 1',
          '  - trials -1: expected an integer of at least 1',
          '  - retries -1: expected an integer of at least 0',
          '  - block size NaN: expected an integer of at least 1',
          '  - timeout 0 ms: expected more than 0 and less than 24 days',
          '  - max failures -2: expected an integer of at least 0',
          '  - seed 0.5: expected an integer',
          '  - shard 3/2: expected i/n with 1 <= i <= n',
        ].join('\n'),
      }),
    );
  });

  test.each<[Omit<RunRequest, 'sweep'>, string]>([
    [{ timeoutMs: 2 ** 31 }, 'timeout 2147483648 ms'],
    [{ timeoutMs: Number.NaN }, 'timeout NaN ms'],
    [{ timeoutMs: { fraction: 0 } }, 'timeout 0: expected a multiple'],
    [{ isolation: 'container' as never }, 'isolation "container": expected "thread" or "process"'],
    [{ memoryBytes: 1e6 }, 'memory 1000000 bytes: expected at least 64m'],
    [{ memoryBytes: 1e9, isolation: 'thread' as const }, 'memory: of many threads'],
    [{ retryPauseMs: -1 }, 'retry pause -1 ms: expected at least 0'],
    [{ shard: { index: 0, count: 2 } }, 'shard 0/2'],
    [{ shard: { index: 1, count: 1.5 } }, 'shard 1/1.5'],
    [{ seed: 2 ** 53 }, 'seed 9007199254740992'],
    [{ budgetMs: Number.POSITIVE_INFINITY }, 'budget Infinity ms: expected more than 0'],
    [{ budgetMs: Number.NaN }, 'budget NaN ms: expected more than 0'],
    [{ memoryBytes: Number.POSITIVE_INFINITY }, 'memory Infinity bytes: expected a size'],
    [{ replicates: 'auto', seeds: [1, 2] }, 'expected one of replicates and seeds'],
    [
      { pruner: { name: 'hyperband', max: 1 } },
      'pruner hyperband: max 1: nothing is ever stopped from min (1) on',
    ],
    [{ maxFailures: 0.5 }, 'max failures 0.5'],
    [{ maxFailures: { fraction: 0 } }, 'max failures 0: expected a fraction above 0 and up to 1'],
    [{ maxFailures: { fraction: 1.01 } }, 'max failures 1.01: expected a fraction above 0 and up to 1'],
    [{ maxFailures: { fraction: Number.NaN } }, 'max failures NaN: expected a fraction above 0 and up to 1'],
  ])('refuses %j', (asked, fault) => {
    expect(() => resolveSettings({ sweep: 'escape', ...asked })).toThrow(`the request is invalid: ${fault}`);
  });

  test.each<Omit<RunRequest, 'sweep'>>([
    { workers: 1, replicates: 1, trials: 1, retries: 0, blockSize: 1, maxFailures: 0 },
    { timeoutMs: 2 ** 31 - 1 },
    { timeoutMs: 0.5 },
    { seed: -(2 ** 53) + 1 },
    { shard: { index: 1, count: 1 } },
    { maxFailures: { fraction: 0.999 } },
    { maxFailures: { fraction: 1 } },
  ])('takes %j', (asked) => {
    expect(resolveSettings({ sweep: 'escape', ...asked })).toMatchObject(asked);
  });
});

describe('settingsOf', () => {
  const found = (changes: Parameters<typeof sampleManifest>[0] = {}) => ({
    path: '/runs/sample',
    manifest: sampleManifest({ sweepFile: { shipped: 'sweeps/escape.js' }, ...changes }),
  });
  const shipped = expect.stringMatching(/^file:.*sweeps\/escape\.js$/);

  it('takes what a run is from its manifest, and how it runs from the request', () => {
    const run = found({
      shard: { index: 1, count: 2 },
      ...{ engine: 'onnx', device: 'cpu', dataChoice: 'pen' },
    });
    expect(settingsOf(run, { workers: 3, retries: 1, retry: 'failed', debug: true })).toEqual({
      ...DEFAULTS,
      ...{ sweep: shipped, shard: { index: 1, count: 2 } },
      ...{ engine: 'onnx', device: 'cpu', data: 'pen' },
      ...{ workers: 3, retries: 1, retry: 'failed', debug: true },
    });
  });

  it('asks for no engine, data or shard where the run had none', () => {
    const run = found({ engine: 'none', device: 'none', shard: null, dataChoice: null });
    expect(settingsOf(run, {})).toEqual({ ...DEFAULTS, sweep: shipped });
  });

  it('takes another sweep file where it is told to, and says where it looked where there is none', () => {
    const run = found({ sweepFile: { fromRun: '../gone.ts', fromDirectory: 'gone.ts' } });
    expect(settingsOf(run, { sweep: 'here.ts' })).toMatchObject({ sweep: 'here.ts' });
    expect(() => settingsOf(run, {})).toThrow(/not found: looked for \/runs\/gone\.ts and .*gone\.ts/);
  });

  it('tells the faults of the request', () => {
    expect(() => settingsOf(found(), { workers: 0, retries: -1 })).toThrow('workers 0');
  });
});

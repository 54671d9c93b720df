// What `status` shows of the threads of a run that goes on.
import { describe, expect, test } from 'vitest';
import { renderThreads, type ThreadFacts } from '../../src/cli/thread-table.js';
import type { Live } from '../../src/run/live.js';
import type { BusyThread } from '../../src/trial/busy.js';

const thread = (number: number, more: Partial<BusyThread> = {}): BusyThread => ({
  ...{ host: 'a', process: 1, thread: number, trial: number, trials: 1, ms: 1000 * (number + 1) },
  ...more,
});

function facts(threads: readonly BusyThread[], stage?: string): ThreadFacts {
  const live: Live = {
    ...{ at: 0, pid: 1, state: 'running', workers: 20, threads },
    progress: {
      ...{
        total: 40,
        done: 4,
        failed: 1,
        running: threads.length,
        rate: 2,
        etaMs: 18_000,
        elapsedMs: 2000,
        metric: null,
      },
      ...(stage === undefined ? {} : { stage }),
    },
  };
  const values = (...list: (number | string)[]) => [{ kind: 'list' as const, values: list }];
  const axes = [
    { names: ['latent'], values: values(2, 16) },
    { names: ['loss'], values: values('l1', 'l\u001b[2J2') },
    { names: ['fixed'], values: values(7) },
  ];
  const manifest = {
    space: { grids: [{ axes }], replicates: 2 },
    sampler: { kind: 'grid' },
  } as unknown as ThreadFacts['manifest'];
  return { live, manifest };
}

describe('threads', () => {
  test('are shown with their trials, the longest first, and the rest is counted', () => {
    expect(renderThreads(facts([thread(0), thread(5)])).split('\n')).toEqual([
      '4/40 done (10%), 1 failed, 2 running, 2.0/s, 18s left, 2.0s elapsed; 2 of 20 threads busy',
      expect.stringMatching(/^ {2}thread 5 {2}trial 5 {2}6\.0s {2}latent=16 loss=l1 \(replicate 1\)$/),
      expect.stringMatching(/^ {2}thread 0 {2}trial 0 {2}1\.0s {2}latent=2 loss=l1 \(replicate 0\)$/),
    ]);
    const many = renderThreads(facts(Array.from({ length: 18 }, (_, i) => thread(i, { trial: 0 })))).split(
      '\n',
    );
    expect(many).toHaveLength(18);
    expect(many.at(-1)).toBe('  2 other threads');
  });

  test('of several machines are told apart; blocks and stages have no parameters to name', () => {
    const text = renderThreads(facts([thread(0, { host: 'b', trials: 1000 }), thread(1)]));
    expect(text).toMatch(/^ {2}a {2}thread 1 {2}trial 1 {17}\S+ {2}latent=2 loss=l1 \(replicate 1\)$/m);
    expect(text).toMatch(/^ {2}b {2}thread 0 {2}1,000 trials from 0 on {2}1\.0s$/m);
    expect(renderThreads(facts([thread(0)], 'judge'))).toMatch(
      /^stage judge: .*\n {2}thread 0 {2}trial 0 {2}1\.0s$/,
    );
  });

  test('that are idle, trials that are none and texts that move the cursor do no harm', () => {
    expect(renderThreads(facts([]))).toMatch(/; 0 of 20 threads busy$/);
    expect(renderThreads(facts([thread(0, { trial: 1e9 })]))).toMatch(/trial 1000000000 {2}1\.0s$/);
    expect(renderThreads(facts([thread(0, { trial: 2, host: 'x\u0007' }), thread(1)]))).not.toMatch(
      /(?!\n)\p{Cc}/u,
    );
  });
});

// One trial as its worker sees it: what it reports, on its way and too late.
import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { Clock } from '../../src/ground/clock.js';
import { fromPlainError, isMachineTrouble, toPlainError } from '../../src/ground/errors.js';
import { RunningTrial } from '../../src/pool/running-trial.js';
import type { TrialStore } from '../../src/trial/store.js';

function open(elapsed: () => number = () => 0, store: TrialStore | null = null) {
  const sent: string[] = [];
  const clock: Clock = { now: () => 0, elapsed };
  const running = new RunningTrial(
    { params: {}, number: 3, key: 'k', replicate: 0, seed: 1, attempt: 1 },
    {
      ...{ engine: 'onnx', device: 'cpu', data: undefined, series: ['loss', 'accuracy'], store },
      ...{ shared: undefined, stages: { obstacle: () => undefined, output: () => ({}) as never }, clock },
      isStopAsked: () => false,
      onReport: ({ rows }) => sent.push(new TextDecoder().decode(rows)),
      onWarning: () => undefined,
    },
  );
  const { trial } = running;
  return {
    ...{ running, trial, sent },
    end: () => running.end('ended'),
    seriesRows: () => running.seriesRows(),
  };
}

test('a step that may still be added to does not travel with those before it', () => {
  let now = 0;
  const { trial, sent, end, seriesRows } = open(() => now);
  trial.report(1, { loss: 1 });
  now = 1000;
  trial.report(2, { loss: 2 });
  trial.report(2, { accuracy: 0.5 });
  expect(sent).toEqual(['3,1,1,\n']);
  now = 2000;
  trial.report(3, { loss: 3 });
  expect(sent).toEqual(['3,1,1,\n', '3,2,2,0.5\n']);
  end();
  expect(seriesRows()).toBe('3,1,1,\n3,2,2,0.5\n3,3,3,\n');
});

test('a report after the trial has ended is told once, and changes nothing', async () => {
  const { trial, end, seriesRows } = open();
  trial.report(1, { loss: 1 });
  end();
  const warned = once(process, 'warning');
  trial.report(2, { loss: 2 });
  trial.report(3, { los: 2 } as never);
  const [warning] = await warned;
  expect(warning.message).toBe(
    'trial 3 reported step 2 after it had ended: that is lost; await what reports in `run`',
  );
  expect(seriesRows()).toBe('3,1,1,\n');
});

test('what a worker is handed works taken out of the trial, and through what delegates to it', () => {
  const { running, trial, seriesRows } = open();
  const { report, random, stopped, stopRequested } = trial;
  report(1, { loss: 1 });
  expect(seriesRows()).toBe('3,1,1,\n');
  expect(random('a').uint32()).toBe(trial.random('a').uint32());
  expect(stopped().message).toBe('the trial was asked to stop');
  expect(stopRequested).toBe(false);
  expect((Object.create(trial) as typeof trial).stopRequested).toBe(false);
  expect(running.sawStop).toBe(false);
});

test('a file that the disk did not take is trouble of the machine, also where the worker catches it', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
  });
  const bad = Object.assign(new Error('ENAMETOOLONG: name too long, open'), {
    code: 'ENAMETOOLONG',
    syscall: 'open',
  });
  const put = (error: Error): TrialStore => ({
    putArtifact: () => {
      throw error;
    },
    getArtifact: () => undefined,
    putCheckpoint: () => {
      throw error;
    },
    getCheckpoint: () => undefined,
    hasCheckpoint: () => false,
    dropCheckpoint: () => undefined,
    dropArtifacts: () => undefined,
  });
  const { running, trial } = open(undefined, put(full));
  expect(() => trial.saveCheckpoint(new Uint8Array(1))).toThrow('ENOSPC');
  expect(running.trouble).toBe(full);
  // It is still one on the other side of a thread or process.
  expect(isMachineTrouble(fromPlainError(structuredClone(toPlainError(full))))).toBe(true);

  const named = open(undefined, put(bad));
  expect(() => named.trial.saveArtifact('x', '')).toThrow('ENAMETOOLONG');
  expect(named.running.trouble).toBeUndefined();
});

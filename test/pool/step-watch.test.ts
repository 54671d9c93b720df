// What of a trial counts under a pruner follows from its reports and their order: what has been told once never changes,
// however long there is between them, and later reports of a closed step are named and harm nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunningTrial } from '../../src/pool/running-trial.js';
import type { Watched } from '../../src/pool/step-watch.js';

const SERIES = ['loss', 'acc', 'lr'];
type Values = Readonly<Record<string, number | null>>;
type Report = readonly [step: number, values: Values];

/** Rungs as of asha: 1, 3, 9, … */
const rungOf = (step: number) => (step < 1 ? null : 3 ** Math.floor(Math.log(step) / Math.log(3) + 1e-9));

function open(closedBy: Watched['closedBy'], { pauses = false, waits = [] as readonly number[] } = {}) {
  let now = 0;
  const told: string[] = [];
  const warned: string[] = [];
  const running = new RunningTrial(
    { params: {}, number: 3, key: 'k', replicate: 0, seed: 1, attempt: 1 },
    {
      ...{ engine: 'onnx', device: 'cpu', data: undefined, series: SERIES, store: null, shared: undefined },
      stages: { obstacle: () => undefined, output: () => ({}) as never },
      clock: { now: () => 0, elapsed: () => now },
      isStopAsked: () => false,
      onReport: ({ rows }) => told.push(new TextDecoder().decode(rows)),
      onWarning: (text) => warned.push(text),
      watched: { metric: 'loss', rungOf, pausesPast: pauses ? 0 : Number.POSITIVE_INFINITY, closedBy },
    },
  );
  return {
    ...{ running, told, warned },
    report(reports: readonly Report[]): void {
      for (const [i, [step, values]] of reports.entries()) {
        now += waits[i % waits.length] ?? 0;
        running.trial.report(step, values);
      }
    },
    rows: () => running.seriesRows(),
    end: () => running.end('ended'),
  };
}

const value = fc.option(fc.integer({ min: 0, max: 9 }), { freq: 8 });
const reports = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 1 }),
      fc.dictionary(fc.constantFrom(...SERIES), value, { minKeys: 1, maxKeys: 2 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => {
    let step = 0;
    return parts.map(([gap, values]): Report => {
      step += gap;
      return [step, values];
    });
  });
const waits = fc.array(fc.constantFrom(0, 40, 1000), { minLength: 1, maxLength: 7 });

describe.each(['value', 'step'] as const)('steps that are closed by the %s', (closedBy) => {
  it('are the same whenever the reports come; rows that were told are the first of those at the end', () => {
    fc.assert(
      fc.property(reports, waits, (all, pauses) => {
        const slow = open(closedBy, { waits: pauses });
        const quick = open(closedBy);
        slow.report(all);
        quick.report(all);
        expect(slow.rows()).toBe(quick.rows());
        expect(slow.rows().startsWith(slow.told.join(''))).toBe(true);
        expect(slow.warned).toEqual(quick.warned);
        slow.end();
        quick.end();
      }),
      { seed: 91, numRuns: 500 },
    );
  });

  it('give a trial that pauses the same rows, and none that it would report otherwise when it goes on', () => {
    fc.assert(
      fc.property(reports, fc.nat(40), (all, count) => {
        const whole = open(closedBy);
        const part = open(closedBy, { pauses: true });
        whole.report(all);
        part.report(all.slice(0, count));
        // As far as a row has the metric, or another row behind it.
        const kept = part.running.rowsAtPause();
        expect(whole.rows().startsWith(kept)).toBe(true);
        whole.end();
        part.end();
      }),
      { seed: 92, numRuns: 500 },
    );
  });
});

describe('a program, which prints a series a line', () => {
  it('loses nothing, in whatever order: the step is told once all of it is there, or the next one begins', () => {
    const { report, told, rows, running } = open('step', { pauses: true });
    report([[1, { loss: 0.5 }]]);
    expect(told).toEqual([]);
    report([[1, { acc: 0.1 }]]);
    expect(running.pausedAt).toBeUndefined();
    report([[1, { lr: 7 }]]);
    expect(told).toEqual(['3,1,0.5,0.1,7\n']);
    expect(running.pausedAt).toBe(1);
    report([
      [2, { loss: 0.4 }],
      [3, { acc: 0.2 }],
      [3, { loss: 0.3 }],
    ]);
    expect(told).toHaveLength(1);
    report([[4, { loss: 0.2 }]]);
    expect(told.slice(1)).toEqual(['3,2,0.4,,\n3,3,0.3,0.2,\n']);
    expect(running.pausedAt).toBe(3);
    expect(rows()).toBe('3,1,0.5,0.1,7\n3,2,0.4,,\n3,3,0.3,0.2,\n3,4,0.2,,\n');
    expect(running.rowsAtPause()).toBe('3,1,0.5,0.1,7\n3,2,0.4,,\n3,3,0.3,0.2,\n');
  });

  it('says of a series that there is none: nothing more is waited for', () => {
    const { report, told } = open('step');
    report([
      [1, { loss: 0.5, acc: null }],
      [1, { lr: null }],
    ]);
    expect(told).toEqual(['3,1,0.5,,\n']);
  });

  it('which tells a step again that was whole is told so: the first values count', () => {
    const { report, rows, warned } = open('step');
    report([
      [1, { loss: 0.5, acc: 0.1, lr: 1 }],
      [1, { loss: 0.4 }],
      [2, { loss: 0.3 }],
      [2, { loss: 0.2 }],
    ]);
    expect(rows()).toBe('3,1,0.5,0.1,1\n3,2,0.2,,\n');
    expect(warned).toEqual([
      'values of loss for a step that had one of every series already are not kept: under a pruner such a step is closed; print each series once a step',
    ]);
  });
});

describe('a worker, which is answered at once', () => {
  it('is told what it reports of a step after the metric, and does not fail of it', () => {
    const { report, rows, warned, running } = open('value', { pauses: true });
    expect(running.trial.report(1, { acc: 0.1 }).stop).toBe(false);
    expect(running.trial.report(1, { loss: 0.5 }).stop).toBe(true);
    report([
      [1, { lr: 1, acc: 0.2 }],
      [1, { lr: null }],
      [2, { loss: 0.4, lr: 1 }],
    ]);
    expect(rows()).toBe('3,1,0.5,0.1,\n3,2,0.4,,1\n');
    expect(warned).toEqual([
      'reports of lr, acc after loss of the same step are not kept: the pruner of this run looks at loss, whose value closes the step; report the other series before it, or in the same call',
    ]);
  });

  it('fails of what is no report, of a closed step too', () => {
    const { report } = open('value');
    report([[1, { loss: 0.5 }]]);
    expect(() => report([[1, { los: 1 }]])).toThrow('unknown series "los"');
    expect(() => report([[1, { acc: '1' as never }]])).toThrow('expected a number');
    expect(() => report([[0, { acc: 1 }]])).toThrow('step 0 after 1');
  });
});

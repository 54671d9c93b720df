// What is told of trials that paused: schedules.csv, how each went on, what is best, what can be run again. Real runs with
// real processes.
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { askRun } from '../../../src/answer/answer.js';
import { bestRows, bestTable } from '../../../src/answer/tables.js';
import { describeAnswer, describeBriefly } from '../../../src/answer/words.js';
import { renderExplanation } from '../../../src/cli/explain-words.js';
import { renderStatus } from '../../../src/cli/plan-table.js';
import { renderStatusLine } from '../../../src/cli/watch-status.js';
import { LiveRun } from '../../../src/dashboard/live-run.js';
import { unpackData } from '../../../src/explore/unpack.js';
import { randomFor } from '../../../src/ground/random.js';
import { writeRunReport } from '../../../src/report/load.js';
import { writeSeries } from '../../../src/run/derive.js';
import { readJournal, readRecords } from '../../../src/run/read-journal.js';
import type { AttemptRecord, JournalRecord, ReportRecord } from '../../../src/run/records.js';
import { readRunStatus } from '../../../src/run/status.js';
import { explainTrial } from '../../../src/sweep/explain/explain.js';
import { replayTrial } from '../../../src/sweep/verify/replay.js';
import { verifyRun } from '../../../src/sweep/verify/verify.js';
import { forEachRun, type TrialNumbers } from '../../../src/trial/selection.js';
import { readPayload } from '../../explore/page.js';
import { cutRun, isParked } from '../cut-run.js';
import { fixture, read, rowsOf, runSweep } from '../session.js';
import { CALM, drawConditions, planSimulated, runSimulated } from '../simulated-run.js';

const PBT = { name: 'pbt', interval: 2, max: 8, mutate: 'alpha' };
const ASHA = { name: 'asha', pause: true, factor: 2, max: 8 };

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Losses by trial and step. */
function lossesOf(folder: string): Map<number, Map<number, number>> {
  const found = new Map<number, Map<number, number>>();
  for (const { trial, step, loss } of rowsOf(read(folder, 'metrics.csv'))) {
    const own = found.get(Number(trial)) ?? new Map<number, number>();
    found.set(Number(trial), own.set(Number(step), Number(loss)));
  }
  return found;
}

describe('population-based training', () => {
  let folder = '';
  let schedules = '';
  beforeAll(async () => {
    ({ folder } = await runSweep({ sweep: fixture('paused'), pruner: PBT, workers: 1 }));
    schedules = read(folder, 'schedules.csv');
  }, 60_000);

  test('schedules.csv: where each trial began, and what it took over, by trial and step', () => {
    expect(schedules.split('\n', 1)[0]).toBe('trial,step,from,alpha');
    const rows = rowsOf(schedules);
    const trials = rowsOf(read(folder, 'trials.csv'));
    const begins = rows.filter(({ step }) => step === '0');
    expect(begins).toEqual(trials.map(({ trial, alpha }) => ({ trial, step: '0', from: '', alpha })));
    const taken = rows.filter(({ step }) => step !== '0');
    expect(taken.length).toBeGreaterThan(3);
    const losses = lossesOf(folder);
    for (const { trial, step, from } of taken) {
      // Of the same population, and better there.
      expect(trials[Number(from)]!.kind).toBe(trials[Number(trial)]!.kind);
      const at = (each: string) => losses.get(Number(each))!.get(Number(step))!;
      expect(at(from!)).toBeLessThan(at(trial!));
    }
    const order = rows.map(({ trial, step }) => Number(trial) * 100 + Number(step));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test('has the same bytes in any order of events, killed and resumed or not', async () => {
    const axes = { x: 'lin(0,1,6)', y: 'lin(0,1,3)' };
    const pruner = { name: 'pbt', interval: 2, max: 9, mutate: 'x,y', quantile: 0.3 };
    const plan = await planSimulated({ axes }, { pruner });
    const expected = await runSimulated(plan, CALM, 0);
    expect(rowsOf(expected.schedules).length).toBeGreaterThan(30);
    for (let order = 1; order <= 20; order++) {
      const conditions = drawConditions(randomFor('schedules', order));
      const { schedules: found } = await runSimulated(plan, conditions, order);
      expect(found, JSON.stringify({ order, conditions })).toBe(expected.schedules);
    }
  }, 60_000);

  test('has the same bytes on other numbers of workers', async () => {
    for (const workers of [2, 3]) {
      const other = await runSweep({ sweep: fixture('paused'), pruner: PBT, workers });
      expect(read(other.folder, 'schedules.csv')).toBe(schedules);
    }
  }, 60_000);

  test('explain tells whose weights a trial has, with the values and parameters of both', async () => {
    const losses = lossesOf(folder);
    const entries = rowsOf(schedules).map(({ trial, step, from, alpha }) => ({
      ...{ trial: Number(trial), step: Number(step), alpha: Number(alpha) },
      from: from === '' ? null : Number(from),
    }));
    const alphaOf = (trial: number, before: number) =>
      entries.findLast((each) => each.trial === trial && (each.step === 0 || each.step < before))!.alpha;
    for (const trial of range(12)) {
      const { lineage, promotions } = await explainTrial(folder, trial);
      expect(promotions).toBeNull();
      const own = entries.filter((each) => each.trial === trial);
      expect(lineage).toMatchObject({ population: 6, began: { alpha: own[0]!.alpha } });
      expect(lineage!.takeovers).toEqual(
        own.slice(1).map(({ step, from, alpha }, i) => ({
          ...{ step, from, value: losses.get(trial)!.get(step), better: losses.get(from!)!.get(step) },
          ...{ before: { alpha: own[i]!.alpha }, taken: { alpha: alphaOf(from!, step) }, after: { alpha } },
        })),
      );
      const { weights } = lineage!;
      expect(weights.at(-1)).toMatchObject({ trial, to: null, params: { alpha: own.at(-1)!.alpha } });
      expect(weights[0]!.from).toBe(0);
      // The loss is that of the weights: with the parameters of the lineage they come out.
      let weight = 3;
      for (const { from, to, params } of weights)
        for (let step = from; step < (to ?? 8); step++) weight -= Number(params.alpha) * weight;
      const extra = trial < 6 ? 0 : 0.5;
      const last = losses.get(trial)!.get(8)!;
      expect(last - Math.abs(weight) - extra).toBeGreaterThanOrEqual(0);
      expect(last - Math.abs(weight) - extra).toBeLessThan(0.00101);
    }
    const told = await explainTrial(folder, 0);
    expect(renderExplanation({ ...told, run: 'r' }).split('How it went on\n')[1]).toMatchInlineSnapshot(`
      "  pbt, interval 2, mutate alpha, quantile 0.25, resample 0.25, max 8, on loss:min
        It began with alpha=0.02, as one of 6 trials that agree in all else.
        Step 2: its loss was 2.88205, and that of trial 5 was 0.120152. It went on from the
          weights of trial 5 with alpha=0.4: trial 5 had alpha=0.8, it had alpha=0.02 before.
        Its weights were trained
          by trial 5 to step 2, with alpha=0.8
          by itself from step 2, with alpha=0.4"
    `);
  });

  test('what is best has the values at its end beside those that it began with', async () => {
    const { answer, ...asked } = await askRun(folder, { limit: 12 });
    expect(answer.mutated).toEqual(['alpha']);
    const finals = new Map(rowsOf(schedules).map(({ trial, alpha }) => [Number(trial), Number(alpha)]));
    expect(answer.best.map(({ trial, final }) => [trial, final])).toEqual(
      answer.best.map(({ trial }) => [trial, { alpha: finals.get(trial) }]),
    );
    const [header, ...rows] = bestRows({ answer, ...asked }, 12);
    expect(header).toMatch(/,feasible,alpha_final\n$/);
    expect(rows.map((row) => row.trimEnd().split(',').at(-1))).toEqual(
      answer.best.map(({ trial }) => String(finals.get(trial))),
    );
    expect(bestTable({ answer, ...asked }, 12).rows[0]).toMatchObject({
      alpha_final: finals.get(answer.best[0]!.trial),
    });
    const { metrics } = asked.status.state.epoch.record.worker;
    const changed = answer.best.find(({ trial }) => takenOver(folder).has(String(trial)))!;
    const told = describeAnswer({ ...answer, best: [changed] }, metrics).slice(0, 3);
    const { point } = changed;
    expect(told.slice(1)).toEqual([
      ['', `kind=${point.kind} alpha=${point.alpha} (${changed.final!.alpha} at the end)`],
      ['', 'pbt changed alpha on the way: schedules.csv has every value'],
    ]);
    expect(describeBriefly({ ...answer, best: [changed] }, metrics)).toContain(' at the end): loss ');
  });

  test('pages know which have the weights of others, from the folder and from the journal', async () => {
    const taken = [...takenOver(folder)].map(Number).toSorted((a, b) => a - b);
    const live = new LiveRun({ folder, root: folder, shown: folder, path: '' });
    await live.refresh();
    const { facts } = unpackData(Uint8Array.from(live.data()));
    await writeRunReport(folder);
    const { payload } = readPayload(join(folder, 'report.html'));
    for (const each of [facts, payload]) expect(each.takenOver.toSorted((a, b) => a - b)).toEqual(taken);
  });

  test('one with the weights of another is not replayed; one with its own is', async () => {
    const taken = takenOver(folder);
    await expect(replayTrial(folder, 0)).rejects.toThrow(
      /^trial 0 went on from the weights of trial 5 at step 2 \(pbt\): alone it would be another trial$/,
    );
    expect(taken).toContain('0');
    const own = range(12).find((trial) => !taken.has(String(trial)))!;
    const { csv } = await replayTrial(folder, own);
    expect(csv.split('\n')[1]).toBe(read(folder, 'trials.csv').split('\n')[own + 1]);
  });
});

describe('asha that pauses', () => {
  let folder = '';
  beforeAll(async () => {
    ({ folder } = await runSweep({ sweep: fixture('paused'), pruner: ASHA }));
  }, 60_000);

  test('explain tells rung by rung where a trial stood, and what became of it', async () => {
    const losses = lossesOf(folder);
    const statuses = rowsOf(read(folder, 'trials.csv')).map(({ status }) => status);
    // Decided again in another way: results count one by one, and the best half of them goes on.
    const expected = range(12).map(() => [] as object[]);
    let entrants = range(12);
    for (const rung of [1, 2, 4]) {
      const on: number[] = [];
      const seen: number[] = [];
      const at = (trial: number) => losses.get(trial)!.get(rung)!;
      for (const trial of entrants) {
        seen.push(trial);
        seen.sort((a, b) => at(a) - at(b));
        const kept = Math.floor(seen.length / 2);
        for (const [place, each] of seen.slice(0, kept).entries())
          if (!on.includes(each)) {
            on.push(each);
            const standing = { rank: place + 1, of: seen.length, cutoff: at(seen[kept - 1]!) };
            expected[each]!.push({ rung, step: rung, value: at(each), ...standing, outcome: 'promoted' });
          }
      }
      const kept = Math.floor(seen.length / 2);
      for (const each of entrants.filter((trial) => !on.includes(trial))) {
        const standing = { rank: seen.indexOf(each) + 1, of: seen.length, cutoff: at(seen[kept - 1]!) };
        expected[each]!.push({ rung, step: rung, value: at(each), ...standing, outcome: 'pruned' });
      }
      entrants = on;
    }
    for (const trial of range(12)) {
      const told = await explainTrial(folder, trial);
      expect(told.lineage).toBeNull();
      expect(told.promotions).toMatchObject({ metric: 'loss', goal: 'min', rungs: expected[trial] });
      expect(told.status).toBe(statuses[trial]);
      if (told.status !== 'pruned') continue;
      const last = told.promotions!.rungs!.at(-1)!;
      expect(told.pruned).toMatchObject({ value: last.value, cutoff: last.cutoff, others: last.of - 1 });
      expect(told.pruned!.competitors).toHaveLength(last.of - 1);
    }
    const told = await explainTrial(folder, 10);
    expect(renderExplanation({ ...told, run: 'r' }).split('How it went on\n')[1]).toMatchInlineSnapshot(`
      "  asha, min 1, factor 2, max 8, pause true, on loss:min
        Step 1: loss 2.30025, rank 3 of 11, cut-off 2.70075: promoted.
        Step 2: loss 1.58025, rank 3 of 6, cut-off 1.58025: promoted.
        Step 4: loss 0.889047, rank 4 of 6, cut-off 0.504803: pruned, once nothing more came.
        Ranks are among those whose results counted by then. The cut-off is the largest value that went on.

      Why it was stopped early
        asha, min 1, factor 2, max 8, pause true, on loss:min
        At step 4 its loss was 0.889047; to go on it had to be at most 0.504803.
        It was held against 5 trials that got there:
          trial 5: 0.00495237
          trial 4: 0.389534
          trial 11: 0.504803
          trial 3: 1.22953
          trial 2: 1.96905
        It had paused there, and waited until nothing more came. Its row holds the values of that step."
    `);
  });

  test('in the random order of a grid, and of domains', async () => {
    for (const request of [
      { sampler: { name: 'random' }, trials: 10 },
      { sampler: { name: 'random' }, trials: 10, set: { alpha: { kind: 'uniform', from: 0.01, to: 0.9 } } },
    ] as const) {
      const run = await runSweep({ sweep: fixture('paused'), pruner: ASHA, ...request });
      for (const { trial, status } of rowsOf(run.trials_csv)) {
        const { rungs } = (await explainTrial(run.folder, Number(trial))).promotions!;
        expect(rungs!.at(-1)!.outcome).toBe(status === 'ok' ? 'promoted' : status);
      }
    }
  }, 60_000);
});

describe.each([
  ['pbt', PBT],
  ['asha that pauses', ASHA],
])('under %s', (name, pruner) => {
  let folder = '';
  beforeAll(async () => {
    ({ folder } = await runSweep({ sweep: fixture('paused'), pruner, workers: 2 }));
  }, 60_000);

  test.each([1, 5, 13])('killed at pause %i, every trial is counted once', async (count) => {
    const cut = cutRun(folder, count, isParked);
    const rungs = new Map<number, number>();
    const begun = new Set<number>();
    let done = 0;
    for (const { record } of readRecords(cut)) {
      if (record.t === 'rows') done++;
      if (record.t === 'report') begun.add(record.trial);
      if (record.t === 'rows') for (const trial of numbersOf(record.trials)) rungs.delete(trial);
      if (!isParked(record)) continue;
      for (const trial of numbersOf((record as AttemptRecord).trials)) {
        rungs.set(trial, (record as AttemptRecord).rung!);
        begun.delete(trial);
      }
    }
    // Of one that had gone on and reported, nobody knows more.
    const open = new Set([...rungs.keys(), ...begun]);
    for (const trial of begun) rungs.delete(trial);
    const status = await readRunStatus(cut);
    const paused = [...new Set(rungs.values())]
      .sort((a, b) => a - b)
      .map((rung) => ({ rung, trials: [...rungs.values()].filter((each) => each === rung).length }));
    expect(status).toMatchObject({ done, orphaned: 0, waiting: { ended: 0, paused } });
    const words = paused.map(({ rung, trials }) => `${trials} at step ${rung}`).join(', ');
    expect(renderStatus(status)).toMatch(new RegExp(`paused +${words}: they wait`));
    expect(renderStatusLine(status)).toMatch(new RegExp(`${done} of 12 done,.* ${rungs.size} waiting`));
    const live = new LiveRun({ folder: cut, root: cut, shown: cut, path: '' });
    await live.refresh();
    expect(live.view().counts).toMatchObject({ done, waiting: rungs.size });
    const { trials, curves } = unpackData(Uint8Array.from(live.data()));
    // Nobody works on it: what has not paused has not ended either.
    expect(trials.rows).toBe(done + rungs.size);
    const statuses = trials.columns.find((column) => column.name === 'status')!;
    expect(JSON.stringify(statuses)).toContain('waiting');
    const ids = curves!.columns.find((column) => column.name === 'trial')!;
    expect(new Set(Array.from(ids.values as Float64Array))).toEqual(new Set(open));
  });

  test('metrics.csv of a run that goes on is the beginning of that at its end, from the first step on', async () => {
    const isReport = (record: JournalRecord) => record.t === 'report';
    const whole = lossesOf(folder);
    const records = [...readRecords(folder)].filter(({ record }) => isReport(record));
    // This worker reports nothing again.
    const later = records.flatMap(({ record }, i) =>
      record.t === 'report' && record.attempt > 1 ? [i + 1] : [],
    );
    expect(later.length).toBeGreaterThan(5);
    for (const count of later.filter((each) => each < records.length)) {
      const cut = cutRun(folder, count, isReport);
      await writeSeries(cut, readJournal(cut).state);
      const { trial } = records[count - 1]!.record as ReportRecord;
      const losses = lossesOf(cut);
      expect(losses.get(trial)!.size).toBeGreaterThan(1);
      for (const [each, own] of losses) expect([...own]).toEqual([...whole.get(each)!].slice(0, own.size));
    }
  });

  test('what is told of a run that goes on is the beginning of what is told at its end', async () => {
    const whole = [];
    for (const trial of range(12)) whole.push(await explainTrial(folder, trial));
    let waits = 0;
    for (const count of [1, 4, 8, 12, 16, 20]) {
      const cut = cutRun(folder, count, isParked);
      const known = new Set<number>();
      for (const { record } of readRecords(cut))
        if (isParked(record))
          for (const trial of numbersOf((record as AttemptRecord).trials)) known.add(trial);
      for (const trial of known) {
        const { promotions, lineage } = await explainTrial(cut, trial);
        const promoted = promotions?.rungs?.filter(({ outcome }) => outcome === 'promoted') ?? [];
        expect(promoted).toEqual(whole[trial]!.promotions?.rungs?.slice(0, promoted.length) ?? []);
        waits += promotions?.rungs?.filter(({ outcome }) => outcome === 'waits').length ?? 0;
        const takeovers = lineage?.takeovers ?? [];
        expect(takeovers).toEqual(whole[trial]!.lineage?.takeovers.slice(0, takeovers.length) ?? []);
        expect(promotions?.rungs === null).toBe(false);
      }
    }
    if (name !== 'pbt') expect(waits).toBeGreaterThan(5);
  }, 60_000);

  test('verify runs again what has come to its weights by itself', async () => {
    const { leftOut, differingCells, of, trials } = await verifyRun(folder, { sample: 12 });
    const statuses = rowsOf(read(folder, 'trials.csv')).map(({ status }) => status);
    const pruned = statuses.filter((status) => status === 'pruned').length;
    const taken = name === 'pbt' ? takenOver(folder).size : 0;
    expect(leftOut).toEqual({ timeout: 0, skipped: 0, pruned, takenOver: taken });
    expect({ of, trials, differingCells }).toEqual({
      ...{ of: 12 - pruned - taken, trials: 12 - pruned - taken },
      differingCells: 0,
    });
    expect(pruned + taken).toBeGreaterThan(3);
  }, 60_000);
});

/** Trials with the weights of others. */
function takenOver(folder: string): Set<string> {
  const rows = rowsOf(read(folder, 'schedules.csv'));
  return new Set(rows.flatMap(({ trial, step }) => (step === '0' ? [] : [trial!])));
}

function numbersOf(numbers: TrialNumbers): number[] {
  const found: number[] = [];
  forEachRun(numbers, (first, count) => {
    for (let trial = first; trial < first + count; trial++) found.push(trial);
  });
  return found;
}

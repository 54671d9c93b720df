// What got worse is run again: which part of a run that is, and what the answers mean.
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { narrow } from '../../src/cli/nightly.js';
import { systemClock } from '../../src/ground/clock.js';
import { confirm } from '../../src/nights/confirm.js';
import { type Gate, judgeTonight, listSeries } from '../../src/nights/gate.js';
import { type Part, planConfigurations, planSample, readWhole, type Whole } from '../../src/nights/part.js';
import type { NightRecord, NightRun } from '../../src/nights/record.js';
import { recordNight } from '../../src/nights/record-night.js';
import type { RunRequest } from '../../src/sweep/contract.js';
import { makeProject } from '../sweep/project.js';
import { newFolder, read, rowsOf, runHere } from '../sweep/session.js';
import { nightOf } from './nights.js';

/** What the worker does tonight: trials run in this process. */
const tonight = { ms: 2, shift: 0 };
Object.assign(globalThis, { sweeplineNight: tonight });

let sweep: string;
beforeAll(() => {
  ({ sweep } = makeProject(
    `params: { a: z.number().default(0), kind: z.string().default('') }, metrics: { loss: { type: 'number', goal: 'min' } },
    async run({ params, seed }) {
      const { ms, shift } = globalThis.sweeplineNight;
      if (Number.isNaN(shift)) throw new Error('not tonight');
      await new Promise((done) => setTimeout(done, ms));
      return { loss: params.a + seed / 2 ** 53 + (params.a === 4 ? shift : 0) };
    }`,
    "axes: { a: [1, 2, 4, 8], kind: ['x', 'y'] }, replicates: 2",
  ));
});

const request = (out: string, more: Partial<RunRequest> = {}): RunRequest => ({
  ...{ sweep, out, blockSize: 1 },
  ...more,
});

/** Runs it once, as the run `mine` of a suite; returns the suite's folder. */
async function runSuite(more: Partial<RunRequest> = {}): Promise<string> {
  const folder = join(newFolder(), '20260210-030000-0000');
  await runHere(request(join(folder, 'mine'), more));
  return folder;
}

const keysOf = (folder: string) => rowsOf(read(folder, 'trials.csv')).map(({ key }) => key!);

describe('a part', () => {
  let whole: Whole;
  let folder: string;
  beforeAll(async () => {
    folder = join(await runSuite(), 'mine');
    whole = await readWhole('mine', folder);
  });

  const runPart = async (part: Part) => {
    const out = join(newFolder(), 'part');
    await runHere(narrow(request('replaced'), part, out));
    return out;
  };

  test('of some configurations has their trials, with the same keys and numbers', async () => {
    const part = planConfigurations(whole, new Set(['a=2 kind=x', 'a=8 kind=x']), []);
    expect(part).toMatchObject({ run: 'mine', set: { a: [2, 8], kind: ['x'] }, replicates: null });
    expect(part.ms).toBeCloseTo(whole.ms / 4, 6);
    const rows = read(await runPart(part), 'trials.csv')
      .trimEnd()
      .split('\n')
      .slice(1);
    expect(rows).toHaveLength(4);
    const all = read(folder, 'trials.csv').split('\n');
    const withoutNumber = (row: string) => row.slice(row.indexOf(','));
    for (const row of rows) expect(all.map(withoutNumber)).toContain(withoutNumber(row));
  });

  test('whose configurations were taken together has all values of that axis', () => {
    expect(planConfigurations(whole, new Set(['kind=y']), ['a']).set).toEqual({ kind: ['y'] });
  });

  test('that is a sample takes no longer than it may, and its trials are among all', async () => {
    expect(planSample(whole, whole.ms)).toMatchObject({ set: {}, replicates: null });
    const half = planSample(whole, whole.ms / 2)!;
    expect(half).toMatchObject({ replicates: 1, set: { a: [1, 2, 4, 8], kind: ['x', 'y'] } });
    const eighth = planSample(whole, whole.ms / 8)!;
    expect(eighth).toMatchObject({ replicates: 1, set: { a: [1], kind: ['x', 'y'] } });
    expect(eighth.ms).toBeLessThanOrEqual(whole.ms / 8 + 1e-9);
    expect(planSample(whole, whole.ms / 100)).toBeNull();
    const all = new Set(keysOf(folder));
    for (const part of [half, eighth])
      for (const key of keysOf(await runPart(part))) expect(all).toContain(key);
  });

  test('of a search is all of it: fewer values would be other proposals', async () => {
    const out = join(await runSuite({ sampler: { name: 'random' }, trials: 6 }), 'mine');
    const searched = await readWhole('mine', out);
    expect(planConfigurations(searched, new Set(['a=2 kind=x']), []).set).toEqual({});
    expect(planSample(searched, searched.ms / 2)).toBeNull();
  });
});

/** Tonight, and nights before it that gave this, oldest first. */
async function judge(folder: string, change: (run: NightRun, day: number) => NightRun, days: number) {
  const night = await recordNight({
    ...{ night: '20260310-030000-0000', at: '2026-03-10T03:00:00.000Z', suite: 'small', folder },
    runs: ['mine'],
  });
  const [run] = night.runs as [NightRun];
  const nights = Array.from({ length: days }, (_, day): NightRecord => nightOf(day, [change(run, day)]));
  const history = { nights, faults: [] };
  const gate = judgeTonight(night, history, { accepted: [] });
  return { gate, series: listSeries(night, history, {}).series };
}

interface Asked {
  readonly parts: Part[];
  readonly gate: Gate;
  readonly said: string[];
}

/** Runs again what got worse, at most for so long; `before` is called before each repeat. */
async function ask(
  folder: string,
  found: Awaited<ReturnType<typeof judge>>,
  before: (repeat: number) => void = () => undefined,
  budgetMs?: number,
): Promise<Asked> {
  const [parts, said]: [Part[], string[]] = [[], []];
  const gate = await confirm(
    { ...found, accepted: [], folder, clock: systemClock },
    {
      budgetMs,
      say: (text) => said.push(text),
      async run(part, out) {
        parts.push(part);
        before(parts.length);
        return (await runHere(narrow(request('replaced'), part, out))).left === 0;
      },
    },
  );
  return { parts, gate, said };
}

describe('a number', () => {
  /** Nights before gave 0.5 less at a=4. */
  const lower = (run: NightRun): NightRun => ({
    ...run,
    cells: run.cells.map((cell) =>
      cell.metric === 'loss' && cell.configuration.startsWith('a=4')
        ? { ...cell, mean: cell.mean! - 0.5 }
        : cell,
    ),
  });
  const judged = async () => {
    tonight.shift = 0.5;
    const folder = await runSuite();
    return { folder, found: await judge(folder, lower, 4) };
  };

  test('that comes again is worse', async () => {
    const { folder, found } = await judged();
    const { gate, parts, said } = await ask(folder, found);
    expect(said[0]).toContain('2 cells got worse: running again what gave them, for at most 2m 00s');
    expect(parts).toMatchObject([{ run: 'mine', set: { a: [4], kind: ['x', 'y'] }, replicates: null }]);
    const worse = gate.cells.filter(({ verdict }) => verdict === 'worse');
    expect(worse.map(({ configuration }) => configuration)).toEqual(['a=4 kind=x', 'a=4 kind=y']);
    expect(worse[0]!.confirmation).toEqual({ repeats: 1, agreed: 1, skipped: null });
    expect(gate).toMatchObject({ isWorse: true, notes: [expect.stringContaining('ran again for')] });
    expect(gate.night.doubtful).toBeUndefined();
  });

  test('that does not is noise, which the history knows of', async () => {
    const { folder, found } = await judged();
    const { gate } = await ask(folder, found, () => {
      tonight.shift = 0;
    });
    expect(gate.isWorse).toBe(false);
    expect(gate.cells.filter(({ verdict }) => verdict === 'noisy')).toMatchObject([
      { configuration: 'a=4 kind=x', confirmation: { repeats: 1, agreed: 0 }, since: null },
      { configuration: 'a=4 kind=y' },
    ]);
    expect(gate.night.doubtful).toEqual(['mine/loss/a=4 kind=x', 'mine/loss/a=4 kind=y']);
  });

  test('of trials that fail this time stays worse: they say nothing of it', async () => {
    const { folder, found } = await judged();
    const { gate } = await ask(folder, found, () => {
      tonight.shift = Number.NaN;
    });
    expect(gate.isWorse).toBe(true);
    expect(gate.cells.find(({ verdict }) => verdict === 'worse')!.confirmation!.skipped).toBe(
      'run again, and not comparable',
    );
  });

  test('that cannot be run again stays worse, and says why', async () => {
    const { folder, found } = await judged();
    const { gate, parts } = await ask(folder, found, undefined, 1);
    expect(parts).toEqual([]);
    expect(gate.isWorse).toBe(true);
    expect(gate.cells.find(({ verdict }) => verdict === 'worse')!.confirmation).toEqual({
      ...{ repeats: 0, agreed: 0 },
      skipped: expect.stringContaining('takes longer than it may'),
    });
    const broken = await ask(folder, found, () => {
      throw new Error('no room');
    });
    expect(broken.gate.cells.find(({ verdict }) => verdict === 'worse')!.confirmation!.skipped).toBe(
      'not run again: no room',
    );
  });
});

describe('a time', () => {
  /** A tenth of tonight's on the nights before the last two. */
  const faster = (run: NightRun, day: number): NightRun => ({
    ...run,
    cells: run.cells.map((cell) =>
      cell.metric === 'run_ms' && day < 28
        ? { ...cell, mean: cell.mean! * (0.1 + 0.001 * ((day * 7) % 5)) }
        : cell,
    ),
  });
  const judged = async () => {
    tonight.ms = 60;
    const folder = await runSuite();
    const found = await judge(folder, faster, 30);
    expect(found.gate.cells.filter(({ verdict }) => verdict === 'worse')).toMatchObject([
      { metric: { name: 'run_ms' } },
    ]);
    return { folder, found };
  };
  const timeOf = ({ cells }: Gate) => cells.find(({ metric }) => metric.name === 'run_ms')!;

  test('that three of four repeats bear out is worse', async () => {
    const { folder, found } = await judged();
    const { gate, parts } = await ask(folder, found, (repeat) => {
      tonight.ms = repeat === 2 ? 1 : 60;
    });
    expect(parts).toHaveLength(4);
    expect(timeOf(gate)).toMatchObject({ verdict: 'worse', confirmation: { repeats: 4, agreed: 3 } });
  });

  test('that two do not bear out is noise; the night counts all the same', async () => {
    const { folder, found } = await judged();
    const { gate, parts } = await ask(folder, found, () => {
      tonight.ms = 1;
    });
    expect(parts).toHaveLength(2);
    expect(timeOf(gate)).toMatchObject({ verdict: 'noisy', confirmation: { repeats: 2, agreed: 0 } });
    expect(gate.night.doubtful).toBeUndefined();
  });
});

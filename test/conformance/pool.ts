// What every pool promises (src/pool/contract.ts), as tests that run over each implementation.
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseString, writeToString } from 'fast-csv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SweeplineError } from '../../src/ground/errors.js';
import { type Pool, type PoolSetup, type Task, TaskLost, type TaskResult } from '../../src/pool/contract.js';
import { createInlinePool } from '../../src/pool/inline.js';
import type { SpaceSpec, Value } from '../../src/space/types.js';

/** Opens a pool over a worker's module. */
export type OpenPool = (workerUrl: string) => Pool;

/** The compiled module of a worker in test/fixtures/workers. */
export function fixtureWorker(name: string): string {
  return new URL(`../../dist/test/fixtures/workers/${name}.js`, import.meta.url).href;
}

/** Crossed lists of values, one axis a name. */
export function spaceOf(axes: Readonly<Record<string, readonly Value[]>>, replicates = 1): SpaceSpec {
  const listed = Object.entries(axes).map(([name, values]) => ({
    names: [name],
    values: [{ kind: 'list' as const, values }],
  }));
  return { grids: [{ axes: listed }], replicates };
}

export function setupOf(space: SpaceSpec, more: Partial<PoolSetup> = {}): PoolSetup {
  return {
    space,
    axes: space.grids.flatMap((grid) => grid.axes.flatMap((axis) => axis.names)),
    fixed: {},
    sweepSeed: 7,
    engine: 'onnx',
    device: 'cpu',
    data: undefined,
    folder: null,
    ...more,
  };
}

export function rangeTask(id: number, first: number, count: number, attempt = 1): Task {
  return { id, attempt, trials: { kind: 'range', first, count } };
}

export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Waits for something that another thread or process brings about; the test's own time limit bounds it. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** `runs`: how many pools the properties open. */
export function poolConformance(name: string, open: OpenPool, runs = 3): void {
  describe(`${name}: a pool`, () => {
    let folder: string;
    let pools: Pool[];
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'sweepline-pool-'));
      pools = [];
    });
    afterEach(async () => {
      writeFileSync(join(folder, 'go'), '');
      await Promise.all(pools.map((pool) => pool.close()));
      rmSync(folder, { recursive: true, force: true });
    });

    const opened = (worker: string): Pool => {
      const pool = open(fixtureWorker(worker));
      pools.push(pool);
      return pool;
    };
    const begun = async (worker: string, space: SpaceSpec, more: Partial<PoolSetup> = {}): Promise<Pool> => {
      const pool = opened(worker);
      await pool.begin(setupOf(space, { folder, data: folder, ...more }));
      return pool;
    };
    const readLog = (): string[][] =>
      existsSync(join(folder, 'log'))
        ? readFileSync(join(folder, 'log'), 'utf8')
            .trim()
            .split('\n')
            .map((line) => line.split(' '))
        : [];
    const started = () => readLog().filter(([word]) => word === 'start').length;

    it('describes its worker', async () => {
      const description = await opened('echo').questions.describe();
      expect(description).toMatchObject({
        name: 'echo',
        version: '1',
        mode: 'run',
        series: ['loss', 'accuracy'],
      });
      expect(description.params.map((param) => param.name)).toEqual(['x', 'n', 'flag', 'word', 'act']);
    });

    it.each([
      ['throws-on-import', /this module throws on import/],
      ['not-a-worker', /not a worker/],
      ['missing', /does not exist/],
    ])('rejects describe and begin for a worker that is none: %s', async (worker, message) => {
      const pool = opened(worker);
      await expect(pool.questions.describe()).rejects.toThrow(message);
      await expect(pool.questions.describe()).rejects.toThrow(message);
      await expect(pool.begin(setupOf(spaceOf({})))).rejects.toThrow(message);
    });

    it('tells the cost of points, defaults filled in, and null where its worker tells none', async () => {
      expect(await opened('echo').questions.costs([{ x: 3 }, { x: 3, n: 4 }])).toEqual([1, 4]);
      const staged = opened('staged');
      expect(await staged.questions.costs([{}])).toBeNull();
      expect(await staged.questions.costs([{ scale: 3 }, { scale: 7 }], 'draw')).toEqual([1, 100]);
      await expect(staged.questions.costs([{ scale: 99 }], 'draw')).rejects.toThrow(
        'worker staged.draw: its cost throws SweeplineError: stage draw reads the parameter "size"',
      );
    });

    it('validates values and points by the worker’s own types', async () => {
      const pool = opened('echo');
      expect(
        await pool.questions.validate({ checks: { n: [1, 2], word: ['a'] }, points: [{ x: 1, n: 2 }] }),
      ).toEqual([]);
      expect(
        await pool.questions.validate({ checks: { n: [1, 1.5], act: ['dance'] }, points: [] }),
      ).toMatchObject([expect.stringMatching(/^n: 1\.5 \(/), expect.stringMatching(/^act: "dance" \(/)]);
      expect(await pool.questions.validate({ checks: {}, points: [{ x: 3, n: 2 }, { x: 1 }] })).toEqual([
        'x = 3 is above n = 2',
      ]);
    });

    it('writes the rows that fast-csv would, whatever the values', async () => {
      const numbers = fc.uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), {
        minLength: 1,
        maxLength: 12,
        selector: (value) => String(value),
      });
      const words = fc.uniqueArray(
        fc.string({
          unit: fc.oneof(
            fc.constantFrom(',', '"', '\n', '\r', ' ', 'é', '=', ';'),
            fc.string({ maxLength: 1 }),
          ),
        }),
        { minLength: 1, maxLength: 8 },
      );
      await fc.assert(
        fc.asyncProperty(numbers, words, fc.boolean(), async (x, word, flag) => {
          const pool = open(fixtureWorker('echo'));
          try {
            await pool.begin(setupOf(spaceOf({ x, word }), { fixed: { flag } }));
            const result = await pool.submit(rangeTask(1, 0, x.length * word.length)).result;
            const text = textOf(result.rows);
            const cells = await parseCells(text);
            // But for empty text: fast-csv does not tell it from null.
            expect(text.replaceAll(/(?<=,)""(?=[,\n])/g, '')).toBe(
              await writeToString(cells, { includeEndRowDelimiter: true }),
            );
            expect(cells.map((row) => row.slice(4))).toEqual(
              x.flatMap((number) => {
                const shown = number === 0 ? '0' : String(number);
                return word.map((each) => [shown, each, 'ok', shown, '1', String(flag), each, '']);
              }),
            );
          } finally {
            await pool.close();
          }
        }),
        { seed: 11, numRuns: runs },
      );
    });

    it.each(['echo', 'block'])(
      'gives the rows of a task by the task alone, in any order: %s',
      async (worker) => {
        const space = spaceOf({ x: [-2, -1.5, 0, 1e300, 3], word: ['a', 'two words', 'c,d'] }, 2);
        const pool = await begun(worker, space, { folder: null });
        const whole = await pool.submit(rangeTask(1, 0, 30)).result;
        expect(whole).toMatchObject({ id: 1, left: [], notes: [], device: 'cpu' });
        expect(whole.host).toBe(hostname());
        const lines = splitRows(textOf(whole.rows));
        expect(lines).toHaveLength(30);

        const singles = await Promise.all(
          [...lines.keys()].reverse().map((trial) => pool.submit(rangeTask(100 + trial, trial, 1)).result),
        );
        for (const single of singles) expect(textOf(single.rows)).toBe(lines[single.id - 100]);
        const picked = await pool.submit({
          id: 2,
          attempt: 1,
          trials: { kind: 'numbers', numbers: [29, 3, 7] },
        }).result;
        expect(textOf(picked.rows)).toBe([29, 3, 7].map((trial) => lines[trial]).join(''));
        const point = await pool.submit({
          id: 3,
          attempt: 1,
          trials: {
            kind: 'points',
            points: [{ trial: 29, replicate: 1, point: { x: 3, word: 'c,d' } }],
          },
        }).result;
        expect(textOf(point.rows)).toBe(lines[29]);

        // The pool without threads is the reference: all implementations give the same bytes.
        const reference = createInlinePool(fixtureWorker(worker));
        await reference.begin(setupOf(space));
        expect(textOf((await reference.submit(rangeTask(1, 0, 30)).result).rows)).toBe(textOf(whole.rows));
        await reference.close();
      },
    );

    it('gives every trial its own random streams, on any thread and any attempt', async () => {
      const pool = await begun('echo', spaceOf({ x: [1, 2, 3, 4] }, 3), { fixed: { act: 'random' } });
      const first = await pool.submit(rangeTask(1, 0, 12)).result;
      const again = await Promise.all(
        [...Array(12).keys()].map((i) => pool.submit(rangeTask(2 + i, i, 1, 2)).result),
      );
      expect(again.map((result) => textOf(result.rows)).join('')).toBe(textOf(first.rows));
      const drawn = (await parseCells(textOf(first.rows))).map((row) => row[9]);
      expect(new Set(drawn).size).toBe(12);
    });

    it('tells a trial that throws as a failed row, and runs the others of its task', async () => {
      const pool = await begun(
        'echo',
        spaceOf({ act: ['none', 'throw', 'stray', 'wrong', 'outside', 'series'] }),
      );
      const result = await pool.submit(rangeTask(1, 0, 6)).result;
      const cells = await parseCells(textOf(result.rows));
      expect(cells.map((row) => row[5])).toEqual(['ok', 'failed', 'failed', 'failed', 'failed', 'ok']);
      expect(cells[1]!.slice(6)).toEqual(['', '', '', '', '']);
      expect(result.notes.map((note) => [note.trial, note.status])).toEqual(
        [1, 2, 3, 4].map((i) => [i, 'failed']),
      );
      expect(result.notes[0]!.error).toMatchObject({ name: 'RangeError', message: 'told to throw at x = 0' });
      expect(result.notes[1]!.error).toMatchObject({ name: 'SweeplineError', code: 'BAD_DEFINITION' });
      expect(result.notes[1]!.error!.message).toContain('"strange"');
      expect(result.notes[2]!.error!.message).toContain('metric "number" is "text"');
      expect(readdirSync(folder)).not.toContain('escaped.txt');
    });

    it('fails a trial whose values are not what was declared, and keeps those that are', async () => {
      const value = ['fraction', 'list', 'unknown', 'several', 'nothing', 'promise', 'infinite'];
      const pool = await begun('misfit', spaceOf({ value }));
      const { rows, notes, warnings } = await pool.submit(rangeTask(1, 0, value.length)).result;
      expect((await parseCells(textOf(rows))).map((row) => row.slice(5))).toEqual([
        ['failed', '0.5', '', 'true', 'a'],
        ['failed', '', '3', 'true', 'a'],
        ['failed', '0.5', '3', 'true', 'a'],
        ['failed', 'NaN', '', '', 'a'],
        ['failed', '', '', '', ''],
        ['failed', '', '', '', ''],
        ['ok', '-Infinity', '', '', ''],
      ]);
      expect(notes.map(({ trial, status, error }) => [trial, status, error!.code])).toEqual(
        [0, 1, 2, 3, 4, 5].map((trial) => [trial, 'failed', 'BAD_DEFINITION']),
      );
      const messages = notes.map(({ error }) => error!.message);
      expect(messages[0]).toMatch(/^metric "correct" is 1\.5; expected an integer/);
      expect(messages[3]).toMatch(/^metric "correct" is NaN; .*; metric "hit" is 1; expected true or false$/);
      expect(messages[5]).toMatch(/^`run` returned 3; expected an object of metrics: /);
      expect(warnings).toBeUndefined();
    });

    it('fails a trial of a block whose values are not what was declared, and no other', async () => {
      const x = [1, 0.5, -1, 7.5, 3, -2, 2 ** 53];
      const pool = await begun('misfit-block', spaceOf({ x }));
      const { rows, notes } = await pool.submit(rangeTask(1, 0, x.length)).result;
      expect((await parseCells(textOf(rows))).map((row) => row.slice(5))).toEqual([
        ['ok', '1', '1', 'true', ''],
        ['failed', '0.5', '', '', ''],
        ['ok', '', '', '', ''],
        ['failed', '', '', '', ''],
        ['failed', '3', '3', '', ''],
        ['failed', 'Infinity', '', '', ''],
        ['failed', '9007199254740992', '', '', ''],
      ]);
      expect(notes.map(({ trial, error }) => [trial, error!.message])).toEqual([
        [
          1,
          expect.stringMatching(/^metric "correct" is 0\.5; .*; metric "hit" is 0\.5; expected 0, 1 or NaN$/),
        ],
        [3, 'told to fail'],
        [4, 'metric "hit" is 3; expected 0, 1 or NaN'],
        [5, expect.stringMatching(/^metric "correct" is Infinity; .*; metric "hit" is Infinity/)],
        [6, expect.stringMatching(/^metric "correct" is 9007199254740992; .*; metric "hit" is 9007/)],
      ]);
    });

    it('tells of metrics that are missing, not for every trial', async () => {
      const pool = await begun('misfit', spaceOf({ report: ['none', 'merged'] }, 20));
      const results = await Promise.all(
        [...Array(40).keys()].map((i) => pool.submit(rangeTask(i, i, 1)).result),
      );
      const warnings = results.flatMap((result) => result.warnings ?? []);
      const expected = ['correct', 'hit', 'word'].map((name) =>
        expect.stringContaining(`metric "${name}" is declared`),
      );
      expect([...new Set(warnings)]).toEqual(expected);
      expect(warnings.length).toBeLessThanOrEqual(3 * pool.size);
      expect(results.flatMap(({ notes }) => notes)).toEqual([]);
      const blocks = await begun('misfit-block', spaceOf({ x: [0] }, 2));
      expect(await blocks.submit(rangeTask(1, 0, 2)).result).toMatchObject({
        notes: [],
        warnings: [expect.stringContaining('metric "forgotten" is declared, but `runBlock` did not ask')],
      });
    });

    it('fails a trial that reports what is no number, unless it catches that', async () => {
      const pool = await begun('misfit', spaceOf({ report: ['text', 'list', 'bigint', 'caught'] }));
      const { series, notes } = await pool.submit(rangeTask(1, 0, 4)).result;
      expect(notes.map(({ trial, error }) => [trial, error!.message])).toEqual([
        [0, 'report: step 1: series "loss" is "n/a"; expected a number'],
        [1, 'report: step 1: series "loss" is [0.5]; expected a number'],
        [2, 'report: step 1: series "loss" is 10n; expected a number'],
      ]);
      expect(textOf(series)).toBe('3,2,NaN,\n');
    });

    it('merges reports of one step, and leaves out those of a trial that has ended', async () => {
      const pool = await begun('misfit', spaceOf({ report: ['late', 'merged', 'none'] }));
      const results = await Promise.all([0, 1, 2].map((i) => pool.submit(rangeTask(i, i, 1)).result));
      expect(results.map(({ series }) => textOf(series))).toEqual(['', '1,0.25,1,0.5\n1,1,2,\n', '']);
    });

    it('fails the trial of a block at which its worker throws, and no other', async () => {
      const pool = await begun('block', spaceOf({ x: [1, 2, -2e6, 4] }));
      const [bad, good] = await Promise.all([
        pool.submit(rangeTask(1, 2, 2)).result,
        pool.submit(rangeTask(2, 0, 2)).result,
      ]);
      expect(bad!.notes.map((note) => [note.trial, note.error!.name])).toEqual([[2, 'RangeError']]);
      expect((await parseCells(textOf(bad!.rows))).map((row) => row.slice(5))).toEqual([
        ['failed', '', '', ''],
        ['ok', '8', '4', 'true'],
      ]);
      expect((await parseCells(textOf(good!.rows))).map((row) => row.slice(5))).toEqual([
        ['ok', '2', '4', 'true'],
        ['ok', '4', '4', 'true'],
      ]);
    });

    it('brings series, artifacts and checkpoints', async () => {
      const pool = await begun('echo', spaceOf({ act: ['series', 'artifact', 'checkpoint'] }), {
        fixed: { x: 6 },
      });
      const result = await pool.submit(rangeTask(1, 0, 3)).result;
      expect(textOf(result.series)).toBe('0,1,,1\n0,2,3,\n0,3,,3\n');
      expect(readFileSync(join(folder, 'artifacts', '1', 'deep', 'note.txt'), 'utf8')).toBe('x = 6');
      const cells = await parseCells(textOf(result.rows));
      expect(cells[1]![9]).toBe(join('artifacts', '1', 'deep', 'note.txt'));
      expect(cells[2]![9]).toBe('fresh');
      expect(checkpointsIn(folder)).toEqual([]);
    });

    it('runs at most `size` tasks at once, the rest in the order of submission', async () => {
      const pool = await begun('waiting', spaceOf({ i: [0, 1, 2, 3, 4, 5, 6, 7] }));
      const results = [...Array(8).keys()].map((i) => pool.submit(rangeTask(i, i, 1)).result);
      await until(() => started() === pool.size);
      appendFileSync(join(folder, 'log'), 'gate - -\n');
      writeFileSync(join(folder, 'go'), '');
      await Promise.all(results);
      const log = readLog();
      const gate = log.findIndex(([word]) => word === 'gate');
      expect(
        log
          .slice(0, gate)
          .map(([, trial]) => Number(trial))
          .sort(),
      ).toEqual([...Array(pool.size).keys()]);
      let running = 0;
      const seen = new Set<number>();
      for (const [word, trial] of log) {
        if (word === 'start') {
          running++;
          // Tasks are handed out in order. A thread may be slow to say so, and there are `size` of them.
          const overtaken = [...Array(Number(trial)).keys()].filter((earlier) => !seen.has(earlier));
          expect(overtaken.length).toBeLessThan(pool.size);
          seen.add(Number(trial));
        }
        if (word === 'end') running--;
        expect(running).toBeLessThanOrEqual(pool.size);
      }
      expect(seen.size).toBe(8);
    });

    it('asks running trials to stop, which then have no row', async () => {
      const pool = await begun('waiting', spaceOf({ i: [0, 1, 2, 3, 4, 5] }));
      const tasks = [0, 1, 2].map((i) => pool.submit(rangeTask(i, 2 * i, 2)));
      await until(() => started() === Math.min(pool.size, 3));
      for (const task of tasks) task.stop();
      const results = await Promise.all(tasks.map((task) => task.result));
      for (const [i, result] of results.entries()) {
        expect(result).toMatchObject({ notes: [], rows: new Uint8Array(0) });
        expect(result.left.map(({ trial }) => trial)).toEqual([2 * i, 2 * i + 1]);
      }
      // Those that had begun say so, and have kept what they had.
      const stopped = results.flatMap(({ left }) => left.filter(({ hasBegun }) => hasBegun));
      expect(stopped).toHaveLength(pool.size);
      expect(checkpointsIn(folder)).toHaveLength(pool.size);
    });

    it('stops one trial of a task and runs the others, also before the task has begun', async () => {
      const pool = await begun('waiting', spaceOf({ i: [...Array(40).keys()] }));
      const blockers = Array.from({ length: pool.size }, (_, i) => pool.submit(rangeTask(i, 30 + i, 1)));
      await until(() => started() === pool.size);
      const waiting = pool.submit(rangeTask(10, 0, 5));
      waiting.stop([1, 3]);
      for (const blocker of blockers) blocker.stop();
      // Requests of one turn travel at its end; what is asked later is answered after they have arrived.
      await new Promise((done) => setImmediate(done));
      await pool.questions.describe();
      writeFileSync(join(folder, 'go'), '');
      const { left, rows } = await waiting.result;
      expect(left).toEqual([1, 3].map((trial) => ({ trial, hasBegun: false })));
      expect((await parseCells(textOf(rows))).map(([trial]) => trial)).toEqual(['0', '2', '4']);
    });

    it('stops the trial that runs by its number, and no other task', async () => {
      const pool = await begun('waiting', spaceOf({ i: [0, 1, 2, 3] }));
      const first = pool.submit(rangeTask(1, 0, 2));
      await until(() => started() === 1);
      first.stop([0]);
      await until(() => started() === 2); // its second trial
      writeFileSync(join(folder, 'go'), '');
      expect(await first.result).toMatchObject({ left: [{ trial: 0, hasBegun: true }] });
      expect((await pool.submit(rangeTask(2, 2, 1)).result).left).toEqual([]);
    });

    it('says what runs now, and for how long', async () => {
      const pool = await begun('waiting', spaceOf({ i: [0, 1, 2, 3] }));
      expect(await pool.busy()).toEqual([]);
      const tasks = Array.from({ length: pool.size }, (_, i) => pool.submit(rangeTask(i, i, 1)));
      await until(() => started() === pool.size);
      // Of machines, those that answer too late are left out.
      let busy = await pool.busy();
      while (busy.length < pool.size) busy = await pool.busy();
      expect(busy.map(({ trial, trials }) => [trial, trials]).sort()).toEqual(tasks.map((_, i) => [i, 1]));
      expect(new Set(busy.map(({ host, process, thread }) => `${host} ${process} ${thread}`)).size).toBe(
        pool.size,
      );
      for (const { ms } of busy) expect(ms).toBeGreaterThan(0);
      writeFileSync(join(folder, 'go'), '');
      const results = await Promise.all(tasks.map(({ result }) => result));
      const threads = new Map(busy.map(({ trial, thread }) => [trial, thread]));
      for (const { id, thread } of results) expect(thread).toBe(threads.get(id));
      expect(await pool.busy()).toEqual([]);
    });

    it('hands on what a trial reports while it runs', async () => {
      const pool = await begun('reporting', spaceOf({ i: [0, 1] }));
      const heard: string[] = [];
      const task = pool.submit(rangeTask(1, 1, 1), ({ trial, rows }) =>
        heard.push(`${trial}: ${textOf(rows)}`),
      );
      await until(() => heard.length > 0);
      writeFileSync(join(folder, 'go'), '');
      const { series } = await task.result;
      expect(textOf(series)).toBe('1,1,0.5\n1,2,0.25\n');
      // Rows come once each, in order; the last ones only with the result.
      expect('1: 1,0.5\n1,2,0.25\n'.replace('1: 1', '1: 1,1').startsWith(heard[0]!)).toBe(true);
      const known = heard.length;
      await pool.submit(rangeTask(2, 0, 0)).result;
      expect(heard).toHaveLength(known);
    });

    it('ends a task that runs past its limit, and runs the others', async () => {
      const pool = await begun('waiting', spaceOf({ i: [0, 1, 2, 3] }));
      // Of machines, the first task after a change of the limit may begin under the one before: it has time enough.
      pool.limit(500);
      const over = pool.submit(rangeTask(1, 0, 1)).result;
      await expect(over).rejects.toMatchObject({
        code: 'HOST_DIED',
        loss: { cause: 'overdue', blame: 'certain' },
      });
      pool.limit(30_000);
      writeFileSync(join(folder, 'go'), '');
      expect((await pool.submit(rangeTask(2, 1, 3)).result).left).toEqual([]);
    });

    it('ends a task that runs already when it gets a limit', async () => {
      const pool = await begun('waiting', spaceOf({ i: [0, 1] }));
      const over = pool.submit(rangeTask(1, 0, 1)).result;
      await until(() => started() === 1);
      pool.limit(30);
      await expect(over).rejects.toMatchObject({ loss: { cause: 'overdue', blame: 'certain' } });
    });

    it('runs a task apart from others, with the same rows', async () => {
      const pool = await begun('echo', spaceOf({ x: [1, 2, 3, 4] }));
      const beside = await pool.submit(rangeTask(1, 0, 4)).result;
      const apart = [0, 1, 2, 3].map((i) => pool.submit({ ...rangeTask(2 + i, i, 1), isApart: true }).result);
      const rows = (await Promise.all(apart)).map((result) => textOf(result.rows));
      expect(rows.join('')).toBe(textOf(beside.rows));
    });

    it('kills a task on request: those beside it are not to blame, and the next ones run', async () => {
      const pool = await begun('waiting', spaceOf({ i: [0, 1, 2, 3] }));
      const tasks = [0, 1, 2].map((i) => pool.submit(rangeTask(i, i, 1)));
      await until(() => started() === Math.min(pool.size, 3));
      tasks[0]!.kill();
      tasks[0]!.kill();
      await expect(tasks[0]!.result).rejects.toMatchObject({ loss: { cause: 'killed' } });
      writeFileSync(join(folder, 'go'), '');
      for (const { result } of tasks.slice(1)) {
        const outcome = await result.catch((error: TaskLost) => error);
        if (outcome instanceof TaskLost) expect(outcome.loss.blame).toBe('none');
        else expect(outcome.left).toEqual([]);
      }
      expect((await pool.submit(rangeTask(9, 3, 1)).result).left).toEqual([]);
    });

    it('waits on close for what runs, and rejects what comes after', async () => {
      const pool = await begun('waiting', spaceOf({ i: [0, 1, 2] }));
      const results = [0, 1, 2].map((i) => pool.submit(rangeTask(i, i, 1)).result);
      await until(() => started() >= 1);
      const closing = [pool.close(), pool.close()];
      await expect(pool.submit(rangeTask(3, 0, 1)).result).rejects.toMatchObject({ code: 'HOST_DIED' });
      writeFileSync(join(folder, 'go'), '');
      expect((await Promise.all(results)).map((result) => result.left)).toEqual([[], [], []]);
      await Promise.all(closing);
      await pool.close();
      await expect(pool.submit(rangeTask(4, 0, 1)).result).rejects.toBeInstanceOf(SweeplineError);
    });

    it('does not wait on kill: what has not run is rejected', async () => {
      const pool = await begun('waiting', spaceOf({ i: [0, 1, 2, 3] }));
      const results = [0, 1, 2, 3].map((i) => pool.submit(rangeTask(i, i, 1)).result);
      const settled = Promise.allSettled(results);
      await until(() => started() >= 1);
      pool.kill();
      pool.kill();
      writeFileSync(join(folder, 'go'), ''); // in this process a running trial cannot be killed; it may end
      const outcomes = await settled;
      expect(outcomes.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'HOST_DIED' } });
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'HOST_DIED' });
      }
      await expect(pool.submit(rangeTask(5, 0, 1)).result).rejects.toMatchObject({ code: 'HOST_DIED' });
    });

    it('refuses tasks before begin, and a second begin', async () => {
      const pool = opened('echo');
      await expect(pool.submit(rangeTask(1, 0, 1)).result).rejects.toThrow('internal: submit before begin');
      await pool.begin(setupOf(spaceOf({ x: [1] })));
      await expect(pool.begin(setupOf(spaceOf({ x: [1] })))).rejects.toThrow('internal: begin twice');
      expect((await pool.submit(rangeTask(1, 0, 1)).result).left).toEqual([]);
    });

    it('tells which thread ran a task, and how long it waited and ran', async () => {
      const pool = await begun('echo', spaceOf({ x: [...Array(64).keys()] }));
      const results: TaskResult[] = await Promise.all(
        [...Array(64).keys()].map((i) => pool.submit(rangeTask(i, i, 1)).result),
      );
      expect(results.map((result) => result.id)).toEqual([...Array(64).keys()]);
      for (const { thread, runMs, queueMs } of results) {
        expect(thread).toBeGreaterThanOrEqual(0);
        expect(thread).toBeLessThan(pool.size);
        expect(runMs).toBeGreaterThanOrEqual(0);
        expect(queueMs).toBeGreaterThanOrEqual(0);
      }
    });
  });
}

/** Checkpoints that a run folder keeps. */
function checkpointsIn(folder: string): string[] {
  const path = join(folder, 'checkpoints');
  return existsSync(path) ? readdirSync(path) : [];
}

/** The cells of rows without a header, as fast-csv reads them. */
export function parseCells(text: string): Promise<string[][]> {
  return new Promise((resolve, reject) => {
    const rows: string[][] = [];
    parseString<string[], string[]>(text, { headers: false })
      .on('error', reject)
      .on('data', (row: string[]) => rows.push(row))
      .on('end', () => resolve(rows));
  });
}

/** Lines with their ends; the fixture's values hold no line break. */
function splitRows(text: string): string[] {
  return text.match(/[^\n]*\n/g) ?? [];
}

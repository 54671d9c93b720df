// Runs cheap trials a block at a time, for workers of `runBlock`: their parameters as columns, their rows by the thousand.
import { InternalError, type PlainError, SweeplineError, toPlainError } from '../ground/errors.js';
import type { Space } from '../space/space.js';
import { type BlockColumns, createColumns } from '../trial/columns.js';
import { describeMisfit, findMisfits, type Metric } from '../trial/metrics.js';
import type { FixedValues } from '../trial/params.js';
import type { RowPrefixes } from '../trial/prefixes.js';
import { cellsWithoutMetrics, createColumnWriter } from '../trial/row.js';
import { countOf, type Selection, slice, trialAt, trialsOf } from '../trial/selection.js';
import type { TrialNote } from '../trial/status.js';
import type { Block, Worker, WorkerDescription } from '../worker/contract.js';
import type { LeftTrial } from './contract.js';
import { createWarnings, type Executor, NO_BYTES, NONE, noteMisfit } from './executor.js';
import type { Guard } from './strays.js';

export interface BlockRunnerOptions {
  readonly worker: Worker;
  readonly description: WorkerDescription;
  readonly space: Space;
  readonly fixed: FixedValues;
  readonly prefixes: RowPrefixes;
  readonly guard: Guard;
}

/** What some trials have come to, by row. */
interface Ran {
  readonly values: ReadonlyMap<string, Float64Array>;
  /** Metrics whose columns the worker has asked for. */
  readonly asked: ReadonlySet<string>;
  /** Said by the worker with `fail`. */
  readonly failures: ReadonlyMap<number, string>;
  /** Of trials at which it threw. */
  readonly errors: ReadonlyMap<number, PlainError>;
}

/** Rows formatted in one go: texts of a whole block would outlive the young generation and cost more than the rows. */
const STRETCH = 1024;

export function createBlockRunner(options: BlockRunnerOptions): Executor {
  const { worker, description, space, fixed, prefixes, guard } = options;
  const { metrics, params } = description;
  const columnsOf = createColumns({ space, params, fixed });
  const failedCells = cellsWithoutMetrics('failed', metrics.length);
  const write = createRowWriter();
  const warnings = createWarnings();

  /**
   * Runs some trials in one call of the worker. Where it throws, the two halves are run again, down to the trial that is
   * to blame: how trials are put into blocks depends on the machine, and their rows must not.
   */
  const runWhole = async (trials: Selection, control: Parameters<Executor>[1]): Promise<Ran | 'stopped'> => {
    const count = countOf(trials);
    const values = new Map(metrics.map(({ name }) => [name, new Float64Array(count).fill(Number.NaN)]));
    const ran = { values, asked: new Set<string>(), failures: new Map(), errors: new Map() } satisfies Ran;
    const runPart = async (from: number, length: number): Promise<'stopped' | undefined> => {
      if (control.isStopAsked(0)) return 'stopped';
      const part = length === count ? trials : slice(trials, from, length);
      const views = new Map(
        [...values].map(([name, column]) => [name, column.subarray(from, from + length)]),
      );
      const failures = new Map<number, string>();
      try {
        const seeds = () => prefixes(part).seeds;
        const columns = columnsOf(part);
        const block = createBlock({ columns, seeds, values: views, asked: ran.asked, failures });
        await guard(
          () => describeTrials(part),
          () => worker.runBlock!(block),
        );
      } catch (error) {
        for (const view of views.values()) view.fill(Number.NaN);
        if (length === 1) {
          ran.errors.set(from, toPlainError(error));
          return undefined;
        }
        const half = length >> 1;
        return (await runPart(from, half)) ?? (await runPart(from + half, length - half));
      }
      for (const [row, message] of failures) ran.failures.set(from + row, message);
      return undefined;
    };
    return (await runPart(0, count)) ?? ran;
  };

  return async ({ trials }, control) => {
    const count = countOf(trials);
    if (control.isStopAsked(0))
      return { left: [...trialsOf(trials)].map(unbegun), rows: NO_BYTES, series: NO_BYTES, notes: [] };
    const ran = await runWhole(trials, control);
    if (ran === 'stopped')
      return { left: [...trialsOf(trials)].map(begun), rows: NO_BYTES, series: NO_BYTES, notes: [] };
    const { values, asked, failures, errors } = ran;
    const misfits = collectMisfits(metrics, values, (row) => failures.has(row) || errors.has(row));
    const notes = [...new Set([...failures.keys(), ...errors.keys(), ...misfits.keys()])]
      .sort((a, b) => a - b)
      .map((row): TrialNote => {
        const trial = trialAt(trials, row);
        const error = errors.get(row);
        if (error !== undefined) return { trial, status: 'failed', error };
        return noteFailure(trial, failures.get(row), misfits.get(row));
      });
    if (asked.size < metrics.length && errors.size < count) {
      const forgotten = metrics.flatMap(({ name }) => (asked.has(name) ? [] : [name]));
      warnings.forgotten(forgotten, '`runBlock` did not ask for its column');
    }
    const writers = metrics.map((spec) => createColumnWriter(spec, values.get(spec.name)!));
    const isWhole = notes.length === 0;
    const cellsOf = (row: number): string => {
      if (!isWhole && (failures.has(row) || errors.has(row))) return failedCells;
      let cells = isWhole || !misfits.has(row) ? 'ok' : 'failed';
      for (let m = 0; m < writers.length; m++) cells += writers[m]!(row);
      return `${cells}\n`;
    };
    const rows = write(count, (from) => prefixes(slice(trials, from, STRETCH)).prefixes, cellsOf);
    return { left: NONE, rows, series: NO_BYTES, notes, ...warnings.take() };
  };
}

/**
 * What is wrong with values of a block, by row; they are taken out of their columns. Rows that have failed already are
 * left alone: nobody said that their values mean anything.
 */
function collectMisfits(
  metrics: readonly Metric[],
  values: ReadonlyMap<string, Float64Array>,
  hasFailed: (row: number) => boolean,
): ReadonlyMap<number, string[]> {
  const found = new Map<number, string[]>();
  for (const metric of metrics) {
    const column = values.get(metric.name)!;
    for (const row of findMisfits(metric.type, column)) {
      if (hasFailed(row)) continue;
      const faults = found.get(row) ?? [];
      faults.push(describeMisfit(metric, column[row], 'block'));
      found.set(row, faults);
      column[row] = Number.NaN;
    }
  }
  return found;
}

function noteFailure(trial: number, message: string | undefined, faults: readonly string[] = []): TrialNote {
  return message === undefined
    ? noteMisfit(trial, faults)
    : { trial, status: 'failed', error: toPlainError(message) };
}

/** Writes rows into a buffer that is kept between blocks, because a new one for each is garbage by the megabyte. */
function createRowWriter() {
  let scratch = Buffer.allocUnsafe(64 * 1024);
  return (
    count: number,
    headsFrom: (row: number) => readonly string[],
    cellsOf: (row: number) => string,
  ): Uint8Array => {
    let written = 0;
    for (let from = 0; from < count; from += STRETCH) {
      const heads = headsFrom(from);
      let text = '';
      for (let i = 0; i < heads.length; i++) text += heads[i]! + cellsOf(from + i);
      if (scratch.length < written + 3 * text.length) {
        const larger = Buffer.allocUnsafe(2 * (written + 3 * text.length));
        scratch.copy(larger, 0, 0, written);
        scratch = larger;
      }
      written += scratch.write(text, written);
    }
    // With memory of its own, which can be moved to another thread.
    return new Uint8Array(scratch.subarray(0, written));
  };
}

interface BlockParts {
  readonly columns: BlockColumns;
  readonly seeds: () => Uint32Array;
  readonly values: ReadonlyMap<string, Float64Array>;
  /** Metrics whose columns the worker has asked for. */
  readonly asked: Set<string>;
  readonly failures: Map<number, string>;
}

function createBlock({ columns, seeds: makeSeeds, values, asked, failures }: BlockParts): Block {
  const { count } = columns;
  const wrongType = (name: string, found: string, expected: string) =>
    new SweeplineError(
      'BAD_DEFINITION',
      `parameter "${name}" is a ${found} column; the worker asked for ${expected}`,
    );
  let seeds: Uint32Array | undefined;
  return {
    count,
    get seeds() {
      seeds ??= makeSeeds();
      return seeds;
    },
    column: (name) => columns.column(name),
    numbers(name) {
      const column = columns.column(name);
      if (column.type !== 'number') throw wrongType(name, column.type, 'numbers');
      return column.values;
    },
    strings(name) {
      const column = columns.column(name);
      if (column.type !== 'string') throw wrongType(name, column.type, 'strings');
      return column;
    },
    metric(name) {
      const column = values.get(name);
      if (column === undefined)
        throw new InternalError(`no metric "${name}" (has ${[...values.keys()].join(', ')})`);
      asked.add(name);
      return column;
    },
    fail(i, message) {
      if (!(Number.isInteger(i) && i >= 0 && i < count))
        throw new InternalError(`trial ${i} of a block of ${count}`);
      failures.set(i, message);
    },
  };
}

function describeTrials(trials: Selection): string {
  const [first, last] = [trialAt(trials, 0), trialAt(trials, countOf(trials) - 1)];
  return first === last ? `trial ${first}` : `trials ${first} to ${last}`;
}

function unbegun(trial: number): LeftTrial {
  return { trial, hasBegun: false };
}

function begun(trial: number): LeftTrial {
  return { trial, hasBegun: true };
}

// Runs the trials of one task in this thread and writes their rows: the bytes that will stand in trials.csv. A trial
// that throws is a row with status `failed`; nothing that a trial does ends the others of its task.
import { formatCell } from '../ground/csv.js';
import { InternalError, SweeplineError, toPlainError } from '../ground/errors.js';
import { createSpace } from '../space/space.js';
import type { Point } from '../space/types.js';
import { type BlockColumns, createColumns } from '../trial/columns.js';
import { createKeyer } from '../trial/key.js';
import { fillParams } from '../trial/params.js';
import { createRowPrefixes, type PrefixBlock } from '../trial/prefixes.js';
import {
  type Block,
  describeWorker,
  type MetricSpec,
  type MetricValue,
  type Worker,
} from '../worker/define.js';
import { createStageFinder } from '../worker/stage.js';
import type { PoolSetup, Task, TrialNote, TrialStatus } from './contract.js';
import { createTrial, type StopFlag, TrialStopped } from './running-trial.js';

export interface Executed {
  readonly ended: number;
  readonly rows: Uint8Array;
  readonly series: Uint8Array;
  readonly notes: readonly TrialNote[];
  readonly stopped: boolean;
}

/** One object for all tasks without a series: a bundle of results carries it once. */
const NO_BYTES = new Uint8Array(0);

export type Executor = (task: Task) => Promise<Executed>;

export interface ExecutorOptions {
  readonly worker: Worker;
  readonly setup: PoolSetup;
  readonly stop: StopFlag;
  /** What the worker's `load` returned. */
  readonly shared: unknown;
}

/** Prepares what all tasks have in common. The result for a task depends on the task alone. */
export function createExecutor({ worker, setup, stop, shared }: ExecutorOptions): Executor {
  const description = describeWorker(worker);
  const { params } = description;
  const { fixed, sweepSeed } = setup;
  const space = createSpace(setup.space);
  const keyer = createKeyer(worker.name, worker.version);
  const prefixes = createRowPrefixes({ space, axes: setup.axes, params, fixed, keyer, sweepSeed });
  const columns = createColumns({ space, params, fixed });
  const metrics = Object.entries(worker.metrics);
  const stages = createStageFinder(worker, setup.stages ?? []);
  const withoutMetrics = (status: TrialStatus) => `${status}${','.repeat(metrics.length)}\n`;
  const failedCells = withoutMetrics('failed');
  const encoder = new TextEncoder();
  /** Rows of a block while they are written; kept, because a new one for every block is garbage by the megabyte. */
  let scratch = Buffer.allocUnsafe(64 * 1024);
  let written = 0;

  const prefixesOf = (task: Task): PrefixBlock =>
    task.kind === 'range'
      ? prefixes.range(task.first, task.count)
      : task.kind === 'trials'
        ? prefixes.trials(task.trials)
        : prefixes.points(task.points);

  async function runBlock(task: Task): Promise<Executed> {
    const count = countOf(task);
    const taskColumns =
      task.kind === 'range'
        ? columns.range(task.first, task.count)
        : task.kind === 'trials'
          ? columns.trials(task.trials)
          : columns.points(task.points.map((each) => each.point));
    const values = new Map(metrics.map(([name]) => [name, new Float64Array(count).fill(Number.NaN)]));
    const notes: TrialNote[] = [];
    let cellsOf: (row: number) => string;
    try {
      const failures = new Map<number, string>();
      await worker.runBlock!(createBlock(count, () => prefixesOf(task).seeds, taskColumns, values, failures));
      const writers = metrics.map(([name, spec]) => createColumnWriter(spec, values.get(name)!));
      for (const [i, message] of [...failures].sort(([a], [b]) => a - b)) {
        notes.push({ trial: trialOf(task, i), status: 'failed', error: { name: 'Error', message } });
      }
      cellsOf = (row) => {
        if (failures.size > 0 && failures.has(row)) return failedCells;
        let cells = 'ok';
        for (let m = 0; m < writers.length; m++) cells += writers[m]!(row);
        return `${cells}\n`;
      };
    } catch (error) {
      const plain = toPlainError(error);
      for (let i = 0; i < count; i++) notes.push({ trial: trialOf(task, i), status: 'failed', error: plain });
      cellsOf = () => failedCells;
    }
    // A stretch at a time: texts of a whole block would outlive the young generation and cost more than the rows.
    written = 0;
    for (let from = 0; from < count; from += STRETCH) {
      const { prefixes: heads } = prefixesOf(sliceTask(task, from, Math.min(STRETCH, count - from)));
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
    const rows = new Uint8Array(scratch.subarray(0, written));
    return { ended: count, rows, series: NO_BYTES, notes, stopped: false };
  }

  async function runEach(task: Task): Promise<Executed> {
    const { prefixes: heads, keys, seeds } = prefixesOf(task);
    let text = '';
    let series = '';
    const notes: TrialNote[] = [];
    for (let i = 0; i < heads.length; i++) {
      if (Atomics.load(stop, 0) !== 0) return finish(i, true);
      const trial = trialOf(task, i);
      const { point, replicate } =
        task.kind === 'points'
          ? task.points[i]!
          : { point: space.at(Math.floor(trial / space.replicates)), replicate: trial % space.replicates };
      const filled = fillParams(point, params, fixed);
      const obstacle = stages.obstacle(filled);
      if (obstacle !== undefined) {
        text += heads[i]! + withoutMetrics('skipped');
        notes.push({ trial, status: 'skipped', error: { name: 'StageFailed', message: obstacle } });
        continue;
      }
      const running = createTrial(
        {
          params: filled,
          number: trial,
          key: keys[i]!,
          replicate,
          seed: seeds[i]!,
          attempt: task.attempt,
        },
        {
          folder: setup.folder,
          engine: setup.engine,
          device: setup.device,
          data: setup.data,
          series: description.series,
          stop,
          shared,
          stages,
        },
      );
      try {
        text += heads[i]! + formatMetrics(metrics, await worker.run!(running.trial as never));
      } catch (error) {
        if (error instanceof TrialStopped) return finish(i, true);
        text += heads[i]! + failedCells;
        notes.push({ trial, status: 'failed', error: toPlainError(error) });
      }
      series += running.seriesRows();
      running.end();
    }
    return finish(heads.length, false);

    function finish(ended: number, stopped: boolean): Executed {
      return {
        ended,
        rows: encoder.encode(text),
        series: series === '' ? NO_BYTES : encoder.encode(series),
        notes,
        stopped,
      };
    }
  }

  return worker.runBlock === undefined ? runEach : runBlock;
}

/** Rows formatted in one go. */
const STRETCH = 1024;

function sliceTask(task: Task, from: number, count: number): Task {
  if (task.kind === 'range') return { ...task, first: task.first + from, count };
  return task.kind === 'trials'
    ? { ...task, trials: task.trials.slice(from, from + count) }
    : { ...task, points: task.points.slice(from, from + count) };
}

/** The number of a task's i-th trial. */
export function trialOf(task: Task, i: number): number {
  return task.kind === 'range'
    ? task.first + i
    : task.kind === 'trials'
      ? task.trials[i]!
      : task.points[i]!.trial;
}

export function countOf(task: Task): number {
  return task.kind === 'range'
    ? task.count
    : task.kind === 'trials'
      ? task.trials.length
      : task.points.length;
}

/** Whole points of a space as the worker's `check` wants them: defaults filled in. */
export function fillPoints(worker: Worker, points: readonly Point[]): Record<string, unknown>[] {
  const { params } = describeWorker(worker);
  return points.map((point) => fillParams(point, params, {}));
}

function createBlock(
  count: number,
  makeSeeds: () => Uint32Array,
  columns: BlockColumns,
  metrics: ReadonlyMap<string, Float64Array>,
  failures: Map<number, string>,
): Block {
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
      const values = metrics.get(name);
      if (values === undefined)
        throw new InternalError(`no metric "${name}" (has ${[...metrics.keys()].join(', ')})`);
      return values;
    },
    fail(i, message) {
      if (!(Number.isInteger(i) && i >= 0 && i < count))
        throw new InternalError(`trial ${i} of a block of ${count}`);
      failures.set(i, message);
    },
  };
}

/** `,value` by row. Neighbours are often equal (one trajectory answers many rows), so the last text is kept. */
function createColumnWriter(spec: MetricSpec, values: Float64Array): (row: number) => string {
  if (spec.type === 'boolean') {
    return (row) => (values[row] === 1 ? ',true' : values[row] === 0 ? ',false' : ',');
  }
  let last = Number.NaN;
  let text = ',';
  return (row) => {
    const value = values[row]!;
    if (value !== last) {
      last = value;
      text = Number.isNaN(value) ? ',' : `,${formatCell(value)}`;
    }
    return text;
  };
}

function formatMetrics(
  metrics: readonly (readonly [string, MetricSpec])[],
  values: Readonly<Record<string, MetricValue>>,
): string {
  const stray = Object.keys(values).find((name) => !metrics.some(([known]) => known === name));
  if (stray !== undefined) {
    throw new SweeplineError(
      'BAD_DEFINITION',
      `the worker returned a metric "${stray}" that it does not declare`,
      {
        hint: `add it to the worker's metrics (has: ${metrics.map(([name]) => name).join(', ')})`,
      },
    );
  }
  let text = 'ok';
  for (const [name, spec] of metrics) {
    const value = values[name] ?? null;
    const expected = spec.type === 'integer' ? 'number' : spec.type;
    if (value !== null && typeof value !== expected) {
      throw new SweeplineError(
        'BAD_DEFINITION',
        `metric "${name}" is ${JSON.stringify(value)}; expected a ${spec.type}`,
      );
    }
    text += `,${formatCell(value)}`;
  }
  return `${text}\n`;
}

// One trial as its worker sees it: parameters, random streams, series, files, and whether it shall stop.
import type { Clock } from '../ground/clock.js';
import { InternalError } from '../ground/errors.js';
import { randomFor } from '../ground/random.js';
import type { Value } from '../space/types.js';
import { isStructured } from '../space/value.js';
import { createSeriesWriter, type SeriesWriter } from '../trial/series.js';
import type { TrialStore } from '../trial/store.js';
import type { Trial } from '../worker/contract.js';
import type { StageFinder } from '../worker/stage-results.js';

/** Reports travel at most so often, in ms: a message and a journal record cost some 50 µs together. */
const REPORT_MS = 100;

/** Of trials that report when they have ended, so many are told by each thread: where one does, all may. */
const LATE_TOLD = 3;
let lateTrials = 0;

/** Thrown by a trial that gave up because it was asked to. */
export class TrialStopped extends Error {
  override readonly name = 'TrialStopped';
}

export interface TrialIdentity {
  readonly params: Readonly<Record<string, Value>>;
  readonly number: number;
  readonly key: string;
  readonly replicate: number;
  readonly seed: number;
  readonly attempt: number;
}

export interface TrialSurroundings {
  readonly engine: string;
  readonly device: string;
  readonly data: string | undefined;
  readonly series: readonly string[];
  /** Null: no files can be kept. */
  readonly store: TrialStore | null;
  readonly isStopAsked: () => boolean;
  /** Hears rows of metrics.csv while the trial runs. */
  readonly onReport: (rows: Uint8Array) => void;
  /** What the worker's `load` returned. */
  readonly shared: unknown;
  readonly stages: StageFinder;
  readonly clock: Clock;
}

export interface RunningTrial {
  readonly trial: Trial;
  /** True once the trial has been told that it shall stop: whatever it returns then may be half a result. */
  readonly sawStop: boolean;
  /** Rows of metrics.csv so far. */
  seriesRows(): string;
  /** The trial has ended, or stopped and will go on later (then its checkpoint is kept). */
  end(how: 'ended' | 'stopped'): void;
}

export function createTrial(identity: TrialIdentity, around: TrialSurroundings): RunningTrial {
  const { number, key } = identity;
  const writer = createSeriesWriter(number, around.series);
  const reporter = createReporter(writer, around);
  let sawStop = false;
  let ended = false;
  let isLate = false;
  const store = (): TrialStore => {
    if (around.store !== null) return around.store;
    throw new InternalError('this pool keeps no files: it was begun without a run folder');
  };
  const trial: Trial = {
    ...identity,
    params: copyParams(identity.params),
    engine: around.engine,
    device: around.device,
    data: around.data,
    shared: around.shared,
    stage: (name) => around.stages.output(name, identity.params),
    random: (purpose) => randomFor(identity.seed, key, purpose),
    report(step, values) {
      if (ended) {
        if (!isLate) tellLate(number, step);
        isLate = true;
        return;
      }
      writer.add(step, values);
      reporter.look();
    },
    saveArtifact: (name, bytes) => store().putArtifact(number, name, bytes),
    loadCheckpoint: () => store().getCheckpoint(key),
    saveCheckpoint: (bytes) => store().putCheckpoint(key, bytes),
    get stopRequested() {
      sawStop ||= around.isStopAsked();
      return sawStop;
    },
    stopped: () => new TrialStopped('the trial was asked to stop'),
  };
  return {
    trial,
    get sawStop() {
      return sawStop;
    },
    seriesRows: () => writer.rows,
    end(how) {
      reporter.end();
      ended = true;
      if (how === 'ended') around.store?.dropCheckpoint(key);
    },
  };
}

/** What a worker does to its lists and objects is its own affair: other trials have the same ones. */
function copyParams(params: TrialIdentity['params']): TrialIdentity['params'] {
  if (!Object.values(params).some(isStructured)) return params;
  const entries = Object.entries(params);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, isStructured(value) ? structuredClone(value) : value]),
  );
}

/** Nobody waits for the trial any more: neither a failure nor the task's result could say it. */
function tellLate(trial: number, step: number): void {
  if (++lateTrials > LATE_TOLD) return;
  const more = lateTrials === LATE_TOLD ? '; further ones are not told' : '';
  process.emitWarning(
    `trial ${trial} reported step ${step} after it had ended: that is lost; await what reports in \`run\`${more}`,
  );
}

/** Sends what has been added to a trial's series since the last time, now and then. */
function createReporter(
  writer: Pick<SeriesWriter, 'take'>,
  { onReport, clock }: Pick<TrialSurroundings, 'onReport' | 'clock'>,
) {
  let last = clock.elapsed();
  let timer: NodeJS.Timeout | undefined;
  const send = (which: 'all' | 'complete') => {
    const rows = writer.take(which);
    if (rows === '') return;
    last = clock.elapsed();
    onReport(new TextEncoder().encode(rows));
  };
  const sendAll = () => {
    timer = undefined;
    send('all');
  };
  return {
    /**
     * Called after rows were added. The last step goes along when a timer finds it, since more may be reported of it. A
     * trial that blocks its thread has no timers: then each call sends the steps before.
     */
    look() {
      if (clock.elapsed() - last >= REPORT_MS) send('complete');
      timer ??= setTimeout(sendAll, REPORT_MS).unref();
    },
    end: () => clearTimeout(timer),
  };
}

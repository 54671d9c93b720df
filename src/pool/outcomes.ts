// What the trials of a task have come to: the cells of their rows, and what is noted of them. Nothing that a trial does ends
// the others of its task.
import { isMachineTrouble, toPlainError } from '../ground/errors.js';
import { type createMetricsReader, isRecord } from '../trial/metrics.js';
import { cellsWithoutMetrics, formatMetrics } from '../trial/row.js';
import type { TrialNote } from '../trial/status.js';
import type { LeftTrial, PartialResult } from './contract.js';
import { type createWarnings, NO_BYTES, NONE, noteMisfit } from './executor.js';
import { type RunningTrial, TrialStopped } from './running-trial.js';

export interface Judging {
  readonly readMetrics: ReturnType<typeof createMetricsReader>;
  /** How many metrics the worker has. */
  readonly metrics: number;
  /** A program stands in place of `run`. */
  readonly isProgram: boolean;
  readonly warnings: Pick<ReturnType<typeof createWarnings>, 'forgotten'>;
}

/** What `run` came to. */
export type Outcome = { readonly returned: unknown } | { readonly error: unknown };

const encoder = new TextEncoder();

export class Outcomes {
  readonly left: LeftTrial[] = [];
  readonly #judging: Judging;
  readonly #notes: TrialNote[] = [];
  #series = '';

  constructor(judging: Judging) {
    this.#judging = judging;
  }

  /** The cells of a trial that cannot begin. */
  refuse(trial: number, why: Pick<TrialNote, 'status' | 'error'>): string {
    this.#notes.push({ trial, ...why });
    return cellsWithoutMetrics(why.status, this.#judging.metrics);
  }

  /** The cells of a trial from `status` on; undefined where it has stopped on its way. */
  conclude(trial: number, running: RunningTrial, outcome: Outcome): string | undefined {
    const { isProgram } = this.#judging;
    let cells: string;
    try {
      if ('error' in outcome) throw outcome.error;
      if (running.sawStop) return this.#leave(trial, running, outcome.returned); // it may be half a result
      cells = this.#read(trial, outcome.returned);
    } catch (error) {
      if (running.sawStop || (error instanceof TrialStopped && running.mayStop()))
        return this.#leave(trial, running);
      if (isProgram && isMachineTrouble(error)) running.trouble ??= error;
      cells = this.refuse(trial, { status: 'failed', error: toPlainError(explain(error)) });
    }
    throwTrouble(running);
    this.#series += running.seriesRows();
    running.end('ended');
    return cells;
  }

  take() {
    return {
      left: this.left.length === 0 ? NONE : this.left,
      series: this.#series === '' ? NO_BYTES : encoder.encode(this.#series),
      notes: this.#notes,
    };
  }

  #read(trial: number, returned: unknown): string {
    const { readMetrics, isProgram, warnings } = this.#judging;
    const { values, faults, missing } = readMetrics(returned);
    const how = isProgram ? 'its program did not tell it' : '`run` did not return it';
    if (faults.length > 0) this.#notes.push(noteMisfit(trial, faults));
    else if (missing.length > 0) warnings.forgotten(missing, `${how} (null says that there is no value)`);
    return formatMetrics(faults.length > 0 ? 'failed' : 'ok', values);
  }

  /** `returned`: what it came to all the same, for a trial that was too slow. */
  #leave(trial: number, running: RunningTrial, returned?: unknown): undefined {
    const values = isRecord(returned) ? { values: this.#judging.readMetrics(returned).values } : {};
    running.end('stopped');
    const { pausedAt } = running;
    const series = pausedAt === undefined ? running.seriesRows() : running.rowsAtPause();
    const partial: PartialResult = { ...values, series: encoder.encode(series) };
    this.left.push({ trial, hasBegun: true, partial, ...(pausedAt === undefined ? {} : { pausedAt }) });
  }
}

/** `throw trial.stopped()` without having been asked is the worker's fault, and would lose the trial. */
function explain(error: unknown): unknown {
  return error instanceof TrialStopped
    ? new Error('the trial threw trial.stopped() although it was not asked to stop')
    : error;
}

/** A full disk is not the trial's failure, whatever its worker made of it: the run ends and can be resumed. */
function throwTrouble(running: RunningTrial): void {
  if (running.trouble === undefined) return;
  running.end('stopped');
  throw running.trouble;
}

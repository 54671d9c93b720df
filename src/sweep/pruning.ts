// Between the coordinator and the pruner of a run: what trials report goes to the board, and what is decided there stops
// trials, is written down, and tells what their rows hold. A trial that has ended before it is known whether it was pruned
// on its way waits here, and in the journal, until it is.

import type { TaskResult, TrialReport } from '../pool/contract.js';

import type { History } from '../run/history.js';
import type { Journal } from '../run/journal.js';
import { type HeldTrial, readHeld } from '../run/read-held.js';
import { PruningBoard } from '../search/pruning/board.js';
import type { Decision, PrunerSpec } from '../search/pruning/contract.js';
import { createPruningRule } from '../search/pruning/rules.js';
import { countRows } from '../trial/lines.js';
import type { TrialRow } from '../trial/row.js';
import { pick, type Selection, trialAt, trialsOf } from '../trial/selection.js';
import type { TrialStore } from '../trial/store.js';
import { type CurvePoint, type CurveReader, createCurveReader, cutSeries, readCurves } from './curves.js';
import type { Recorder } from './recorder.js';
import type { Sampler, TrialResult } from './samplers/contract.js';
import { beginWork, type Work } from './work.js';

export interface PruningOptions {
  readonly spec: PrunerSpec;
  readonly seed: number;
  /** Those of the worker. */
  readonly series: readonly string[];
  readonly folder: string;
  readonly journal: Journal;
  /** What a trial has kept before it was known that it does not count. */
  readonly store: Pick<TrialStore, 'dropArtifacts'>;
  /** Trials that have ended and run again all the same. */
  readonly retried: ReadonlySet<number>;
  /** The sampler is told what came of its trials: it wants to hear of those of earlier sessions too. */
  readonly listens: boolean;
  /** How often a trial is tried again that has failed. */
  readonly retries: number;
  readonly onWarning: (text: string) => void;
  readonly recorder: Pick<Recorder, 'hold' | 'recordLost' | 'isToRetry' | 'hasTried' | 'nextAttempt'>;
}

/** What the coordinator does for it. */
export interface PruningHelper {
  /** Asks a trial to stop that runs. */
  stop(trial: number): void;
  /** Takes the result of a trial that has waited; resolves when it is on disk. */
  record(work: Work, result: TaskResult): Promise<void>;
  /** Hears that nothing is on its way any more. */
  wake(): void;
  fail(error: unknown): void;
}

interface Held {
  readonly work: Work;
  readonly result: TaskResult;
}

export class Pruning {
  readonly #options: PruningOptions;
  readonly #board: PruningBoard;
  readonly #read: CurveReader;
  readonly #epoch: number;
  /** Of the trials that have ended in earlier sessions; each is forgotten when it takes its place. */
  readonly #curves: Map<number, CurvePoint[]>;
  /** Results of earlier sessions that wait; the same. */
  readonly #earlier: Map<number, HeldTrial>;
  readonly #held = new Map<number, Held>();
  /** Pruned and running still: at which step. */
  readonly #ending = new Map<number, number>();
  /** Rows that running trials have told without a gap. */
  readonly #told = new Map<number, number>();
  #isWarned = false;
  #helper: PruningHelper | undefined;
  /** Results that have waited and are being written. */
  #releasing = 0;

  constructor(options: PruningOptions) {
    this.#options = options;
    const { spec, seed, series, folder, journal } = options;
    this.#board = new PruningBoard(createPruningRule(spec, seed), spec.lookahead);
    this.#read = createCurveReader(spec, series);
    const { epochs, epoch } = journal.state;
    this.#epoch = epochs.length - 1;
    this.#curves = readCurves(folder, epoch, this.#read);
    this.#earlier = readHeld(folder, epoch);
  }

  get isBusy(): boolean {
    return this.#releasing > 0;
  }

  helpedBy(helper: PruningHelper): void {
    this.#helper = helper;
  }

  /** The same sampler; its trials take their places in the order in which it proposes them, those that have ended too. */
  watch(sampler: Sampler): Sampler {
    const { listens } = this.#options;
    return {
      total: sampler.total,
      excluded: sampler.excluded,
      has: (trial) => sampler.has(trial),
      next: (limit) => {
        const proposal = sampler.next(limit);
        if (typeof proposal === 'string') return proposal;
        for (const trial of trialsOf(proposal)) this.#propose(trial);
        this.#advance();
        return listens ? proposal : pick(proposal, (trial) => !this.#isDone(trial));
      },
      ...(sampler.tell === undefined ? {} : { tell: (result) => sampler.tell?.(result) }),
    };
  }

  /** What a sampler is told again of earlier sessions: with the steps at which trials were pruned. Before the first proposal. */
  withSteps(history: History): History {
    const rows = [...history.rows].map(([trial, row]): [number, TrialRow & Pick<TrialResult, 'step'>] => [
      trial,
      row.status === 'pruned' ? { ...row, step: this.#curves.get(trial)?.at(-1)?.step ?? null } : row,
    ]);
    return { ...history, rows: new Map(rows) };
  }

  /** Takes those out that have run in an earlier session and only waited for what is decided on others. */
  unheld(trials: Selection): Selection {
    if (this.#earlier.size === 0) return trials;
    for (const trial of trialsOf(trials)) {
      const known = this.#earlier.get(trial);
      if (known === undefined) continue;
      const [work] = beginWork(
        pick(trials, (each) => each === trial),
        this.#options.recorder,
      );
      const { attempt } = known.record;
      this.#held.set(trial, { work: { ...work, attempt }, result: toResult(known) });
      this.#learn(known.series);
      this.#board.end(trial);
    }
    const rest = pick(trials, (trial) => !this.#earlier.has(trial));
    for (const trial of trialsOf(trials)) this.#earlier.delete(trial);
    this.#advance();
    return rest;
  }

  /** A running trial has reported. */
  report({ trial, rows, from }: TrialReport): void {
    const known = from === 0 ? 0 : (this.#told.get(trial) ?? 0);
    // Of a curve with a gap nothing can be said: the result will have all of it.
    if (from > known) return;
    this.#told.set(trial, from + countRows(rows));
    const last = this.#learn(rows);
    this.#advance();
    const verdict = this.#board.verdict(trial);
    // An earlier attempt got further: this one is let run up to where it was pruned.
    if (verdict.state !== 'pruned' || this.#ending.has(trial)) return;
    const step = this.#board.stepOf(trial, verdict.row);
    if (last >= step) this.#stop(trial, step);
  }

  /**
   * What the result of a single trial comes to: the row that it has now, as somebody may want to hear it; none where it
   * waits; undefined where the pruner has nothing against it. `isFinal`: it is not tried again, whatever it is.
   */
  async settle(work: Work, result: TaskResult, isFinal: boolean): Promise<Iterable<TrialRow> | undefined> {
    const trial = trialAt(work.trials, 0);
    const [left] = result.left;
    const series = left === undefined ? result.series : (left.partial?.series ?? new Uint8Array());
    this.#learn(series);
    const { recorder, retries } = this.#options;
    const hasEnded = left === undefined && (isFinal || !recorder.isToRetry(result, retries));
    if (hasEnded) this.#board.end(trial);
    if (hasEnded && result.notes.length === 0 && !this.#board.hasValues(trial)) this.#warn(trial);
    this.#advance();
    const verdict = this.#board.verdict(trial);
    this.#ending.delete(trial);
    this.#told.delete(trial);
    if (verdict.state === 'pruned') {
      const kept = cutSeries(series, this.#board.stepOf(trial, verdict.row));
      if (kept === undefined) return undefined; // it was stopped, or failed, before it got there again
      this.#options.store.dropArtifacts(trial);
      const { host } = result;
      const lost = { trials: work.trials, attempt: work.attempt, host, status: 'pruned' } as const;
      const rows = await recorder.recordLost({
        ...{ ...lost, error: undefined, partial: { series: kept }, by: result },
      });
      const step = this.#board.stepOf(trial, verdict.row);
      return [...rows].map((row) => ({ ...row, step }));
    }
    if (!hasEnded || verdict.state === 'passed') return undefined;
    this.#held.set(trial, { work, result });
    await recorder.hold({ result, ended: work.trials, attempt: work.attempt, retries });
    return [];
  }

  /** Trials have their rows, whatever they say. */
  ended(trials: Selection): void {
    for (const trial of trialsOf(trials)) if (this.#board.has(trial)) this.#board.end(trial);
    this.#advance();
  }

  #warn(trial: number): void {
    if (this.#isWarned) return;
    this.#isWarned = true;
    const { spec, onWarning } = this.#options;
    onWarning(
      `pruner ${spec.name} looks at ${spec.metric}, of which trial ${trial} has reported no value: nothing stops such a trial`,
    );
  }

  #isDone(trial: number): boolean {
    const { journal, retried } = this.#options;
    return journal.state.epoch.isDone(trial) && !retried.has(trial);
  }

  #propose(trial: number): void {
    const { epoch } = this.#options.journal.state;
    this.#board.propose(trial);
    const curve = this.#curves.get(trial) ?? [];
    this.#curves.delete(trial);
    if (!this.#isDone(trial)) return;
    for (const { step, value } of curve) this.#board.learn(trial, step, value);
    this.#board.settle(trial, epoch.pruned.has(trial));
  }

  /** The last step that the rows hold. */
  #learn(rows: Uint8Array): number {
    let last = Number.NEGATIVE_INFINITY;
    for (const { trial, step, value } of this.#read(rows)) {
      this.#board.learn(trial, step, value);
      last = step;
    }
    return last;
  }

  #advance(): void {
    for (const decision of this.#board.decide()) {
      this.#note(decision);
      this.#stop(decision.trial, decision.step);
    }
    const known = [...this.#held].filter(([trial]) => this.#board.verdict(trial).state !== 'open');
    for (const [trial] of known) {
      this.#held.delete(trial);
      this.#ending.delete(trial);
    }
    // Each on its own: recording one comes back here, and thousands within each other are too many for the stack.
    for (const [, { work, result }] of known) this.#release(work, result);
  }

  #release(work: Work, result: TaskResult): void {
    const { record, fail, wake } = this.#helper!;
    this.#releasing++;
    Promise.resolve()
      .then(() => record(work, result))
      .catch(fail)
      .finally(() => {
        this.#releasing--;
        wake();
      });
  }

  #stop(trial: number, step: number): void {
    this.#ending.set(trial, step);
    if (!this.#held.has(trial)) this.#helper!.stop(trial);
  }

  /** Before the row that follows from it: the journal keeps the order. */
  #note({ trial, step, rung, value, cutoff, others }: Decision): void {
    const { journal, spec } = this.#options;
    const shown = (oriented: number) => {
      if (!Number.isFinite(oriented)) return null;
      return spec.goal === 'min' ? oriented : -oriented;
    };
    const values = { value: shown(value), cutoff: shown(cutoff), others };
    journal
      .append({ t: 'prune', epoch: this.#epoch, trial, step, rung, ...values })
      .catch((error) => this.#helper!.fail(error));
  }
}

/** As the pool brought it. */
function toResult({ record, rows, series }: HeldTrial): TaskResult {
  const { notes, worker: thread, host, device, queue_ms: queueMs, run_ms: runMs, cpu_ms } = record;
  const ran = { thread, host, device, queueMs, runMs, cpuMs: cpu_ms ?? null };
  return { id: -1, left: [], rows, series, notes, ...ran };
}

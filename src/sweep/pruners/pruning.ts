// Between the coordinator and the pruner of a run: what trials report goes to the board, and what is decided there stops
// trials, lets them go on, is written down, and tells what their rows hold. Trials that pause, or have ended before it is
// known whether they were pruned on their way, wait here and in the journal.
import type { TaskResult, TrialReport } from '../../pool/contract.js';
import type { History } from '../../run/history.js';
import type { Board, Continuation, Pruned, Released } from '../../search/pruning/contract.js';
import { createBoard, createRungs } from '../../search/pruning/rules.js';
import { countRows } from '../../trial/lines.js';
import type { TrialRow } from '../../trial/row.js';
import { pick, type Selection, trialAt, trialsOf } from '../../trial/selection.js';
import { beginWork, type Work } from '../coordinator/work.js';
import type { Sampler, TrialResult } from '../samplers/contract.js';
import type { PruningHelper, PruningOptions } from './contract.js';
import { type CurveReader, createCurveReader } from './curves.js';
import { Earlier } from './earlier.js';
import { type Held, Parking, untimed } from './parking.js';
import { Releasing } from './releasing.js';
import { Writing } from './writing.js';

export class Pruning {
  readonly #options: PruningOptions;
  readonly #board: Board;
  readonly #isPausing: boolean;
  readonly #read: CurveReader;
  readonly #earlier: Earlier;
  /** Results that wait. */
  readonly #held = new Map<number, Held>();
  readonly #parking = new Parking();
  readonly #writing: Writing;
  /** Pruned and running still: at which step. */
  readonly #ending = new Map<number, number>();
  /** Rows that running trials have told without a gap. */
  readonly #told = new Map<number, number>();
  #isComplete = false;
  #helper: PruningHelper | undefined;
  readonly #releasing = new Releasing();

  constructor(options: PruningOptions) {
    this.#options = options;
    const { spec, seed, series, folder, journal, population } = options;
    this.#board = createBoard(spec, seed, population);
    this.#isPausing = createRungs(spec, seed).pauses;
    this.#read = createCurveReader(spec, series);
    this.#earlier = new Earlier(folder, journal.state.epoch, this.#read);
    this.#writing = new Writing(options);
  }

  get isBusy(): boolean {
    return this.#releasing.isBusy;
  }

  helpedBy(helper: PruningHelper): void {
    this.#helper = helper;
  }

  /** How a trial goes on that has paused; undefined of others. */
  continuation(trial: number): Continuation | undefined {
    return this.#board.continuation(trial);
  }

  /** Nothing more is proposed: true the first time, when more may have been decided by this. */
  endProposals(): boolean {
    if (this.#isComplete) return false;
    this.#isComplete = true;
    this.#board.complete();
    this.#advance();
    return true;
  }

  /** The same sampler; its trials take their places in the order in which it proposes them, those that have ended too. */
  watch(sampler: Sampler): Sampler {
    const { journal, listens, population, retried } = this.#options;
    const isLeft = (trial: number) => retried.has(trial) || !journal.state.epoch.isDone(trial);
    return {
      total: sampler.total,
      excluded: sampler.excluded,
      has: (trial) => sampler.has(trial),
      next: (limit) => {
        const proposal = sampler.next(limit);
        if (typeof proposal === 'string') return proposal;
        population.note(proposal);
        for (const trial of trialsOf(proposal)) this.#propose(trial);
        this.#advance();
        return listens ? proposal : pick(proposal, isLeft);
      },
      ...(sampler.tell === undefined ? {} : { tell: (result) => sampler.tell?.(result) }),
    };
  }

  /** What a sampler is told again of earlier sessions: with the steps at which trials were pruned. Before the first proposal. */
  withSteps(history: History): History {
    const rows = [...history.rows].map(([trial, row]): [number, TrialRow & Pick<TrialResult, 'step'>] => [
      trial,
      row.status === 'pruned' ? { ...row, step: this.#earlier.lastStepOf(trial) } : row,
    ]);
    return { ...history, rows: new Map(rows) };
  }

  /** Takes those out that have run in an earlier session and wait for what is decided on others. */
  unheld(trials: Selection): Selection {
    if (!this.#earlier.hasResults) return trials;
    const taken = new Set<number>();
    for (const trial of trialsOf(trials)) {
      const found = this.#earlier.takeResult(trial);
      if (found === undefined) continue;
      taken.add(trial);
      const { state, attempt, result } = found;
      const own = pick(trials, (each) => each === trial);
      const [work] = beginWork(own, this.#options.recorder);
      if (state === 'parked') this.#wait(trial, { work: { ...work, attempt: work.attempt - 1 }, result });
      else {
        this.#held.set(trial, { work: { ...work, attempt }, result });
        this.#learn(result.series);
        this.#board.end(trial);
      }
    }
    this.#advance();
    this.#releaseKnown([...taken]);
    return pick(trials, (trial) => !taken.has(trial));
  }

  /** A running trial has reported. */
  report({ trial, rows, from }: TrialReport): void {
    if (this.#options.isFurther(trial)) return;
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
    if (this.#options.isFurther(trial)) return undefined;
    const [left] = result.left;
    const { series } = left === undefined ? result : (left.partial ?? { series: new Uint8Array() });
    this.#learn(series);
    const { recorder, retries } = this.#options;
    const hasEnded = left === undefined && (isFinal || !recorder.isToRetry(result, retries));
    if (hasEnded) this.#board.end(trial);
    if (hasEnded && result.notes.length === 0 && !this.#board.hasValues(trial)) this.#writing.warn(trial);
    this.#advance();
    const verdict = this.#board.verdict(trial);
    this.#ending.delete(trial);
    this.#told.delete(trial);
    if (verdict.state === 'pruned')
      return this.#writing.prune({ work, result }, series, this.#board.stepOf(trial, verdict.row));
    if (left?.pausedAt !== undefined) return this.#park({ work, result }, left.pausedAt, series);
    if (!hasEnded || verdict.state === 'passed') return undefined;
    if (this.#options.spec.name === 'pbt' && verdict.state === 'waits')
      return this.#writing.refuse({ work, result }, series, verdict.rung);
    this.#held.set(trial, { work, result });
    await recorder.hold({ result, ended: work.trials, attempt: work.attempt, retries });
    return [];
  }

  /** A result with all rows of metrics.csv, those from before the trial's last pause included. */
  complete(work: Work, result: TaskResult): TaskResult {
    return this.#parking.complete(trialAt(work.trials, 0), result);
  }

  /** Its rows of metrics.csv, with those from before its last pause. */
  joinEarlier(trial: number, series: Uint8Array): Uint8Array {
    return this.#parking.join(trial, series);
  }

  /** Trials have their rows, whatever they say. */
  ended(trials: Selection): void {
    for (const trial of trialsOf(trials)) {
      this.#parking.forget(trial);
      if (!this.#board.has(trial)) continue;
      this.#board.end(trial);
      this.#board.record(trial);
    }
    this.#advance();
  }

  /** It has stopped at a rung. */
  async #park({ work, result }: Held, rung: number, series: Uint8Array): Promise<TrialRow[]> {
    const trial = trialAt(work.trials, 0);
    const { recorder } = this.#options;
    const writing = recorder.park({ result, ended: work.trials, attempt: work.attempt }, rung, series);
    this.#parking.keepRows(trial, series);
    await writing;
    this.#board.park(trial, rung);
    this.#advance();
    this.#wait(trial, { work, result: untimed(result) });
    return [];
  }

  /** A trial pauses, unless what is decided on it is known by now. */
  #wait(trial: number, held: Held): void {
    this.#parking.wait(trial, held);
    const { state } = this.#board.verdict(trial);
    if (state === 'passed') this.#goOn(trial);
    else if (state === 'pruned') this.#releaseParked(trial);
  }

  #goOn(trial: number): void {
    const work = this.#parking.take(trial)?.work;
    if (work !== undefined) this.#helper!.goOn({ ...work, attempt: work.attempt + 1 });
  }

  /** Its row is an attempt of its own, which took no time. False where it did not wait. */
  #releaseParked(trial: number): boolean {
    const { work, result } = this.#parking.take(trial) ?? {};
    if (work === undefined || result === undefined) return false;
    this.#releasing.add({ work: { ...work, attempt: work.attempt + 1 }, result }, this.#helper!);
    return true;
  }

  #propose(trial: number): void {
    const { journal, retried, isFurther } = this.#options;
    const { epoch } = journal.state;
    if (isFurther(trial)) return;
    this.#board.propose(trial);
    const curve = this.#earlier.takeCurve(trial);
    const isDone = epoch.isDone(trial) && !retried.has(trial);
    const rows = isDone ? undefined : this.#earlier.rowsOf(trial);
    if (rows !== undefined) {
      this.#parking.keepRows(trial, rows);
      this.#learn(rows);
    }
    if (isDone && curve !== undefined)
      for (const [row, step] of curve.steps.entries()) this.#board.learn(trial, step, curve.values[row]!);
    for (const rung of epoch.parked.rungsOf(trial)) this.#board.park(trial, rung);
    if (isDone) this.#board.settle(trial, epoch.pruned.has(trial));
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
    const decided = this.#board.decide();
    for (const each of decided) each.do === 'prune' ? this.#carryOut(each) : this.#letGoOn(each);
    // Of trials that pause nothing but a decision says more, and thousands may wait.
    this.#releaseKnown(this.#isPausing ? decided.map(({ trial }) => trial) : [...this.#held.keys()]);
    const { store, onSpent } = this.#options;
    const spent = this.#board.takeSpent();
    for (const name of spent) store.dropCheckpoint(name);
    if (spent.length > 0) onSpent?.(spent);
  }

  /** Results of those that wait for no more. */
  #releaseKnown(trials: readonly number[]): void {
    for (const trial of trials) {
      const held = this.#held.get(trial);
      const { state } = this.#board.verdict(trial);
      if (held === undefined || state === 'open' || state === 'waits') continue;
      this.#held.delete(trial);
      this.#ending.delete(trial);
      this.#releasing.add(held, this.#helper!);
    }
  }

  #carryOut(decision: Pruned): void {
    const { trial, step } = decision;
    this.#writing.notePruned(decision).catch((error) => this.#helper!.fail(error));
    if (!this.#releaseParked(trial)) this.#stop(trial, step);
  }

  #letGoOn({ trial, exploit }: Released): void {
    if (exploit !== undefined)
      this.#writing.noteExploit(trial, exploit).catch((error) => this.#helper!.fail(error));
    // At a further rung it waits again.
    if (this.#board.verdict(trial).state === 'passed') this.#goOn(trial);
  }

  #stop(trial: number, step: number): void {
    this.#ending.set(trial, step);
    if (!this.#held.has(trial)) this.#helper!.stop(trial);
  }
}

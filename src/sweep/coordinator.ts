// The loop that keeps the pool busy: proposals become tasks, results become journal records. It decides nothing about
// points (the sampler does) or failures (failures.ts does), runs nothing (the pool does) and remembers nothing (the
// journal does).
import { toPlainError } from '../ground/errors.js';
import { type Pool, type RunningTask, type Task, TaskLost, type TaskResult } from '../pool/contract.js';
import type { History } from '../run/history.js';
import type { Journal } from '../run/journal.js';
import {
  countOf,
  halve,
  NO_TRIALS,
  pick,
  type Selection,
  trialAt,
  trialsOf,
  without,
} from '../trial/selection.js';
import type { BlockSizer } from './blocks.js';
import { type Decision, judgeLoss } from './failures.js';
import { InOrder } from './in-order.js';
import { askInTurns } from './in-turns.js';
import type { Recorder } from './recorder.js';
import type { Sampler } from './samplers/contract.js';
import type { Turns } from './samplers/turn.js';
import type { Settings } from './settings.js';
import type { Tally } from './tally.js';
import { beginWork, type Work } from './work.js';

export interface CoordinatorOptions {
  readonly pool: Pool;
  readonly journal: Journal;
  readonly sampler: Sampler;
  /** Those of the sampler. */
  readonly turns: Turns;
  /** Most trials that it may have proposed without having heard of them. */
  readonly lookAhead: number;
  readonly recorder: Recorder;
  readonly sizer: BlockSizer;
  readonly tally: Tally;
  /** What a sampler proposed in an earlier session, and what came of it; absent where trials are numbers. */
  readonly history: History | undefined;
  readonly settings: Pick<Settings, 'retries' | 'timeoutMs'>;
  /** True once so many trials have failed that no more shall start. */
  readonly isTooManyFailures: () => boolean;
  readonly onTick: () => void;
}

interface InFlight {
  readonly work: Work;
  readonly task: RunningTask;
}

/** Bytes handed to the journal and not yet on disk, past which nothing new starts. */
const PENDING_BYTES = 64 * 1024 * 1024;
/** A task of several trials is sized to take about so long: time on top of the limit of one. */
const SLACK_MS = 1000;

export class Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #next: Sampler['next'];
  readonly #inOrder: InOrder | undefined;
  readonly #inFlight = new Map<number, InFlight>();
  #nextId = 0;
  #stopping = false;
  #stopAsked = false;
  #killed = false;
  #broken: unknown;
  /** Hosts that ended before they could run anything, in a row. */
  readonly #failedStarts = new Set<number>();
  #wake: () => void = () => undefined;
  /** Trials that were in a host when it died: run again one task at a time, so that the next death has one culprit. */
  readonly #suspects: Work[] = [];
  readonly #again: Work[] = [];
  tooManyFailures = false;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    const { sampler, turns } = options;
    // Like everything else that breaks: trials may never end by themselves.
    const fail = (error: unknown) => this.#break(error);
    this.#next = askInTurns(sampler, { wake: () => this.#wake(), fail, turns });
    if (sampler.tell !== undefined) this.#inOrder = new InOrder((result) => sampler.tell!(result));
  }

  get interrupted(): boolean {
    return this.#stopping && !this.tooManyFailures;
  }

  /** First call: what runs ends, nothing starts. Second: the pool is killed. */
  stop(): void {
    if (this.#stopAsked) {
      this.#killed = true;
      this.#options.pool.kill();
    } else if (!this.#stopping) this.#stopAll();
    this.#stopAsked = true;
    this.#wake();
  }

  /** Too many trials have failed: nothing more starts. */
  giveUp(): void {
    if (this.#stopping) return;
    this.tooManyFailures = true;
    this.#stopAll();
  }

  /** What ended the run, if anything did. */
  get broken(): unknown {
    return this.#broken;
  }

  /** Ends at once, and `run` rejects with `reason`: nothing of what comes still counts. */
  abort(reason: Error): void {
    this.#break(reason);
  }

  #stopAll(): void {
    this.#stopping = true;
    for (const { task } of this.#inFlight.values()) task.stop();
  }

  /** Resolves when nothing is left to do or to wait for, with everything on disk. */
  async run(): Promise<void> {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const atEnd = this.#fill();
      if (this.#inFlight.size === 0) {
        if (this.#broken !== undefined) throw this.#broken;
        if (atEnd || this.#stopping) break;
      }
      await woken;
    }
    await this.#options.journal.drained();
  }

  /** Starts tasks while there is room; true when the sampler has come to its end. */
  #fill(): boolean {
    const { journal, sizer, recorder, lookAhead } = this.#options;
    if (this.#stopping || this.#broken !== undefined) return true;
    if (this.#suspects.length > 0) {
      if (this.#inFlight.size === 0) this.#launch(this.#suspects.shift()!);
      return false;
    }
    while (this.#inFlight.size < sizer.window) {
      if (journal.pendingBytes > PENDING_BYTES) {
        void journal.drained().then(() => this.#wake());
        return false;
      }
      const again = this.#again.shift();
      if (again !== undefined) {
        this.#launch(again);
        continue;
      }
      const limit = Math.min(sizer.size, lookAhead - (this.#inOrder?.untold ?? 0));
      if (limit <= 0) return false;
      const proposal = this.#next(limit);
      if (proposal === 'end') return this.#again.length === 0;
      if (proposal === 'wait') return false;
      const trials = this.#accept(proposal);
      if (countOf(trials) === 0) continue;
      recorder.begin(trials);
      const [first, ...others] = beginWork(trials, recorder);
      this.#again.push(...others);
      this.#launch(first);
    }
    return false;
  }

  /**
   * New points are journalled. Those that were proposed in an earlier session stand for what they stood for then, and
   * those that have ended are told from the journal instead of running again.
   */
  #accept(proposal: Selection): Selection {
    const { history, recorder } = this.#options;
    if (this.#inOrder !== undefined) for (const trial of trialsOf(proposal)) this.#inOrder.propose(trial);
    if (proposal.kind !== 'points') return proposal;
    const points = proposal.points.map((point) => history?.proposals.get(point.trial) ?? point);
    const fresh = points.filter(({ trial }) => history?.proposals.has(trial) !== true);
    if (fresh.length > 0) this.#guard(recorder.propose(fresh));
    const left = points.filter(({ trial }) => history?.rows.has(trial) !== true);
    for (const { trial } of points) {
      const row = history?.rows.get(trial);
      if (row !== undefined) this.#inOrder?.settle(row);
    }
    return { kind: 'points', points: left };
  }

  #launch(work: Work): void {
    const { pool, recorder, tally, settings } = this.#options;
    const count = countOf(work.trials);
    const { timeoutMs } = settings;
    const limit = timeoutMs === null ? {} : { limitMs: timeoutMs + (count > 1 ? SLACK_MS : 0) };
    const task: Task = { id: this.#nextId++, attempt: work.attempt, trials: work.trials, ...limit };
    tally.underWay += count;
    const running = pool.submit(task, (report) => this.#guard(recorder.report(report, work.attempt)));
    this.#inFlight.set(task.id, { work, task: running });
    running.result
      .then(
        (result) => this.#record(work, result),
        (error) => this.#recover(work, error),
      )
      .catch((error) => this.#break(error))
      .finally(() => {
        this.#inFlight.delete(task.id);
        tally.underWay -= count;
        this.#options.onTick();
        this.#wake();
      });
  }

  async #record(work: Work, result: TaskResult): Promise<void> {
    if (this.#failedStarts.size > 0) this.#failedStarts.clear();
    const { recorder, sizer, settings } = this.#options;
    const { left } = result;
    const ended =
      left.length === 0
        ? work.trials
        : without(
            work.trials,
            left.map(({ trial }) => trial),
          );
    if (countOf(ended) > 0) sizer.learn(countOf(ended), result.runMs);
    const { attempt } = work;
    const { retried, settled } = await recorder.record({ result, ended, attempt, retries: settings.retries });
    if (retried !== NO_TRIALS) this.#again.push({ ...work, trials: retried, attempt: attempt + 1 });
    // Without a request of ours, others of the task were stopped along with one: they run again.
    if (left.length > 0 && !this.#stopping) {
      const trials = new Set(left.map(({ trial }) => trial));
      this.#again.push(
        ...beginWork(
          pick(work.trials, (trial) => trials.has(trial)),
          recorder,
        ),
      );
    }
    this.#settle(settled);
  }

  #settle(settled: Iterable<Parameters<InOrder['settle']>[0]>): void {
    if (this.#inOrder !== undefined) for (const result of settled) this.#inOrder.settle(result);
    if (this.#options.isTooManyFailures()) this.giveUp();
  }

  /** The task has no result: its host died, or it ran past its limit. */
  async #recover(work: Work, error: unknown): Promise<void> {
    if (this.#killed) return;
    if (!(error instanceof TaskLost)) return this.#break(error);
    const { recorder, settings } = this.#options;
    if (error.loss.cause === 'unstarted') this.#failedStarts.add(error.loss.process);
    else this.#failedStarts.clear();
    const count = countOf(work.trials);
    const decision = judgeLoss({
      ...error.loss,
      count,
      wasAlone: this.#inFlight.size === 1,
      strikes: work.strikes,
      failedAttempts: count === 1 ? recorder.failedAttempts(trialAt(work.trials, 0)) : 0,
      retries: settings.retries,
      failedStarts: this.#failedStarts.size,
    });
    if (decision.do === 'give up') return this.#break(error);
    const { trials, attempt } = work;
    const lost = { trials, attempt, error: toPlainError(error), host: error.loss.host };
    if (decision.do === 'record') {
      const { status } = decision;
      this.#settle(await recorder.recordLost({ ...lost, status }));
      return;
    }
    const status = error.loss.cause === 'overdue' ? 'timeout' : 'lost';
    await recorder.noteAttempt({ ...lost, status });
    this.#retry(work, decision);
  }

  #retry(work: Work, { do: how, when, strikes }: Exclude<Decision, { do: 'record' | 'give up' }>): void {
    const next = { ...work, attempt: work.attempt + 1, strikes };
    const parts = how === 'halve' ? halve(work.trials).map((trials) => ({ ...next, trials })) : [next];
    (when === 'alone' ? this.#suspects : this.#again).push(...parts);
  }

  /** What cannot be written, or run by anybody, ends the run. */
  #guard(writing: Promise<void>): void {
    writing.catch((error) => this.#break(error));
  }

  #break(error: unknown): void {
    this.#broken ??= error;
    this.#killed = true;
    this.#options.pool.kill();
    this.#wake();
  }
}

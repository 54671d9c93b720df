// The loop that keeps the pool busy: proposals become tasks, results become journal records. It decides nothing about
// points (the sampler does) or failures (failures.ts does), runs nothing (the pool does) and remembers nothing (the
// journal does).
import { type Pool, TaskLost, type TaskResult } from '../../pool/contract.js';
import type { Journal } from '../../run/journal.js';
import type { TrialRow } from '../../trial/row.js';
import { countOf, NO_TRIALS, pick, type Selection, trialAt, without } from '../../trial/selection.js';
import type { Pruning } from '../pruners/pruning.js';
import type { Settings } from '../settings.js';
import { AskedStops } from './asked-stops.js';
import { Backlog } from './backlog.js';
import type { BlockSizer } from './blocks.js';
import { InFlight } from './in-flight.js';
import { type ProposalOptions, Proposals } from './proposals.js';
import type { Recorder } from './recorder.js';
import { Recovery } from './recovery.js';
import type { Tally } from './tally.js';
import type { TimeLimit } from './time-limit.js';
import { beginWork, toTask, type Work } from './work.js';

export interface CoordinatorOptions extends ProposalOptions {
  readonly pool: Pool;
  readonly journal: Journal;
  readonly recorder: Recorder;
  readonly sizer: BlockSizer;
  readonly tally: Tally;
  readonly settings: Pick<Settings, 'retries' | 'retryPauseMs' | 'isolation'>;
  readonly limit: TimeLimit;
  /** Absent: nothing stops trials early. */
  readonly pruning?: Pruning | undefined;
  /** True once so many trials have failed that no more shall start. */
  readonly isTooManyFailures: () => boolean;
  readonly onTick: () => void;
}

/** Bytes handed to the journal and not yet on disk, past which nothing new starts. */
const PENDING_BYTES = 64 * 1024 * 1024;

export class Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #proposals: Proposals;
  readonly #inFlight = new InFlight();
  #nextId = 0;
  #stopping = false;
  #stopAsked = false;
  #isFinished = false;
  #killed = false;
  #isPaused = false;
  #broken: unknown;
  #wake: () => void = () => undefined;
  readonly #backlog: Backlog;
  readonly #recovery: Recovery;
  readonly #askedStops: AskedStops;
  /** Tasks that have a process of their own now. */
  #apart = 0;
  tooManyFailures = false;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    const { settings, recorder, pruning } = options;
    const { wake } = this;
    // Thousands of rows may be written once nothing runs any more: progress shows them, too.
    const record = (work: Work, result: TaskResult) =>
      this.#record(work, result, true).finally(options.onTick);
    this.#backlog = new Backlog(wake, settings.retryPauseMs);
    const fail = (error: unknown) => this.abort(error); // trials may never end by themselves
    this.#proposals = new Proposals(options, { wake, fail });
    this.#recovery = new Recovery({
      ...{ recorder, backlog: this.#backlog, retries: settings.retries },
      conclude: pruning && record,
      isAwaited: pruning !== undefined || this.#proposals.isHeard,
    });
    this.#askedStops = new AskedStops(recorder);
    const stop = (trial: number) => this.#inFlight.stopOne(trial);
    pruning?.helpedBy({ stop, record, goOn: (work) => this.#backlog.addReady(work), wake, fail });
  }

  /** See Recovery. */
  get evicted(): number {
    return this.#recovery.evicted;
  }

  get interrupted(): boolean {
    return this.#stopping && !this.tooManyFailures && (this.#stopAsked || !this.#isFinished);
  }

  /** What runs ends, nothing more starts, and nobody has interrupted it. */
  finish(): void {
    this.#isFinished = true;
    if (!this.#stopping) this.#stopAll();
    this.#wake();
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

  /** Something may be there to be started. */
  readonly wake = (): void => this.#wake();

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** What runs ends, what waits is taken back from the pool, nothing starts until `continue`. */
  async pause(): Promise<void> {
    if (this.#stopping || this.#isPaused) return;
    this.#isPaused = true;
    const busy = new Set((await this.#options.pool.busy()).map(({ trial }) => trial));
    if (!this.#isPaused || this.#stopping) return;
    this.#inFlight.stopWaiting(busy);
  }

  continue(): void {
    this.#isPaused = false;
    this.#wake();
  }

  /** See AskedStops; false where the trial does not run. */
  stopTrial(trial: number, force: boolean): boolean {
    return this.#askedStops.ask(trial, this.#inFlight.all(), force);
  }

  /** Too many trials have failed: nothing more starts. */
  giveUp(): void {
    if (this.#stopping) return;
    this.tooManyFailures = true;
    this.#stopAll();
  }

  /** What ended the run. */
  get broken(): unknown {
    return this.#broken;
  }

  #stopAll(): void {
    this.#stopping = true;
    this.#backlog.stop();
    this.#inFlight.stopAll();
  }

  /** Resolves when nothing is left to do or to wait for, with everything on disk. */
  async run(): Promise<void> {
    const { pool, limit } = this.#options;
    if (limit.ms !== undefined) pool.limit(limit.ms);
    pool.watchSize?.(() => this.#wake());
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const atEnd = this.#fill();
      if (this.#isIdle) {
        if (this.#broken !== undefined) throw this.#broken;
        if (atEnd || this.#stopping) break;
      }
      if (atEnd) pool.complete?.();
      await woken;
    }
    await this.#options.journal.drained();
  }

  get #isIdle(): boolean {
    return this.#inFlight.size === 0 && this.#options.pruning?.isBusy !== true;
  }

  /** Starts tasks while there is room; true when the sampler has come to its end. */
  #fill(): boolean {
    const { journal, sizer, recorder, pool, settings, limit, pruning } = this.#options;
    if (this.#stopping || this.#broken !== undefined) return true;
    if (this.#isPaused) return false;
    while (this.#inFlight.size < sizer.window) {
      if (journal.pendingBytes > PENDING_BYTES) {
        void journal.drained().then(() => this.#wake());
        return false;
      }
      // Beside processes of their own, a whole host would take twice the cores and twice the memory.
      const isFull = settings.isolation === 'thread' && this.#apart * 2 >= pool.size;
      if (isFull && !this.#backlog.hasApart) return false;
      const again = this.#backlog.take();
      if (again !== undefined) {
        this.#launch(again);
        continue;
      }
      // In one task with others, a trial that never ends would keep their times to itself, and a pruned one its place.
      const proposal = this.#proposals.next(limit.isPending || pruning !== undefined ? 1 : sizer.size);
      if (proposal === 'end' && pruning?.endProposals() !== true) return this.#backlog.isEmpty;
      if (proposal === 'end') continue;
      if (proposal === 'wait') return false;
      const trials = pruning?.unheld(proposal) ?? proposal;
      if (countOf(trials) === 0) continue;
      recorder.begin(trials);
      const [first, ...others] = beginWork(trials, recorder);
      this.#backlog.add(...others);
      this.#launch(first);
    }
    return false;
  }

  #launch(work: Work): void {
    const { pool, recorder, tally, pruning } = this.#options;
    const { trials, attempt, isApart } = work;
    const count = countOf(trials);
    const task = toTask(this.#nextId++, work, pruning?.continuation(trialAt(trials, 0)));
    tally.begin(count);
    if (isApart) this.#apart++;
    const running = pool.submit(task, (report) => {
      recorder.report(report, attempt).catch((error) => this.abort(error));
      pruning?.report(report);
    });
    this.#inFlight.add(task.id, { work, task: running });
    running.result
      .then(
        (result) => this.#record(work, result),
        (error) => this.#recover(work, error),
      )
      .then(() => pool.kept?.(task.id))
      .catch((error) => this.abort(error))
      .finally(() => {
        this.#inFlight.delete(task.id);
        tally.underWay -= count;
        if (isApart) this.#apart--;
        this.#options.onTick();
        this.#wake();
      });
  }

  /** `isFinal`: its trial is not tried again. */
  async #record(work: Work, brought: TaskResult, isFinal = false): Promise<void> {
    this.#recovery.noteStart();
    const { recorder, settings, pruning } = this.#options;
    const whole = this.#askedStops.insist(pruning?.complete(work, brought) ?? brought);
    const early = await pruning?.settle(work, whole, isFinal);
    if (early !== undefined) return this.#settle(early);
    const { result, stopped } = this.#askedStops.take(whole);
    const left = whole.left.map(({ trial }) => trial);
    const ended = left.length === 0 ? work.trials : without(work.trials, left);
    const ran = countOf(ended) + whole.left.filter(({ hasBegun }) => hasBegun).length;
    if (countOf(ended) > 0) this.#learn(ran, result.runMs);
    const gone = stopped.filter(({ hasBegun }) => hasBegun).length;
    const recording = { result, ended, attempt: work.attempt, gone, retries: settings.retries, isFinal };
    const { retried, settled } = await recorder.record(recording);
    if (retried !== NO_TRIALS) {
      const failures = recorder.failedAttempts(trialAt(retried, 0));
      this.#backlog.addLater({ ...work, trials: retried, attempt: work.attempt + 1 }, failures);
    }
    // Without a request of ours, others of the task were stopped along with one: they run again.
    if (result.left.length > 0 && !this.#stopping) {
      const trials = new Set(result.left.map(({ trial }) => trial));
      this.#takeUp(pick(work.trials, (trial) => trials.has(trial)));
    }
    this.#settle(settled);
    if (stopped.length === 0) return;
    // Of a task, each trial's part of the time is the same.
    const by = { ...result, runMs: result.runMs / Math.max(1, ran) };
    this.#settle(await this.#askedStops.record(work, by, stopped));
  }

  #learn(trials: number, runMs: number): void {
    const { sizer, limit, pool } = this.#options;
    sizer.learn(trials, runMs);
    if (limit.learn(trials, runMs)) pool.limit(limit.ms!);
  }

  #takeUp(trials: Selection): void {
    if (countOf(trials) > 0) this.#backlog.add(...beginWork(trials, this.#options.recorder));
  }

  #settle(settled: Iterable<TrialRow>): void {
    this.#proposals.settle(settled);
    if (this.#options.isTooManyFailures()) this.giveUp();
  }

  /** The task has no result. */
  async #recover(work: Work, error: unknown): Promise<void> {
    if (this.#killed) return;
    if (!this.#askedStops.has(work) || !(error instanceof TaskLost)) {
      this.#settle(await this.#recovery.recover(work, error));
      return;
    }
    const { rows, others } = await this.#askedStops.recordKilled(work, error);
    this.#settle(rows);
    if (!this.#stopping) this.#takeUp(others);
  }

  /** Ends at once, and `run` rejects with `reason`: nothing of what comes still counts. */
  abort(reason: unknown): void {
    this.#broken ??= reason;
    this.#killed = true;
    this.#backlog.stop();
    this.#options.pool.kill();
    this.#wake();
  }
}

// The loop that keeps the pool busy: proposals become tasks, results become journal records. It decides nothing about
// points (the sampler does) or failures (failures.ts does), runs nothing (the pool does) and remembers nothing (the
// journal does).
import type { Pool, RunningTask, Task, TaskResult } from '../pool/contract.js';
import type { History } from '../run/history.js';
import type { Journal } from '../run/journal.js';
import { countOf, NO_TRIALS, pick, type Selection, trialAt, trialsOf, without } from '../trial/selection.js';
import { Backlog } from './backlog.js';
import type { BlockSizer } from './blocks.js';
import { InOrder } from './in-order.js';
import { askInTurns } from './in-turns.js';
import type { Recorder } from './recorder.js';
import { Recovery } from './recovery.js';
import type { Sampler } from './samplers/contract.js';
import type { Turns } from './samplers/turn.js';
import type { Settings } from './settings.js';
import type { Tally } from './tally.js';
import type { TimeLimit } from './time-limit.js';
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
  readonly settings: Pick<Settings, 'retries' | 'retryPauseMs' | 'isolation'>;
  readonly limit: TimeLimit;
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
  #wake: () => void = () => undefined;
  readonly #backlog: Backlog;
  readonly #recovery: Recovery;
  /** Tasks that have a process of their own now. */
  #apart = 0;
  tooManyFailures = false;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    const { sampler, turns, settings, recorder } = options;
    this.#backlog = new Backlog(() => this.#wake(), settings.retryPauseMs);
    this.#recovery = new Recovery({ recorder, backlog: this.#backlog, retries: settings.retries });
    // Like everything else that breaks: trials may never end by themselves.
    const fail = (error: unknown) => this.#break(error);
    this.#next = askInTurns(sampler, { wake: () => this.#wake(), fail, turns });
    if (sampler.tell !== undefined) this.#inOrder = new InOrder((result) => sampler.tell!(result));
  }

  /** Trials that are left for another session, since their hosts were ended from outside time and again. */
  get evicted(): number {
    return this.#recovery.evicted;
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
    this.#backlog.stop();
    for (const { task } of this.#inFlight.values()) task.stop();
  }

  /** Resolves when nothing is left to do or to wait for, with everything on disk. */
  async run(): Promise<void> {
    const { pool, limit } = this.#options;
    if (limit.ms !== undefined) pool.limit(limit.ms);
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
    const { journal, sizer, recorder, lookAhead, pool, settings, limit } = this.#options;
    if (this.#stopping || this.#broken !== undefined) return true;
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
      // In one task with others, a trial that never ends would keep their times to itself.
      const size = limit.isPending ? 1 : sizer.size;
      const most = Math.min(size, lookAhead - (this.#inOrder?.untold ?? 0));
      if (most <= 0) return this.#isAbandoned();
      const proposal = this.#next(most);
      if (proposal === 'end') return this.#backlog.isEmpty;
      if (proposal === 'wait') return this.#isAbandoned();
      const trials = this.#accept(proposal);
      if (countOf(trials) === 0) continue;
      recorder.begin(trials);
      const [first, ...others] = beginWork(trials, recorder);
      this.#backlog.add(...others);
      this.#launch(first);
    }
    return false;
  }

  /** A sampler that decides by results waits for ever for those of trials that are left for another session. */
  #isAbandoned(): boolean {
    return (
      this.#recovery.evicted > 0 &&
      this.#inOrder !== undefined &&
      this.#inFlight.size === 0 &&
      this.#backlog.isEmpty
    );
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
    const { pool, recorder, tally } = this.#options;
    const { trials, attempt, isApart } = work;
    const count = countOf(trials);
    const task: Task = { id: this.#nextId++, attempt, trials, ...(isApart ? { isApart } : {}) };
    tally.underWay += count;
    if (isApart) this.#apart++;
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
        if (isApart) this.#apart--;
        this.#options.onTick();
        this.#wake();
      });
  }

  async #record(work: Work, result: TaskResult): Promise<void> {
    this.#recovery.noteStart();
    const { recorder, sizer, settings, limit, pool } = this.#options;
    const { left } = result;
    const ended =
      left.length === 0
        ? work.trials
        : without(
            work.trials,
            left.map(({ trial }) => trial),
          );
    if (countOf(ended) > 0) {
      sizer.learn(countOf(ended), result.runMs);
      if (limit.learn(countOf(ended), result.runMs)) pool.limit(limit.ms!);
    }
    const { attempt } = work;
    const { retried, settled } = await recorder.record({ result, ended, attempt, retries: settings.retries });
    if (retried !== NO_TRIALS) {
      const failures = recorder.failedAttempts(trialAt(retried, 0));
      this.#backlog.addLater({ ...work, trials: retried, attempt: attempt + 1 }, failures);
    }
    // Without a request of ours, others of the task were stopped along with one: they run again.
    if (left.length > 0 && !this.#stopping) {
      const trials = new Set(left.map(({ trial }) => trial));
      this.#backlog.add(
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

  /** The task has no result. */
  async #recover(work: Work, error: unknown): Promise<void> {
    if (this.#killed) return;
    this.#settle(await this.#recovery.recover(work, error));
  }

  /** What cannot be written, or run by anybody, ends the run. */
  #guard(writing: Promise<void>): void {
    writing.catch((error) => this.#break(error));
  }

  #break(error: unknown): void {
    this.#broken ??= error;
    this.#killed = true;
    this.#backlog.stop();
    this.#options.pool.kill();
    this.#wake();
  }
}

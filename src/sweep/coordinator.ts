// The loop that keeps the pool busy: proposals become tasks, results become journal records. It decides nothing about
// points (the sampler does), runs nothing (the pool does) and remembers nothing (the journal does).
import { hostname } from 'node:os';
import type { Clock } from '../ground/clock.js';
import { type PlainError, toPlainError } from '../ground/errors.js';
import type { Pool, Task, TaskResult } from '../pool/contract.js';
import { countOf, trialOf } from '../pool/execute.js';
import type { Journal } from '../run/journal.js';
import type { ProposedPoint, TrialNumbers } from '../run/records.js';
import { readMetrics } from '../trial/row.js';
import type { WorkerDescription } from '../worker/define.js';
import { BlockSizer } from './blocks.js';
import type { FailureEvent } from './observers.js';
import type { Proposal, Sampler } from './samplers/contract.js';
import type { Tally } from './tally.js';

export interface CoordinatorOptions {
  readonly pool: Pool;
  readonly journal: Journal;
  readonly sampler: Sampler;
  readonly worker: WorkerDescription;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly blockSize: number | undefined;
  readonly retries: number;
  /** True once so many trials have failed that no more shall start. */
  readonly isTooManyFailures: (failed: number, done: number) => boolean;
  /** Rows of a trial that no pool can run: `failed`, without metrics. */
  readonly failedRows: (task: Task) => Uint8Array;
  /** Metrics of a trial that ran in an earlier session, for samplers that listen. */
  readonly recall: (trial: number) => ReadonlyMap<string, string> | undefined;
  readonly onFailure: (event: FailureEvent) => void;
  readonly onTick: () => void;
}

const HOST = hostname();
/** Bytes handed to the journal and not yet on disk, past which nothing new starts. */
const PENDING_BYTES = 64 * 1024 * 1024;

export class Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #sizer: BlockSizer;
  #epoch: number;
  #inFlight = 0;
  #nextId = 0;
  #stopping = false;
  #killed = false;
  #broken: unknown;
  #wake: () => void = () => undefined;
  /** Tasks that were in a host when it died: run again one at a time, so that the next death has one culprit. */
  readonly #suspects: Task[] = [];
  readonly #retries: Task[] = [];
  tooManyFailures = false;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#epoch = options.journal.state.epochs.length - 1;
    this.#sizer = new BlockSizer(options.worker.mode, options.pool.size, options.blockSize);
  }

  get interrupted(): boolean {
    return this.#stopping && !this.tooManyFailures;
  }

  /** First call: what runs ends, nothing starts. Second: the pool is killed. */
  stop(): void {
    if (this.#stopping) {
      this.#killed = true;
      this.#options.pool.kill();
    } else {
      this.#stopping = true;
      this.#options.pool.stop();
    }
    this.#wake();
  }

  /** Resolves when nothing is left to do or to wait for, with everything on disk. */
  async run(): Promise<void> {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const atEnd = this.#fill();
      if (this.#broken !== undefined && this.#inFlight === 0) throw this.#broken;
      if (this.#inFlight === 0 && (atEnd || this.#stopping)) break;
      await woken;
    }
    await this.#options.journal.drained();
  }

  /** Starts tasks while there is room; true when the sampler has come to its end. */
  #fill(): boolean {
    const { journal, sampler } = this.#options;
    if (this.#stopping || this.#broken !== undefined) return true;
    if (this.#suspects.length > 0) {
      if (this.#inFlight === 0) this.#launch(this.#suspects.shift()!);
      return false;
    }
    while (this.#inFlight < this.#sizer.window) {
      if (journal.pendingBytes > PENDING_BYTES) {
        void journal.drained().then(() => this.#wake());
        return false;
      }
      const again = this.#retries.shift();
      if (again !== undefined) {
        this.#launch(again);
        continue;
      }
      const proposal = sampler.next(this.#sizer.size);
      if (proposal === 'end') return true;
      if (proposal === 'wait') return false;
      const fresh = this.#withoutKnown(proposal);
      if (fresh !== undefined)
        this.#launch({ ...fresh, id: this.#nextId++, attempt: this.#attemptOf(fresh) });
    }
    return false;
  }

  /** Points that ran in an earlier session are told from the journal instead of running again. */
  #withoutKnown(proposal: Proposal): Proposal | undefined {
    if (proposal.kind !== 'points') return proposal;
    const { journal, sampler, recall } = this.#options;
    const fresh = proposal.points.filter(({ trial }) => {
      if (!journal.state.epoch.isDone(trial)) return true;
      sampler.tell?.(trial, recall(trial) ?? new Map());
      return false;
    });
    return fresh.length > 0 ? { kind: 'points', points: fresh } : undefined;
  }

  #attemptOf(proposal: Proposal): number {
    const { epoch } = this.#options.journal.state;
    const first =
      proposal.kind === 'range'
        ? proposal.first
        : proposal.kind === 'trials'
          ? proposal.trials[0]!
          : proposal.points[0]!.trial;
    return epoch.lastAttempt(first) + 1;
  }

  #launch(task: Task): void {
    this.#inFlight++;
    this.#options.tally.underWay += countOf(task);
    this.#options.pool
      .submit(task)
      .then(
        (result) => this.#record(task, result),
        (error) => this.#recover(task, error),
      )
      .catch((error) => {
        this.#broken ??= error;
      })
      .finally(() => {
        this.#inFlight--;
        this.#options.tally.underWay -= countOf(task);
        this.#options.onTick();
        this.#wake();
      });
  }

  async #record(task: Task, result: TaskResult): Promise<void> {
    if (result.ended === 0) return;
    const { journal, sampler, tally, worker } = this.#options;
    this.#sizer.learn(result.ended, result.runMs);
    const { attempt } = task;
    await journal.appendRows(
      {
        epoch: this.#epoch,
        trials: numbersOf(task, result.ended),
        attempt,
        worker: result.worker,
        host: HOST,
        device: result.device,
        queue_ms: result.queueMs,
        run_ms: result.runMs,
        notes: result.notes,
        ...pointsOf(task, result.ended),
      },
      result.rows,
      result.series,
    );
    const failed = result.notes.filter((note) => note.status === 'failed');
    const again = attempt <= this.#options.retries ? failed.map((note) => note.trial) : [];
    if (again.length > 0 && !this.#stopping) this.#retries.push(this.#pick(task, again));
    const settled = result.ended - again.length;
    tally.add(settled, failed.length - again.length, result.rows);
    if (again.length === 0) for (const note of result.notes) this.#options.onFailure({ ...note, attempt });
    if (sampler.tell !== undefined) {
      for (const { trial, metrics } of readMetrics(result.rows, worker))
        if (!again.includes(trial)) sampler.tell(trial, metrics);
    }
    this.#checkFailures();
  }

  /** The host died with the task. A task of many trials is halved until the culprit is alone; then that trial has failed. */
  async #recover(task: Task, error: unknown): Promise<void> {
    if (this.#killed) return;
    const { journal, tally, sampler } = this.#options;
    const plain: PlainError = toPlainError(error);
    const wasAlone = this.#inFlight === 1;
    const ran = {
      epoch: this.#epoch,
      trials: numbersOf(task, countOf(task)),
      attempt: task.attempt,
      worker: -1,
      host: HOST,
      device: '',
      queue_ms: 0,
      run_ms: 0,
    };
    if (countOf(task) === 1 && wasAlone && task.attempt > 1 + this.#options.retries) {
      const trial = trialOf(task, 0);
      await journal.appendRows(
        { ...ran, notes: [{ trial, status: 'failed', error: plain }], ...pointsOf(task, 1) },
        this.#options.failedRows(task),
      );
      tally.add(1, 1, new Uint8Array(0));
      this.#options.onFailure({ trial, status: 'failed', error: plain, attempt: task.attempt });
      sampler.tell?.(trial, new Map());
      this.#checkFailures();
      return;
    }
    await journal.append({ t: 'attempt', ...ran, status: 'lost', error: plain });
    const next = { ...task, attempt: task.attempt + 1 };
    this.#suspects.push(...(countOf(task) > 1 && wasAlone ? halve(next) : [next]));
  }

  #checkFailures(): void {
    const { tally } = this.#options;
    if (this.#options.isTooManyFailures(tally.failed, tally.done)) this.giveUp();
  }

  /** Too many trials have failed: nothing more starts. */
  giveUp(): void {
    if (this.#stopping) return;
    this.tooManyFailures = true;
    this.#stopping = true;
    this.#options.pool.stop();
  }

  #pick(task: Task, trials: readonly number[]): Task {
    const common = { id: this.#nextId++, attempt: task.attempt + 1 };
    return task.kind === 'points'
      ? { ...common, kind: 'points', points: task.points.filter(({ trial }) => trials.includes(trial)) }
      : { ...common, kind: 'trials', trials };
  }
}

function numbersOf(task: Task, ended: number): TrialNumbers {
  if (task.kind === 'range') return { first: task.first, count: ended };
  return task.kind === 'trials'
    ? task.trials.slice(0, ended)
    : task.points.slice(0, ended).map((each) => each.trial);
}

function pointsOf(task: Task, ended: number): { readonly points?: readonly ProposedPoint[] } {
  return task.kind === 'points' ? { points: task.points.slice(0, ended) } : {};
}

function halve(task: Task): Task[] {
  const half = countOf(task) >> 1;
  if (task.kind === 'range') {
    return [
      { ...task, count: half },
      { ...task, first: task.first + half, count: task.count - half },
    ];
  }
  if (task.kind === 'trials')
    return [
      { ...task, trials: task.trials.slice(0, half) },
      { ...task, trials: task.trials.slice(half) },
    ];
  return [
    { ...task, points: task.points.slice(0, half) },
    { ...task, points: task.points.slice(half) },
  ];
}

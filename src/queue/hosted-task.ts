// One job on a host, from the moment it is taken to the moment it is answered for: runs it, keeps its lock, sends what it
// leaves. What it has to say counts once, even where another host was given the job in between.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SweeplineError, toPlainError } from '../ground/errors.js';
import {
  type RunningTask,
  type Task,
  TaskLost,
  type TaskResult,
  type TrialReport,
} from '../pool/contract.js';
import { countOf, pick, trialAt, trialsOf } from '../trial/selection.js';
import { ARTIFACTS } from '../trial/store.js';
import type { Checkpoints } from './checkpoints.js';
import { insist } from './connect.js';
import type { QueueHostOptions } from './host-options.js';
import type { HostedRun, Lane } from './hosted-run.js';
import { fieldsOf } from './inbox.js';
import { append, publish } from './keys.js';
import { type FromQueueHost, type JobData, packLoss, packResult, readStops } from './messages.js';
import type { Job, Redis } from './packages.js';
import { isSealed } from './seal.js';
import { sendArtifacts } from './send-artifacts.js';

export interface TaskAround {
  readonly run: HostedRun;
  readonly redis: Redis;
  readonly options: QueueHostOptions;
  readonly checkpoints: Checkpoints;
}

/** A job whose host has gone away so often has ended its machine each time, as far as anybody knows. */
const DEATHS = 4;

type Bytes = NonNullable<Parameters<typeof fieldsOf>[3]>;

let count = 0;

export class HostedTask {
  readonly key: string;
  readonly since: number;
  readonly lane: Lane;
  /** Resolves once the job is done with, whatever came of it. */
  readonly ended: Promise<void>;
  readonly #around: TaskAround;
  readonly #task: Task;
  #job: Job;
  #token: string;
  #handle: RunningTask | undefined;
  #stops: string | undefined;
  #reports = 0;
  #isGivenBack = false;
  #isDropped = false;
  #sending: Promise<unknown> = Promise.resolve();

  constructor(job: Job, token: string, data: JobData, around: TaskAround) {
    this.key = data.key;
    this.since = around.options.now();
    this.lane = around.run.lane;
    this.#around = around;
    this.#job = job;
    this.#token = token;
    this.#task = { ...data.task, id: ++count } as Task;
    this.lane.running++;
    this.ended = this.#run(data).finally(() => {
      this.lane.running--;
    });
  }

  get run(): HostedRun {
    return this.#around.run;
  }

  get id(): number {
    return this.#task.id;
  }

  get trials(): { readonly trial: number; readonly trials: number } {
    const { trials } = this.#task;
    return { trial: countOf(trials) === 0 ? 0 : trialAt(trials, 0), trials: countOf(trials) };
  }

  /** The same job was delivered to this host again, which had lost its lock for a while. */
  take(job: Job, token: string): void {
    this.#job = job;
    this.#token = token;
  }

  /** The lock goes on; where it was lost, somebody else has the job by now, and whoever is first counts. */
  async extend(ms: number): Promise<void> {
    await this.#job.extendLock(this.#token, ms).catch(() => undefined);
  }

  /** What the coordinator has asked: nothing that is new, mostly. */
  look(stops: string | null): void {
    if (stops === null || stops === this.#stops) return;
    this.#stops = stops;
    try {
      this.#obey();
    } catch (error) {
      this.#around.options.say((error as Error).message); // nobody asks so: it goes on
    }
  }

  /** Asked to stop, with its checkpoint, and left to another host. */
  giveBack(): void {
    this.#isGivenBack = true;
    this.#handle?.stop();
  }

  /** Nobody wants to hear of it any more. */
  drop(): void {
    this.#isDropped = true;
    this.#handle?.kill();
  }

  #obey(): void {
    if (this.#stops === undefined || this.#handle === undefined) return;
    const stops = readStops(this.#stops);
    if (stops === 'kill') this.drop();
    else this.#handle.stop(stops === 'all' ? undefined : stops);
  }

  async #run(data: JobData): Promise<void> {
    const { redis, run, options } = this.#around;
    const { say } = options;
    try {
      const [isPublished, stops] = await insist(
        () =>
          Promise.all([redis.sismember(run.keys.published, this.key), redis.hget(run.keys.stops, this.key)]),
        say,
      );
      if (isPublished === 1) return await this.#complete();
      const text = JSON.stringify((this.#job.data as JobData).task);
      if (!isSealed(data.signature, options.secret, run.about.run, this.key, text))
        throw new SweeplineError('BAD_USAGE', 'a task on the queue is not signed with the key of its run');
      // Not how often it was started: hosts that leave politely give it back.
      if (this.#job.stalledCounter >= DEATHS) throw this.#describeDeaths();
      await this.#fetchCheckpoints();
      if (this.#isDropped) return;
      await this.#answer(await this.#execute(stops));
    } catch (error) {
      if (!this.#isDropped) await this.#answerLoss(error);
    }
    await this.#sending;
  }

  /** Where they cannot be written here, another host may have room; after some such losses in a row the run gives up. */
  async #fetchCheckpoints(): Promise<void> {
    const { run, checkpoints, options } = this.#around;
    try {
      await insist(() => checkpoints.fetch(run, this.#task), options.say);
    } catch (cause) {
      const { message, hint } = cause as SweeplineError;
      throw new TaskLost(
        { cause: 'unstarted', blame: 'none', host: options.name, process: this.id }, // each counts: none began
        `its checkpoints could not be fetched: ${message}`,
        { cause, ...(hint === undefined ? {} : { hint }) },
      );
    }
  }

  /** `stops`: what was asked before it began, which is not begun at all. */
  async #execute(stops: string | null): Promise<TaskResult> {
    const { run } = this.#around;
    const asked = stops === null ? [] : readStops(stops);
    const isStopped = (trial: number) => typeof asked === 'string' || asked.includes(trial);
    const { trials } = this.#task;
    const left = [...trialsOf(pick(trials, isStopped))].map((trial) => ({ trial, hasBegun: false }));
    const rest = left.length === 0 ? trials : pick(trials, (trial) => !isStopped(trial));
    this.#handle = this.lane.pool.submit({ ...this.#task, trials: rest }, (report) => this.#report(report));
    if (this.#isGivenBack) this.#handle.stop();
    this.#obey();
    const result = await this.#handle.result;
    if (left.length > 0) this.#stops ??= stops ?? undefined;
    const { name } = this.#around.options;
    return {
      ...result,
      left: [...left, ...result.left],
      host: name,
      device: run.about.device.startsWith('cuda') ? this.lane.device : result.device,
    };
  }

  async #answer(result: TaskResult): Promise<void> {
    const { run, checkpoints, options } = this.#around;
    if (this.#isDropped) return;
    checkpoints.requireRoom(run, this.#task, result.left);
    await insist(() => checkpoints.send(run), options.say);
    if (this.#isGivenBack && result.left.length > 0 && this.#stops === undefined) {
      await this.#job.moveToWait(this.#token).catch(() => undefined); // somebody else has it already
      return;
    }
    const files = await sendArtifacts(this.#around, this.key, this.#task.trials);
    await this.#publish(packResult(result, files), { body: result.rows, series: result.series });
    if (!existsSync(join(run.folder, ARTIFACTS))) return;
    for (const trial of trialsOf(this.#task.trials))
      await rm(join(run.folder, ARTIFACTS, String(trial)), { recursive: true, force: true });
  }

  async #answerLoss(error: unknown): Promise<void> {
    const { name } = this.#around.options;
    const loss = error instanceof TaskLost ? { loss: { ...packLoss(error.loss), host: name } } : {};
    const { name: kind, message, stack, code, hint, syscall } = toPlainError(error);
    const plain = JSON.parse(JSON.stringify({ name: kind, message, stack, code, hint, syscall }));
    await this.#publish({ t: 'broken', error: plain, ...loss });
  }

  /** Machines die, and a job is given to the next: not for ever. */
  #describeDeaths(): TaskLost {
    const blame = this.#task.isApart === true ? 'certain' : 'possible';
    const { name } = this.#around.options;
    return new TaskLost(
      { cause: 'evicted', blame, host: name, process: process.pid },
      `${this.#job.stalledCounter} hosts went away while they had it`,
    );
  }

  async #publish(message: FromQueueHost, bytes?: Bytes): Promise<void> {
    const { redis, run, options } = this.#around;
    await this.#sending;
    if (this.#isDropped) return;
    const fields = this.#fields(message, bytes);
    await insist(() => publish(redis, run, this.key, fields), options.say);
    await this.#complete();
  }

  /** BullMQ forgets it. Where the lock was lost it is another host's, which finds that all is said. */
  async #complete(): Promise<void> {
    await this.#job.moveToCompleted('', this.#token, false).catch(() => undefined);
  }

  #report({ trial, rows, from }: TrialReport): void {
    const delivery = this.#job.attemptsStarted;
    const message: FromQueueHost = { t: 'report', trial, from, delivery, count: ++this.#reports };
    this.#append(message, { body: rows });
  }

  #append(message: FromQueueHost, bytes: Bytes): void {
    const { redis, run } = this.#around;
    const fields = this.#fields(message, bytes);
    this.#sending = this.#sending.then(() => append(redis, run, fields)).catch(() => undefined); // a report that is lost: the result has all of them
  }

  #fields(message: FromQueueHost, bytes: Bytes = {}): (string | Uint8Array)[] {
    const { run, options } = this.#around;
    return fieldsOf({ about: run.about, secret: options.secret }, this.key, message, bytes);
  }
}

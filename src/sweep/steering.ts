// Everything that reaches a run from outside while it goes on: requests to stop it, from this process or by way of its
// folder, to pause it, to stop one of its trials. They go to all of its jobs that are there, and those that come to be.
// In return live.json says what it does.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../ground/clock.js';
import type { Live, Progress } from '../run/live.js';
import { removeLive, writeLive } from '../run/live.js';
import { type Request, removeRequests, takeRequests } from '../run/requests.js';
import type { BusyThread } from '../trial/busy.js';

/** A job that is under way. */
export interface Steered {
  /** See Coordinator. */
  stop(): void;
  finish(): void;
  abort(reason: Error): void;
  pause(): void;
  continue(): void;
  stopTrial(trial: number, force: boolean): boolean;
  progress(): Progress;
  readonly workers: number;
  busy(): Promise<readonly BusyThread[]>;
}

export interface SteeringOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

/** How often requests are looked for, and how often live.json is written, in ms. */
const LOOK_MS = 250;
const LIVE_MS = 1000;
/** How long threads may take to say what they run. */
const BUSY_MS = 1000;

export class Steering {
  readonly #options: SteeringOptions;
  readonly #jobs = new Set<Steered>();
  /** By job: its stage. */
  readonly #stages = new Map<Steered, string>();
  #stops = 0;
  #isFinished = false;
  #isPaused = false;
  #isOver = false;
  #aborted: Error | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #writtenAt = Number.NEGATIVE_INFINITY;
  /** What they said last. */
  #threads: readonly BusyThread[] = [];

  constructor(options: SteeringOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#stops++;
    for (const job of this.#jobs) job.stop();
  }

  /** Its time is over: what runs ends, nothing more starts. Whoever stops it then, stops it for the first time. */
  finish(): void {
    this.#isFinished = true;
    for (const job of this.#jobs) job.finish();
  }

  /** The run cannot go on: none of its jobs may write any more. */
  abort(reason: Error): void {
    this.#isOver = true;
    this.#aborted = reason;
    for (const job of this.#jobs) job.abort(reason);
  }

  /** The job hears what comes, and what has come. Call the result once it has ended. */
  reach(job: Steered, stage?: string): () => void {
    this.#jobs.add(job);
    if (stage !== undefined) this.#stages.set(job, stage);
    if (this.#aborted !== undefined) job.abort(this.#aborted);
    if (this.#isPaused) job.pause();
    if (this.#isFinished) job.finish();
    for (let i = 0; i < this.#stops; i++) job.stop();
    return () => void this.#jobs.delete(job);
  }

  /** Forgets what was asked of an earlier session. To be called under the lock. */
  async clear(): Promise<void> {
    await removeRequests(this.#options.folder).catch(() => undefined);
  }

  /** Begins to look into the folder. */
  watch(): void {
    const look = () => {
      this.#looking = this.#look().finally(() => {
        if (!this.#isOver) this.#timer = setTimeout(look, LOOK_MS).unref();
      });
    };
    look();
  }

  /** Takes away what it has written, once nothing more will come. */
  async end(): Promise<void> {
    const isLost = this.#isOver;
    this.#isOver = true;
    clearTimeout(this.#timer);
    await this.#looking;
    if (isLost) return; // the files are another coordinator's now
    const { folder } = this.#options;
    await Promise.all([removeLive(folder), removeRequests(folder)]).catch(() => undefined);
  }

  async #look(): Promise<void> {
    try {
      for await (const request of takeRequests(this.#options.folder)) this.#take(request);
      await this.#writeLive();
    } catch {
      // Nothing depends on it: a folder that cannot be written is told where results are.
    }
  }

  #take(request: Request): void {
    const { say } = this.#options;
    switch (request.do) {
      case 'pause':
        if (!this.#isPaused && this.#stops === 0) say('paused on request: what runs comes to its end first');
        this.#isPaused = true;
        for (const job of this.#jobs) job.pause();
        break;
      case 'continue':
        if (this.#isPaused) say('continued on request');
        this.#isPaused = false;
        for (const job of this.#jobs) job.continue();
        break;
      case 'stop':
        say(
          this.#stops === 0
            ? 'stopped on request: what runs comes to its end first'
            : 'stopped at once on request',
        );
        this.stop();
        break;
      case 'stop-trial':
        this.#stopTrial(request.trial, request.force === true);
    }
    this.#writtenAt = Number.NEGATIVE_INFINITY; // who asked wants to see it
  }

  /** Of the job that runs now: a stage has trials of its own. */
  #stopTrial(trial: number, force: boolean): void {
    const isRunning = this.#current?.stopTrial(trial, force) === true;
    this.#options.say(
      `trial ${trial}: ${isRunning ? 'asked to stop, on request' : 'not stopped, since it does not run'}`,
    );
  }

  get #current(): Steered | undefined {
    return [...this.#jobs].at(-1);
  }

  async #writeLive(): Promise<void> {
    const { clock, folder } = this.#options;
    const job = this.#current;
    if (job === undefined || clock.elapsed() - this.#writtenAt < LIVE_MS) return;
    // A host that loads its worker does not answer for as long: requests must not wait for it.
    const late = sleep(BUSY_MS, this.#threads, { ref: false });
    this.#threads = await Promise.race([job.busy(), late]);
    if (this.#isOver) return;
    this.#writtenAt = clock.elapsed();
    const stage = this.#stages.get(job);
    const live: Live = {
      at: clock.now(),
      pid: process.pid,
      state: this.#stops > 0 ? 'stopping' : this.#isPaused ? 'paused' : 'running',
      progress: { ...job.progress(), ...(stage === undefined ? {} : { stage }) },
      workers: job.workers,
      threads: this.#threads,
    };
    await writeLive(folder, live);
  }
}

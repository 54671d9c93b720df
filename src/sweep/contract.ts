// What the command line and the public API ask of a sweep, and what they hear back. Observers only look: whatever they
// do, the run's files are the same.
import type { PlainError } from '../ground/errors.js';
import type { Progress } from '../run/live.js';
import type { Limits, ShardRecord } from '../run/manifest.js';
import type { AxisDomain } from '../space/types.js';
import type { TrialRow } from '../trial/row.js';
import type { TrialStatus } from '../trial/status.js';
import type { PrunerRequest } from './pruners/list.js';
import type { Shard } from './samplers/contract.js';
import type { SamplerRequest } from './samplers/list.js';

export type { Progress };

/** Everything `sweepline run` can say about a run. Absent fields take the sweep's own values or the defaults. */
export interface RunRequest {
  /** Name of a shipped sweep, or path of a sweep's file. */
  readonly sweep: string;
  /** `--set axis=values`, by axis. */
  readonly set?: Readonly<Record<string, AxisDomain>>;
  /** Worker threads; default: the number of cores. */
  readonly workers?: number;
  readonly engine?: string;
  readonly device?: string;
  /** True: `engine` and `device` are meant for workers that train, and others run without them (suites). */
  readonly trainingOnly?: boolean;
  readonly data?: string;
  /** A sampler's name and some of its options. */
  readonly sampler?: SamplerRequest;
  /** What stops trials early: its name and some of its options; `none`: nothing, whatever the sweep says. */
  readonly pruner?: PrunerRequest;
  /** Trials in all, for samplers that have no end of their own. */
  readonly trials?: number;
  /**
   * How far a search looks ahead: its proposal k knows the results of the configurations up to k - lookahead, and no
   * others. Of a run with `target` or `plateau`, whatever its sampler: so many configurations run at once. Default: 8, or
   * `workers` where these are more.
   */
  readonly lookahead?: number;
  /** End the run once its objective has reached this. Any sampler but bisect. */
  readonly target?: number;
  /** End the run once so many configurations in a row have not been better than the best before. Any sampler but bisect. */
  readonly plateau?: number;
  /** Start nothing more once the sessions of the run have taken so many milliseconds together. */
  readonly budgetMs?: number;
  readonly seed?: number;
  /** Trials of every point; `auto`: 2, and more of those that may be the best, as long as they cannot be told apart. */
  readonly replicates?: number | 'auto';
  /** In place of `replicates`: the seeds of the trials of every point. */
  readonly seeds?: readonly number[];
  /** What is best, in place of what the sweep declares: `loss:min`, or `loss` where the metric has a goal. */
  readonly objectives?: readonly string[];
  /** How often a trial is tried again that failed of something that may pass: a crash, its time, what it threw. */
  readonly retries?: number;
  /** Milliseconds before the first retry; each further one waits twice as long, up to a minute. Default 1000. */
  readonly retryPauseMs?: number;
  /**
   * Milliseconds that a trial may run, or a multiple of the median of finished trials (at least 1 s, once five have
   * ended). One that does not stop then is killed; its status is `timeout`.
   */
  readonly timeoutMs?: number | { readonly fraction: number };
  /** Bytes of memory that the process of a trial may hold; one that takes more is killed and has failed. */
  readonly memoryBytes?: number;
  /** `process`: a process for each worker, as always with `memoryBytes`; default `thread`: one with all workers. */
  readonly isolation?: 'thread' | 'process';
  /** Milliseconds that loading the worker and its data may take. Default: ten minutes. */
  readonly loadMs?: number;
  /**
   * End the run, resumable, once more than so many trials have failed: a number, or a fraction up to 1 (no limit).
   * Default: once the first ones (3, or as many as run at once, or more than the replicates of a point) have all failed
   * in the same way.
   */
  readonly maxFailures?: number | { readonly fraction: number };
  readonly shard?: Shard;
  /**
   * What trials are dealt to shards by: `key` alone, `count` (as many to each), the worker's `cost`, or the times of a run,
   * named by its folder. Default: `cost` where the worker declares it, else `key`.
   */
  readonly shardBy?: string;
  /** The folder of a run of the same sweep whose stages count here too: those that it has run are not run again. */
  readonly stagesOf?: string;
  /** True: run the stages and no trial. */
  readonly onlyStages?: boolean;
  /** The run folder itself; default: a new folder under `root`. */
  readonly out?: string;
  /** Where run folders are made: `runs` in the working directory. */
  readonly root?: string;
  /** Trials a task, fixed; default: adapts to about 100 ms a task. For benchmarks. */
  readonly blockSize?: number;
  /**
   * URL of the Redis or Valkey server by which hosts on other machines run the trials (`sweepline host`), with name and
   * password where it needs them: they are kept nowhere. Default: this machine runs them.
   */
  readonly queue?: string;
  /** Signs what goes over the queue: hosts with the same key take nothing else. */
  readonly queueKey?: string;
  /** Runs of a higher priority go first on a queue. Default 0. */
  readonly priority?: number;
  /** A folder that hosts see too, for artifacts that are too large for the queue. */
  readonly share?: string;
  /** Sends the worker's code along, for hosts that do not have it and take such code. */
  readonly ship?: boolean;
  /** Files up to so many bytes travel through the queue. Default 16 MiB. */
  readonly queueFiles?: number;
  /** Run trials in this process, one after another, for a debugger. */
  readonly debug?: boolean;
  /** Written to the manifest. */
  readonly command?: readonly string[];
}

/** What says where trials run that this machine does not. */
export type QueueRequest = Pick<
  RunRequest,
  'queue' | 'queueKey' | 'priority' | 'share' | 'ship' | 'queueFiles'
>;

/** Which ended trials to run again. */
export type RetryChoice = 'failed' | 'timeout' | 'all';

/** What may differ when a run is taken up again. */
export type ResumeRequest = Pick<
  RunRequest,
  'workers' | 'command' | 'blockSize' | 'trials' | 'budgetMs' | keyof Limits | 'loadMs' | keyof QueueRequest
> & {
  /** The sweep's file, where it is no longer found from the run. */
  readonly sweep?: string;
  readonly retry?: RetryChoice;
};

/** What would run, and why. */
export interface Plan {
  readonly sweep: string;
  readonly title: string;
  readonly folder: string | null;
  readonly sampler: string;
  /** `asha, min 1, factor 3, max 81, on val_loss:min`; absent: nothing stops trials early. */
  readonly pruner?: string;
  /** Text of each axis: `alpha: 0.01 … 1 (41 values, log)`. */
  readonly axes: readonly string[];
  /** The part of the sweep that it is; null: all of it. */
  readonly shard: ShardRecord | null;
  /** Of this run, done ones included; the most that can be needed where the sampler decides as it goes. */
  readonly trials: number;
  /** Left out by the constraint or as duplicates; null where the space is too large to count them in advance. */
  readonly excluded: number | null;
  /** Where that is so: how many points of a sample are neither, and how many trials that makes of the run. */
  readonly passing?: { readonly accepted: number; readonly of: number };
  readonly estimated?: number;
  readonly done: number;
  readonly failed: number;
  /** Started, but never ended: their host or coordinator died. They run again. */
  readonly orphaned: number;
  /** Never begun; the most that there can be where `trials` is. */
  readonly new: number;
  /**
   * Milliseconds, those of stages included that are known, and bytes on disk; null where nothing has been measured yet.
   * Of the estimate where there is one. A trial is taken to last as long on any number of workers.
   */
  readonly predictedMs: number | null;
  /**
   * What the time is taken from: trials that take as long as the mean of an earlier run, or, where the worker tells the
   * `cost` of trials, in proportion to it.
   */
  readonly predictedFrom: Prediction['from'] | null;
  /** What was otherwise where trials were timed: `version 1 of the worker`, `machine a`. Absent: nothing is known to be. */
  readonly predictedWith?: readonly string[];
  readonly predictedBytes: number | null;
  readonly workers: number;
  /** What the trials depend on and runs before them, once for several; none for most sweeps. */
  readonly stages: readonly StagePlan[];
}

export interface Prediction {
  /** Milliseconds of a trial, and those that each worker thread needs once to get going. */
  readonly trialMs: number;
  readonly startMs: number;
  readonly from: 'mean' | 'cost';
  /** What was otherwise there: see Plan. */
  readonly with: readonly string[];
}

export interface StagePlan {
  readonly name: string;
  readonly about: string;
  /** How often it runs: the combinations of its parameters. */
  readonly trials: number;
  readonly done: number;
  /** Still to run: the others have ended. */
  readonly new: number;
  /** As those of the plan, of this stage alone; null where nothing has been measured yet, 0 where none is to run. */
  readonly predictedMs: number | null;
  readonly predictedFrom: Prediction['from'] | null;
}

/** `'stop'`, or a promise of it, ends the run, resumable, as the first Ctrl-C does; anything else means nothing. */
export type Heard = unknown;

/** Hooks are optional; an observer that throws is dropped with a warning, and the run goes on. */
export interface Observer {
  /** The run folder is there and locked, the worker is known, nothing has run yet. */
  onStart?(event: { readonly folder: string; readonly plan: Plan; readonly resumed: boolean }): Heard;
  /** A stage of the run begins: `plan` is its own. Progress and failures carry its name until it has ended. */
  onStage?(event: { readonly stage: string; readonly plan: Plan }): Heard;
  /** At most ten times a second, and once at the end. */
  onProgress?(progress: Progress): Heard;
  /** A trial has ended, for good, and its row is on disk; in the order in which they end. Not of stages. */
  onTrial?(row: TrialRow): Heard;
  /** A trial ended without `ok`. */
  onFailure?(event: {
    /** The stage whose trial it is; absent: one of the run itself. */
    readonly stage?: string;
    readonly trial: number;
    readonly status: TrialStatus;
    readonly error: PlainError;
    /** The command that runs it alone; null where it went on from another trial's weights: alone it would be another one. */
    readonly replay: string | null;
    /** The command that tells how it came about, also of such a trial. */
    readonly explain: string;
  }): Heard;
  /** A line that a worker printed, or a warning of ours. */
  onLine?(line: string): Heard;
  /** All files are written. */
  onEnd?(outcome: Outcome): void;
}

export interface Outcome {
  readonly folder: string;
  readonly sweep: string;
  readonly trials: number;
  readonly ok: number;
  readonly failed: number;
  /** Stopped early, which is no failure. */
  readonly pruned: number;
  /** Not run because a stage that they depend on failed. */
  readonly skipped: number;
  /** Not run: interrupted, or given up after too many failures. */
  readonly left: number;
  readonly interrupted: boolean;
  readonly tooManyFailures: boolean;
  /** Trials left for another session, since something outside has ended their process time and again. */
  readonly evicted: number;
  /** Why it ended before all of its trials were run, though nobody stopped it: its target, its budget; null: it did not. */
  readonly ended: string | null;
  readonly elapsedMs: number;
}

/** A run that has been started. */
export interface RunHandle {
  /** `file:` URLs of the sweep and of its report, which is null where it has none. */
  readonly files: { readonly sweep: string; readonly report: string | null };
  readonly outcome: Promise<Outcome>;
  /** First call: finish what runs, start nothing more. Second call: stop at once. Both leave a resumable folder. */
  stop(): void;
}

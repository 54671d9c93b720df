// What the live page and its server (src/dashboard) tell each other. Plain data: names and texts of a run are only ever
// set as text.

/** Where a run stands. */
export type RunPhase =
  | 'running'
  | 'paused'
  | 'stopping'
  | 'complete'
  | 'interrupted'
  | 'died'
  | 'unreadable'
  | (string & {});

export interface CountsOfRun {
  readonly done: number;
  readonly ok: number;
  readonly failed: number;
  readonly timeout: number;
  readonly pruned: number;
  readonly skipped: number;
  readonly orphaned: number;
  /** Neither done nor running: they have paused, or ended, until something is decided on others. */
  readonly waiting: number;
}

/** One line of the list. */
export interface ListedRunView {
  /** Relative to the folder that is served; names the run in addresses. */
  readonly path: string;
  readonly sweep: string;
  readonly phase: RunPhase;
  readonly counts: CountsOfRun | null;
  readonly total: number | null;
  /** When it was made: ISO 8601; empty where it is not known. */
  readonly created: string;
  /** `alpha=0.1: loss 0.2 ± 0.1 (n=3)`; null where nothing is best. */
  readonly best: string | null;
  readonly etaMs: number | null;
  /** Why it cannot be read. */
  readonly error?: string;
}

export interface ListView {
  readonly root: string;
  readonly runs: readonly ListedRunView[];
  /** Runs that have not been read yet. */
  readonly pending: number;
}

export interface ThreadView {
  readonly host: string;
  readonly process: number;
  readonly thread: number;
  readonly trial: number;
  readonly trials: number;
  readonly ms: number;
  /** Of its trial: those that vary; empty where it has several, or they are not known. */
  readonly params: string;
}

export interface ProgressView {
  readonly stage?: string;
  readonly total: number | null;
  readonly done: number;
  readonly failed: number;
  readonly pruned?: number;
  readonly running: number;
  readonly rate: number;
  readonly etaMs: number | null;
  readonly elapsedMs: number;
  readonly metric: string | null;
}

export interface StageView {
  readonly name: string;
  readonly done: number;
  readonly failed: number;
}

/** What the head of a run's page shows. */
export interface RunView {
  readonly path: string;
  readonly sweep: string;
  readonly title: string;
  readonly runId: string;
  readonly phase: RunPhase;
  readonly created: string;
  readonly counts: CountsOfRun;
  readonly total: number | null;
  /** What its coordinator says it is doing; null where nobody works on it, or it has not said. */
  readonly progress: ProgressView | null;
  readonly workers: number;
  readonly threads: readonly ThreadView[];
  readonly stages: readonly StageView[];
  readonly coordinator: { readonly pid: number; readonly host: string } | null;
  /** Label and text; a label that repeats is empty. */
  readonly answer: readonly (readonly [label: string, text: string])[];
  /** What continues it; null where somebody works on it, or it is complete. */
  readonly resume: string | null;
  /** Why it cannot be read. */
  readonly error?: string;
}

/** Events of a run's stream: `run` carries a RunView, `data` the version of the data there is now. */
export interface DataEvent {
  readonly version: number;
}

export type RequestView =
  | { readonly do: 'pause' | 'continue' | 'stop' }
  | { readonly do: 'stop-trial'; readonly trial: number; readonly force?: true };

/** Whether the coordinator has taken it. */
export interface RequestAnswer {
  readonly taken: boolean;
}

/** The keys of a run's trials: what two runs have in common has the same. */
export interface KeysView {
  readonly trials: readonly number[];
  readonly keys: readonly string[];
}

/** A request that changes something carries it: a page of another origin cannot send it unasked. */
export const REQUEST_HEADER = 'x-sweepline';

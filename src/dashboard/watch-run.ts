// One run for all pages that show it.
import type { DataEvent, RunView } from '../explore/live/contract.js';
import type { Clock } from '../ground/clock.js';
import { SweeplineError } from '../ground/errors.js';
import { LiveRun, type LiveRunOptions } from './live-run.js';
import { type PageEvent, Watch } from './watch.js';

export class RunWatch extends Watch {
  readonly run: LiveRun;
  readonly #path: string;
  #view: RunView | undefined;
  #said = '';
  #version = 0;
  /** Why the run cannot be read; undefined where it can. */
  fault: string | undefined;

  constructor(options: LiveRunOptions, clock: Clock) {
    super(clock);
    this.run = new LiveRun(options);
    this.#path = options.path;
  }

  protected current(): readonly PageEvent[] {
    if (this.#view === undefined) return [];
    const data: DataEvent = { version: this.#version };
    return [{ name: 'run', data: this.#view }, ...(this.fault === undefined ? [{ name: 'data', data }] : [])];
  }

  protected async update(): Promise<void> {
    try {
      await this.run.refresh();
      this.#tellChanges(this.run.view());
    } catch (error) {
      const fault = describeFault(error);
      this.#tellChanges(unreadable(this.#path, fault), fault);
    }
  }

  protected override async finish(): Promise<void> {
    if (this.fault !== undefined) return;
    try {
      if (await this.run.explain()) this.#tellChanges(this.run.view());
    } catch (error) {
      const fault = describeFault(error);
      this.#tellChanges(unreadable(this.#path, fault), fault);
    }
  }

  #tellChanges(view: RunView, fault?: string): void {
    this.fault = fault;
    this.#view = view;
    const text = JSON.stringify(view);
    if (text !== this.#said) this.tell({ name: 'run', data: view });
    this.#said = text;
    if (fault !== undefined || this.run.version === this.#version) return;
    // Made here, so that the time it takes counts.
    if (this.isWatched) this.run.data();
    this.#version = this.run.version;
    const data: DataEvent = { version: this.#version };
    this.tell({ name: 'data', data });
  }
}

/** In the words of the error where they are for users; a fault of a folder from somebody else may be of any kind. */
export function describeFault(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return error instanceof SweeplineError && error.hint !== undefined ? `${words}; ${error.hint}` : words;
}

function unreadable(path: string, error: string): RunView {
  return {
    ...{ path, error, sweep: path, title: path, runId: '', phase: 'unreadable', created: '' },
    counts: { done: 0, ok: 0, failed: 0, timeout: 0, pruned: 0, skipped: 0, orphaned: 0, waiting: 0 },
    ...{ total: null, progress: null, workers: 0, threads: [], stages: [], coordinator: null },
    ...{ answer: [], resume: null },
  };
}

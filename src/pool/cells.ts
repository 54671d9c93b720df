// Processes with one thread each, one task at a time: whatever ends such a process has one culprit. They run everything
// where each worker is to have a process of its own, and otherwise those tasks of which one has ended a process of many.
import type { BusyThread } from '../trial/busy.js';
import {
  poolClosed,
  type RunningTask,
  type Task,
  type TaskResult,
  type TrialReport,
  taskKilled,
} from './contract.js';
import type { HostProcess } from './host-process.js';

export interface CellOptions {
  /** Most processes at once. */
  readonly cells: number;
  readonly start: () => HostProcess;
  /** False: a process ends with its task. */
  readonly staysAlive: boolean;
}

interface Cell {
  readonly number: number;
  host: HostProcess | undefined;
  isBusy: boolean;
}

/** A task on its way: waiting, or with a cell once it has a handle there. */
interface Waiting {
  readonly task: Task;
  readonly onReport: ((report: TrialReport) => void) | undefined;
  readonly resolve: (result: TaskResult) => void;
  readonly reject: (error: unknown) => void;
  /** Requests to stop that came before it ran. */
  readonly stops: (readonly number[] | undefined)[];
  handle: RunningTask | undefined;
  isKilled: boolean;
}

export class Cells {
  readonly #options: CellOptions;
  readonly #cells: readonly Cell[];
  /** In the order of submission. */
  readonly #waiting = new Set<Waiting>();
  readonly #running = new Set<Promise<unknown>>();
  #ended: Error | undefined;

  constructor(options: CellOptions) {
    this.#options = options;
    this.#cells = Array.from({ length: options.cells }, (_, number) => ({
      number,
      host: undefined,
      isBusy: false,
    }));
  }

  get hosts(): HostProcess[] {
    return this.#cells.flatMap(({ host }) => host ?? []);
  }

  /** A process that can be asked something. */
  any(): HostProcess {
    const cell = this.#cells.find(({ host }) => host?.alive) ?? this.#cells[0]!;
    return this.#hostOf(cell);
  }

  run(task: Task, onReport?: (report: TrialReport) => void): RunningTask {
    let waiting!: Waiting;
    const result = new Promise<TaskResult>((resolve, reject) => {
      waiting = { task, onReport, resolve, reject, stops: [], handle: undefined, isKilled: false };
    });
    const forget = () => void this.#running.delete(result);
    result.then(forget, forget);
    this.#running.add(result);
    this.#waiting.add(waiting);
    this.#dispatch();
    return {
      result,
      stop: (trials) => {
        if (waiting.handle === undefined) waiting.stops.push(trials);
        else waiting.handle.stop(trials);
      },
      kill: () => {
        waiting.isKilled = true;
        if (waiting.handle !== undefined) waiting.handle.kill();
        else if (this.#waiting.delete(waiting)) waiting.reject(taskKilled());
      },
    };
  }

  async busy(): Promise<readonly BusyThread[]> {
    const all = this.#cells.map(async ({ host, number }) =>
      ((await host?.busy()) ?? []).map((each) => ({ ...each, thread: number })),
    );
    return (await Promise.all(all)).flat();
  }

  async close(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    this.#ended = poolClosed();
    await Promise.all(this.hosts.map((host) => host.close()));
  }

  /** Everything that runs or waits hears `reason` at once. */
  kill(reason: Error): void {
    this.#ended = reason;
    for (const host of this.hosts) host.kill(reason);
    for (const waiting of this.#waiting) waiting.reject(reason);
    this.#waiting.clear();
  }

  #dispatch(): void {
    for (const waiting of this.#waiting) {
      const cell = this.#cells.find(({ isBusy }) => !isBusy);
      if (cell === undefined) return;
      this.#waiting.delete(waiting);
      cell.isBusy = true;
      void this.#runIn(cell, waiting);
    }
  }

  async #runIn(cell: Cell, waiting: Waiting): Promise<void> {
    const { task, onReport, resolve, reject } = waiting;
    try {
      // What ran in a process before may have left something in it.
      if (task.isApart === true && cell.host !== undefined && !cell.host.isFresh) await this.#endHost(cell);
      const handle = this.#hostOf(cell).run(task, onReport);
      waiting.handle = handle;
      for (const trials of waiting.stops) handle.stop(trials);
      if (waiting.isKilled) handle.kill();
      const result = await handle.result;
      resolve({ ...result, thread: cell.number });
    } catch (error) {
      reject(error);
    }
    if (!this.#options.staysAlive) await this.#endHost(cell);
    cell.isBusy = false;
    this.#dispatch();
  }

  async #endHost(cell: Cell): Promise<void> {
    const { host } = cell;
    cell.host = undefined;
    host?.kill(poolClosed());
    await host?.ended;
  }

  #hostOf(cell: Cell): HostProcess {
    if (this.#ended !== undefined) throw this.#ended;
    if (!cell.host?.alive) cell.host = this.#options.start();
    return cell.host;
  }
}

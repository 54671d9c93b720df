// A pool in simulated time: as many workers as one likes, trials that take as long as chance has it, hosts that die, messages
// that take their time. It runs the real executor on a disk in memory; nothing sleeps, and the clock is turned by hand.
import { hostname } from 'node:os';
import type { Clock } from '../../src/ground/clock.js';
import type { Random } from '../../src/ground/random.js';
import {
  type Pool,
  poolClosed,
  type Task,
  TaskLost,
  type TaskResult,
  type TrialReport,
} from '../../src/pool/contract.js';
import { createExecutor } from '../../src/pool/execute.js';
import type { Executor } from '../../src/pool/executor.js';
import { createInlinePool } from '../../src/pool/inline.js';
import { unguarded } from '../../src/pool/strays.js';
import { createRungs } from '../../src/search/pruning/rules.js';
import { trialAt } from '../../src/trial/selection.js';
import type { Trial, Worker } from '../../src/worker/contract.js';

type Act = () => void;

/** What is to happen, and when; things of one time happen in the order in which they were planned. */
export class Simulation implements Clock {
  #at = 0;
  readonly #dead = new Set<string>();
  readonly #agenda: { readonly at: number; readonly act: Act }[] = [];

  constructor(readonly random: Random) {}

  now = (): number => this.#at;
  elapsed = (): number => this.#at;

  get isOver(): boolean {
    return this.#agenda.length === 0;
  }

  after(ms: number, act: Act): void {
    this.at(this.#at + ms, act);
  }

  at(at: number, act: Act): void {
    const entry = { at, act };
    const later = this.#agenda.findIndex(({ at }) => at > entry.at);
    if (later < 0) this.#agenda.push(entry);
    else this.#agenda.splice(later, 0, entry);
  }

  /** Whose host has died does nothing more. */
  pause(ms: number, trial: Pick<Trial, 'number' | 'attempt'>): Promise<void> {
    return new Promise((resolve) =>
      this.after(ms, () => {
        if (!this.#dead.has(nameOf(trial))) resolve();
      }),
    );
  }

  die(trial: Pick<Trial, 'number' | 'attempt'>): void {
    this.#dead.add(nameOf(trial));
  }

  /** The next thing happens. */
  step(): void {
    const { at, act } = this.#agenda.shift()!;
    this.#at = at;
    act();
  }

  /** About `ms`, seldom much longer. */
  about(ms: number): number {
    return -Math.log(1 - this.random.uniform()) * ms;
  }
}

export interface SimulatedPoolOptions {
  readonly worker: Worker;
  readonly workers: number;
  /** A message from or to a worker takes about so long, in ms. */
  readonly messageMs: number;
  /** The chance that the host of a task dies of it, and that a report is lost. */
  readonly deaths: number;
  readonly losses: number;
}

export function createSimulatedPool(
  simulation: Simulation,
  { worker, workers, messageMs, deaths, losses }: SimulatedPoolOptions,
): Pool {
  let execute: Executor | undefined;
  let isClosed = false;
  let idle = workers;
  const waiting: Act[] = [];
  const running = new Set<(error: Error) => void>();
  const start = (act: Act): void => {
    if (idle === 0) waiting.push(act);
    else {
      idle--;
      act();
    }
  };
  const free = (): void => {
    const next = waiting.shift();
    if (next === undefined) idle++;
    else next();
  };
  const message = (act: Act) => simulation.after(simulation.about(messageMs), act);

  const submit: Pool['submit'] = (task, onReport) => {
    let isStopAsked = false;
    let isOver = false;
    // One after another, however long each takes.
    let lastAt = 0;
    const bring = (act: Act): void => {
      lastAt = Math.max(lastAt, simulation.elapsed() + simulation.about(messageMs));
      simulation.at(lastAt, act);
    };
    const result = new Promise<TaskResult>((resolve, reject) => {
      const settle = (act: Act): void => {
        if (isOver) return;
        isOver = true;
        running.delete(end);
        act();
        free();
      };
      const end = (error: Error) => settle(() => reject(error));
      start(() => {
        running.add(end);
        if (simulation.random.uniform() < deaths)
          simulation.after(simulation.about(30), () => {
            if (!isOver) simulation.die({ number: trialAt(task.trials, 0), attempt: task.attempt });
            end(died(task));
          });
        const control = {
          isStopAsked: () => isStopAsked,
          report: (report: TrialReport) => {
            if (simulation.random.uniform() < losses) return;
            bring(() => {
              if (!isOver) onReport?.(report);
            });
          },
        };
        const began = simulation.elapsed();
        execute!(task, control).then(
          (executed) => {
            const times = { queueMs: 0, runMs: simulation.elapsed() - began, cpuMs: null };
            const by = { id: task.id, thread: 0, host: hostname(), device: 'none' };
            bring(() => settle(() => resolve({ ...executed, ...by, ...times })));
          },
          (error) => bring(() => end(error)),
        );
      });
    });
    return {
      result,
      stop: () =>
        message(() => {
          isStopAsked = true;
        }),
      kill: () => undefined,
    };
  };

  const kill = (): void => {
    isClosed = true;
    for (const end of [...running]) end(poolClosed());
  };
  return {
    size: workers,
    questions: createInlinePool(worker).questions,
    async begin(setup) {
      const { pruner, sweepSeed } = setup;
      const parts = pruner === undefined ? {} : { rungs: createRungs(pruner, sweepSeed) };
      const clock = simulation;
      execute = createExecutor({ worker, setup, shared: undefined, clock, guard: unguarded, parts });
    },
    submit: (task, onReport) =>
      isClosed
        ? { result: Promise.reject(poolClosed()), stop: () => undefined, kill: () => undefined }
        : submit(task, onReport),
    limit: () => undefined,
    busy: async () => [],
    close: async () => kill(),
    kill,
  };
}

const nameOf = ({ number, attempt }: Pick<Trial, 'number' | 'attempt'>) => `${number} ${attempt}`;

function died(task: Task): TaskLost {
  const loss = { cause: 'died', blame: 'none', host: 'elsewhere:7', process: 7 } as const;
  return new TaskLost(loss, `the host of trial ${trialAt(task.trials, 0)} died`);
}

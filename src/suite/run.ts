// Runs a suite: its sweeps one after another, each a run of its own in the suite's folder, and a page that links to their
// reports. All of them are planned before the first one starts, so that a fault in the last is known in time.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { systemClock } from '../ground/clock.js';
import { replaceFile } from '../ground/durable.js';
import { SweeplineError } from '../ground/errors.js';
import { newRunId } from '../run/folder.js';
import { SUITE_FILE, SUITE_FORMAT, type SuiteRecord } from '../run/suite-file.js';
import type { Observer, Outcome, Plan, RunHandle, RunRequest } from '../sweep/contract.js';
import { planRun } from '../sweep/plan/plan.js';
import { startRun } from '../sweep/start.js';
import type { Suite } from './define.js';
import { writeSuitePage } from './page.js';

export interface SuiteRequest {
  readonly suite: Suite;
  /** What is the same for all of its runs. */
  readonly common?: Omit<RunRequest, 'sweep' | 'out' | 'set'>;
  /** The suite's folder; default: a new one in `runs`. */
  readonly out?: string;
}

export interface SuiteHooks {
  /** Everything is planned, nothing has started yet, nor been written: it does once this is settled. */
  onStart?(event: { readonly folder: string; readonly plans: readonly Plan[] }): void | Promise<void>;
  /** Hear of every run, where `carryOut` is not given. */
  readonly observers?: readonly Observer[];
  /** A run has started: its handle can stop it, and with it the suite. */
  onRun?(handle: RunHandle): void;
  /** Carries one run out in place of that; false ends the suite. */
  carryOut?(request: RunRequest): Promise<boolean>;
}

export interface SuiteOutcome {
  readonly folder: string;
  /** In order; none where `carryOut` was given. */
  readonly outcomes: readonly Outcome[];
  /** False where the suite ended before its last run. */
  readonly isComplete: boolean;
}

/** The runs of a suite as requests, each with a folder in `folder`. */
export function requestsOf({ suite, common }: SuiteRequest, folder: string): RunRequest[] {
  return suite.runs.map(({ name, sweep, set, replicates, seeds }) => ({
    trainingOnly: true,
    ...(replicates === undefined ? {} : { replicates }),
    ...(seeds === undefined || common?.replicates !== undefined ? {} : { seeds }),
    ...common,
    sweep,
    set,
    out: join(folder, name),
  }));
}

/** What each run would do; rejects with the first fault. */
export async function planSuite(requests: readonly RunRequest[]): Promise<Plan[]> {
  const plans: Plan[] = [];
  for (const request of requests) plans.push(await planRun(request));
  return plans;
}

/**
 * Runs a suite to its end. With `out` on the folder of a suite that was interrupted it continues: what is done is not run
 * again. A run that fails does not keep the next from starting. Rejects before anything has started where the folder
 * holds something else, or a plan is refused.
 */
export async function runSuite(request: SuiteRequest, hooks: SuiteHooks = {}): Promise<SuiteOutcome> {
  const { suite } = request;
  const folder = resolve(request.out ?? join('runs', suite.name, newRunId(systemClock)));
  await checkFolder(folder, suite);
  const requests = requestsOf(request, folder);
  const plans = await planSuite(requests);
  await hooks.onStart?.({ folder, plans });
  await mkdir(folder, { recursive: true });
  const { name, title, about, runs } = suite;
  const record: SuiteRecord = {
    ...{ format: SUITE_FORMAT, suite: name, title, about, runs: runs.map((run) => run.name) },
    trials: plans.map((plan) => plan.trials),
  };
  await replaceFile(join(folder, SUITE_FILE), `${JSON.stringify(record, null, 2)}\n`);

  const outcomes: Outcome[] = [];
  const carryOut =
    hooks.carryOut ??
    (async (one: RunRequest) => {
      const handle = await startRun(one, hooks.observers);
      hooks.onRun?.(handle);
      const outcome = await handle.outcome;
      outcomes.push(outcome);
      return !outcome.interrupted;
    });
  let isComplete = true;
  for (const one of requests) {
    isComplete = await carryOut(one);
    if (!isComplete) break;
  }
  await writeSuitePage(folder, suite);
  return { folder, outcomes, isComplete };
}

/** BAD_USAGE where the folder is anything but new, empty, or this suite's. */
async function checkFolder(folder: string, suite: Suite): Promise<void> {
  const refuse = (why: string) =>
    new SweeplineError('BAD_USAGE', `${folder} ${why}`, { hint: 'give --out a new or empty folder' });
  const file = join(folder, SUITE_FILE);
  if (existsSync(file)) {
    const found = JSON.parse(readFileSync(file, 'utf8')) as { suite?: unknown };
    if (found.suite !== suite.name)
      throw refuse(`holds the suite ${JSON.stringify(found.suite)}, not ${suite.name}`);
    return;
  }
  const names = existsSync(folder) ? await readdir(folder) : [];
  if (names.length > 0)
    throw refuse(`is not empty and holds no suite: it holds ${names.slice(0, 3).join(', ')}`);
}

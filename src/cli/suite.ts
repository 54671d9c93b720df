// `sweepline suite` on a terminal: each of its runs is conducted like one of `sweepline run`, within a time where one is
// given; then the night is concluded where there is a history.
import { join } from 'node:path';
import { formatDuration, plural, quoteArgument } from '../ground/text.js';
import { runSuite, type SuiteRequest } from '../suite/run.js';
import type { Outcome, RunHandle, RunRequest } from '../sweep/contract.js';
import { startRun } from '../sweep/start.js';
import { conductRun } from './conduct.js';
import { EXIT } from './errors.js';
import type { NightCall } from './nightly.js';
import { showPath } from './paths.js';
import type { Terminal } from './terminal.js';

export interface SuiteCall extends SuiteRequest {
  /** As typed: a name or a file. */
  readonly typed: string;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly report: boolean;
  /** Milliseconds after which nothing more starts, and what runs is asked to stop. */
  readonly budgetMs?: number;
  readonly night?: Pick<NightCall, 'baseline' | 'keep' | 'webhook'>;
}

/** The exit code: that of the run that went worst, or that of a night that is worse than those before. */
export async function conductSuite(call: SuiteCall): Promise<number> {
  const { suite, terminal, json, quiet, report } = call;
  const budget = new Budget(call.budgetMs);
  let worst: number = EXIT.done;
  /** Every trial of every run has ended. */
  let isWhole = true;
  const { folder, isComplete } = await runSuite(call, {
    onStart({ folder, plans }) {
      const todo = plans.reduce((sum, plan) => sum + plan.new + plan.orphaned, 0);
      if (quiet) return;
      const what = `${plural(plans.length, 'sweep')}, ${plural(todo, 'trial')} to run`;
      terminal.say(`${suite.name}: ${what}, into ${showPath(folder)}`);
    },
    async carryOut(request: RunRequest) {
      if (budget.isSpent) return false;
      let outcome: Outcome | undefined;
      const code = await conductRun({
        ...{ terminal, json, quiet, report },
        start: async (observers) => {
          const handle = budget.bound(await startRun(request, observers));
          handle.outcome.then(
            (ended) => {
              outcome = ended;
            },
            () => undefined, // told by whoever conducts it
          );
          return handle;
        },
      }).finally(() => budget.release());
      isWhole &&= outcome !== undefined && outcome.left === 0;
      if (code === EXIT.interrupted && budget.isSpent) {
        if (outcome !== undefined && outcome.failed > 0) worst = Math.max(worst, EXIT.failed);
        return false;
      }
      worst = Math.max(worst, code);
      return code !== EXIT.interrupted;
    },
  });
  const kept = call.night === undefined ? '' : ` --baseline ${quoteArgument(call.night.baseline.history)}`;
  const again = `sweepline suite ${quoteArgument(call.typed)} --out ${quoteArgument(showPath(folder))}${kept}`;
  if (worst === EXIT.interrupted) {
    terminal.say(`And with the whole suite: ${again}`);
    return worst;
  }
  if (!isComplete)
    terminal.say(
      `${suite.name}: the budget of ${formatDuration(call.budgetMs!)} is used up; the rest runs with: ${again}`,
    );
  else if (!quiet)
    terminal.say(`${suite.name}: ${showPath(join(folder, 'report.html'))} links to all reports`);
  const verdict = await concludeNight(call, folder, isComplete && isWhole);
  // A regression is what a nightly job asks for; that the machine broke goes before it.
  return verdict === EXIT.regression && worst < EXIT.broken ? verdict : worst;
}

async function concludeNight(
  { suite, night, terminal, json, quiet }: SuiteCall,
  folder: string,
  isComplete: boolean,
): Promise<number> {
  if (night === undefined) return EXIT.done;
  const { concludeNight: conclude } = await import('./nightly.js');
  const runs = suite.runs.map(({ name }) => name);
  return conclude({ suite: suite.name, folder, runs, isComplete }, { ...night, terminal, json, quiet });
}

/** Trials that do not stop when they are asked are ended after so long. */
const PATIENCE_MS = 60_000;

/** A timer of more would be over at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** The time that a suite may take. */
class Budget {
  isSpent = false;
  #force: NodeJS.Timeout | undefined;
  #handle: RunHandle | undefined;

  constructor(ms: number | undefined) {
    if (ms === undefined) return;
    setTimeout(
      () => {
        this.isSpent = true;
        this.#stop();
      },
      Math.min(ms, LONGEST_MS),
    ).unref();
  }

  bound(handle: RunHandle): RunHandle {
    this.#handle = handle;
    if (this.isSpent) this.#stop();
    return handle;
  }

  release(): void {
    clearTimeout(this.#force);
    this.#handle = undefined;
  }

  #stop(): void {
    this.#handle?.stop();
    this.#force = setTimeout(() => this.#handle?.stop(), PATIENCE_MS).unref();
  }
}

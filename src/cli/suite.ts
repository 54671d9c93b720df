// `sweepline suite` on a terminal: each of its runs is conducted like one of `sweepline run`, within a time where one is
// given; then the night is concluded where there is a history.
import { join } from 'node:path';
import { formatDuration, plural, quoteArgument } from '../ground/text.js';
import type { Turn } from '../nights/turn.js';
import { requestsOf, runSuite, type SuiteRequest } from '../suite/run.js';
import type { Outcome, RunRequest } from '../sweep/contract.js';
import { startRun } from '../sweep/start.js';
import { Budget } from './budget.js';
import { type Conduct, conductRun } from './conduct.js';
import { describeRunError, EXIT } from './errors.js';
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
  readonly night?: NightCall;
}

/** The exit code: that of the run that went worst, or that of a night that is worse than those before. */
export async function conductSuite(call: SuiteCall): Promise<number> {
  const { suite, terminal, quiet, night } = call;
  const budget = new Budget(call.budgetMs);
  let turn: Turn | undefined;
  let worst: number = EXIT.done;
  /** Every trial of every run has ended. */
  let isWhole = true;
  try {
    const { folder, isComplete } = await runSuite(call, {
      async onStart({ folder, plans }) {
        if (night !== undefined) turn = await beginNight(call, night, folder);
        const todo = plans.reduce((sum, plan) => sum + plan.new + plan.orphaned, 0);
        if (quiet) return;
        const what = `${plural(plans.length, 'sweep')}, ${plural(todo, 'trial')} to run`;
        terminal.say(`${suite.name}: ${what}, into ${showPath(folder)}`);
      },
      async carryOut(request: RunRequest) {
        if (budget.isSpent) return false;
        const { code, outcome } = await carryOut(request, call, budget);
        isWhole &&= outcome !== undefined && outcome.left === 0;
        if (code === EXIT.interrupted && budget.isSpent) {
          if (outcome !== undefined && outcome.failed > 0) worst = Math.max(worst, EXIT.failed);
          return false;
        }
        worst = Math.max(worst, code);
        return code !== EXIT.interrupted;
      },
    });
    const kept = night === undefined ? '' : ` --baseline ${quoteArgument(night.baseline.history)}`;
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
    if (turn === undefined) return worst;
    const verdict = await closeNight(call, { turn, folder, isComplete: isComplete && isWhole }, budget);
    // A regression is what a nightly job asks for; that the machine broke goes before it.
    return verdict !== EXIT.done && worst < EXIT.broken ? verdict : worst;
  } finally {
    budget.close();
    await turn?.release();
  }
}

interface CarriedOut {
  readonly code: number;
  /** Absent where the run ended with an error. */
  readonly outcome?: Outcome;
}

/** One run, to its end or that of the budget. */
async function carryOut(
  request: RunRequest,
  { terminal, json, quiet, report }: Omit<Conduct, 'start'>,
  budget: Budget,
): Promise<CarriedOut> {
  let outcome: Outcome | undefined;
  const conducted = conductRun({
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
  });
  // A run that cannot start does not keep the next from starting.
  const code = await conducted
    .catch((error: unknown) => {
      const ending = describeRunError(error);
      terminal.say(ending.text);
      return ending.code;
    })
    .finally(() => budget.release());
  return outcome === undefined ? { code } : { code, outcome };
}

const runsOf = ({ suite }: SuiteCall) => suite.runs.map(({ name }) => name);

async function beginNight(call: SuiteCall, night: NightCall, folder: string): Promise<Turn> {
  const { takeNight } = await import('./nightly.js');
  const turn = await takeNight({ suite: call.suite.name, folder, runs: runsOf(call) }, night, call);
  try {
    await turn.begin();
  } catch (error) {
    await turn.release();
    throw error;
  }
  return turn;
}

/** Keeps and judges the night; what got worse runs again within what is left of the budget. */
async function closeNight(
  call: SuiteCall,
  ended: { readonly turn: Turn; readonly folder: string; readonly isComplete: boolean },
  budget: Budget,
): Promise<number> {
  const { concludeNight, narrow } = await import('./nightly.js');
  const runs = runsOf(call);
  const requests = requestsOf(call, ended.folder);
  let isInterrupted = false;
  const code = await concludeNight(
    {
      ...{ ...ended, runs, suite: call.suite.name },
      async again(part, out, mostMs) {
        const own = new Budget(Math.min(mostMs, budget.left));
        if (isInterrupted || own.left === 0) return false;
        const request = narrow(requests[runs.indexOf(part.run)]!, part, out);
        const quietly = { ...call, quiet: true, json: false, report: false };
        const { code, outcome } = await carryOut(request, quietly, own).finally(() => own.close());
        isInterrupted = code === EXIT.interrupted && !own.isSpent;
        return outcome?.left === 0;
      },
    },
    call.night!,
    call,
  );
  return isInterrupted ? EXIT.interrupted : code;
}

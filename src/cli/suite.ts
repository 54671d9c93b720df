// `sweepline suite` on a terminal: each of its runs is conducted like one of `sweepline run`.
import { join } from 'node:path';
import { plural, quoteArgument } from '../ground/text.js';
import { runSuite, type SuiteRequest } from '../suite/run.js';
import type { RunRequest } from '../sweep/contract.js';
import { startRun } from '../sweep/start.js';
import { conductRun } from './conduct.js';
import { EXIT } from './errors.js';
import { showPath } from './paths.js';
import type { Terminal } from './terminal.js';

export interface SuiteCall extends SuiteRequest {
  /** As typed: a name or a file. */
  readonly typed: string;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly report: boolean;
}

/** The exit code: that of the run that went worst. */
export async function conductSuite(call: SuiteCall): Promise<number> {
  const { suite, typed, terminal, json, quiet, report } = call;
  let worst: number = EXIT.done;
  const { folder } = await runSuite(call, {
    onStart({ folder, plans }) {
      const todo = plans.reduce((sum, plan) => sum + plan.new + plan.orphaned, 0);
      if (quiet) return;
      const what = `${plural(plans.length, 'sweep')}, ${plural(todo, 'trial')} to run`;
      terminal.say(`${suite.name}: ${what}, into ${showPath(folder)}`);
    },
    async carryOut(request: RunRequest) {
      const code = await conductRun({
        ...{ terminal, json, quiet, report },
        start: (observers) => startRun(request, observers),
      });
      worst = Math.max(worst, code);
      return code !== EXIT.interrupted;
    },
  });
  if (worst === EXIT.interrupted)
    terminal.say(
      `And with the whole suite: sweepline suite ${quoteArgument(typed)} --out ${quoteArgument(showPath(folder))}`,
    );
  else if (!quiet)
    terminal.say(`${suite.name}: ${showPath(join(folder, 'report.html'))} links to all reports`);
  return worst;
}

// What a suite with a history does after its runs: it keeps the night, judges it, tells what it came to.
import { systemClock } from '../ground/clock.js';
import { SweeplineError } from '../ground/errors.js';
import { plural } from '../ground/text.js';
import { LAST_NIGHTS } from '../nights/gate.js';
import { pruneHistory } from '../nights/history.js';
import { gateToJson } from '../nights/json.js';
import { notify } from '../nights/notify.js';
import type { KeepRule } from '../nights/prune.js';
import { closeNight, FILES } from '../nights/tonight.js';
import { describeGate } from '../nights/words.js';
import { EXIT } from './errors.js';
import { showPath } from './paths.js';
import type { Terminal } from './terminal.js';

/** Where nights are kept unless a folder is named. */
const DEFAULT_HISTORY = 'nights';

export interface Baseline {
  readonly history: string;
  readonly last: number;
}

/** `last:30`, or the folder of a history. Throws BAD_USAGE. */
export function readBaseline(text: string): Baseline {
  if (!text.startsWith('last:')) return { history: text, last: LAST_NIGHTS };
  const last = Number(text.slice('last:'.length));
  if (Number.isInteger(last) && last > 0) return { history: DEFAULT_HISTORY, last };
  throw new SweeplineError(
    'BAD_USAGE',
    `--baseline ${text}: expected last: and a number of nights, such as last:30, or a folder`,
  );
}

export interface NightCall {
  readonly baseline: Baseline;
  readonly keep: KeepRule | undefined;
  readonly webhook: URL | undefined;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** What the suite has left. */
export interface Ran {
  readonly suite: string;
  readonly folder: string;
  readonly runs: readonly string[];
  readonly isComplete: boolean;
}

/** The exit code: whether the night is worse than those before it. */
export async function concludeNight(ran: Ran, call: NightCall): Promise<number> {
  const { baseline, keep, webhook, terminal, json, quiet } = call;
  const { history, last } = baseline;
  const gate = await closeNight({ ...ran, history, last, clock: systemClock });
  if (json) terminal.print(JSON.stringify({ event: 'night', ...gateToJson(gate) }));
  if (!quiet || gate.isWorse) {
    for (const line of describeGate(gate)) terminal.say(line);
    terminal.say(`  more in ${showPath(`${ran.folder}/${FILES.page}`)}; kept in ${showPath(history)}`);
  }
  if (gate.isWorse)
    terminal.say(
      `What is meant to be so is accepted with: sweepline accept <metric>… --why "…" --baseline ${history}`,
    );
  if (keep !== undefined) {
    const gone = await pruneHistory(history, ran.suite, keep);
    if (gone.length > 0 && !quiet)
      terminal.say(`  ${plural(gone.length, 'older night')} removed from ${showPath(history)}`);
  }
  if (webhook !== undefined) {
    const fault = await notify(webhook, gate);
    if (fault !== null) terminal.say(fault);
  }
  return gate.isWorse ? EXIT.regression : EXIT.done;
}

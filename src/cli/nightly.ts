// What a suite with a history does after its runs: it keeps the night, judges it, tells what it came to.
import { systemClock } from '../ground/clock.js';
import { SweeplineError } from '../ground/errors.js';
import { plural, quoteArgument } from '../ground/text.js';
import type { Again } from '../nights/confirm.js';
import { LAST_NIGHTS } from '../nights/gate.js';
import { pruneHistory } from '../nights/history.js';
import { gateToJson } from '../nights/json.js';
import { notify } from '../nights/notify.js';
import type { Part } from '../nights/part.js';
import type { KeepRule } from '../nights/prune.js';
import type { Ran } from '../nights/record-night.js';
import { closeNight, FILES } from '../nights/tonight.js';
import { type Turn, takeTurn } from '../nights/turn.js';
import { describeGate } from '../nights/words.js';
import type { RunRequest } from '../sweep/contract.js';
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
  /** Milliseconds for running again what got worse; undefined: a share of the night, 0: none. */
  readonly confirmMs: number | undefined;
}

interface Speaking {
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** The turn of a night, told where that takes a while. Throws LOCKED while another one is under way. */
export async function takeNight(
  { suite, folder, runs }: Pick<Ran, 'suite' | 'folder' | 'runs'>,
  { baseline }: NightCall,
  { terminal }: Speaking,
): Promise<Turn> {
  const { history } = baseline;
  const turn = await takeTurn({
    ...{ history, suite, folder, runs, clock: systemClock },
    onWait: (text) => terminal.say(text),
  });
  for (const note of turn.notes) terminal.say(note);
  return turn;
}

/** What the suite has left. */
export interface Closing extends Pick<Ran, 'suite' | 'folder' | 'runs' | 'isComplete'> {
  readonly turn: Turn;
  readonly again: Again['run'];
}

/** The exit code: whether the night is worse than those before it. */
export async function concludeNight(
  { turn, again, ...ran }: Closing,
  { baseline, keep, webhook, confirmMs }: NightCall,
  { terminal, json, quiet }: Speaking,
): Promise<number> {
  const { history, last } = baseline;
  const { night, notes } = turn;
  const gate = await closeNight({
    ...{ ...ran, night, notes, history, last, clock: systemClock },
    ...(confirmMs === 0
      ? {}
      : { again: { run: again, budgetMs: confirmMs, say: (text) => terminal.say(text) } }),
  });
  await turn.kept();
  if (json) terminal.print(JSON.stringify({ event: 'night', ...gateToJson(gate) }));
  if (!quiet || gate.isWorse) {
    for (const line of describeGate(gate)) terminal.say(line);
    terminal.say(`  more in ${showPath(`${ran.folder}/${FILES.page}`)}; kept in ${showPath(history)}`);
  }
  if (gate.isWorse)
    terminal.say(
      `What is meant to be so is accepted with: sweepline accept <metric>… --why "…" --baseline ${quoteArgument(history)}`,
    );
  if (webhook !== undefined) {
    const fault = await notify(webhook, gate);
    if (fault !== null) terminal.say(fault);
  }
  if (keep !== undefined) {
    const gone = await pruneHistory(history, ran.suite, keep);
    if (gone.length > 0 && !quiet)
      terminal.say(`  ${plural(gone.length, 'older night')} removed from ${showPath(history)}`);
  }
  return gate.isWorse ? EXIT.regression : EXIT.done;
}

/** The part of a run as a run of its own: the same trials with the same seeds. */
export function narrow(request: RunRequest, { set, replicates }: Part, out: string): RunRequest {
  const lists = Object.entries(set).map(([axis, values]) => [axis, { kind: 'list', values }] as const);
  const narrowed = { ...request, out, set: { ...request.set, ...Object.fromEntries(lists) } };
  if (replicates === null) return narrowed;
  return request.seeds === undefined
    ? { ...narrowed, replicates }
    : { ...narrowed, seeds: request.seeds.slice(0, replicates) };
}

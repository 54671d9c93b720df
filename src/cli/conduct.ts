// What `run` and `resume` have in common: start, show, stop on request, write the report, sum up. The run itself knows
// nothing of this; here it is only watched.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { clipText, plural } from '../ground/text.js';
import { MANIFEST_FILE, openRunFolder } from '../run/folder.js';
import type { Observer, Outcome, Plan, RunHandle } from '../sweep/contract.js';
import { describeRunError, EXIT } from './errors.js';
import { watchInterrupts } from './interrupts.js';
import { commandOn, showPath } from './paths.js';
import { renderOutcome } from './progress.js';
import { writeReportApart } from './report-process.js';
import { describeShard } from './shard.js';
import type { Terminal } from './terminal.js';
import { createProgressView, type ProgressView } from './watch.js';

export interface Conduct {
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly report: boolean;
  /** False: no trial is to run, and there is nothing to be told of them. */
  readonly answer?: boolean;
  /** Rejects with a SweeplineError before anything has been started. */
  start(observers: readonly Observer[]): Promise<RunHandle>;
}

const FAILURES_SHOWN = 5;
/** Characters of each; timings.csv has more of it. */
const MESSAGE_SHOWN = 2000;
/** A start that takes longer says what it does meanwhile. */
const QUIET_START_MS = 200;

/** What has been seen of a run so far. */
interface Seen {
  starting?: NodeJS.Timeout;
  folder?: string;
  failures: number;
  /** Of the first that failed, and of the first of them that can be run alone. */
  explain?: string;
  replay?: string;
  files?: RunHandle['files'];
}

/** A run that has ended, and the `file:` URL of its sweep's report, if it has one. */
interface Ended {
  readonly folder: string;
  readonly report: string | null;
}

/** Runs to the end; the exit code. Rejects only where nothing was started. */
export async function conductRun(conduct: Conduct): Promise<number> {
  const { terminal, json, quiet } = conduct;
  const seen: Seen = { failures: 0 };
  seen.starting = setTimeout(() => {
    if (!quiet) terminal.say('loading the sweep and its worker');
  }, QUIET_START_MS);
  const view = quiet ? undefined : await createProgressView(terminal);
  const observers = [createSpeaker(conduct, seen, view), ...(json ? [createJsonObserver(terminal)] : [])];

  let handle: RunHandle | undefined;
  let requests = 0;
  const unwatch = watchInterrupts((times) => {
    requests = times;
    // Whoever asks a third time does not want to wait for a clean end; the journal is whole all the same.
    // Before it has started there is nothing to end cleanly, and its worker may be loading for ever.
    if (times > (handle === undefined ? 1 : 2)) process.exit(EXIT.interrupted);
    terminal.say(describeStop(times, seen));
    handle?.stop();
  });
  try {
    handle = await conduct.start(observers).finally(() => clearTimeout(seen.starting));
    seen.files = handle.files;
    for (let i = 0; i < requests; i++) handle.stop();
    const outcome = await handle.outcome.finally(() => view?.close());
    return await concludeRun(conduct, outcome, seen);
  } catch (error) {
    view?.close();
    // A definition may be refused when its first trials are proposed: then there is no run either.
    if (handle === undefined || !isRun(seen.folder)) throw error;
    const { text, code } = describeRunError(error);
    terminal.say(text);
    terminal.say(`Finished trials are kept; resume with: ${commandOn('resume', seen.folder!, seen.files)}`);
    return code;
  } finally {
    unwatch();
  }
}

function isRun(folder: string | undefined): boolean {
  return folder !== undefined && existsSync(join(folder, MANIFEST_FILE));
}

function createSpeaker({ terminal, quiet }: Conduct, seen: Seen, view: ProgressView | undefined): Observer {
  return {
    onStart({ folder, plan, resumed }) {
      clearTimeout(seen.starting);
      seen.folder = folder;
      if (!quiet) terminal.say(describeStart(plan, folder, resumed));
    },
    onStage({ stage, plan }) {
      if (!quiet) terminal.say(describeStage(stage, plan));
    },
    onProgress: (progress) => view?.show(progress),
    onFailure({ stage, trial, status, error, replay, explain }) {
      seen.explain ??= explain;
      if (replay !== null) seen.replay ??= replay;
      const what = stage === undefined ? 'trial' : `stage ${stage}, trial`;
      if (++seen.failures <= FAILURES_SHOWN)
        terminal.say(`${what} ${trial} ${status}: ${clipText(error.message, MESSAGE_SHOWN)}`);
      if (seen.failures === FAILURES_SHOWN + 1)
        terminal.say('more failures are counted here and told in timings.csv');
    },
    onLine: (line) => terminal.say(line),
  };
}

function createJsonObserver(terminal: Terminal): Observer {
  const print = (event: string, value: object) => terminal.print(JSON.stringify({ event, ...value }));
  return {
    onStart: ({ folder, plan, resumed }) => print('start', { folder, resumed, plan }),
    onStage: ({ stage, plan }) => print('stage', { stage, plan }),
    onFailure: ({ stage, trial, status, error: { name, message }, replay, explain }) =>
      print('failure', {
        ...(stage === undefined ? {} : { stage }),
        ...{ trial, status, error: { name, message }, replay, explain },
      }),
  };
}

async function concludeRun(conduct: Conduct, outcome: Outcome, seen: Seen): Promise<number> {
  const { terminal, json, quiet } = conduct;
  const { folder, interrupted, failed, skipped, tooManyFailures, evicted } = outcome;
  const say = quiet ? () => undefined : terminal.say;
  say(renderOutcome(outcome));
  // Whoever interrupts wants the end; `sweepline best` answers later.
  const isAsked = !interrupted && conduct.answer !== false && (json || !quiet);
  const answer = isAsked ? await (await import('./answer.js')).tellAnswer(folder, conduct) : null;
  say(`  folder  ${showPath(folder)}`);

  const report = interrupted
    ? undefined
    : await makeReport(conduct, { folder, report: seen.files?.report ?? null }, say);
  if (seen.failures > 0)
    terminal.say(
      `  ${plural(seen.failures, 'trial')} failed${skipped > 0 ? ' or were skipped' : ''}${describeLook(seen)}`,
    );
  if (tooManyFailures) {
    terminal.say(
      `Given up after too many failures; try them again with: ${commandOn('resume', folder, seen.files)} --retry failed`,
    );
  }
  if (evicted > 0 && !interrupted) {
    const them = evicted === 1 ? 'it' : 'they';
    terminal.say(
      `${plural(evicted, 'trial')} could not run: each time something outside ended the process (out of memory? a batch system?). Nothing says that ${them} failed; run ${evicted === 1 ? 'it' : 'them'} with: ${commandOn('resume', folder, seen.files)}`,
    );
  }
  if (outcome.ended !== null) say(`Ended early: ${outcome.ended}.`);
  if (interrupted) terminal.say(`Interrupted; resume with: ${commandOn('resume', folder, seen.files)}`);
  if (report?.fault !== undefined) {
    const what =
      report.tables === undefined
        ? 'but the report failed'
        : 'and the report is written, but parts of it failed';
    terminal.say(
      `The trials are done and kept, ${what}:\n${report.fault}\nMake it again with: ${commandOn('report', folder, seen.files)}`,
    );
  }

  const isWhole = failed === 0 && skipped === 0 && !tooManyFailures && report?.fault === undefined;
  const ended = evicted > 0 ? EXIT.broken : isWhole ? EXIT.done : EXIT.failed;
  const code = interrupted ? EXIT.interrupted : ended;
  if (json)
    terminal.print(
      JSON.stringify({ event: 'end', ...outcome, answer, report: report ?? null, exitCode: code }),
    );
  return code;
}

async function makeReport(conduct: Conduct, { folder, report: url }: Ended, say: (line: string) => void) {
  const { manifest } = await openRunFolder(folder);
  if (!conduct.report) return undefined;
  if (manifest.shard !== null) {
    say(`  report  after all ${manifest.shard.count} shards are put together (sweepline merge)`);
    return undefined;
  }
  const report = await writeReportApart(folder, url);
  if (report.tables !== undefined) {
    for (const table of report.tables.slice(0, 1)) say(`  table   ${table}`);
    say(`  report  ${showPath(`${folder}/report.html`)}`);
  }
  return report;
}

function describeStart(plan: Plan, folder: string, resumed: boolean): string {
  const what = resumed
    ? `${plural(plan.new + plan.orphaned, 'trial')} to go, ${plan.done} done before`
    : plural(plan.new, 'trial');
  const shard = plan.shard === null ? '' : ` (shard ${describeShard(plan.shard)})`;
  return `${plan.sweep}: ${what}${shard}, on ${plural(plan.workers, 'worker')}, into ${showPath(folder)}`;
}

function describeStage(stage: string, plan: Plan): string {
  const todo = plural(plan.new + plan.orphaned, 'trial');
  return `stage ${stage} first: ${todo}${plan.done > 0 ? `, ${plan.done} done before` : ''}, on ${plural(plan.workers, 'worker')}`;
}

function describeStop(times: number, { folder, files }: Seen): string {
  if (times > 1) return 'Stopping now: unfinished trials run again on resume.';
  const resume = folder === undefined ? '' : `; \`${commandOn('resume', folder, files)}\` continues later`;
  return `Stopping: what runs is finished, nothing more is started (Ctrl-C again stops at once)${resume}.`;
}

/** How to look at trials that have failed: those with the weights of others cannot be run alone. */
function describeLook({ replay, explain }: Seen): string {
  return replay === undefined
    ? `, having taken over weights (pbt); whose, of the first: ${explain}`
    : `; replay the first with: ${replay}`;
}

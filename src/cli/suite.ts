// Runs a suite: its sweeps one after another, each a run of its own in the suite's folder, and a page that leads to
// their reports. All of them are planned before the first one starts, so that a fault in the last is known in time.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { replaceFile } from '../ground/durable.js';
import { SweeplineError } from '../ground/errors.js';
import { formatCount, plural } from '../ground/text.js';
import { renderPage } from '../report/page.js';
import { createRunId } from '../run/folder.js';
import { isRun } from '../run/list.js';
import { readRunStatus } from '../run/status.js';
import type { Suite } from '../suite/define.js';
import type { Plan, RunRequest } from '../sweep/contract.js';
import { planRun } from '../sweep/plan.js';
import { startRun } from '../sweep/start.js';
import { conductRun } from './conduct.js';
import { EXIT } from './errors.js';
import { quoteArgument, showPath } from './paths.js';
import { describeState } from './plan-table.js';
import type { Terminal } from './terminal.js';

export interface SuiteCall {
  readonly suite: Suite;
  /** As typed: a name or a file. */
  readonly typed: string;
  /** What is the same for all of its runs. */
  readonly common: Omit<RunRequest, 'sweep' | 'out' | 'set'>;
  /** The suite's folder; default: a new one. */
  readonly out: string | undefined;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly report: boolean;
}

const SUITE_FILE = 'suite.json';
const SUITE_FORMAT = 1;

export function requestsOf(
  { suite, common }: Pick<SuiteCall, 'suite' | 'common'>,
  folder: string,
): RunRequest[] {
  return suite.runs.map(({ name, sweep, set, replicates }) => ({
    trainingOnly: true,
    ...(replicates === undefined ? {} : { replicates }),
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

/** The exit code: that of the run that went worst. A run that fails does not keep the next from starting. */
export async function conductSuite(call: SuiteCall): Promise<number> {
  const { suite, typed, terminal, json, quiet, report } = call;
  const folder = resolve(call.out ?? join('runs', suite.name, createRunId()));
  await checkFolder(folder, suite);
  const requests = requestsOf(call, folder);
  const plans = await planSuite(requests);
  await mkdir(folder, { recursive: true });
  const { name, title, about, runs } = suite;
  const record = { format: SUITE_FORMAT, suite: name, title, about, runs: runs.map((run) => run.name) };
  await replaceFile(join(folder, SUITE_FILE), `${JSON.stringify(record, null, 2)}\n`);
  const todo = plans.reduce((sum, plan) => sum + plan.new + plan.orphaned, 0);
  if (!quiet)
    terminal.say(
      `${suite.name}: ${plural(requests.length, 'sweep')}, ${plural(todo, 'trial')} to run, into ${showPath(folder)}`,
    );

  let worst: number = EXIT.done;
  for (const request of requests) {
    const code = await conductRun({
      ...{ terminal, json, quiet, report },
      start: (observers) => startRun(request, observers),
    });
    worst = Math.max(worst, code);
    if (code === EXIT.interrupted) break;
  }
  await writeSuitePage(folder, suite);
  if (worst === EXIT.interrupted)
    terminal.say(
      `And with the whole suite: sweepline suite ${quoteArgument(typed)} --out ${quoteArgument(showPath(folder))}`,
    );
  else if (!quiet)
    terminal.say(`${suite.name}: ${showPath(join(folder, 'report.html'))} leads to all reports`);
  return worst;
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

/** report.md and report.html of the suite: its runs, how they stand, and where their reports are. */
async function writeSuitePage(folder: string, suite: Suite): Promise<void> {
  const rows: string[] = [];
  for (const { name } of suite.runs) {
    if (!isRun(join(folder, name))) {
      rows.push(`| ${name} | not begun | | | |`);
      continue;
    }
    const status = await readRunStatus(join(folder, name));
    const bad = status.failed + status.timeout + status.skipped;
    const report = existsSync(join(folder, name, 'report.html'))
      ? `[${name}/report.html](${name}/report.html)`
      : '';
    const { data } = status.manifest;
    rows.push(
      `| ${name} | ${describeState(status)} | ${formatCount(status.ok)} ok${bad > 0 ? `, ${formatCount(bad)} not` : ''} | ${data?.name ?? ''} | ${report} |`,
    );
  }
  const text = [
    `# ${suite.title}`,
    suite.about,
    ['| sweep | state | trials | data | report |', '| --- | --- | --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
  await replaceFile(join(folder, 'report.md'), `${text}\n`);
  await replaceFile(
    join(folder, 'report.html'),
    renderPage(suite.title, text, () => undefined),
  );
}

// Before a night fails, what got worse is run again: the same trials, with the same code, machine and seeds, one run after
// the other in turns. Numbers that do not come again, and times that three of four repeats do not bear out, are noise.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../ground/clock.js';
import { formatDuration, plural } from '../ground/text.js';
import { AGAIN } from '../run/suite-file.js';
import type { Accepted } from './accepted.js';
import type { Gate } from './gate.js';
import { judgeSeries } from './judge-series.js';
import {
  type Part,
  type PlannedPart,
  planConfigurations,
  planSample,
  readWhole,
  type Whole,
} from './part.js';
import type { NightRun } from './record.js';
import type { NightSeries, SeriesPoint } from './series.js';
import { STATUS, summarizeRun } from './summarize.js';
import type { GateCell } from './verdict.js';
import { nameOf } from './words.js';

export interface Again {
  /** Milliseconds that it may all take; undefined: a quarter of what the trials took, and two minutes at least. */
  readonly budgetMs: number | undefined;
  /** Runs part of a run of the suite again, into a folder of its own; false where it did not come to its end. */
  run(part: Part, folder: string, mostMs: number): Promise<boolean>;
  say(text: string): void;
}

export interface Suspicion {
  readonly gate: Gate;
  /** Those that the gate was made of, in its order. */
  readonly series: readonly NightSeries[];
  readonly accepted: readonly Accepted[];
  /** Of the suite. */
  readonly folder: string;
  readonly clock: Clock;
}

/** Of numbers one repeat: seeds make them the same again. */
const NUMBERS = { repeats: 1, agree: 1 };
const TIMES = { repeats: 4, agree: 3 };
const LEAST_BUDGET_MS = 120_000;

interface Suspect {
  readonly at: number;
  readonly series: NightSeries;
  agreed: number;
}

/** Cells of one run that the same trials can tell about. */
interface Inquiry {
  readonly whole: Whole;
  readonly isTime: boolean;
  readonly suspects: readonly Suspect[];
  readonly part: PlannedPart | null;
  readonly rule: typeof NUMBERS;
  repeats: number;
  /** Why it was not run, or not to the end. */
  skipped: string | null;
}

/** The same gate, with what became of each suspicion. Does not reject where something cannot be run again. */
export async function confirm(suspicion: Suspicion, again: Again): Promise<Gate> {
  const { gate, folder, clock } = suspicion;
  const root = join(folder, AGAIN);
  const wholes = await prepare(suspicion, root).catch((error: Error) => error);
  if (wholes instanceof Error)
    return { ...gate, notes: [...gate.notes, `nothing was run again: ${wholes.message}`] };
  const all = [...wholes.values()].reduce((sum, { ms }) => sum + ms, 0);
  const budgetMs = again.budgetMs ?? Math.max(LEAST_BUDGET_MS, all / 4);
  const inquiries = plan(suspicion, wholes, budgetMs);
  const cells = inquiries.reduce((sum, { suspects }) => sum + suspects.length, 0);
  again.say(
    `${plural(cells, 'cell')} got worse: running again what gave them, for at most ${formatDuration(budgetMs)} (--confirm)`,
  );
  const from = clock.elapsed();
  for (let round = 1; round <= TIMES.repeats; round++)
    for (const inquiry of inquiries) {
      if (isSettled(inquiry)) continue;
      const left = budgetMs - (clock.elapsed() - from);
      await ask(inquiry, {
        ...suspicion,
        again,
        left,
        out: join(root, String(round), inquiry.whole.name, inquiry.isTime ? 'times' : 'numbers'),
      });
    }
  return conclude(
    gate,
    inquiries,
    `ran again for ${formatDuration(clock.elapsed() - from)} of at most ${formatDuration(budgetMs)}`,
  );
}

/** Repeats of an earlier attempt at this night go. */
async function prepare({ gate, folder }: Suspicion, root: string): Promise<Map<string, Whole>> {
  await rm(root, { recursive: true, force: true });
  const wholes = new Map<string, Whole>();
  for (const { run, verdict } of gate.cells)
    if (verdict === 'worse' && !wholes.has(run)) wholes.set(run, await readWhole(run, join(folder, run)));
  return wholes;
}

function plan({ gate, series }: Suspicion, wholes: ReadonlyMap<string, Whole>, budgetMs: number): Inquiry[] {
  const suspects = gate.cells.flatMap(({ verdict }, at): Suspect[] =>
    verdict === 'worse' ? [{ at, series: series[at]!, agreed: 0 }] : [],
  );
  const timed = new Set(
    suspects.filter(({ series: { isTime } }) => isTime).map(({ series: { run } }) => run),
  );
  return [...wholes.values()].flatMap((whole) =>
    [false, true].flatMap((isTime): Inquiry[] => {
      const own = suspects.filter(({ series }) => series.run === whole.name && series.isTime === isTime);
      if (own.length === 0) return [];
      const wanted = new Set(own.map(({ series }) => series.configuration));
      const part = isTime
        ? planSample(whole, budgetMs / timed.size / TIMES.repeats)
        : planConfigurations(whole, wanted, own[0]!.series.tonight!.run.together);
      return [
        { whole, isTime, suspects: own, part, rule: isTime ? TIMES : NUMBERS, repeats: 0, skipped: null },
      ];
    }),
  );
}

function isSettled({ suspects, rule, repeats, skipped }: Inquiry): boolean {
  const isDecided = ({ agreed }: Suspect) =>
    agreed >= rule.agree || repeats - agreed > rule.repeats - rule.agree;
  return skipped !== null || repeats >= rule.repeats || suspects.every(isDecided);
}

interface Asking extends Suspicion {
  readonly again: Again;
  /** Milliseconds. */
  readonly left: number;
  readonly out: string;
}

/** One repeat. */
async function ask(inquiry: Inquiry, { again, left, out, accepted }: Asking): Promise<void> {
  const { part, whole, suspects, isTime } = inquiry;
  if (part === null || part.ms > left) {
    const needs = part === null ? '' : ` (about ${formatDuration(part.ms)})`;
    inquiry.skipped = `not run again: that takes longer than it may${needs}`;
    return;
  }
  try {
    if (!(await again.run(part, out, left))) {
      inquiry.skipped = 'not run again to the end';
      return;
    }
    const repeat = await summarizeRun(whole.name, out, suspects[0]!.series.tonight!.run.together);
    const after = isTime ? await readWhole(whole.name, out) : null;
    const answers = suspects.map((suspect) =>
      comesAgain(suspect, { repeat, accepted, times: after === null ? null : [whole, after] }),
    );
    if (answers.includes(null)) {
      inquiry.skipped = 'run again, and not comparable';
      return;
    }
    inquiry.repeats++;
    for (const [i, suspect] of suspects.entries()) if (answers[i]) suspect.agreed++;
  } catch (error) {
    inquiry.skipped = `not run again: ${(error as Error).message}`;
  }
}

/**
 * Logarithm of how much longer trials took than tonight, on average over those that ran alone in both; where none did, of
 * all. Null where they cannot be compared.
 */
function compareTimes(
  metric: string,
  [before, after]: readonly [Whole, Whole],
  repeat: NightRun,
  tonight: SeriesPoint,
): number | null {
  if (countFailed(after) > 0 && countFailed(before) === 0) return null;
  const pairs = [...after.times[metric]!].flatMap(([key, ms]) => {
    const was = before.times[metric]!.get(key);
    return was === undefined || ms <= 0 || was <= 0 ? [] : [Math.log(ms / was)];
  });
  if (pairs.length > 0) return pairs.reduce((sum, each) => sum + each, 0) / pairs.length;
  const mean = repeat.cells.find((cell) => cell.metric === metric)?.mean;
  const isAll = before.status.done === after.status.done;
  return isAll && mean != null && tonight.cell.mean !== null ? Math.log(mean / tonight.cell.mean) : null;
}

const countFailed = ({ status }: Whole) => status.failed + status.timeout + status.skipped;

interface Repeat {
  readonly repeat: NightRun;
  /** Tonight's run and the repeat, where times are asked for. */
  readonly times: readonly [Whole, Whole] | null;
  readonly accepted: readonly Accepted[];
}

/** Whether the repeat would be as bad in place of tonight; null where it does not say. */
function comesAgain({ series }: Suspect, { repeat, times, accepted }: Repeat): boolean | null {
  const tonight = series.tonight!;
  const { configuration, metric, mean } = tonight.cell;
  const slower = times === null ? null : compareTimes(metric, times, repeat, tonight);
  const cell =
    times === null
      ? repeat.cells.find((each) => each.metric === metric && each.configuration === configuration)
      : slower === null
        ? undefined
        : { ...tonight.cell, mean: mean! * Math.exp(slower) };
  if (cell === undefined) return null;
  // Trials that failed this time say nothing of the numbers that they did not give.
  if (times === null && metric !== STATUS && shareOkOf(repeat, configuration) !== series.shareOk) return null;
  if (times === null && cell.n !== tonight.cell.n) return null;
  return judgeSeries({ ...series, tonight: { ...tonight, cell } }, accepted).verdict === 'worse';
}

function shareOkOf({ cells }: NightRun, configuration: string): number | null {
  return cells.find((cell) => cell.metric === STATUS && cell.configuration === configuration)?.mean ?? null;
}

function conclude(gate: Gate, inquiries: readonly Inquiry[], note: string): Gate {
  const cells: GateCell[] = [...gate.cells];
  const doubtful: string[] = [];
  for (const { suspects, repeats, skipped, rule } of inquiries)
    for (const { at, agreed } of suspects) {
      const cell = { ...cells[at]!, confirmation: { repeats, agreed, skipped } };
      const isRefuted = repeats - agreed > rule.repeats - rule.agree;
      cells[at] = isRefuted ? { ...cell, verdict: 'noisy', by: null, since: null } : cell;
      // Nights with one number are a level; a number that does not come again is none.
      if (isRefuted && cell.expected !== null && cell.expected.low === cell.expected.high)
        doubtful.push(nameOf(cell));
    }
  return {
    ...gate,
    cells,
    night: doubtful.length === 0 ? gate.night : { ...gate.night, doubtful },
    notes: [...gate.notes, note],
    isWorse: cells.some(({ verdict }) => verdict === 'worse'),
  };
}

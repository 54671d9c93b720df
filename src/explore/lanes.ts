// What each worker ran, as bars in a lane: by the clock from start to end, or laid end to end where no clock was kept.
// Stretches of the clock in which nobody ran anything, such as the days until a run was resumed, are cut short.
import { formatCell } from './numbers.js';
import type { Table } from './table.js';

/** How an attempt ends that is none to look at. */
const GOOD: ReadonlySet<string> = new Set(['ok', 'pruned']);

export interface Bar {
  readonly row: number;
  readonly lane: number;
  /** Milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly isBad: boolean;
}

export interface Lane {
  readonly name: string;
  readonly attempts: number;
  /** Milliseconds that it ran something. */
  readonly busy: number;
  /** From its first attempt to its last; `busy` where no clock was kept. */
  readonly span: number;
}

/** A stretch in which nobody ran anything. */
export interface Break {
  readonly from: number;
  readonly to: number;
}

export interface Lanes {
  readonly bars: readonly Bar[];
  readonly lanes: readonly Lane[];
  readonly end: number;
  readonly breaks: readonly Break[];
}

/** Of the store. */
interface Trials {
  readonly rows: number;
  numberOf(row: number): number;
}

/** A break is longer than this part of all the time that somebody was busy. */
const BREAK = 0.3;

interface Attempt {
  readonly row: number;
  readonly ms: number;
  readonly ended: number;
  readonly isBad: boolean;
}

/** `byClock`: the attempts without a time are left out. */
export function layOut(trials: Trials, table: Table, byClock: boolean): Lanes {
  const bars: Bar[] = [];
  const lanes: Lane[] = [];
  for (const [name, attempts] of groupAttempts(trials, table, byClock)) {
    const own = byClock ? placeByClock(attempts) : placeEndToEnd(attempts);
    for (const bar of own) bars.push({ ...bar, lane: lanes.length });
    lanes.push({
      name,
      attempts: attempts.length,
      busy: attempts.reduce((sum, { ms }) => sum + ms, 0),
      span: own.at(-1)!.to - own[0]!.from,
    });
  }
  const end = bars.reduce((most, { to }) => Math.max(most, to), 0);
  return { bars, lanes, end, breaks: byClock ? findBreaks(bars) : [] };
}

function groupAttempts(
  trials: Trials,
  { rows, columns }: Table,
  byClock: boolean,
): ReadonlyMap<string, Attempt[]> {
  const [trial, worker, host, time, status, ended] = columns;
  const rowOf = new Map<number, number>();
  for (let row = 0; row < trials.rows; row++) rowOf.set(trials.numberOf(row), row);
  const isMany = host!.labels.length > 1;
  const groups = new Map<string, Attempt[]>();
  for (let i = 0; i < rows; i++) {
    const row = rowOf.get(trial!.values[i]!);
    const ms = time!.values[i]!;
    const place = worker!.values[i]!;
    const end = ended?.values[i] ?? Number.NaN;
    if (row === undefined || Number.isNaN(ms) || Number.isNaN(place) || (byClock && Number.isNaN(end)))
      continue;
    const of = isMany ? ` of ${formatCell(host!, host!.values[i]!)}` : '';
    // Nobody came back to say in which thread a lost attempt ran.
    const name = place < 0 ? `lost${of}` : `worker ${place}${of}`;
    const isBad = !GOOD.has(formatCell(status!, status!.values[i]!));
    const attempt = { row, ms, ended: end, isBad };
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [attempt]);
    else group.push(attempt);
  }
  return new Map([...groups].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })));
}

/** A worker runs one thing at a time: where two would overlap, the result of the first waited to be heard of. */
function placeByClock(attempts: readonly Attempt[]): Omit<Bar, 'lane'>[] {
  const sorted = [...attempts].sort((a, b) => a.ended - b.ended);
  let next = Number.POSITIVE_INFINITY;
  return sorted
    .reverse()
    .map(({ row, ms, ended, isBad }) => {
      const to = Math.min(ended, next);
      next = to - ms;
      return { row, from: next, to, isBad };
    })
    .reverse();
}

function placeEndToEnd(attempts: readonly Attempt[]): Omit<Bar, 'lane'>[] {
  let at = 0;
  return attempts.map(({ row, ms, isBad }) => {
    const from = at;
    at += ms;
    return { row, from, to: at, isBad };
  });
}

function findBreaks(bars: readonly Bar[]): Break[] {
  const sorted = [...bars].sort((a, b) => a.from - b.from);
  const gaps: Break[] = [];
  let busy = 0;
  let end = sorted[0]?.from ?? 0;
  for (const { from, to } of sorted) {
    if (from > end) gaps.push({ from: end, to: from });
    busy += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return gaps.filter(({ from, to }) => to - from > BREAK * busy);
}

/** Breaks take this part of the time that is shown without them. */
const SHORTENED = 0.03;

export interface Shown {
  /** Where a time is shown, in milliseconds without the breaks. */
  at(ms: number): number;
  readonly end: number;
  readonly width: number;
}

/** Times with the breaks cut short. */
export function shorten({ end, breaks }: Pick<Lanes, 'end' | 'breaks'>): Shown {
  const cut = breaks.reduce((sum, { from, to }) => sum + to - from, 0);
  const width = (end - cut) * SHORTENED;
  const at = (ms: number) => {
    let shown = ms;
    for (const { from, to } of breaks) {
      if (ms <= from) break;
      shown -= ms >= to ? to - from - width : ms - from - ((ms - from) / (to - from)) * width;
    }
    return shown;
  };
  return { at, end: at(end), width };
}

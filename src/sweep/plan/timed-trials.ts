// The trials of an earlier run that were timed, with the points that they were of. Of large runs a part of them.
import type { Epoch } from '../../run/epoch.js';
import { Excerpts } from '../../run/excerpts.js';
import { type Finished, finishedTrials, readStretch } from '../../run/finished.js';
import type { RowsRecord } from '../../run/records.js';
import type { Point } from '../../space/types.js';
import { createRowReader } from '../../trial/row.js';
import { countNumbers } from '../../trial/selection.js';
import type { Timed } from './time-model.js';

/** Trials that ran together, before their cost is known. */
export interface TimedPoints extends Omit<Timed, 'units'> {
  /** Points that stand for theirs, with the values that the run fixed and the defaults that it had. */
  readonly points: readonly Point[];
}

/** Read of one run at most: stretches of trials that ran together, trials, and points asked for their cost. */
const STRETCHES = 1000;
const TRIALS = 100_000;
const POINTS = 2000;

/** Those that ended `ok`: others may have ended at any time. */
export function readTimed(folder: string, epoch: Epoch): TimedPoints[] {
  const { axes, worker, fixed } = epoch.record;
  const defaults = Object.fromEntries(worker.params.map((param) => [param.name, param.default]));
  const excerpts = new Excerpts(folder);
  try {
    const chosen = chooseStretches(epoch, excerpts);
    const read = createRowReader({ axes, params: worker.params, metrics: worker.metrics });
    const most = Math.max(1, Math.floor(POINTS / Math.max(1, chosen.length)));
    const first = findFirst(chosen);
    return chosen.map(({ finished, record }) => {
      const trials = finished.to - finished.from;
      const rows = [...read(Uint8Array.from(readStretch(finished.rows, excerpts)))];
      return {
        trials,
        ms: (record.run_ms / countNumbers(record.trials)) * trials,
        points: thin(rows, most).map(({ point }) => ({ ...defaults, ...fixed, ...point })),
        isFirst: first.has(finished.record),
      };
    });
  } finally {
    excerpts.close();
  }
}

interface Chosen {
  readonly finished: Finished;
  readonly record: RowsRecord;
}

function chooseStretches({ extents, timed }: Epoch, excerpts: Excerpts): Chosen[] {
  let count = 0;
  for (const _ of extents.pieces()) count++;
  const step = Math.max(1, Math.ceil(count / STRETCHES), Math.ceil(timed / TRIALS));
  const chosen: Chosen[] = [];
  let i = 0;
  for (const finished of finishedTrials(extents, excerpts)) {
    if (i++ % step !== 0) continue;
    const { record } = excerpts.header(finished.record);
    if (record.t !== 'rows' || record.carried === true) continue;
    if (record.notes.every(({ status }) => status === 'ok')) chosen.push({ finished, record });
  }
  return chosen;
}

/** Places of the records that were the first of their thread. */
function findFirst(chosen: readonly Chosen[]): ReadonlySet<number> {
  const first = new Map<string, number>();
  for (const { finished, record } of chosen) {
    const thread = `${record.worker} ${record.host}`;
    first.set(thread, Math.min(first.get(thread) ?? Number.POSITIVE_INFINITY, finished.record));
  }
  return new Set(first.values());
}

/** At most so many of them, evenly spread. */
export function thin<T>(values: readonly T[], most: number): readonly T[] {
  if (values.length <= most) return values;
  return Array.from({ length: most }, (_, i) => values[Math.floor(((i + 0.5) / most) * values.length)]!);
}

// A run as data for programs: what it is, how far it has come, its rows, configurations and series, typed. Reads the
// journal, so that a run that goes on can be read beside its coordinator.
import { formatOf, readRowCells, readRows } from '../run/history.js';
import { type RunStatus, readRunStatus } from '../run/status.js';
import type { Point } from '../space/types.js';
import type { Interval } from '../stats/interval.js';
import { summaryInterval } from '../stats/welch.js';
import type { TrialRow } from '../trial/row.js';
import { Configurations } from './configurations.js';
import { readSeries, type SeriesRow } from './series.js';

/** Trials that differ in nothing but replicate and seed. */
export interface RunConfiguration {
  /** The first of them. */
  readonly trial: number;
  /** How many have ended, and how many of them ok. */
  readonly ended: number;
  readonly ok: number;
  readonly point: Point;
  /** Of every number and boolean, over the trials that ended ok: mean (a share, of booleans) and 95 % interval. */
  readonly metrics: Readonly<Record<string, Interval>>;
}

export interface RunReading extends Omit<RunStatus, 'state'> {
  /** Rows of the trials that have ended, in trial order, one at a time. */
  trials(): Generator<TrialRow>;
  /** In the order of their first trials; all numbers are held in memory, rows are not. */
  configurations(): Generator<RunConfiguration>;
  /** Rows of metrics.csv of the trials that have ended, in trial order, one at a time. */
  series(): Generator<SeriesRow>;
}

/** Reads a run folder. Rejects with BAD_RUN_FOLDER where it is none, or was stopped before it began. */
export async function readRun(folder: string): Promise<RunReading> {
  const { state, ...status } = await readRunStatus(folder);
  const { epoch } = state;
  return {
    ...status,
    trials: () => readRows(status.folder, epoch),
    series: () => readSeries(status.folder, epoch),
    *configurations() {
      const format = formatOf(epoch);
      const names = format.metrics.filter(({ type }) => type !== 'string').map(({ name }) => name);
      const of = new Configurations(format, names);
      for (const cells of readRowCells(status.folder, epoch)) of.add(cells);
      for (let i = 0; i < of.count; i++) {
        yield {
          trial: of.trial.get(i),
          ended: of.ended.get(i),
          ok: of.ok.get(i),
          point: of.pointAt(i),
          metrics: Object.fromEntries(names.map((name) => [name, summaryInterval(of.summary(name, i))])),
        };
      }
    },
  };
}

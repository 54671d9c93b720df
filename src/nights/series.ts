// The metrics of a suite over its nights: one series for each metric of each configuration that tonight has, or had of
// late. Times are those of the same kind of machine alone.
import type { NightCell, NightMetric, NightRecord, NightRun } from './record.js';
import { RUN_MS, STATUS } from './summarize.js';

export interface SeriesPoint {
  readonly night: NightRecord;
  readonly run: NightRun;
  readonly cell: NightCell;
}

export interface NightSeries {
  /** What the suite calls the run. */
  readonly run: string;
  readonly sweep: string;
  readonly configuration: string;
  readonly metric: NightMetric;
  /** Nights before tonight that have it, oldest first. */
  readonly past: readonly SeriesPoint[];
  /** Null: tonight does not have it, though the last night did. */
  readonly tonight: SeriesPoint | null;
}

const SHARE_OK: NightMetric = { name: STATUS, isBoolean: true, goal: 'max', unit: null, tolerance: null };
const TIMES: NightMetric = { name: RUN_MS, isBoolean: false, goal: 'min', unit: 'ms', tolerance: null };

/** `nights`: those before tonight, oldest first. */
export function seriesOf(nights: readonly NightRecord[], tonight: NightRecord): NightSeries[] {
  const past = new Map<string, SeriesPoint[]>();
  for (const night of nights)
    for (const point of pointsOf(night)) {
      const name = nameOf(point);
      const known = past.get(name);
      if (known === undefined) past.set(name, [point]);
      else known.push(point);
    }
  const now = new Map([...pointsOf(tonight)].map((point) => [nameOf(point), point]));
  const series = [...now].map(([name, point]) => describe(point, past.get(name) ?? [], point));
  for (const [name, points] of past) {
    const last = points.at(-1)!;
    // What has been gone for longer was told before; a run that tonight did not come to is not gone.
    const hasRun = tonight.runs.some((run) => run.name === last.run.name);
    if (!now.has(name) && last.night === nights.at(-1) && hasRun && last.cell.metric !== RUN_MS)
      series.push(describe(last, points, null));
  }
  return series;
}

function describe(
  { run, cell }: SeriesPoint,
  past: readonly SeriesPoint[],
  tonight: SeriesPoint | null,
): NightSeries {
  const { metric: name, configuration } = cell;
  const metric =
    name === STATUS ? SHARE_OK : name === RUN_MS ? TIMES : run.metrics.find((each) => each.name === name)!;
  return { run: run.name, sweep: run.sweep, configuration, metric, past, tonight };
}

function* pointsOf(night: NightRecord): Generator<SeriesPoint> {
  for (const run of night.runs) {
    const known = new Set([STATUS, RUN_MS, ...run.metrics.map(({ name }) => name)]);
    for (const cell of run.cells) if (known.has(cell.metric)) yield { night, run, cell };
  }
}

function nameOf({ run, cell: { configuration, metric } }: SeriesPoint): string {
  return JSON.stringify([run.name, configuration, metric, metric === RUN_MS ? run.timing : '']);
}

// The metrics of a suite over its nights: one series for each metric of each configuration that tonight has, or had of
// late. Times are those of the same kind of machine alone.
import { type NightCell, type NightMetric, type NightRecord, type NightRun, nameCell } from './record.js';
import { STATUS } from './summarize.js';
import { CPU_MS, isTimeName, RUN_MS } from './times.js';

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
  /** How long trials took. */
  readonly isTime: boolean;
  /** Of tonight's trials of this configuration those that ended ok, as a share; 0 where there are none. */
  readonly shareOk: number;
  /** Nights before tonight that have it, oldest first. */
  readonly past: readonly SeriesPoint[];
  /** Null: tonight does not have it, though the last night did. */
  readonly tonight: SeriesPoint | null;
}

const SHARE_OK: NightMetric = { name: STATUS, isBoolean: true, goal: 'max', unit: null, tolerance: null };
const TIMES: Omit<NightMetric, 'name'> = { isBoolean: false, goal: 'min', unit: 'ms', tolerance: null };

/** `nights`: those before tonight, oldest first. */
export function seriesOf(nights: readonly NightRecord[], tonight: NightRecord): NightSeries[] {
  const past = new Map<string, SeriesPoint[]>();
  for (const night of nights)
    for (const [name, point] of pointsOf(night)) {
      const known = past.get(name);
      if (known === undefined) past.set(name, [point]);
      else known.push(point);
    }
  const now = new Map(pointsOf(tonight));
  const shares = new Map(tonight.runs.map((run) => [run, sharesOk(run)]));
  const series = [...now].map(
    ([name, point]): NightSeries => ({
      ...describe(point, past.get(name) ?? []),
      ...{ tonight: point, shareOk: shares.get(point.run)?.get(point.cell.configuration) ?? 0 },
    }),
  );
  const names = new Set(tonight.runs.map(({ name }) => name));
  for (const [name, points] of past) {
    const last = points.at(-1)!;
    // What has been gone for longer was told before; a run that tonight did not come to is not gone.
    const isGone = !now.has(name) && last.night === nights.at(-1) && names.has(last.run.name);
    if (isGone && !isTimeOf(last.run, last.cell.metric))
      series.push({ ...describe(last, points), tonight: null, shareOk: 0 });
  }
  return series;
}

const isTimeOf = (run: NightRun, metric: string) =>
  isTimeName(metric) && !run.metrics.some(({ name }) => name === metric);

/** By configuration. */
function sharesOk({ cells }: NightRun): ReadonlyMap<string, number | null> {
  const status = cells.filter(({ metric }) => metric === STATUS);
  return new Map(status.map(({ configuration, mean }) => [configuration, mean]));
}

function describe(
  { run, cell }: SeriesPoint,
  past: readonly SeriesPoint[],
): Omit<NightSeries, 'tonight' | 'shareOk'> {
  const { metric: name, configuration } = cell;
  // A worker may have metrics of these names: they are its own then.
  const own = run.metrics.find((each) => each.name === name);
  const metric = own ?? (name === STATUS ? SHARE_OK : { ...TIMES, name });
  const isTime = own === undefined && isTimeName(name);
  return { run: run.name, sweep: run.sweep, configuration, metric, isTime, past };
}

/** Each with the name of its series. */
function* pointsOf(night: NightRecord): Generator<[string, SeriesPoint]> {
  const doubtful = new Set(night.doubtful);
  const isDoubtful = (run: NightRun, { metric, configuration }: NightCell) =>
    doubtful.size > 0 && doubtful.has(nameCell(run.name, metric, configuration));
  for (const run of night.runs) {
    const metrics = [STATUS, RUN_MS, CPU_MS, ...run.metrics.map(({ name }) => name)];
    const names = new Map(metrics.map((metric) => [metric, nameSeries(run, metric)]));
    for (const cell of run.cells) {
      const name = names.get(cell.metric);
      if (name !== undefined && !isDoubtful(run, cell))
        yield [`${name}${cell.configuration}`, { night, run, cell }];
    }
  }
}

/** All of the name but the configuration, which follows: an array in JSON says itself where it ends. */
function nameSeries(run: NightRun, metric: string): string {
  return JSON.stringify([run.name, metric, isTimeOf(run, metric) ? run.timing : '']);
}

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
    if (!now.has(name) && last.night === nights.at(-1) && hasRun && !isTimeOf(last))
      series.push(describe(last, points, null));
  }
  return series;
}

const isTimeOf = ({ run, cell }: SeriesPoint) =>
  isTimeName(cell.metric) && !run.metrics.some(({ name }) => name === cell.metric);

function describe(
  { run, cell }: SeriesPoint,
  past: readonly SeriesPoint[],
  tonight: SeriesPoint | null,
): NightSeries {
  const { metric: name, configuration } = cell;
  // A worker may have metrics of these names: they are its own then.
  const own = run.metrics.find((each) => each.name === name);
  const metric = own ?? (name === STATUS ? SHARE_OK : { ...TIMES, name });
  const status = tonight?.run.cells.find(
    (each) => each.metric === STATUS && each.configuration === configuration,
  );
  return {
    ...{ run: run.name, sweep: run.sweep, configuration, metric, past, tonight },
    isTime: own === undefined && isTimeName(name),
    shareOk: status?.mean ?? 0,
  };
}

function* pointsOf(night: NightRecord): Generator<SeriesPoint> {
  for (const run of night.runs) {
    const known = new Set([STATUS, RUN_MS, CPU_MS, ...run.metrics.map(({ name }) => name)]);
    for (const cell of run.cells) {
      const isDoubtful = night.doubtful?.includes(nameCell(run.name, cell.metric, cell.configuration));
      if (known.has(cell.metric) && isDoubtful !== true) yield { night, run, cell };
    }
  }
}

function nameOf({ night, run, cell }: SeriesPoint): string {
  const { configuration, metric } = cell;
  return JSON.stringify([run.name, configuration, metric, isTimeOf({ night, run, cell }) ? run.timing : '']);
}

// A night's summary of a run. Few configurations are kept one by one; of many, those are taken together that differ in the
// axis with the most values alone, then in the next one, until few enough are left.
import { createHash } from 'node:crypto';
import type { AxisColumn } from '../answer/columns.js';
import { Configurations } from '../answer/configurations.js';
import { describePoint } from '../answer/words.js';
import { formatOf, readRowCells } from '../run/history.js';
import type { Manifest } from '../run/manifest.js';
import { type RunStatus, readRunStatus } from '../run/status.js';
import type { NightCell, NightMetric, NightRun } from './record.js';
import { readLogTimes } from './times.js';

/** Configurations that are kept of a run: a night of ten metrics is 2 MB then. */
const MOST = 2000;

export const STATUS = 'status';

/** `taken`: the axes whose values are taken together; default: as many as it takes to be few enough. */
export async function summarizeRun(
  name: string,
  folder: string,
  taken?: readonly string[],
): Promise<NightRun> {
  const status = await readRunStatus(folder);
  const { manifest, state } = status;
  const { worker } = state.epoch.record;
  const metrics = worker.metrics.filter(({ type }) => type !== 'string');
  const of = new Configurations(
    formatOf(state.epoch),
    metrics.map((metric) => metric.name),
  );
  const hash = createHash('sha256');
  const keys = createHash('sha256');
  for (const cells of readRowCells(status.folder, state.epoch)) {
    of.add(cells);
    hash.update(JSON.stringify(cells));
    keys.update(cells[1]!);
  }
  const { groups, together } = group(of, taken);
  const times = readLogTimes(status.folder, state);
  const cells: NightCell[] = [];
  for (const rows of groups) {
    const configuration = describeCell(of, rows[0]!, together);
    cells.push(countOk(of, rows, configuration));
    for (const metric of metrics)
      cells.push({ configuration, metric: metric.name, ...pool(of, metric.name, rows) });
  }
  // Times are of the whole run: by configuration they would be as many series again, each of a trial or two.
  for (const time of times)
    if (!metrics.some(({ name }) => name === time.metric)) cells.push({ configuration: '', ...time });
  return {
    ...{ name, sweep: manifest.sweep, run: manifest.runId, rows: hash.digest('hex'), together },
    trials: status.done,
    failed: status.failed + status.timeout + status.skipped,
    timing: `${describeTiming(manifest)}; trials ${keys.digest('hex').slice(0, 12)}`,
    metrics: metrics.map(describeMetric),
    cells,
  };
}

interface Grouped {
  /** Configurations of each group, as places in `of`. */
  readonly groups: readonly (readonly number[])[];
  readonly together: readonly string[];
}

function group(of: Configurations, taken?: readonly string[]): Grouped {
  const together = [...(taken ?? [])];
  const axes = of.axes.filter(({ name }) => !together.includes(name));
  let groups = groupBy(of.count, axes);
  if (taken !== undefined) return { groups, together };
  while (groups.length > MOST && axes.length > 0) {
    const [widest] = [...axes].sort((a, b) => countValues(b) - countValues(a));
    axes.splice(axes.indexOf(widest!), 1);
    together.push(widest!.name);
    groups = groupBy(of.count, axes);
  }
  return { groups, together };
}

function groupBy(count: number, axes: readonly AxisColumn[]): number[][] {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < count; row++) {
    const key = axes.map(({ codes }) => codes.get(row)).join(',');
    const found = groups.get(key);
    if (found === undefined) groups.set(key, [row]);
    else found.push(row);
  }
  return [...groups.values()];
}

function countValues({ codes }: AxisColumn): number {
  return new Set(codes.view()).size;
}

/** What a cell's configuration is called. */
export function describeCell(of: Configurations, row: number, together: readonly string[]): string {
  // Also those that do not vary yet: a value that is added must not rename what was there.
  const shown = of.axes.filter(({ name }) => !together.includes(name));
  return describePoint(
    of.pointAt(row),
    shown.map(({ name }) => name),
  );
}

/** Mean over configurations, each of which counts alike; the spread is that between replicates, pooled. */
function pool(
  of: Configurations,
  metric: string,
  rows: readonly number[],
): Pick<NightCell, 'mean' | 'sd' | 'n'> {
  let [sum, configurations, n, squares, freedom] = [0, 0, 0, 0, 0];
  for (const row of rows) {
    const { count, mean, variance } = of.summary(metric, row);
    if (count === 0 || !Number.isFinite(mean)) continue;
    sum += mean;
    configurations++;
    n += count;
    if (count < 2 || !Number.isFinite(variance)) continue;
    squares += variance * (count - 1);
    freedom += count - 1;
  }
  const sd = freedom === 0 ? null : Math.sqrt(squares / freedom);
  return { mean: configurations === 0 ? null : sum / configurations, sd, n };
}

/** The share of trials that ended ok. */
function countOk(of: Configurations, rows: readonly number[], configuration: string): NightCell {
  let [ok, n] = [0, 0];
  for (const row of rows) {
    ok += of.ok.get(row);
    n += of.ended.get(row);
  }
  return { configuration, metric: STATUS, mean: n === 0 ? null : ok / n, sd: null, n };
}

type DeclaredMetric = RunStatus['manifest']['worker']['metrics'][number];

function describeMetric({ name, type, goal, unit, tolerance }: DeclaredMetric): NightMetric {
  return {
    name,
    isBoolean: type === 'boolean',
    goal: goal ?? null,
    unit: unit ?? null,
    tolerance: tolerance ?? null,
  };
}

function describeTiming({ machine, host, node, engine, device, packages, space }: Manifest): string {
  const where =
    machine === undefined ? host : `${machine.processor}, ${machine.cores} cores, ${machine.system}`;
  const engines = Object.entries(packages)
    .filter(([name]) => /onnxruntime|tfjs/.test(name))
    .map(([name, version]) => `${name} ${version}`);
  return [where, `Node ${node}`, engine, device, ...engines, `${space.replicates} replicates`].join('; ');
}

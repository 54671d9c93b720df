// Reads what the page's Explore part shows of one run: trials with their time and error, curves, attempts, files. What
// would make the page too large is thinned or rounded here, and a note says so.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Importances } from '../../answer/importance.js';
import type { MetricImportance, PackedTable, Payload } from '../../explore/payload.js';
import { showValue } from '../../ground/shape.js';
import { formatCount } from '../../ground/text.js';
import type { Epoch } from '../../run/epoch.js';
import type { Manifest } from '../../run/manifest.js';
import { restingValue } from '../../trial/params.js';
import { ARTIFACTS } from '../../trial/store.js';
import { type Column, metricColumns, quoteName, trialColumns } from '../columns.js';
import type { MadeTable } from '../parts.js';
import { packAttempts } from './attempts.js';
import { packConfusions } from './confusions.js';
import { type ColumnHead, Packer } from './pack.js';
import { type Into, packQuery, type Reader, readNumbers, type Wanted } from './query.js';

/** Above so many trials, numbers that do not repeat are kept with 7 digits. */
export const EXACT_TRIALS = 120_000;
export const CURVE_POINTS = 200_000;
export const CURVE_TRIALS = 8000;
const FILES = 20_000;

/** Of each trial's last attempt. */
export const RUN_HEADS = [
  { name: 'run_ms', role: 'run', kind: 'number', unit: 'ms', about: 'time of its last attempt' },
  { name: 'attempts', role: 'run', kind: 'number' },
  { name: 'worker', role: 'run', kind: 'number' },
  { name: 'host', role: 'run', kind: 'category' },
  { name: 'error', role: 'run', kind: 'category' },
] as const satisfies readonly Omit<Wanted, 'sql'>[];

/** What a page is made of. */
export interface Collected {
  readonly database: Reader;
  readonly manifest: Manifest;
  readonly folder: string;
  /** Of its journal; undefined where there is none. */
  readonly epoch: Epoch | undefined;
  /** By metric. */
  readonly importances: ReadonlyMap<string, Importances>;
  /** Of its report. */
  readonly tables: readonly Pick<MadeTable, 'rows'>[];
}

export async function collect({
  database,
  manifest,
  folder,
  epoch,
  importances,
  tables,
}: Collected): Promise<{ readonly payload: Payload; readonly bytes: Uint8Array }> {
  const packer = new Packer();
  const notes: string[] = [];
  const trials = await packTrials(database, manifest, { packer, notes });
  const curves = await packCurves(database, manifest, { packer, notes });
  const attempts = await packAttempts(database, { packer, notes }, { folder, epoch });
  const payload: Payload = {
    sweep: String(manifest.sweep),
    title: String(manifest.title),
    run: String(manifest.runId),
    replay: 'sweepline replay',
    takenOver: [...(epoch?.parked.takenOver() ?? [])],
    explain: 'sweepline explain',
    fixed: fixedOf(manifest),
    trials,
    curves,
    ...attempts,
    confusions: packConfusions(tables, { packer, notes }),
    importances: [...importances].flatMap(describeImportances),
    files: listFiles(folder, notes),
    notes,
  };
  return { payload, bytes: packer.bytes() };
}

/** Parameters that are no axis, and what they are. */
export function fixedOf({
  worker,
  axes,
  fixed,
}: Pick<Manifest, 'worker' | 'axes' | 'fixed'>): Payload['fixed'] {
  return worker.params
    .filter(({ name }) => !axes.includes(name))
    .map((param) => [param.name, showValue(restingValue(param, fixed))] as const);
}

export function describeImportances([metric, found]: readonly [string, Importances]): MetricImportance[] {
  const { configurations, sampled, parameters, deciding, pruned } = found;
  return [parameters, deciding]
    .filter(({ length }) => length > 0)
    .map((of) => ({
      ...{ metric, method: of[0]!.method, configurations, sampled, pruned },
      parameters: of.map(({ parameter, importance, low, high }) => ({
        ...{ name: parameter, share: importance, low, high },
      })),
    }));
}

/** Names of a table, which no column of a run can be taken for. */
const TIMES = `(SELECT trial, arg_max(run_ms, attempt) AS run_ms, arg_max(worker, attempt) AS worker,
  arg_max(host, attempt) AS host, max(attempt) AS attempts, arg_max(error, attempt) AS error
  FROM timings GROUP BY trial) AS "times of trials"`;

async function packTrials(
  database: Reader,
  manifest: Manifest,
  { packer, notes }: Into,
): Promise<PackedTable> {
  const wanted: Wanted[] = [
    ...trialHeads(manifest).map(({ sql, ...head }) => ({ ...head, sql: `trials.${quoteName(sql)}` })),
    ...RUN_HEADS.map((head) => ({
      ...head,
      sql:
        head.name === 'error'
          ? `CASE WHEN trials.status <> 'ok' THEN ${timeOf('error')} END`
          : timeOf(head.name),
    })),
  ];
  const from = `FROM trials LEFT JOIN ${TIMES} ON trials.trial = ${timeOf('trial')} ORDER BY trials.trial`;
  const table = await packQuery(database, { wanted, from, packer, single: EXACT_TRIALS });
  if (table.columns.some(({ store }) => store === 'f32'))
    notes.push('numbers are kept with 7 digits in this page; trials.csv has all digits');
  return { ...table, columns: table.columns.filter((column) => column.role !== 'run' || varies(column)) };
}

const timeOf = (name: string): string => `"times of trials".${name}`;

const OWN = ['trial', 'replicate', 'status'];

/** The columns of trials.csv that the page has; `sql` is their name there. */
export function trialHeads(manifest: Manifest): readonly Wanted[] {
  const declared = new Map(manifest.worker.metrics.map((metric) => [metric.name, metric]));
  return trialColumns(manifest)
    .filter(({ name, role }) => role !== 'own' || OWN.includes(name))
    .map((column) => want(column, declared.get(column.name)));
}

/** A column that says nothing is left out: one attempt each, one host. */
export function varies({ name, values, labels }: PackedTable['columns'][number]): boolean {
  const distinct = values?.length ?? labels?.length ?? 2;
  return name === 'run_ms' || name === 'error' ? distinct > 0 : distinct > 1;
}

function want({ name, sql, type, role }: Column, metric: Parameters<typeof pick>[0] | undefined): Wanted {
  const isNumber = type === 'number' || type === 'integer';
  return {
    name,
    sql,
    kind: isNumber ? 'number' : 'category',
    role: role === 'measured' ? 'metric' : role === 'axis' ? 'axis' : name === 'status' ? 'status' : 'trial',
    ...(role !== 'measured' || metric === undefined ? {} : pick(metric)),
  };
}

/** A manifest may be somebody else's: only texts are taken for texts. */
function pick({
  goal,
  unit,
  about,
}: {
  readonly goal?: unknown;
  readonly unit?: unknown;
  readonly about?: unknown;
}): Pick<ColumnHead, 'goal' | 'unit' | 'about'> {
  return {
    ...(goal === 'min' || goal === 'max' ? { goal } : {}),
    ...(typeof unit === 'string' ? { unit } : {}),
    ...(typeof about === 'string' ? { about } : {}),
  };
}

async function packCurves(
  database: Reader,
  manifest: Manifest,
  { packer, notes }: Into,
): Promise<PackedTable | null> {
  const [trial, step, ...series] = metricColumns(manifest);
  if (series.length === 0) return null;
  const counted = await readNumbers(
    database,
    'SELECT coalesce(sum(n), 0)::DOUBLE, count(*)::DOUBLE, coalesce(max(n), 0)::DOUBLE FROM (SELECT count(*) AS n FROM metrics GROUP BY trial)',
  );
  const [points, trials, longest] = counted.map(([number]) => number!) as [number, number, number];
  if (points === 0) return null;
  const everyTrial = Math.ceil(trials / CURVE_TRIALS);
  const budget = Math.floor(CURVE_POINTS / series.length / Math.ceil(trials / everyTrial));
  const everyStep = Math.max(1, Math.ceil(longest / Math.max(12, budget)));
  if (everyTrial > 1)
    notes.push(
      `curves of ${formatCount(Math.ceil(trials / everyTrial))} of ${formatCount(trials)} trials (one in ${everyTrial})`,
    );
  if (everyStep > 1) notes.push(`of each curve one point in ${everyStep}, and its last; metrics.csv has all`);
  const wanted = [trial!, step!, ...series].map(
    (column): Wanted => ({ name: column.name, sql: quoteName(column.sql), kind: 'number', role: 'series' }),
  );
  const from = `FROM (SELECT *, row_number() OVER (PARTITION BY trial ORDER BY step) AS "row of trial",
    count(*) OVER (PARTITION BY trial) AS "rows of trial", dense_rank() OVER (ORDER BY trial) AS "place of trial" FROM metrics)
    WHERE ("row of trial" - 1) % ${everyStep} = 0 AND ("place of trial" - 1) % ${everyTrial} = 0
    OR "row of trial" = "rows of trial" AND ("place of trial" - 1) % ${everyTrial} = 0 ORDER BY trial, step`;
  return packQuery(database, { wanted, from, packer, single: 0 });
}

/** Names only: the pictures lie beside the page. Links are passed over, since they may lead out. */
export function listFiles(folder: string, notes: string[]): Payload['files'] {
  const files: [number, string[]][] = [];
  let count = 0;
  const trials = list(join(folder, ARTIFACTS)).filter(({ isFolder, name }) => isFolder && /^\d+$/.test(name));
  for (const { name } of trials.sort((a, b) => Number(a.name) - Number(b.name))) {
    if (count >= FILES) {
      notes.push(`files of the first ${formatCount(files.length)} trials that left some`);
      break;
    }
    const found = listDeep(join(folder, ARTIFACTS, name), '', 3);
    count += found.length;
    if (found.length > 0) files.push([Number(name), found.sort()]);
  }
  return files;
}

function listDeep(folder: string, before: string, depth: number): string[] {
  return list(folder).flatMap(({ name, isFolder }) => {
    if (!isFolder) return [before + name];
    return depth === 0 ? [] : listDeep(join(folder, name), `${before}${name}/`, depth - 1);
  });
}

function list(folder: string): { readonly name: string; readonly isFolder: boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() || entry.isFile() ? [{ name: entry.name, isFolder: entry.isDirectory() }] : [],
    );
  } catch {
    return []; // none, or one that may not be read: the page shows none then
  }
}

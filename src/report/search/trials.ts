// The configurations of a run as its search figures need them, as columns of numbers: in the order of their first trials,
// with the mean of each objective over replicates, and what became of them.
import type { Manifest } from '../../run/manifest.js';
import type { AxisDomain, GridSpec } from '../../space/types.js';
import { type Aims, meets } from '../../trial/objective.js';
import { quoteName, trialColumns } from '../columns.js';
import type { RunDatabase } from '../database.js';
import { compareLabels } from '../explore/pack.js';
import type { ScaleType } from '../look.js';
import type { Vector } from '../vectors.js';
import { type Range, rangeOf, scaleOf, type View, viewOf } from './view.js';

/** What became of a configuration. `pruned`: none of its trials ended ok, and one was stopped early. */
export const STATES = ['ok', 'infeasible', 'pruned', 'failed'] as const;
export type State = (typeof STATES)[number];

/** A parameter that varies. */
export interface Axis {
  readonly name: string;
  /** Numbers are themselves; text is its place in `labels`. NaN: it does not exist there. */
  readonly values: Float64Array;
  readonly labels: readonly string[] | null;
  readonly scale: ScaleType;
  readonly range: Range;
}

/** Columns have one value a configuration. */
export interface Searched extends Aims {
  readonly count: number;
  /** Its first trial. */
  readonly trial: Float64Array;
  readonly state: readonly State[];
  /** By objective: the mean of the trials that ended ok; of a pruned one, of where it was stopped. NaN: none. */
  readonly values: readonly Float64Array[];
  /** By objective. */
  readonly views: readonly View[];
  readonly axes: readonly Axis[];
}

export async function readSearched(
  database: Pick<RunDatabase, 'columns'>,
  manifest: Manifest,
  { objectives, constraints }: Aims,
): Promise<Searched> {
  const columns = trialColumns(manifest);
  const sqlOf = new Map(columns.map(({ name, sql, role }) => [`${role} ${name}`, quoteName(sql)]));
  const axes = columns.filter(({ role }) => role === 'axis');
  const measured = [...objectives, ...constraints].map(({ metric }) => sqlOf.get(`measured ${metric}`)!);
  const mean = (sql: string, status: string) =>
    `avg(TRY_CAST(${sql} AS DOUBLE)) FILTER (WHERE status = '${status}')`;
  const wanted = [
    'min(trial)::DOUBLE',
    "(count(*) FILTER (WHERE status = 'ok'))::DOUBLE",
    "(count(*) FILTER (WHERE status = 'pruned'))::DOUBLE",
    ...measured.flatMap((sql) => [mean(sql, 'ok'), mean(sql, 'pruned')]),
    ...axes.map(({ sql, type }) => `TRY_CAST(${quoteName(sql)} AS ${typeOf(type)})`),
  ];
  const keys = axes.map(({ sql }) => quoteName(sql)).join(', ');
  const select = wanted.map((sql, i) => `${sql} AS c${i}`).join(', ');
  const found = await database.columns(
    `SELECT ${select} FROM trials GROUP BY ${keys === '' ? 'ALL' : keys} ORDER BY c0`,
  );
  const numbers = found.slice(0, 3 + 2 * measured.length).map(toNumbers);
  const [trial, ok, pruned, ...means] = numbers as [Float64Array, Float64Array, Float64Array];
  const meanOf = (i: number, row: number) => means[2 * i + (ok[row]! > 0 ? 0 : 1)]![row]!;
  const values = objectives.map((_, i) => trial.map((_, row) => finite(meanOf(i, row))));
  const state = Array.from(trial, (_, row): State => {
    if (ok[row] === 0) return pruned[row]! > 0 ? 'pruned' : 'failed';
    if (values.some((column) => Number.isNaN(column[row]))) return 'failed';
    return constraints.every((each, i) => meets(each, meanOf(objectives.length + i, row)))
      ? 'ok'
      : 'infeasible';
  });
  const made = axes.map(({ name }, i) => toAxis(name, found[3 + 2 * measured.length + i]!, manifest));
  return {
    ...{ objectives, constraints, count: trial.length, trial, state, values },
    views: values.map((column, i) => viewOf(column, objectives[i]!.goal)),
    axes: made.filter(varies),
  };
}

/** One that exists or does not, and has a single value, says nothing in a figure. */
export function varies({ values }: Axis): boolean {
  const [first] = values.filter((value) => !Number.isNaN(value));
  return values.some((value) => !Number.isNaN(value) && value !== first);
}

export function typeOf(type: string): string {
  return type === 'number' || type === 'integer' ? 'DOUBLE' : 'VARCHAR';
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

function toNumbers(vector: Vector): Float64Array {
  return vector instanceof Float64Array ? vector : new Float64Array(vector.codes.length).fill(Number.NaN);
}

/** A parameter out of a column of its values. */
export function toAxis(name: string, vector: Vector, manifest: Manifest): Axis {
  if (vector instanceof Float64Array) {
    const range = rangeOf(vector);
    return { name, values: vector, labels: null, range, scale: scaleOf(range, domainOf(name, manifest)) };
  }
  const order = [...vector.texts.keys()].sort((a, b) => compareLabels(vector.texts[a]!, vector.texts[b]!));
  const place = new Map(order.map((code, at) => [code + 1, at]));
  const values = Float64Array.from(vector.codes, (code) => place.get(code) ?? Number.NaN);
  const labels = order.map((code) => vector.texts[code]!);
  return { name, values, labels, range: rangeOf(values), scale: 'linear' };
}

/** What a parameter was drawn from, where that is known. */
function domainOf(name: string, { sampler }: Manifest): AxisDomain | undefined {
  const grids = (sampler.grids ?? []) as readonly GridSpec<AxisDomain>[];
  const axis = grids.flatMap(({ axes }) => axes).find(({ names }) => names.includes(name));
  return axis?.values[axis.names.indexOf(name)];
}

// What a bisection has found, for its figures: for each configuration of the other axes what was asked and answered, and
// where the threshold then lies. With answers that may be wrong it is the posterior, as the sampler reckons; else the
// bracket that the trials give.
import type { Manifest, SamplerSpec } from '../../run/manifest.js';
import { type Boundary, ThresholdPosterior } from '../../search/boundary/posterior.js';
import { quoteName, trialColumns } from '../columns.js';
import type { RunDatabase } from '../database.js';
import { formatNumber } from '../theme.js';
import type { Vector } from '../vectors.js';
import { type Axis, toAxis, typeOf, varies } from './trials.js';

/** What the manifest says of a bisection. */
interface BisectSpec extends SamplerSpec {
  readonly axis: string;
  readonly metric: string;
  readonly from: number;
  readonly to: number;
  /** Absent: no answer is wrong. */
  readonly noise?: Boundary['noise'];
}

/** Infinite where the threshold may lie past an end of the search. */
interface Found {
  readonly threshold: number;
  readonly low: number;
  readonly high: number;
}

export interface Answer {
  readonly trial: number;
  readonly at: number;
  /** Null: the trial gave none. */
  readonly value: boolean | null;
}

/** The search of one configuration. */
export interface Search extends Found {
  readonly replicate: number;
  /** In the order of the trials. */
  readonly answers: readonly Answer[];
}

export interface Bisected {
  readonly spec: BisectSpec;
  /** True: an answer may be wrong, and replicates answer together. False: each replicate has a search of its own. */
  readonly isNoisy: boolean;
  readonly searches: readonly Search[];
  /** The other axes that vary; a value for each search. */
  readonly axes: readonly Axis[];
}

/** Undefined for what is no bisection, and where nothing has been answered yet. */
export async function readBisected(
  database: Pick<RunDatabase, 'columns'>,
  manifest: Manifest,
): Promise<Bisected | undefined> {
  if (manifest.sampler.name !== 'bisect') return undefined;
  const spec = manifest.sampler as BisectSpec;
  const columns = trialColumns(manifest);
  const outer = columns.filter(({ role, name }) => role === 'axis' && name !== spec.axis);
  const sqlOf = (role: string, name: string) =>
    quoteName(columns.find((column) => column.role === role && column.name === name)!.sql);
  const wanted = [
    ...['trial::DOUBLE', 'replicate::DOUBLE', `TRY_CAST(${sqlOf('axis', spec.axis)} AS DOUBLE)`],
    `CASE WHEN status = 'ok' THEN TRY_CAST(${sqlOf('measured', spec.metric)} AS INTEGER) END::DOUBLE`,
    ...outer.map(({ sql, type }) => `TRY_CAST(${quoteName(sql)} AS ${typeOf(type)})`),
  ];
  const select = wanted.map((sql, i) => `${sql} AS c${i}`).join(', ');
  const found = await database.columns(`SELECT ${select} FROM trials ORDER BY c0`);
  const [trial, replicate, at, value] = found as readonly Float64Array[];
  const isNoisy = spec.noise !== undefined;
  const groups = new Map<string, number[]>();
  trial!.forEach((_, row) => {
    const key = JSON.stringify([
      isNoisy ? 0 : replicate![row],
      ...found.slice(4).map((each) => cellOf(each, row)),
    ]);
    const rows = groups.get(key) ?? [];
    if (rows.push(row) === 1) groups.set(key, rows);
  });
  const searches = [...groups.values()].map((rows): Search => {
    const answers = rows.map((row) => ({
      ...{ trial: trial![row]!, at: at![row]! },
      value: Number.isNaN(value![row]!) ? null : value![row] === 1,
    }));
    return { ...findThreshold(spec, answers), replicate: replicate![rows[0]!]!, answers };
  });
  if (!searches.some(({ answers }) => answers.some((answer) => answer.value !== null))) return undefined;
  const isRising = searches.reduce((sum, each) => sum + directionOf(each), 0) > 0;
  const firsts = [...groups.values()].map(([first]) => first!);
  const axes = outer.map(({ name }, i) => toAxis(name, pick(found[4 + i]!, firsts), manifest));
  return {
    ...{ spec, isNoisy, axes: axes.filter(varies) },
    searches: searches.map((search) => endAsOthers(search, isRising)),
  };
}

/** 1: the metric is true above the threshold; -1: below; 0: it does not turn. */
function directionOf({ threshold, answers }: Search): number {
  if (!Number.isFinite(threshold)) return 0;
  const surplus = answers.reduce(
    (sum, { at, value }) => sum + (value === null ? 0 : value === at > threshold ? 1 : -1),
    0,
  );
  return Math.sign(surplus);
}

/** Where the metric does not turn, nothing says past which end it would, but the other searches. */
function endAsOthers(search: Search, isRising: boolean): Search {
  const { threshold, answers } = search;
  if (Number.isNaN(threshold) || Number.isFinite(threshold)) return search;
  const isTrue = answers.reduce((sum, { value }) => sum + (value === null ? 0 : value ? 1 : -1), 0) > 0;
  const end = isTrue === isRising ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return end === threshold ? search : { ...search, threshold: end, low: end, high: end };
}

function cellOf(vector: Vector, row: number): number {
  return vector instanceof Float64Array ? vector[row]! : vector.codes[row]!;
}

function pick(vector: Vector, rows: readonly number[]): Vector {
  if (vector instanceof Float64Array) return Float64Array.from(rows, (row) => vector[row]!);
  return { texts: vector.texts, codes: Uint32Array.from(rows, (row) => vector.codes[row]!) };
}

/** After these answers. NaN before there is any. */
export function findThreshold(spec: BisectSpec, answers: readonly Answer[]): Found {
  const given = answers.filter(({ value }) => value !== null);
  if (given.length === 0) return { threshold: Number.NaN, low: Number.NaN, high: Number.NaN };
  return spec.noise === undefined ? findBracket(given) : believe({ ...spec, noise: spec.noise }, given);
}

function believe(boundary: Boundary, given: readonly Answer[]): Found {
  const posterior = new ThresholdPosterior(boundary);
  for (const { at, value } of given) posterior.add(at, value!);
  return posterior.interval();
}

/** A metric that is the same everywhere turns past an end: above where it is true, until other searches say otherwise. */
function findBracket(given: readonly Answer[]): Found {
  const least = given.reduce((found, each) => (each.at < found.at ? each : found));
  const same = given.filter(({ value }) => value === least.value).map(({ at }) => at);
  const others = given.filter(({ value }) => value !== least.value).map(({ at }) => at);
  if (others.length === 0) {
    const end = least.value === true ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    return { threshold: end, low: end, high: end };
  }
  const [low, high] = [Math.max(...same), Math.min(...others)].sort((a, b) => a - b) as [number, number];
  return { threshold: (low + high) / 2, low, high };
}

/** Where it is drawn: past an end is on the end. */
export function within(value: number, { from, to }: Pick<BisectSpec, 'from' | 'to'>): number {
  return Math.min(Math.max(value, from), to);
}

/** In the table behind a figure. */
export function finiteCell(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** A configuration's value of an axis, as text. */
export function showOuter({ values, labels }: Axis, row: number): string {
  const value = values[row]!;
  return Number.isNaN(value) ? 'none' : (labels?.[value] ?? formatNumber(value));
}

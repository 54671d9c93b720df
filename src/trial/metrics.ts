// What a trial yields at its end, as its worker declares it, and whether a value is what was declared.
import { showValue } from '../ground/shape.js';
import { describeUnknown } from '../ground/text.js';
import type { Tolerance } from './tolerance.js';

/** One number that a trial reports once. `goal` lets tables and progress name a best trial. */
export interface MetricSpec {
  readonly type: 'number' | 'integer' | 'boolean' | 'string';
  readonly unit?: string;
  readonly about?: string;
  readonly goal?: 'min' | 'max';
  /** How far it may move from one run to the next before `sweepline compare` calls it better or worse. */
  readonly tolerance?: Tolerance;
}

export type Metric = MetricSpec & { readonly name: string };

export type MetricValue = number | boolean | string | null;

/** By name; null where the trial did not yield it. */
export type MetricValues = Readonly<Record<string, MetricValue>>;

const EXPECTED = {
  number: 'a number',
  integer: 'an integer (whole, and at most 2^53 - 1 in size)',
  boolean: 'true or false',
  string: 'a text',
} as const;

/** Whether a value is of a metric's declared type. Numbers may be NaN or infinite, integers may not. */
export function fitsMetric(type: MetricSpec['type'], value: unknown): value is MetricValue {
  return type === 'integer' ? Number.isSafeInteger(value) : typeof value === type;
}

/** `metric "correct" is 0.5; expected an integer`. A block's column holds booleans as numbers. */
export function describeMisfit(
  { name, type }: Pick<Metric, 'name' | 'type'>,
  value: unknown,
  where: 'run' | 'block' = 'run',
): string {
  const expected = where === 'block' && type === 'boolean' ? '0, 1 or NaN' : EXPECTED[type];
  return `metric "${name}" is ${showValue(value)}; expected ${expected}`;
}

/** What a trial returned, held against what its worker declares. */
export interface Yielded {
  /** In the order of declaration; null where there is none, or none that fits. */
  readonly values: readonly MetricValue[];
  /** What is wrong, as texts. */
  readonly faults: readonly string[];
  /** Declared, and not returned at all: null and NaN are answers, these may have been forgotten. */
  readonly missing: readonly string[];
}

const NONE: readonly never[] = [];

/** Reads what `run` returned, whatever it is. Made once for all trials: where all is well it makes nothing but `values`. */
export function createMetricsReader(metrics: readonly Metric[]): (returned: unknown) => Yielded {
  const names = metrics.map(({ name }) => name);
  const known: ReadonlySet<string> = new Set(names);
  /** Every object has these: only an own one was returned. */
  const isCommon = names.map((name) => name in Object.prototype);

  return (returned) => {
    if (!isRecord(returned)) {
      const expected = `expected an object of metrics: { ${names.join(', ')} }`;
      const fault = `\`run\` returned ${showValue(returned)}; ${expected}`;
      return { values: metrics.map(() => null), faults: [fault], missing: NONE };
    }
    let faults: string[] | undefined;
    let missing: string[] | undefined;
    for (const name of Object.keys(returned)) {
      if (known.has(name)) continue;
      faults ??= [];
      faults.push(`\`run\` returned an ${describeUnknown('metric', name, names)}`);
    }
    const values = new Array<MetricValue>(metrics.length);
    for (let i = 0; i < metrics.length; i++) {
      const metric = metrics[i]!;
      const isThere = !isCommon[i] || Object.hasOwn(returned, metric.name);
      const value = isThere ? returned[metric.name] : undefined;
      values[i] = null;
      if (value === undefined) {
        missing ??= [];
        missing.push(metric.name);
      } else if (fitsMetric(metric.type, value)) values[i] = value;
      else if (value !== null) {
        faults ??= [];
        faults.push(describeMisfit(metric, value));
      }
    }
    return { values, faults: faults ?? NONE, missing: missing ?? NONE };
  };
}

/** An object by names, of any class; no list, Date, Map, Promise or the like, which have a tag of their own. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** Rows of a block's column that hold no such value; NaN is no value there. */
export function findMisfits(type: MetricSpec['type'], column: Float64Array): number[] {
  const rows: number[] = [];
  if (type === 'boolean') {
    for (let i = 0; i < column.length; i++) {
      const value = column[i]!;
      if (value !== 0 && value !== 1 && !Number.isNaN(value)) rows.push(i);
    }
  } else if (type === 'integer') {
    for (let i = 0; i < column.length; i++) {
      const value = column[i]!;
      if (!Number.isSafeInteger(value) && !Number.isNaN(value)) rows.push(i);
    }
  }
  return rows;
}

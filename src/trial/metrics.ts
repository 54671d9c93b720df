// What a trial yields at its end, as its worker declares it.

/** One number that a trial reports once. `goal` lets tables and progress name a best trial. */
export interface MetricSpec {
  readonly type: 'number' | 'integer' | 'boolean' | 'string';
  readonly unit?: string;
  readonly about?: string;
  readonly goal?: 'min' | 'max';
}

export type Metric = MetricSpec & { readonly name: string };

export type MetricValue = number | boolean | string | null;

/** By name; null where the trial did not yield it. */
export type MetricValues = Readonly<Record<string, MetricValue>>;

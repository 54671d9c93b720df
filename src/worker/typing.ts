// How the types of what a worker's functions take and return follow from its declaration. Types alone.
import type { MetricSpec } from '../trial/metrics.js';

/** Metrics as they are declared, by name. */
export type Metrics = Readonly<Record<string, MetricSpec>>;

type ValueOf<Spec extends MetricSpec> = Spec['type'] extends infer Type
  ? Type extends 'boolean'
    ? boolean
    : Type extends 'string'
      ? string
      : number
  : never;

/** What may be returned: metrics that are left out are missing, null says that there is no value. */
export type Returned<M extends Metrics> = {
  readonly [Name in keyof M]?: ValueOf<M[Name]> | null | undefined;
};

/** What is read back: every declared metric; null where there is no value. */
export type MetricsRead<M extends Metrics> = { readonly [Name in keyof M]: ValueOf<M[Name]> | null };

/**
 * No other names than those of `M` in an inferred result `R`: TypeScript looks for excess properties in object literals,
 * but not in what a function returns. Names that are not known before it runs are let through. `then` is named because a
 * Promise would do for an object in which everything may be missing.
 */
export type Exactly<M, R> = string extends keyof R
  ? unknown
  : { readonly [Name in Exclude<(R extends unknown ? keyof R : never) | 'then', keyof M>]?: undefined };

/** A row of series as `report` takes it: none where none is declared. */
export type SeriesValues<Names extends string> = [Names] extends [never]
  ? Readonly<Record<string, never>>
  : { readonly [Name in Names]?: number | null | undefined };

/** The metrics of each stage, by its name. */
export type StageMetrics = Readonly<Record<string, Metrics>>;

/** The inferred results of all stages, each held against the metrics of its stage. */
export type ExactStages<G, Results> = {
  readonly [Name in keyof Results]: Name extends keyof G ? Exactly<G[Name], Results[Name]> : unknown;
};

/** To infer what a stage's `run` returns; what it takes is told elsewhere. */
export interface StageReturning<Result> {
  run(trial: never): Promise<Result> | Result;
}

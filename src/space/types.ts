// The words of a space: plain data only, so that a space travels between processes and stands in the manifest as it is.

/** A value without parts. Numbers are float64; 1, 1.0 and 1e0 are one value, and so are 0 and -0. */
export type Scalar = number | string | boolean | null;

/** What an axis can hold: lists and objects too, of which two are one value where they hold the same (see value.ts). */
export type Value = Scalar | readonly Value[] | { readonly [name: string]: Value };

/** One place in the space. An axis that does not exist there (see `when`) has no entry. */
export type Point = Readonly<Record<string, Value>>;

/**
 * Values one by one. `texts`: how each was written on the command line, where that is not the usual text of some value
 * (`007`, `1e3`); gone once it is known whether the parameter is text.
 */
interface Listed {
  readonly values: readonly Value[];
  readonly texts?: readonly string[];
}

/** The values of one axis, addressed by position and never written out (`list` aside). Ends are included. */
export type AxisValues =
  | ({ readonly kind: 'list' } & Listed)
  | { readonly kind: 'lin'; readonly from: number; readonly to: number; readonly count: number }
  | { readonly kind: 'log'; readonly from: number; readonly to: number; readonly count: number }
  | { readonly kind: 'range'; readonly from: number; readonly to: number; readonly step: number };

/**
 * What a sampler draws the values of one axis from; every value is as likely as any other, `loguniform` and `logint`
 * by their logarithm, `normal` around its mean. Ends are included; with a step (1 for `int`) only from, from + step, …
 * up to `to` can come.
 */
export type Domain =
  | { readonly kind: 'uniform'; readonly from: number; readonly to: number; readonly step?: number }
  | { readonly kind: 'loguniform'; readonly from: number; readonly to: number }
  | { readonly kind: 'int'; readonly from: number; readonly to: number; readonly step?: number }
  | { readonly kind: 'logint'; readonly from: number; readonly to: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly sd: number }
  | ({ readonly kind: 'choice' } & Listed);

/** Whatever an axis can be declared with: values by position, or a domain to draw from. */
export type AxisDomain = AxisValues | Domain;

/**
 * One dimension of a grid. Several names are zipped: they move together, and have equally many values.
 * `when` makes it conditional: the axis exists only where each named (earlier) axis has one of the given values.
 */
export interface AxisSpec<V extends AxisDomain = AxisValues> {
  readonly names: readonly string[];
  readonly values: readonly V[];
  readonly when?: Readonly<Record<string, readonly Value[]>>;
}

/** Crossed axes; the last one turns fastest, but axes that others depend on (`when`) turn slowest. */
export interface GridSpec<V extends AxisDomain = AxisValues> {
  readonly axes: readonly AxisSpec<V>[];
}

/**
 * The whole space: grids one after another, every point `replicates` times with different seeds.
 * A trial's number is `point * replicates + replicate` (replicate turns fastest).
 */
export interface SpaceSpec {
  readonly grids: readonly GridSpec[];
  readonly replicates: number;
  /** The seed of each replicate, where they were chosen: the trials of all points have these. */
  readonly seeds?: readonly number[];
}

// What report.html carries of a run for its Explore part, and how it is packed: columns of numbers as bytes, deflated, in
// base64. The writer (report/explore) and the page's script (here) share this file, and nothing else.

/** A column of bytes in the blob. */
export interface PackedColumn {
  readonly name: string;
  readonly role: Role;
  /** A category's numbers are places in `labels`. */
  readonly kind: 'number' | 'category';
  /** `f64` and `f32` are values with NaN for none; `u8` to `u32` are codes, 0 for none; `delta` are Int32 steps from 0. */
  readonly store: Store;
  readonly at: number;
  readonly rows: number;
  /** What the codes 1, 2, … mean; an infinite value is a text. Absent: the code less one is the value. */
  readonly values?: readonly (number | string)[];
  readonly labels?: readonly string[];
  readonly goal?: 'min' | 'max';
  readonly unit?: string;
  readonly about?: string;
}

export type Store = 'f64' | 'f32' | 'u8' | 'u16' | 'u32' | 'delta';
export type Role = 'trial' | 'axis' | 'status' | 'metric' | 'run' | 'series';

/** Bytes of one element. Elements are stored plane by plane: all first bytes, then all second ones, since that deflates better. */
export const WIDTH: Readonly<Record<Store, number>> = { f64: 8, f32: 4, u8: 1, u16: 2, u32: 4, delta: 4 };

export interface PackedTable {
  readonly rows: number;
  readonly columns: readonly PackedColumn[];
}

/** How much of a metric's variance each parameter explains; or (`ped-anova`) of what decides who is among the best. */
export interface MetricImportance {
  readonly metric: string;
  readonly method: 'anova' | 'fanova' | 'ped-anova';
  /** Configurations with a value, and how many of them were looked at. */
  readonly configurations: number;
  readonly sampled: number;
  /** Those that were pruned: of the variance they say nothing; `ped-anova` counts them, as none of the best. */
  readonly pruned: number;
  /** The most important first. Several that always move together are one, `a+b`. Ends are null where nothing tells them. */
  readonly parameters: readonly {
    readonly name: string;
    readonly share: number;
    readonly low: number | null;
    readonly high: number | null;
  }[];
}

/** The head of the blob: `<length: Uint32><this as JSON><bytes of the columns>`. */
export interface Payload {
  readonly sweep: string;
  readonly title: string;
  readonly run: string;
  /** Named in the command that runs a trial again; the page does not know where its folder is. */
  readonly replay: string;
  /** Trials that went on from another one's weights, which cannot be run alone, and the command that tells of them. */
  readonly takenOver: readonly number[];
  readonly explain: string;
  /** Parameters without a column: name and value as text. */
  readonly fixed: readonly (readonly [string, string])[];
  readonly trials: PackedTable;
  /** `trial, step, <series…>`; null where the worker reports none. */
  readonly curves: PackedTable | null;
  /** One row an attempt: `trial, worker, host, run_ms, status`, and `ended`, ms after `began`, where a clock was kept. */
  readonly attempts: PackedTable | null;
  /** When the first attempt began, milliseconds since 1970; null where no clock was kept. */
  readonly began: number | null;
  /** Confusion matrices of trials, in their order: `trial, class, predicted, count`; null where its report has none. */
  readonly confusions: PackedTable | null;
  readonly importances: readonly MetricImportance[];
  /** Files that trials left: number of the trial and paths within its folder. */
  readonly files: readonly (readonly [number, readonly string[]])[];
  /** What was thinned or rounded, for the reader. */
  readonly notes: readonly string[];
}

/** Ids of the elements that the page's script looks for. */
export const DATA_ID = 'sweepline-data';
export const ROOT_ID = 'explore';

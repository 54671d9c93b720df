// What is kept of one night of a suite: for each metric of each configuration its mean, its spread and how many trials,
// not the trials themselves. One file a night and machine, written once: folders of them can be synchronised and merged
// by copying.
import { z } from 'zod';
import type { Tolerance } from '../trial/tolerance.js';

export const NIGHT_FORMAT = 1;

/** One metric of one configuration, or of several taken together. */
export interface NightCell {
  /** `latent=16 loss=l1`; empty where the run has one configuration. */
  readonly configuration: string;
  readonly metric: string;
  /** Null where no trial has a finite value. Of `run_ms` the geometric mean. */
  readonly mean: number | null;
  /** Standard deviation between replicates of a configuration; null where there are none. Of `run_ms` that of ln(ms). */
  readonly sd: number | null;
  /** Trials with a value. */
  readonly n: number;
}

/** How a metric is judged, as its worker declared it. */
export interface NightMetric {
  readonly name: string;
  readonly isBoolean: boolean;
  readonly goal: 'min' | 'max' | null;
  readonly unit: string | null;
  readonly tolerance: Tolerance | null;
}

export interface NightRun {
  /** What its suite calls it. */
  readonly name: string;
  readonly sweep: string;
  /** Id of the run. */
  readonly run: string;
  /** Of the rows of trials.csv: the same on two nights where every trial ended with the same numbers. */
  readonly rows: string;
  readonly trials: number;
  /** Trials that did not end ok. */
  readonly failed: number;
  /** Axes whose values are taken together, since there were too many configurations to keep. */
  readonly together: readonly string[];
  /** What the times of its trials depend on: times of nights that differ in it are not compared. */
  readonly timing: string;
  readonly metrics: readonly NightMetric[];
  readonly cells: readonly NightCell[];
}

export interface NightRecord {
  readonly format: typeof NIGHT_FORMAT;
  /** Begins with the time in UTC, so that names sort by it. */
  readonly night: string;
  readonly at: string;
  readonly suite: string;
  /** Of the checkout that it ran in; null where it is none. */
  readonly commit: string | null;
  readonly host: string;
  /** False where it was interrupted, or out of time. */
  readonly isComplete: boolean;
  /**
   * Names of cells (`latent/loss/latent=16`) whose numbers did not come again when their trials were run again: no later
   * night is held against them.
   */
  readonly doubtful?: readonly string[];
  readonly runs: readonly NightRun[];
}

const TEXT = z.string().max(100_000);
const COUNT = z.int().nonnegative();
const NUMBER = z.number().nullable();
const AMOUNT = z.number().nonnegative();

const NIGHT = z.object({
  format: z.literal(NIGHT_FORMAT),
  night: z.string().regex(/^\d{8}-\d{6}-[\w-]{1,100}$/),
  at: z.iso.datetime(),
  suite: TEXT,
  commit: TEXT.nullable(),
  host: TEXT,
  isComplete: z.boolean(),
  doubtful: z.array(TEXT).optional(),
  runs: z.array(
    z.object({
      ...{ name: TEXT, sweep: TEXT, run: TEXT, rows: TEXT, trials: COUNT, failed: COUNT, timing: TEXT },
      together: z.array(TEXT),
      metrics: z.array(
        z.object({
          name: TEXT,
          isBoolean: z.boolean(),
          goal: z.enum(['min', 'max']).nullable(),
          unit: TEXT.nullable(),
          tolerance: z
            .union([AMOUNT, z.object({ absolute: AMOUNT.optional(), relative: AMOUNT.optional() })])
            .nullable(),
        }),
      ),
      cells: z.array(z.object({ configuration: TEXT, metric: TEXT, mean: NUMBER, sd: NUMBER, n: COUNT })),
    }),
  ),
});

/** `latent/loss/latent=16`, as `accept` takes it. */
export function nameCell(run: string, metric: string, configuration: string): string {
  return `${run}/${metric}${configuration === '' ? '' : `/${configuration}`}`;
}

/** The night that a file holds, or why it holds none. */
export function parseNightRecord(text: string): NightRecord | { readonly fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: 'it is cut off or damaged: it is no JSON' };
  }
  const found = NIGHT.safeParse(value);
  if (found.success) return found.data as NightRecord;
  const [issue] = found.error.issues;
  return { fault: `${issue!.path.join('.') || 'it'}: ${issue!.message}` };
}

export function renderNightRecord(night: NightRecord): string {
  return `${JSON.stringify(night)}\n`;
}

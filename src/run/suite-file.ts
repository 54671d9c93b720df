// suite.json, by which the folder of a suite is known.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

export const SUITE_FILE = 'suite.json';
export const SUITE_FORMAT = 1;

/** In the suite's folder: what a night has run again. No run may have that name. */
export const AGAIN = 'again';

export interface SuiteRecord {
  readonly format: typeof SUITE_FORMAT;
  readonly suite: string;
  readonly title: string;
  readonly about: string;
  /** Names of its runs, each that of a folder in the suite's. */
  readonly runs: readonly string[];
  /** Trials of each run, as they were planned: the most that there can be where a sampler decides as it goes. */
  readonly trials: readonly number[];
}

const PLANNED = z.object({ runs: z.array(z.string()), trials: z.array(z.int().nonnegative()) });

/** Trials of each run by its name; none where an earlier version wrote the file, or nobody did. */
export async function readPlanned(folder: string): Promise<ReadonlyMap<string, number>> {
  const text = await readFile(join(folder, SUITE_FILE), 'utf8').catch(() => '{}');
  const { success, data } = PLANNED.safeParse(JSON.parse(text));
  return new Map(success ? data.runs.map((name, i) => [name, data.trials[i] ?? 0]) : []);
}

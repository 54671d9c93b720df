// live.json: what the coordinator of a run does at this moment, for those who watch it. Written over about once a second,
// gone with the end of the run. Nothing depends on it: it may be old or absent, and no flush keeps it.
import { constants } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { temporaryName } from '../ground/durable.js';
import type { BusyThread } from '../trial/busy.js';

export const LIVE_FILE = 'live.json';

export interface Progress {
  /** The stage that these numbers are of; absent: the trials themselves. */
  readonly stage?: string;
  /** Trials to do in this run, those done before included; null where the sampler decides as it goes. */
  readonly total: number | null;
  readonly done: number;
  readonly failed: number;
  /** Stopped early, among those that are done; absent where nothing stops trials. */
  readonly pruned?: number;
  readonly running: number;
  /** Trials a second of late, and milliseconds to go at that rate; 0 and null while one trial at most has ended. */
  readonly rate: number;
  readonly etaMs: number | null;
  /** Milliseconds since the first trial could start, in this session. */
  readonly elapsedMs: number;
  /** `peak 1.41` of the best trial where a metric has a goal, else of the last. */
  readonly metric: string | null;
  /** The best of stretches of trials, oldest first, of a metric with a goal; absent before two have ended. */
  readonly trend?: readonly number[];
}

export interface Live {
  /** Milliseconds since 1970, by the coordinator's clock. */
  readonly at: number;
  /** Of the coordinator: whoever reads it compares it to the lock's. */
  readonly pid: number;
  /** `paused`: what ran has ended, or is about to, and nothing starts. `stopping`: the same, and the run ends then. */
  readonly state: 'running' | 'paused' | 'stopping';
  readonly progress: Progress;
  /** Worker threads of the run. */
  readonly workers: number;
  /** Those that run trials now. */
  readonly threads: readonly BusyThread[];
}

const COUNT = z.number().int().nonnegative();
const TEXT = z.string().max(10_000);

const LIVE = z.object({
  at: z.number(),
  pid: COUNT,
  state: z.enum(['running', 'paused', 'stopping']),
  progress: z.object({
    stage: TEXT.optional(),
    total: COUNT.nullable(),
    done: COUNT,
    failed: COUNT,
    pruned: COUNT.optional(),
    running: COUNT,
    rate: z.number(),
    etaMs: z.number().nullable(),
    elapsedMs: z.number(),
    metric: TEXT.nullable(),
    trend: z.array(z.number()).max(1000).optional(),
  }),
  workers: COUNT,
  threads: z
    .array(
      z.object({ host: TEXT, process: COUNT, thread: COUNT, trial: COUNT, trials: COUNT, ms: z.number() }),
    )
    .max(100_000),
});

/** Undefined where nobody works on the run, or what stands there is no such file. `pid` is that of its coordinator. */
export async function readLive(folder: string, pid: number): Promise<Live | undefined> {
  try {
    // In a folder of somebody else it may be a link to another file, or a pipe.
    const flag = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const live = LIVE.parse(JSON.parse(await readFile(join(folder, LIVE_FILE), { encoding: 'utf8', flag })));
    return live.pid === pid ? (live as Live) : undefined;
  } catch {
    return undefined; // not written yet, gone, or no file of ours: nothing depends on it
  }
}

/** Whoever reads it meanwhile sees the one before. */
export async function writeLive(folder: string, live: Live): Promise<void> {
  const path = join(folder, LIVE_FILE);
  const draft = temporaryName(path);
  try {
    await writeFile(draft, `${JSON.stringify(live)}\n`);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

export async function removeLive(folder: string): Promise<void> {
  await rm(join(folder, LIVE_FILE), { force: true });
}

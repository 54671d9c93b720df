// A sweep on a disk in memory, for tests of what crashes and faults of a disk leave: the real folder, journal, recorder,
// coordinator, trials' store and derived files, in one process and without a lock. Its trials use everything that is
// kept: series, artifacts, checkpoints, retries, failures, lost attempts; its grid is edited half-way.
import { z } from 'zod';
import { useFileSystem } from '../../src/ground/file-system.js';
import { type Pool, TaskLost } from '../../src/pool/contract.js';
import { createInlinePool } from '../../src/pool/inline.js';
import { createRunFolder } from '../../src/run/folder.js';
import type { Manifest } from '../../src/run/manifest.js';
import { readyJob } from '../../src/sweep/carry-out.js';
import type { Outcome } from '../../src/sweep/contract.js';
import { Observers } from '../../src/sweep/coordinator/observers.js';
import { createManifest } from '../../src/sweep/create-manifest.js';
import { defineSweep } from '../../src/sweep/definition/define.js';
import { type Job, openSampler, prepareJob } from '../../src/sweep/job.js';
import { openRun } from '../../src/sweep/open.js';
import { resolveSettings } from '../../src/sweep/settings.js';
import { trialsOf } from '../../src/trial/selection.js';
import type { Worker } from '../../src/worker/contract.js';
import { defineWorker } from '../../src/worker/define.js';
import { bytesOf, MemoryDisk, type MemoryProcess } from '../run/memory-file-system.js';

export const FOLDER = '/runs/sample/1';
export const JOURNAL = `${FOLDER}/journal.bin`;

/** Something a process was told is safe, and after how many of its operations. */
export interface Promised {
  readonly at: number;
  /** All bytes of the journal up to here. */
  readonly journal?: number;
  /** A trial has its row, by its key. */
  readonly key?: string;
  /** A file has these bytes, until (in operations of the same process) it may be removed. */
  readonly file?: { readonly path: string; readonly text: string; until?: number };
}

export interface Ran {
  readonly process: MemoryProcess;
  readonly promised: readonly Promised[];
  /** Keys of the trials that were run, in order. */
  readonly executed: readonly string[];
  /** Calls that it made before its first trial. */
  readonly opening: number;
  readonly outcome?: Outcome;
  readonly error?: unknown;
}

/** What a process does now. */
interface Life {
  readonly process: MemoryProcess;
  readonly clock: TickingClock;
  readonly promised: Promised[];
  readonly executed: string[];
  readonly stopAt: number;
  /** Of the space: files of trials get other names where it is edited. */
  readonly isWhole: boolean;
  opening: number;
  stop: () => void;
}

/** Moves on whenever it is looked at, so that a run is the same each time. */
class TickingClock {
  #ms = 0;
  now = () => Date.UTC(2026, 10, 29) + this.#ms;
  elapsed = () => {
    this.#ms += 0.05;
    return this.#ms;
  };
  advance(ms: number): void {
    this.#ms += ms;
  }
}

let life: Life;

/** Artifacts of a trial by their names. */
function artifactsOf(x: number, y: number): readonly (readonly [name: string, text: string])[] {
  if (y === 1 && x % 20 === 2)
    return [
      ['deep/a.txt', `artifact of ${x}/${y}\n`.repeat(3)],
      ['b.txt', `${y}/${x}`],
    ];
  return y === 2 && x % 16 === 3 ? [['c.txt', `${x}`]] : [];
}

const checkpointText = (key: string): string => `half of ${key}\n`.repeat(4);

const worker = defineWorker({
  name: 'sample',
  version: '1',
  params: { x: z.int().default(0), y: z.int().default(0) },
  metrics: { value: { type: 'number' }, label: { type: 'string' } },
  series: ['loss'],
  run(trial) {
    const { x, y } = trial.params;
    const { process, executed, promised, clock, stopAt, isWhole } = life;
    if (executed.length === 0) life.opening = process.calls;
    executed.push(trial.key);
    if (executed.length === stopAt) life.stop();
    if (y === 0 && x % 12 === 1) {
      for (let step = 1; step <= 3; step++) {
        clock.advance(120);
        trial.report(step, { loss: x / step });
      }
    }
    let checkpoint: Promised['file'];
    if (y === 2 && x % 16 === 3) {
      const text = checkpointText(trial.key);
      const found = trial.loadCheckpoint();
      if (found !== undefined && String(Buffer.from(found)) !== text) throw new Error('half a checkpoint');
      if (found === undefined) {
        trial.saveCheckpoint(Buffer.from(text));
        const path = `${FOLDER}/checkpoints/${trial.key}.bin`;
        checkpoint = { path, text, until: Number.POSITIVE_INFINITY };
        promised.push({ at: process.log.length, file: checkpoint });
      }
    }
    for (const [name, text] of artifactsOf(x, y)) {
      const path = `${FOLDER}/${trial.saveArtifact(name, text)}`;
      const file = { path, text, ...(isWhole ? {} : { until: Number.POSITIVE_INFINITY }) };
      promised.push({ at: process.log.length, file });
    }
    if (checkpoint !== undefined) checkpoint.until = process.log.length + 1;
    if (x % 9 === 4 && y === 2 && trial.attempt === 1) throw new Error('fails the first time');
    if (x % 25 === 7) throw new Error('fails each time');
    return { value: x / 7 + y, label: x % 3 === 0 ? 'a, "b"' : 'c' };
  },
}) as unknown as Worker;

/** Hosts die: the first attempt at some trials has no end. */
function losing(pool: Pool): Pool {
  return {
    ...pool,
    submit(task, onReport) {
      const isLost = task.attempt === 1 && [...trialsOf(task.trials)].some((trial) => trial % 50 === 21);
      if (!isLost) return pool.submit(task, onReport);
      const loss = { cause: 'died', blame: 'none', host: 'elsewhere:7', process: 7 } as const;
      const result = Promise.reject(new TaskLost(loss, 'the host died'));
      return { result, stop: () => undefined, kill: () => undefined };
    },
  };
}

export interface Plan {
  readonly job: Job;
  readonly manifest: Manifest;
}

const settings = resolveSettings({ sweep: 'sample', retries: 1, retryPauseMs: 0, blockSize: 16, workers: 1 });

async function plan(xs: number, ys: number): Promise<Plan> {
  const sweep = defineSweep({
    name: 'sample',
    worker: import.meta.url,
    axes: { x: `range(0,${xs - 1},1)`, y: `range(0,${ys - 1},1)` },
  });
  const url = import.meta.url;
  const loaded = { sweep, url, workerUrl: url, reportUrl: null };
  const job = await prepareJob(loaded, settings, createInlinePool(worker).questions);
  const { total } = openSampler(job);
  const identity = { runId: '1', created: '2026-11-29T00:00:00.000Z', total };
  return { job, manifest: createManifest(job, settings, identity, FOLDER) };
}

export const PLANS = { few: await plan(12, 3), small: await plan(30, 3), whole: await plan(50, 4) };

/** A disk with a folder for runs, safe. */
export function newDisk(): MemoryDisk {
  const disk = new MemoryDisk();
  const id = disk.nextId;
  disk.apply({ do: 'make', kind: 'folder', folder: 0, name: 'home', id });
  disk.apply({ do: 'flush', id: 0 });
  return disk;
}

/** Starts the run, or continues it, as `sweepline run --out` does; to its end, or until so many trials have begun. */
export async function runOn(
  process: MemoryProcess,
  { job, manifest }: Plan,
  stopAt = Number.POSITIVE_INFINITY,
): Promise<Ran> {
  const restore = useFileSystem(process);
  // Never promised where the run fails early, and there all the same.
  const manifestText = `${JSON.stringify(manifest, null, 2)}\n`;
  const promised: Promised[] = [
    { at: Number.POSITIVE_INFINITY, file: { path: `${FOLDER}/manifest.json`, text: manifestText } },
  ];
  const executed: string[] = [];
  const clock = new TickingClock();
  const isWhole = manifest === PLANS.whole.manifest;
  life = { process, clock, promised, executed, stopAt, isWhole, opening: 0, stop: () => undefined };
  const promise = (what: Omit<Promised, 'at'> = {}) =>
    promised.push({ at: process.log.length, journal: lengthOf(process.disk), ...what });
  const promiseFile = (name: string) =>
    promise({
      file: { path: `${FOLDER}/${name}`, text: String(bytesOf(process.disk, `${FOLDER}/${name}`)) },
    });
  try {
    const { isNew } = await createRunFolder(FOLDER, manifest);
    if (isNew) promiseFile('manifest.json');
    const lock = { check: () => undefined, release: async () => undefined };
    const open = await openRun({ job, folder: FOLDER, manifest, isNew, clock }, async () => lock);
    promiseFile('manifest.json');
    if (isWhole)
      for (const { trial, path } of ARTIFACTS) if (open.journal.state.epoch.isDone(trial)) promiseFile(path); // those that were carried over moved
    const append = open.journal.append.bind(open.journal);
    open.journal.append = (record, ...body) => {
      const appended = append(record, ...body);
      appended.then(
        () => {
          promise();
          if (record.t === 'rows') for (const key of keysIn(body[0]!)) promise({ key });
        },
        () => undefined,
      );
      return appended;
    };
    const pool = losing(createInlinePool(worker, clock));
    try {
      const ready = readyJob({ open, pool, settings, seen: new Observers([]) });
      life.stop = () => ready.stop();
      await ready.begin();
      const outcome = await ready.run();
      for (const name of ['trials.csv', 'metrics.csv', 'timings.csv']) promiseFile(name);
      if (isWhole) for (const { path } of ARTIFACTS) promiseFile(path);
      return { process, promised, executed, opening: life.opening, outcome };
    } finally {
      pool.kill();
      await pool.close();
      await open.close();
    }
  } catch (error) {
    return { process, promised, executed, opening: life.opening, error };
  } finally {
    restore();
  }
}

/** Of the whole space, with their paths in the run folder. */
export const ARTIFACTS = Array.from({ length: 200 }, (_, trial) =>
  artifactsOf(Math.floor(trial / 4), trial % 4).map(([name, text]) => ({
    trial,
    path: `artifacts/${trial}/${name}`,
    text,
  })),
).flat();

function lengthOf(disk: MemoryDisk): number {
  return bytesOf(disk, JOURNAL)?.length ?? 0;
}

/** Keys in rows of trials.csv. */
function keysIn(rows: Uint8Array): string[] {
  return [
    ...Buffer.from(rows)
      .toString()
      .matchAll(/^\d+,([a-p]{20}),/gm),
  ].map(([, key]) => key!);
}

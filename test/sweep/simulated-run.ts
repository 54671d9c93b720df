// Sweeps in simulated time, on a disk in memory, with kills: the real coordinator, journal and derived files.
import { z } from 'zod';
import { useFileSystem } from '../../src/ground/file-system.js';
import { type Random, randomFor } from '../../src/ground/random.js';
import { createInlinePool } from '../../src/pool/inline.js';
import { createRunFolder } from '../../src/run/folder.js';
import type { Manifest } from '../../src/run/manifest.js';
import { readyJob } from '../../src/sweep/carry-out.js';
import type { RunRequest } from '../../src/sweep/contract.js';
import { Observers } from '../../src/sweep/coordinator/observers.js';
import { createManifest } from '../../src/sweep/create-manifest.js';
import { defineSweep, type SweepOptions } from '../../src/sweep/definition/define.js';
import { type Job, openSampler, prepareJob } from '../../src/sweep/job.js';
import { openRun } from '../../src/sweep/open.js';
import { resolveSettings, type Settings } from '../../src/sweep/settings.js';
import type { Worker } from '../../src/worker/contract.js';
import { defineWorker } from '../../src/worker/define.js';
import { bytesOf, DAMAGES, filesOf, MemoryDisk, MemoryProcess } from '../run/memory-file-system.js';
import { createSimulatedPool, Simulation } from './simulated-pool.js';

const FOLDER = '/runs/sample/1';
const STEPS = 9;
/** Real time; a sampler that proposes in a thread of its own has to start it. */
const IDLE_MS = 30_000;

let simulation: Simulation;
let stepsRun = 0;

interface Checkpoint {
  /** Of metrics.csv so far. */
  readonly rows: readonly (readonly [step: number, loss: number | null, best: number | null])[];
  readonly weight: number;
}

/**
 * Curves that cross, with noise, some NaN, trials that fail: always, at their first attempt, or before they report. What a
 * trial has learnt is a number that depends on the parameters it had at each step.
 */
const worker = defineWorker({
  name: 'curves',
  version: '1',
  params: { x: z.number().default(0), y: z.number().default(0) },
  metrics: { loss: { type: 'number', goal: 'min' }, steps: { type: 'integer' }, good: { type: 'boolean' } },
  series: ['loss', 'best'],
  async run(trial) {
    const { x, y } = trial.params;
    const kind = trial.random('kind').below(20);
    const bytes = trial.loadCheckpoint();
    const known: Checkpoint =
      bytes === undefined ? { rows: [], weight: 0 } : JSON.parse(Buffer.from(bytes).toString());
    const rows = [...known.rows];
    let { weight } = known;
    for (let i = 0; i < STEPS; i++) {
      const step = i + 1;
      if (rows[i] === undefined) {
        await simulation.pause(simulation.about(10), trial);
        if (kind === 0 || (kind === 1 && step === 5)) throw new Error(`${kind}`);
        if (kind === 2 && trial.attempt === 1 && step === 4) throw new Error('may pass');
        stepsRun++;
        weight += Math.abs(x - 0.3) + Math.abs(y - 0.6);
        const noise = 0.1 * trial.random(`noise ${step}`).normal();
        const loss = weight / step + (1 + x) / step + noise;
        const best = Math.min(rows.at(-1)?.[2] ?? 1000, loss);
        rows.push([step, kind === 3 && step === 3 ? null : loss, best]);
      }
      const [, loss, best] = rows[i]!;
      const answer = trial.report(step, { loss: loss ?? Number.NaN, best });
      if (step === 2) trial.saveArtifact('two.txt', `${x} ${y}`);
      // Some do not listen.
      if (kind === 4 || !answer.stop) continue;
      // All that it has learnt, also where it had come further before.
      trial.saveCheckpoint(Buffer.from(JSON.stringify({ rows, weight } satisfies Checkpoint)));
      throw trial.stopped();
    }
    return { loss: rows.at(-1)![1], steps: STEPS, good: y > 0.4 + x / 4 };
  },
}) as unknown as Worker;

export interface SimulatedPlan {
  readonly job: Job;
  readonly manifest: Manifest;
  readonly settings: Settings;
}

export async function planSimulated(
  sweep: Omit<SweepOptions, 'name' | 'worker'>,
  request: Partial<RunRequest>,
): Promise<SimulatedPlan> {
  const url = import.meta.url;
  const settings = resolveSettings({
    sweep: 'sample',
    ...{ retries: 1, retryPauseMs: 0, workers: 1, maxFailures: { fraction: 1 } },
    ...request,
  });
  const defined = defineSweep({ name: 'sample', worker: url, ...sweep });
  const loaded = { sweep: defined, url, workerUrl: url, reportUrl: null };
  const job = await prepareJob(loaded, settings, createInlinePool(worker).questions);
  const identity = { runId: '1', created: '2026-11-29T00:00:00.000Z', total: openSampler(job).total };
  return { job, settings, manifest: createManifest(job, settings, identity, FOLDER) };
}

export interface Conditions {
  readonly workers: number;
  readonly messageMs: number;
  /** Of the host of a task, and of a report that is lost. */
  readonly deaths: number;
  readonly losses: number;
  /** Each session but the last is killed after so many events. */
  readonly kills: readonly number[];
}

export const CALM: Conditions = { workers: 1, messageMs: 0, deaths: 0, losses: 0, kills: [] };

/** Any number of workers up to 16, and up to three kills. */
export function drawConditions(random: Random): Conditions {
  return {
    workers: 1 + random.below(16),
    messageMs: [0.1, 2, 20][random.below(3)]!,
    deaths: [0, 0, 0.1][random.below(3)]!,
    losses: [0, 0, 0.3][random.below(3)]!,
    kills: Array.from({ length: random.below(4) }, () => 1 + random.below(250)),
  };
}

export interface SimulatedFiles {
  readonly trials: string;
  readonly metrics: string;
  /** Of population-based training. */
  readonly schedules: string;
  /** Paths. */
  readonly artifacts: readonly string[];
  readonly checkpoints: readonly string[];
  /** Steps that were run in all sessions, whether they count or not. */
  readonly steps: number;
  readonly ms: number;
}

/** Carries a plan out to its end, killed and resumed as often as the conditions say. */
export async function runSimulated(
  plan: SimulatedPlan,
  conditions: Conditions,
  seed: number,
): Promise<SimulatedFiles> {
  let disk = newDisk();
  stepsRun = 0;
  const random = randomFor('conditions', seed);
  let ms = 0;
  for (const events of [...conditions.kills, Number.POSITIVE_INFINITY]) {
    simulation = new Simulation(randomFor('simulation', seed, events));
    const left = await runSession(plan, disk, conditions, events);
    ms += simulation.elapsed();
    if (left === undefined) break;
    const crashed = left.clone();
    crashed.crash(DAMAGES[random.below(DAMAGES.length)]!, random);
    disk = crashed;
  }
  const text = (name: string) => String(bytesOf(disk, `${FOLDER}/${name}`));
  const paths = filesOf(disk);
  return {
    trials: text('trials.csv'),
    metrics: text('metrics.csv'),
    schedules: text('schedules.csv'),
    artifacts: paths.filter((path) => path.includes('/artifacts/')).sort(),
    checkpoints: paths.filter((path) => path.includes('/checkpoints/')),
    steps: stepsRun,
    ms,
  };
}

function newDisk(): MemoryDisk {
  const disk = new MemoryDisk();
  disk.apply({ do: 'make', kind: 'folder', folder: 0, name: 'home', id: disk.nextId });
  disk.apply({ do: 'flush', id: 0 });
  return disk;
}

/** The disk as it was when the session was killed; undefined where it came to its end. */
async function runSession(
  { job, manifest, settings }: SimulatedPlan,
  disk: MemoryDisk,
  { kills: _, ...conditions }: Conditions,
  events: number,
): Promise<MemoryDisk | undefined> {
  const restore = useFileSystem(new MemoryProcess(disk));
  try {
    const { isNew } = await createRunFolder(FOLDER, manifest);
    const lock = { check: () => undefined, release: async () => undefined };
    const open = await openRun({ job, folder: FOLDER, manifest, isNew, clock: simulation }, async () => lock);
    const pool = createSimulatedPool(simulation, { worker, ...conditions });
    const ready = readyJob({ open, pool, settings, seen: new Observers([]) });
    await ready.begin();
    let ended: { readonly error?: unknown } | undefined;
    ready.run().then(
      () => {
        ended = {};
      },
      (error: unknown) => {
        ended = { error };
      },
    );
    const isOver = await drive(() => ended !== undefined, events);
    const left = isOver ? undefined : disk.clone();
    if (!isOver) ready.abort(new Error('killed'));
    await drive(() => ended !== undefined, Number.POSITIVE_INFINITY);
    await open.close();
    if (left === undefined && ended!.error !== undefined) throw ended!.error;
    return left;
  } finally {
    restore();
  }
}

/** Lets things happen, at most so many, until it is over; false where it is not. */
async function drive(isOver: () => boolean, events: number): Promise<boolean> {
  let idleSince: number | undefined;
  for (let happened = 0; happened < events; ) {
    // The coordinator takes turns of the event loop of its own, and so does the disk.
    for (let turn = 0; turn < 3 && !isOver(); turn++) await new Promise(setImmediate);
    if (isOver()) return true;
    if (!simulation.isOver) {
      idleSince = undefined;
      happened++;
      simulation.step();
      continue;
    }
    idleSince ??= performance.now();
    if (performance.now() - idleSince > IDLE_MS)
      throw new Error('nothing happens any more, and it is not over');
    await new Promise((resolve) => setTimeout(resolve, 0)); // a pause before a retry is over, or a thread proposes
  }
  return false;
}

// What a run has done so far, read beside its coordinator: takes no lock, writes nothing, and leaves half a record at
// the journal's end to whoever is writing it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SweeplineError } from '../ground/errors.js';
import { createSpace } from '../space/space.js';
import type { Counts } from './epoch.js';
import { MANIFEST_FILE, openRunFolder, stageFolder } from './folder.js';
import { type Live, readLive } from './live.js';
import { findCoordinator } from './lock.js';
import { type Manifest, proposesPoints } from './manifest.js';
import { JOURNAL_FILE, readJournal } from './read-journal.js';
import type { RunState } from './state.js';
import { findWaiting, type Waiting } from './waiting.js';

export interface RunStatus extends Counts {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly state: RunState;
  /** Trials of this run in all, a shard's own; null where its sampler decides as it goes, or nobody has counted them. */
  readonly total: number | null;
  /** Mean run_ms of a trial; null before the first has ended. */
  readonly meanRunMs: number | null;
  /** Who works on it now; null where nobody does. */
  readonly coordinator: { readonly pid: number; readonly host: string } | null;
  /** What it does at this moment, a second ago or so; null where nobody works on it, or has not said yet. */
  readonly live: Live | null;
  /** Trials that have paused, or ended, and are neither done nor running. */
  readonly waiting: Waiting;
  /** Of each stage that has run: its trials that have ended, and those of them that failed. */
  readonly stages: readonly StageStatus[];
  /** Why the last coordinator stopped; null where none did, or one is at work, or it was killed. */
  readonly stopped: string | null;
}

export interface StageStatus {
  readonly name: string;
  readonly done: number;
  readonly failed: number;
}

export async function readRunStatus(folder: string): Promise<RunStatus> {
  const { path, manifest } = await openRunFolder(folder);
  const { state } = readJournal(path);
  const coordinator = (await findCoordinator(path)) ?? null;
  return statusOf({
    ...{ folder: path, manifest, state, coordinator },
    live: coordinator === null ? null : ((await readLive(path, coordinator.pid)) ?? null),
    stages: readStages(path, manifest),
  });
}

/** Undefined where there is no run, or where it was stopped before it began. */
export async function readBegunStatus(folder: string): Promise<RunStatus | undefined> {
  const hasBegun =
    existsSync(join(folder, MANIFEST_FILE)) &&
    existsSync(join(folder, JOURNAL_FILE)) &&
    readJournal(folder).state.epochs.length > 0;
  return hasBegun ? readRunStatus(folder) : undefined;
}

/** The same of what has been read already. Throws BAD_RUN_FOLDER where the journal has no space yet. */
export function statusOf(
  read: Pick<RunStatus, 'folder' | 'manifest' | 'state' | 'coordinator' | 'live' | 'stages'>,
): RunStatus {
  const { folder, manifest, state } = read;
  const epoch = state.epochs.at(-1);
  if (epoch === undefined) {
    throw new SweeplineError('BAD_RUN_FOLDER', `${folder}: the run was stopped before it began`, {
      hint: 'start the sweep again with the same --out, or remove the folder',
    });
  }
  return {
    ...read,
    ...epoch.counts(),
    total: totalOf(manifest),
    waiting: findWaiting(epoch, read.live?.threads ?? []),
    meanRunMs: epoch.timed > 0 ? epoch.runMs / epoch.timed : null,
    stopped: state.stopped,
  };
}

/** Trials that the run has in all; null where its sampler decides as it goes, or nobody has counted them. */
function totalOf({ trials, sampler, space: spec, shard, where }: Manifest): number | null {
  if (trials !== undefined) return trials;
  // Earlier versions did not keep it: the space says it of runs alone that go through all of it.
  if (proposesPoints(sampler) || shard !== null || where !== null || sampler.trials !== undefined)
    return null;
  const space = createSpace(spec);
  return space.mayRepeat ? null : space.trials;
}

function readStages(path: string, manifest: Manifest): StageStatus[] {
  return (manifest.worker.stages ?? []).flatMap((name) => {
    const own = stageFolder(path, name);
    if (!existsSync(join(own, JOURNAL_FILE))) return [];
    return stageOf(name, readJournal(own).state);
  });
}

/** None before its space is known. */
export function stageOf(name: string, state: RunState): StageStatus[] {
  const counts = state.epochs.at(-1)?.counts();
  return counts === undefined ? [] : [{ name, done: counts.done, failed: counts.failed + counts.timeout }];
}

/** `running`, `paused`, `stopping`, `complete`, `interrupted`, …: one word a program can ask for. */
export function describeState({
  coordinator,
  stopped,
  live,
}: Pick<RunStatus, 'coordinator' | 'stopped' | 'live'>): string {
  if (coordinator !== null) return live?.state ?? 'running';
  return stopped === 'end' ? 'complete' : (stopped ?? 'died');
}

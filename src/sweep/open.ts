// Opens a run folder for a job: lock, journal, and the epoch that the job's trial numbers mean, with what earlier grids
// have of them carried over.
import type { Clock } from '../ground/clock.js';
import { moveArtifacts, setArtifactsAside } from '../run/artifacts.js';
import { carryOver } from '../run/carry.js';
import { openRunFolder, writeManifest } from '../run/folder.js';
import { type Journal, openJournal } from '../run/journal.js';
import { acquireLock, type Lock } from '../run/lock.js';
import type { Manifest } from '../run/manifest.js';
import { spaceRecord } from '../run/records.js';
import type { Job } from './job.js';
import { isSameSpace } from './same-space.js';
import { createAccept } from './samplers/finite.js';

/** A folder as `createRunFolder` gives it, and what shall run in it. */
export interface ToOpen {
  readonly job: Job;
  readonly folder: string;
  readonly manifest: Manifest;
  readonly isNew: boolean;
  readonly clock: Clock;
}

/** A run folder that this process alone writes. */
export interface OpenRun extends ToOpen {
  readonly journal: Journal;
  readonly lock: Lock;
  /** Called once, at most, when another coordinator has taken the folder. */
  onLost(react: (reason: Error) => void): void;
  close(): Promise<void>;
}

/** Rejects with LOCKED where another coordinator works on the folder. */
export async function openRun(asked: ToOpen): Promise<OpenRun> {
  const { folder, clock } = asked;
  let react: ((reason: Error) => void) | undefined;
  const lock = await acquireLock(folder, {
    clock,
    onLost: (reason) => {
      journal?.abandon(reason);
      react?.(reason);
    },
  });
  let journal: Journal | undefined;
  const close = async () => {
    await journal?.close();
    await lock.release();
  };
  try {
    journal = await openJournal(folder, () => lock.check());
    await beginEpoch(asked, journal);
    return {
      ...asked,
      journal,
      lock,
      close,
      onLost: (listener) => {
        react = listener;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Adds a space record where the journal has none, or where the grid was edited, and brings the epoch up to date. */
async function beginEpoch({ job, folder, manifest, isNew }: ToOpen, journal: Journal): Promise<void> {
  const record = spaceRecord(manifest);
  const last = journal.state.epochs.at(-1);
  if (last === undefined || !isSameSpace(last.record, record)) {
    // Under their old numbers until now: the record makes these mean other trials.
    if (last !== undefined) setArtifactsAside(folder, last);
    await journal.append(record);
    if (last !== undefined && !isNew) await writeManifest(folder, manifest);
  } else if (!isNew) {
    // The record says how many there were to be at first, the manifest how many were asked for last, and of which code.
    const found = await openRunFolder(folder);
    const isOther =
      found.manifest.sampler.trials !== record.sampler.trials ||
      found.manifest.fingerprint?.sources !== manifest.fingerprint?.sources;
    if (isOther) await writeManifest(folder, manifest);
  }
  if (journal.state.epochs.length === 1) return;
  await carryOver(folder, journal, createAccept(job.space, job.loaded.sweep.where) ?? undefined);
  moveArtifacts(folder, journal.state.epoch);
}

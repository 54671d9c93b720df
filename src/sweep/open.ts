// Opens a run folder for a job: lock, journal, and the epoch that the job's trial numbers mean, with what earlier grids
// have of them carried over.
import { join } from 'node:path';
import type { Clock } from '../ground/clock.js';
import { makeFolder } from '../ground/durable.js';
import type { SweeplineError } from '../ground/errors.js';
import { plural } from '../ground/text.js';
import { moveArtifacts, setArtifactsAside } from '../run/artifacts.js';
import { carryOver } from '../run/carry.js';
import { writeEpoch } from '../run/derive.js';
import { openRunFolder, writeManifest } from '../run/folder.js';
import { type Journal, openJournal } from '../run/journal.js';
import { removeLeftovers } from '../run/leftovers.js';
import { acquireLock, type Lock } from '../run/lock.js';
import type { Manifest } from '../run/manifest.js';
import { spaceRecord } from '../run/records.js';
import { isSameSpace } from '../run/same-space.js';
import { type Job, openSampler } from './job.js';
import { requireFreshTrials } from './pruners/check.js';

/** A folder as `createRunFolder` gives it, and what shall run in it. */
export interface ToOpen {
  readonly job: Job;
  readonly folder: string;
  readonly manifest: Manifest;
  readonly isNew: boolean;
  readonly clock: Clock;
  /** Hears why opening takes a while. */
  readonly onLine?: (line: string) => void;
}

/** A run folder that this process alone writes. */
export interface OpenRun extends ToOpen {
  readonly journal: Journal;
  readonly lock: Lock;
  /** Called once, at most, when another coordinator has taken the folder. */
  onLost(react: (reason: Error) => void): void;
  close(): Promise<void>;
}

/** Takes the lock of a folder; `onLost` is called when it is lost. */
export type TakeLock = (onLost: (reason: SweeplineError) => void) => Promise<Lock>;

/** Rejects with LOCKED where another coordinator works on the folder. Tests of disks hand in a lock of their own. */
export async function openRun(
  asked: ToOpen,
  takeLock: TakeLock = (onLost) => lockFolder(asked, onLost),
): Promise<OpenRun> {
  const { folder } = asked;
  let react: ((reason: Error) => void) | undefined;
  const lock = await takeLock((reason) => {
    journal?.abandon(reason);
    react?.(reason);
  });
  let journal: Journal | undefined;
  const close = async () => {
    await journal?.close();
    await lock.release();
  };
  try {
    journal = await openJournal(folder, () => lock.check());
    await removeLeftovers(folder, journal.state);
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

/** Another machine's lock may have to be watched for a while, which is told. */
function lockFolder(
  { folder, clock, onLine }: ToOpen,
  onLost: (reason: SweeplineError) => void,
): Promise<Lock> {
  return acquireLock(folder, { clock, onLost, ...(onLine === undefined ? {} : { onWait: onLine }) });
}

/** Adds a space record where the journal has none, or where the grid was edited, and brings the epoch up to date. */
async function beginEpoch({ job, folder, manifest, isNew }: ToOpen, journal: Journal): Promise<void> {
  const record = spaceRecord(manifest);
  const last = journal.state.epochs.at(-1);
  const isEdited = last !== undefined && !isSameSpace(last.record, record);
  if (last === undefined) await journal.append(record);
  else if (isEdited) {
    if (job.pruner !== undefined) requireFreshTrials(job.pruner, last, record);
    // Under their old numbers until now: the record makes these mean other trials.
    setArtifactsAside(folder, last);
    await journal.append(record);
    if (!isNew) await writeManifest(folder, manifest);
  } else if (!isNew) await refreshManifest(folder, manifest);
  if (journal.state.epochs.length === 1) {
    // Put aside for an edited grid that was not begun.
    moveArtifacts(folder, journal.state.epoch);
    return;
  }
  const { has } = openSampler(job);
  const carried = await carryOver(folder, journal, has);
  moveArtifacts(folder, journal.state.epoch);
  if (isEdited && carried < last.doneCount) await keepEarlier(folder, journal, last.doneCount - carried);
}

/** What may change without another grid: how many trials were asked for last, which shard of them, and of which code. */
async function refreshManifest(folder: string, manifest: Manifest): Promise<void> {
  const { manifest: found } = await openRunFolder(folder);
  const facets = ({ sampler, trials, shard, fingerprint, aims }: Manifest) =>
    JSON.stringify([sampler.trials, trials, shard, fingerprint?.sources, aims]);
  const { parts } = found;
  if (facets(found) !== facets(manifest))
    await writeManifest(folder, parts === undefined ? manifest : { ...manifest, parts });
}

/** Trials that the edited grid does not have: they leave trials.csv, and lie beside it. */
async function keepEarlier(folder: string, journal: Journal, dropped: number): Promise<void> {
  const number = journal.state.epochs.length - 1;
  const into = join('earlier', String(number));
  await makeFolder(join(folder, into));
  await writeEpoch({ folder, into: join(folder, into) }, journal.state.epochs[number - 1]!);
  journal.warnings.push(
    `${plural(dropped, 'trial')} of the grid before it was edited ${dropped === 1 ? 'is' : 'are'} no longer in trials.csv: ${join(into, 'trials.csv')} has them, and they count again once the grid has their points`,
  );
}

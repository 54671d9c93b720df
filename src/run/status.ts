// What a run has done so far, read beside its coordinator: takes no lock, writes nothing, and leaves half a record at
// the journal's end to whoever is writing it.
import { SweeplineError } from '../ground/errors.js';
import { createSpace } from '../space/space.js';
import type { Counts } from './epoch.js';
import { openRunFolder } from './folder.js';
import { findCoordinator } from './lock.js';
import type { Manifest } from './manifest.js';
import { replayJournal } from './replay.js';
import type { RunState } from './state.js';

export interface RunStatus extends Counts {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly state: RunState;
  /** Trials of the whole space; null where a sampler decides as it goes. */
  readonly total: number | null;
  /** Mean run_ms of a trial; null before the first has ended. */
  readonly meanRunMs: number | null;
  /** Who works on it now; null where nobody does. */
  readonly coordinator: { readonly pid: number; readonly host: string } | null;
  /** Why the last coordinator stopped; null where none did, or one is at work, or it was killed. */
  readonly stopped: string | null;
}

export async function readRunStatus(folder: string): Promise<RunStatus> {
  const { path, manifest } = await openRunFolder(folder);
  const { state } = replayJournal(path);
  const epoch = state.epochs.at(-1);
  if (epoch === undefined) {
    throw new SweeplineError('BAD_RUN_FOLDER', `${path}: the run was stopped before it began`, {
      hint: 'start the sweep again with the same --out, or remove the folder',
    });
  }
  return {
    folder: path,
    manifest,
    state,
    ...epoch.counts(),
    total: manifest.sampler.name === 'grid' ? createSpace(manifest.space).trials : null,
    meanRunMs: epoch.timed > 0 ? epoch.runMs / epoch.timed : null,
    coordinator: (await findCoordinator(path)) ?? null,
    stopped: state.stopped,
  };
}

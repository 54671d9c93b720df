// A run as data for programs: what it is, how far it has come, and its rows, typed. Reads the journal, so that a run that
// goes on can be read beside its coordinator.
import type { TrialRow } from '../trial/row.js';
import { readRows } from './history.js';
import { type RunStatus, readRunStatus } from './status.js';

export interface RunReading extends Omit<RunStatus, 'state'> {
  /** Rows of the trials that have ended, in trial order, one at a time. */
  trials(): Generator<TrialRow>;
}

/** Reads a run folder. Rejects with BAD_RUN_FOLDER where it is none, or was stopped before it began. */
export async function readRun(folder: string): Promise<RunReading> {
  const { state, ...status } = await readRunStatus(folder);
  return { ...status, trials: () => readRows(status.folder, state.epoch) };
}

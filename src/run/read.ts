// A run as data for programs: what it is, how far it has come, and its rows, typed. Reads the journal, so that a run that
// goes on can be read beside its coordinator.
import { createRowReader, type TrialRow } from '../trial/row.js';
import { Excerpts } from './excerpts.js';
import { finishedTrials, readStretch } from './finished.js';
import { type RunStatus, readRunStatus } from './status.js';

export interface RunReading extends Omit<RunStatus, 'state'> {
  /** Rows of the trials that have ended, in trial order, one at a time. */
  trials(): Generator<TrialRow>;
}

/** Reads a run folder. Rejects with BAD_RUN_FOLDER where it is none, or was stopped before it began. */
export async function readRun(folder: string): Promise<RunReading> {
  const { state, ...status } = await readRunStatus(folder);
  const { axes, worker } = state.epoch.record;
  const read = createRowReader({ axes, params: worker.params, metrics: worker.metrics });
  return {
    ...status,
    *trials() {
      const excerpts = new Excerpts(status.folder);
      try {
        for (const { rows } of finishedTrials(state.epoch.extents, excerpts))
          yield* read(Uint8Array.from(readStretch(rows, excerpts)));
      } finally {
        excerpts.close();
      }
    },
  };
}

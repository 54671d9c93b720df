// What trials of earlier sessions found, for samplers that decide by results. Held in memory: such samplers run few trials.

import { Excerpts } from '../run/excerpts.js';
import { finishedTrials, readStretch } from '../run/finished.js';
import type { RunState } from '../run/state.js';
import { readMetrics } from '../trial/row.js';
import type { WorkerDescription } from '../worker/define.js';

export async function readRecall(
  folder: string,
  state: RunState,
  worker: WorkerDescription,
): Promise<(trial: number) => ReadonlyMap<string, string> | undefined> {
  const known = new Map<number, ReadonlyMap<string, string>>();
  if (state.epoch.doneCount > 0) {
    const excerpts = new Excerpts(folder);
    try {
      for (const { rows } of finishedTrials(state.epoch.extents, excerpts)) {
        for (const { trial, metrics } of readMetrics(readStretch(rows, excerpts), worker))
          known.set(trial, metrics);
      }
    } finally {
      excerpts.close();
    }
  }
  return (trial) => known.get(trial);
}

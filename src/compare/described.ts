// What is known of a run before its rows are read.
import type { Manifest } from '../run/manifest.js';
import type { SpaceRecord } from '../run/records.js';
import { type RunStatus, readRunStatus } from '../run/status.js';

export interface Described {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly record: SpaceRecord;
  readonly status: RunStatus;
}

/** Rejects with BAD_RUN_FOLDER where there is no run, or one that was stopped before it began. */
export async function describeRun(folder: string): Promise<Described> {
  const status = await readRunStatus(folder);
  return { folder: status.folder, manifest: status.manifest, record: status.state.epoch.record, status };
}

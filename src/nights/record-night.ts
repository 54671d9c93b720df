// From the folder of a suite that has run to what is kept of the night.
import { join } from 'node:path';
import { readBegunStatus } from '../run/status.js';
import { findMissing } from './missing.js';
import { NIGHT_FORMAT, type NightRecord, type NightRun } from './record.js';
import { summarizeRun } from './summarize.js';

export interface Ran {
  readonly night: string;
  readonly at: string;
  readonly suite: string;
  /** That of the suite. */
  readonly folder: string;
  /** Names of its runs, in order. */
  readonly runs: readonly string[];
  /** Default: whether every trial of every run has ended. */
  readonly isComplete?: boolean;
}

export async function recordNight({ night, at, suite, folder, runs, isComplete }: Ran): Promise<NightRecord> {
  const summaries: NightRun[] = [];
  let [commit, host] = ['', ''];
  for (const name of runs) {
    const own = join(folder, name);
    const status = await readBegunStatus(own);
    if (status === undefined) continue;
    const { manifest } = status;
    [commit, host] = [manifest.git ?? '', manifest.host];
    summaries.push(await summarizeRun(name, own));
  }
  return {
    ...{ format: NIGHT_FORMAT, night, at, suite, host },
    commit: commit === '' ? null : commit,
    isComplete: isComplete ?? (await findMissing(folder, runs)).length === 0,
    runs: summaries,
  };
}

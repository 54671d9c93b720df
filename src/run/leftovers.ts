// Files without a name of their own that killed processes left in a run folder. Only what the coordinator and its trials
// write is touched: a report may be under way beside them.
import { join } from 'node:path';
import { isTemporaryName } from '../ground/durable.js';
import { disk, type FolderEntry } from '../ground/file-system.js';
import { ARTIFACTS, CHECKPOINTS } from '../trial/store.js';
import type { Epoch } from './epoch.js';
import { LIVE_FILE } from './live.js';
import { SCHEDULES_FILE } from './schedule.js';
import type { RunState } from './state.js';

const OWN = [
  ...['manifest.json', 'journal.bin', 'trials.csv', 'metrics.csv', 'timings.csv'],
  ...[SCHEDULES_FILE, LIVE_FILE],
];

/** To be called under the lock, before any trial runs. */
export async function removeLeftovers(folder: string, { epochs }: RunState): Promise<void> {
  const entries = await disk.later.readdir(folder);
  for (const { name } of entries)
    if (isTemporaryName(name) && OWN.some((own) => name.startsWith(`.${own}.`)))
      await disk.later.rm(join(folder, name));
  const names = new Set(entries.map(({ name }) => name));
  if (names.has(CHECKPOINTS)) await clean(join(folder, CHECKPOINTS));
  if (names.has('earlier')) await clean(join(folder, 'earlier'));
  if (names.has(ARTIFACTS)) await cleanArtifacts(join(folder, ARTIFACTS), epochs.at(-1));
}

/**
 * Of a trial that has ended well every file has its name: a million of them need not be looked at. What a pruned one had
 * kept was dropped before its row was written, which a power cut may have undone.
 */
async function cleanArtifacts(path: string, epoch: Epoch | undefined): Promise<void> {
  for (const entry of await disk.later.readdir(path)) {
    const trial = Number(entry.name);
    if (epoch?.pruned.has(trial) === true) {
      await disk.later.rm(join(path, entry.name));
      continue;
    }
    const isDone = epoch?.isDone(trial) === true && !epoch.failed.has(trial) && !epoch.timeout.has(trial);
    if (entry.isDirectory() && !isDone && Number.isInteger(trial)) await clean(join(path, entry.name));
  }
}

async function clean(path: string): Promise<void> {
  for (const entry of await disk.later.readdir(path)) await cleanEntry(join(path, entry.name), entry);
}

async function cleanEntry(path: string, entry: FolderEntry): Promise<void> {
  if (entry.isDirectory()) await clean(path);
  else if (isTemporaryName(entry.name)) await disk.later.rm(path);
}

// Who works on a run, and what it says it is doing: from files of the run's own folder, which may be somebody else's.
import { join } from 'node:path';
import { clipText } from '../ground/text.js';
import { LIVE_FILE, readLive } from '../run/live.js';
import { findCoordinator, LOCK_FILE } from '../run/lock.js';
import type { RunStatus } from '../run/status.js';
import { isOwnFile } from './own-files.js';

export async function readCoordinator(
  folder: string,
  root: string,
): Promise<Pick<RunStatus, 'coordinator' | 'live'>> {
  if (!isOwnFile(join(folder, LOCK_FILE), root)) return { coordinator: null, live: null };
  // What is no lock is nobody's.
  const holder = await findCoordinator(folder).catch(() => undefined);
  if (holder === undefined || typeof holder.pid !== 'number') return { coordinator: null, live: null };
  const coordinator = { pid: holder.pid, host: clipText(String(holder.host), 200) };
  const isOwn = isOwnFile(join(folder, LIVE_FILE), root);
  return { coordinator, live: isOwn ? ((await readLive(folder, holder.pid)) ?? null) : null };
}

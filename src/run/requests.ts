// What others ask of the coordinator of a run: files in `requests/` of the run folder, one each, which the coordinator
// takes away as it does what they say. Whoever may write in the folder may ask. Requests of a run that nobody works on
// are forgotten with its next start.
import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Clock } from '../ground/clock.js';
import { isTemporaryName, temporaryName } from '../ground/durable.js';
import { SweeplineError } from '../ground/errors.js';

export const REQUESTS = 'requests';

/**
 * `pause`: what runs ends, nothing starts; `continue`: the opposite. `stop`: as the first Ctrl-C, resumable; asked again,
 * as the second. `stop-trial`: it ends as failed, with what it has reported; with `force` its process is killed, and the
 * trials beside it in there begin again.
 */
export type Request =
  | { readonly do: 'pause' | 'continue' | 'stop' }
  | { readonly do: 'stop-trial'; readonly trial: number; readonly force?: true };

const REQUEST = z.union([
  z.object({ do: z.enum(['pause', 'continue', 'stop']) }),
  z.object({
    do: z.literal('stop-trial'),
    trial: z.number().int().nonnegative(),
    force: z.literal(true).optional(),
  }),
]);

/** Characters of a request at most. */
export const LONGEST = 1000;

/** Undefined for a text that is none. */
export function parseRequest(text: string): Request | undefined {
  try {
    return REQUEST.parse(JSON.parse(text)) as Request;
  } catch {
    return undefined;
  }
}
const LOOK_MS = 50;
/** A coordinator looks about four times a second, unless its machine is very busy. */
const PATIENCE_MS = 5000;

/**
 * Resolves with whether the coordinator has taken the request; one that it has not is taken back. Rejects with
 * BAD_RUN_FOLDER where the requests would go elsewhere.
 */
export async function askCoordinator(
  folder: string,
  request: Request,
  { clock, patienceMs = PATIENCE_MS }: { readonly clock: Clock; readonly patienceMs?: number },
): Promise<boolean> {
  const own = join(folder, REQUESTS);
  await mkdir(own).catch(() => undefined);
  if (!(await isFolder(own))) {
    throw new SweeplineError('BAD_RUN_FOLDER', `${own} is no folder; expected one, or nothing`, {
      hint: 'remove it, then ask again',
    });
  }
  // Names sort by time: requests are done in the order in which they were made.
  const path = join(own, `${String(clock.now()).padStart(15, '0')}-${randomUUID()}.json`);
  const draft = temporaryName(path);
  await writeFile(draft, JSON.stringify(request), { flag: 'wx' });
  await rename(draft, path);
  for (let waited = 0; waited < patienceMs; waited += LOOK_MS) {
    await sleep(LOOK_MS);
    if (!(await isThere(path))) return true;
  }
  // Taken at the last moment all the same: then it has been done.
  return rm(path).then(
    () => false,
    () => true,
  );
}

/** Takes what has been asked for, the oldest first. Files that are no requests are removed as well. */
export async function* takeRequests(folder: string): AsyncGenerator<Request> {
  const own = join(folder, REQUESTS);
  if (!(await isFolder(own))) return;
  for (const name of (await readdir(own)).sort()) {
    if (isTemporaryName(name)) continue;
    const path = join(own, name);
    const request = await readRequest(path);
    await rm(path, { force: true, recursive: true });
    if (request !== undefined) yield request;
  }
}

/** Before the coordinator begins, and once it ends. */
export async function removeRequests(folder: string): Promise<void> {
  await rm(join(folder, REQUESTS), { recursive: true, force: true });
}

async function readRequest(path: string): Promise<Request | undefined> {
  try {
    const found = await lstat(path);
    if (!found.isFile() || found.size > LONGEST) return undefined;
    return parseRequest(await readFile(path, 'utf8'));
  } catch {
    return undefined; // somebody else's file
  }
}

/** A link may lead anywhere: files there are nobody's requests. */
function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

// Starts runs and takes them up again: everything that can be refused is refused here, before anything runs.
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { systemClock } from '../ground/clock.js';
import { throwFaults } from '../ground/errors.js';
import { randomFor } from '../ground/random.js';
import { createRunFolder, createRunId, openRunFolder } from '../run/folder.js';
import type { Manifest } from '../run/manifest.js';
import { requestOf, restorePrepared } from './again.js';
import type { Observer, RunHandle, RunRequest } from './contract.js';
import { launch } from './launch.js';
import { Observers } from './observers.js';
import { prepare } from './prepare.js';
import { createManifest } from './record.js';
import type { RetryChoice } from './samplers/create.js';

/**
 * Starts a run in a new folder, or goes on in `out` where it holds a run of the same sweep: points that are done there
 * are not run again. Rejects with a SweeplineError before anything is started or written.
 */
export async function startRun(request: RunRequest, observers: readonly Observer[] = []): Promise<RunHandle> {
  const seen = new Observers(observers);
  const prepared = await prepare(request, (line) => seen.tell('onLine', line));
  try {
    const runId = createRunId(systemClock, randomFor('run id', randomBytes(8).toString('hex')));
    const manifest = createManifest(prepared, request, runId, systemClock);
    const out = resolve(request.out ?? join(request.root ?? 'runs', manifest.sweep, runId));
    const folder = await createRunFolder(out, manifest);
    requireSameEngine(folder.manifest, manifest, out);
    return await launch({ prepared, request, seen, folder: out, manifest, isNew: folder.isNew, retry: null });
  } catch (error) {
    prepared.pool.kill();
    throw error;
  }
}

export type ResumeRequest = Pick<
  RunRequest,
  'workers' | 'retries' | 'maxFailures' | 'command' | 'blockSize'
> & {
  readonly retry?: RetryChoice;
};

/** Goes on with a run as its manifest describes it. Its sweep's file is read again only for a constraint. */
export async function resumeRun(
  path: string,
  request: ResumeRequest,
  observers: readonly Observer[] = [],
): Promise<RunHandle> {
  const { path: folder, manifest } = await openRunFolder(path);
  const seen = new Observers(observers);
  const again = requestOf(manifest, request);
  const prepared = restorePrepared(await prepare(again, (line) => seen.tell('onLine', line)), manifest);
  try {
    return await launch({
      prepared,
      request: again,
      seen,
      folder,
      manifest,
      isNew: false,
      retry: request.retry ?? null,
    });
  } catch (error) {
    prepared.pool.kill();
    throw error;
  }
}

/** Trials of another engine, device or data set are other numbers, which nothing in their keys would tell. */
function requireSameEngine(found: Manifest, asked: Manifest, out: string): void {
  const faults = (['engine', 'device', 'data'] as const)
    .filter((name) => JSON.stringify(found[name]) !== JSON.stringify(asked[name]))
    .map((name) => `its ${name} is ${JSON.stringify(found[name])}, not ${JSON.stringify(asked[name])}`);
  throwFaults('BAD_USAGE', `${out} holds a run that this one cannot go on with`, faults, {
    hint: 'give another --out',
  });
}

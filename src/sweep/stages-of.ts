// Stages that another run has run already: taken over as they are, so that shards need not run them again each. The run
// that they are of must have been begun with the same code, data, seed and engine.
import { cp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from '../ground/durable.js';
import { SweeplineError, throwFaults } from '../ground/errors.js';
import { disk } from '../ground/file-system.js';
import { isLeftover, MANIFEST_FILE, openRunFolder, stageFolder } from '../run/folder.js';
import type { Manifest } from '../run/manifest.js';
import { JOURNAL_FILE } from '../run/read-journal.js';
import type { Settings } from './settings.js';

/** Rejects with BAD_USAGE where the stages that are asked for are not those of the run that `manifest` describes. */
export async function checkStagesOf(
  manifest: Manifest,
  { stagesOf, onlyStages }: Pick<Settings, 'stagesOf' | 'onlyStages'>,
): Promise<void> {
  const { stages = [], name } = manifest.worker;
  if (stages.length === 0 && (stagesOf !== null || onlyStages)) {
    const option = onlyStages ? '--only-stages' : '--stages-of';
    throw new SweeplineError('BAD_USAGE', `${option}: worker ${name} has no stages`, {
      hint: 'leave the option out',
    });
  }
  if (stagesOf === null) return;
  const { path, manifest: other } = await openRunFolder(stagesOf);
  const [is, shall] = [facetsOf(other), facetsOf(manifest)];
  const faults = Object.entries(shall)
    .filter(([facet, value]) => is[facet] !== value)
    .map(([facet, value]) => `its ${facet} is ${is[facet]}, not ${value}`);
  if (faults.length === 0 && !stages.some((stage) => hasRun(stageFolder(path, stage))))
    faults.push(`it has run none of the stages: ${stages.join(', ')}`);
  throwFaults('BAD_USAGE', `--stages-of ${stagesOf}`, faults, {
    hint: 'run the stages of this sweep with --only-stages, and name that run',
  });
}

function facetsOf({ worker, fingerprint, seed, engine, data }: Manifest): Readonly<Record<string, string>> {
  return {
    worker: worker.name,
    'worker version': worker.version,
    declaration: String(fingerprint?.declaration),
    code: String(fingerprint?.sources),
    seed: String(seed),
    engine,
    'data set': data === null ? 'none' : `${data.name} ${data.sha256}`,
  };
}

/** Copies the stages that `folder` has not begun; each is there whole, or not at all. */
export async function takeStages(
  from: string,
  folder: string,
  stages: readonly string[],
): Promise<readonly string[]> {
  const taken: string[] = [];
  for (const stage of stages) {
    const [source, target] = [stageFolder(from, stage), stageFolder(folder, stage)];
    if (!hasRun(source) || disk.now.exists(target)) continue;
    const parent = dirname(target);
    const half = join(parent, `.${stage}.tmp`);
    await makeFolder(parent);
    await rm(half, { recursive: true, force: true });
    await cp(source, half, { recursive: true, filter: (path) => !isLeftover(basename(path)) });
    await rename(half, target);
    taken.push(stage);
  }
  return taken;
}

function hasRun(stage: string): boolean {
  return [MANIFEST_FILE, JOURNAL_FILE].every((name) => disk.now.exists(join(stage, name)));
}

// Explains one trial of a run: why this point, and why it was stopped early. Everything is computed again from the
// manifest and the journal, so that nothing has to be written down for it; the run is only read.

import { SweeplineError } from '../../ground/errors.js';
import { proposesPoints } from '../../run/manifest.js';
import { requireReferred } from '../../run/reference.js';
import { METHODS } from '../../search/list.js';
import { loadSweep } from '../load.js';
import { SAMPLERS, samplerOf } from '../samplers/list.js';
import { racingOf } from '../samplers/racing.js';
import { type BisectSpec, explainBisection } from './bisected.js';
import type { Explanation, Origin } from './explanation.js';
import { explainLineage } from './lineage.js';
import { explainNumber } from './numbered.js';
import { explainPromotions } from './promoted.js';
import { explainPruning } from './pruned.js';
import { type ReadTrial, readTrial } from './read.js';
import { explainProposal } from './searched.js';

export interface ExplainOptions {
  /** The sweep's file; it is loaded only where the search has to keep to its constraint. */
  readonly sweep?: () => Promise<string>;
}

/** Rejects with BAD_RUN_FOLDER where there is no run, BAD_USAGE where it has no such trial. */
export async function explainTrial(
  runFolder: string,
  trial: number,
  options: ExplainOptions = {},
): Promise<Explanation> {
  const read = await readTrial(runFolder, trial);
  const { manifest, space, proposed, rows } = read;
  const row = rows.get(trial);
  const origin = await explainOrigin(read, options);
  return {
    ...{ run: manifest.runId, sweep: manifest.sweep, trial },
    configuration: origin.kind === 'bisect' ? null : Math.floor(trial / space.replicates),
    replicate: proposed.replicate,
    replicates: space.replicates,
    raced: racingOf(manifest.sampler)?.from ?? null,
    seed: row?.seed ?? null,
    status: row?.status ?? 'open',
    point: proposed.point,
    metrics: row === undefined || (row.status !== 'ok' && row.status !== 'pruned') ? null : row.metrics,
    sampler: samplerOf(manifest.sampler).describe(manifest.sampler),
    origin,
    // One that failed before it could be stopped has a decision, too.
    pruned: row === undefined || row.status === 'pruned' ? explainPruning(read) : null,
    promotions: explainPromotions(read),
    lineage: explainLineage(read),
  };
}

/** What a sampler is follows from what its manifest says. */
async function explainOrigin(read: ReadTrial, { sweep }: ExplainOptions): Promise<Origin> {
  const { manifest, folder, trial, space } = read;
  const { sampler } = manifest;
  const method = METHODS.find(({ name }) => name === sampler.name);
  if (method !== undefined) {
    const url = async () => (await sweep?.()) ?? requireReferred(manifest.sweepFile, folder, 'sweep');
    const found = () => ('study' in manifest.sweepFile ? url().catch(refuseStudy) : url());
    const where = manifest.where === null ? null : (await loadSweep(await found())).sweep.where;
    return explainProposal(read, { method, where });
  }
  if (!proposesPoints(sampler)) return explainNumber(read, samplerOf(sampler) !== SAMPLERS[0]);
  if (typeof sampler.axis === 'string') return explainBisection(read, sampler as unknown as BisectSpec);
  return { kind: 'draw', draw: Math.floor(trial / space.replicates) };
}

function refuseStudy(cause: unknown): never {
  throw new SweeplineError(
    'BAD_RUN_FOLDER',
    'the trials of this study are not explained: its search had to keep to a constraint (where), a function of the program that asked, which is in no file',
    { cause, hint: 'write a sweep with the same `where`, and name its file with --sweep' },
  );
}

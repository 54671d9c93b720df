// Explains one trial of a run: why this point, and why it was stopped early. Everything is computed again from the
// manifest and the journal, so that nothing has to be written down for it; the run is only read.
import { resolve } from 'node:path';
import { proposesPoints, shardName } from '../../run/manifest.js';
import { requireReferred } from '../../run/reference.js';
import { METHODS } from '../../search/list.js';
import { loadSweep } from '../definition/load.js';
import { SAMPLERS, samplerOf } from '../samplers/list.js';
import { racingOf } from '../samplers/racing.js';
import { type BisectSpec, explainBisection } from './bisected.js';
import type { Explanation, Origin, Part } from './explanation.js';
import { explainLineage } from './lineage.js';
import { explainNumber } from './numbered.js';
import { findDecider, findPart } from './parts.js';
import { explainPromotions } from './promoted.js';
import { explainPruning } from './pruned.js';
import { type ReadTrial, readTrial } from './read.js';
import { explainProposal } from './searched.js';

export interface ExplainOptions {
  /** The sweep's file; it is loaded only where the search has to keep to its constraint. */
  readonly sweep?: () => Promise<string>;
  /** The same for a study, whose constraint is in no file unless somebody has written one. */
  readonly forStudy?: string | undefined;
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
    part: explainPart(read),
    origin,
    // One that failed before it could be stopped has a decision, too.
    pruned: row === undefined || row.status === 'pruned' ? explainPruning(read) : null,
    promotions: explainPromotions(read),
    lineage: explainLineage(read),
  };
}

function explainPart(read: ReadTrial): Part | null {
  const { part } = findDecider(read, findPart(read));
  if (part === null) return null;
  const { runId, folder, shard } = part;
  return { run: runId, folder: resolve(read.folder, folder), shard: shard && shardName(shard) };
}

/** What a sampler is follows from what its manifest says. */
async function explainOrigin(read: ReadTrial, { sweep, forStudy }: ExplainOptions): Promise<Origin> {
  const { manifest, folder, trial, space } = read;
  const { sampler } = manifest;
  const method = METHODS.find(({ name }) => name === sampler.name);
  if (method !== undefined) {
    if (manifest.where === null) return explainProposal(read, { method, where: null });
    const isStudy = 'study' in manifest.sweepFile;
    if (isStudy && forStudy === undefined) return explainProposal(read, { method, where: 'unknown' });
    const url = isStudy ? forStudy : await sweep?.();
    const found = await loadSweep(url ?? requireReferred(manifest.sweepFile, folder, 'sweep'));
    return explainProposal(read, { method, where: found.sweep.where });
  }
  if (!proposesPoints(sampler)) return explainNumber(read, samplerOf(sampler) !== SAMPLERS[0]);
  if (typeof sampler.axis === 'string') return explainBisection(read, sampler as unknown as BisectSpec);
  return { kind: 'draw', draw: Math.floor(trial / space.replicates) };
}

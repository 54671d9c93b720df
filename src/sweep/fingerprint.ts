// What a run was begun with, so that it is continued with the same: the declaration of its worker, the points that its
// constraint accepts, and the code. Another declaration or constraint is refused; other code alone is told.
import { createHash } from 'node:crypto';
import type { Fingerprint, Manifest } from '../run/manifest.js';
import type { Point } from '../space/types.js';
import { canonicalValue } from '../space/value.js';
import type { WorkerDescription } from '../worker/contract.js';
import type { LoadedSweep } from './definition/load.js';
import type { Resolved } from './definition/resolve.js';
import { samplePoints } from './definition/sample-points.js';
import { samplerOf } from './samplers/list.js';

/** What a job is begun with. */
export interface Begun {
  readonly worker: WorkerDescription;
  readonly loaded: LoadedSweep;
  readonly resolved: Resolved;
}

export function fingerprintOf({ worker, loaded, resolved }: Begun): Fingerprint {
  const { where } = loaded.sweep;
  const { sampler, space } = resolved;
  // As a manifest has them, which is all that there is later.
  const grids = samplerOf(sampler).grids?.(sampler, space) ?? space.grids;
  return {
    declaration: digest(declarationOf(worker)),
    accepts: where === null ? null : digest(samplePoints(grids, {}).map(createTest(where))),
    sources: worker.sources,
  };
}

/** What is other than when the run was begun, as texts; none where it can be continued. */
export function findChanges(manifest: Manifest, now: Begun): string[] {
  const { worker, fingerprint } = manifest;
  const { name, version } = now.worker;
  if (version !== worker.version)
    return [`worker ${name} has version ${version}; the run was made with ${worker.version}`];
  const current = fingerprintOf(now);
  const changes = [
    ...compare(
      'parameter',
      worker.params,
      now.worker.params,
      ({ type, nullable, default: value }) =>
        `${type}${nullable ? ' or null' : ''}, default ${canonicalValue(value)}`,
    ),
    ...compare('metric', worker.metrics, now.worker.metrics, ({ type }) => type),
    ...compare(
      'series',
      worker.series.map((each) => ({ name: each })),
      now.worker.series.map((each) => ({ name: each })),
      () => '',
    ),
  ];
  if (worker.name !== name)
    changes.unshift(`the worker is called ${name}; the run was made with ${worker.name}`);
  if (fingerprint === undefined) {
    // Runs of 0.1.0 kept how the constraint is spelt.
    if (String(now.loaded.sweep.where ?? '') !== (manifest.where ?? ''))
      changes.push('the constraint in the sweep’s file has changed since the run was made');
    return changes;
  }
  if (changes.length === 0 && fingerprint.declaration !== current.declaration)
    changes.push(
      `the ${now.worker.command === undefined ? 'stages' : 'command'} of worker ${name}, or the order of its metrics or series, are others`,
    );
  if (fingerprint.accepts !== current.accepts)
    changes.push('the constraint in the sweep’s file accepts other points');
  return changes;
}

/** Whether the code alone is other than when the run was begun. */
export function hasNewCode(manifest: Manifest, worker: WorkerDescription): boolean {
  return manifest.fingerprint !== undefined && manifest.fingerprint.sources !== worker.sources;
}

interface Named {
  readonly name: string;
}

function compare<T extends Named>(
  kind: string,
  before: readonly T[],
  after: readonly T[],
  describe: (one: T) => string,
): string[] {
  const changes: string[] = [];
  for (const one of before) {
    const found = after.find(({ name }) => name === one.name);
    if (found === undefined) changes.push(`${kind} ${one.name} is gone`);
    else if (describe(found) !== describe(one))
      changes.push(`${kind} ${one.name} is ${describe(found)}; the run was made with ${describe(one)}`);
  }
  for (const { name } of after)
    if (!before.some((one) => one.name === name)) changes.push(`${kind} ${name} is new`);
  return changes;
}

/** What rows and keys depend on; not what is only shown. */
function declarationOf({
  name,
  version,
  params,
  metrics,
  series,
  stages,
  mode,
  command,
}: WorkerDescription): unknown {
  return {
    ...{ name, version, series, mode, command },
    params: params.map(({ name: param, type, default: value }) => [param, type, value]),
    metrics: metrics.map(({ name: metric, type }) => [metric, type]),
    stages: stages.map((stage) => [stage.name, declarationOf(stage.worker)]),
  };
}

function createTest(where: (point: Point) => boolean): (point: Point) => unknown {
  return (point) => {
    try {
      return where(point);
    } catch {
      return 'throws'; // told where the constraint is checked
    }
  };
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}

/** For those who forget to raise the version. */
export function describeNewCode({ name, version }: WorkerDescription): string {
  return `the code of worker ${name} has changed since this run was begun, and its version is still "${version}": results that are there are kept; raise the version to run them again`;
}

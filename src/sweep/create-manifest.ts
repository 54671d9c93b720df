// The manifest of a run that is about to start: what was asked for and on what it runs.
import { execFileSync } from 'node:child_process';
import { arch, availableParallelism, cpus, hostname, platform, release } from 'node:os';
import { relative, resolve, sep } from 'node:path';
import { installedVersions, ownVersion } from '../ground/version.js';
import {
  type Limits,
  MANIFEST_FORMAT,
  type Machine,
  type Manifest,
  type ShardRecord,
} from '../run/manifest.js';
import type { SpaceRecord } from '../run/records.js';
import { referTo } from '../run/reference.js';
import { fingerprintOf } from './fingerprint.js';
import type { Job } from './job.js';
import type { Cut } from './samplers/contract.js';
import type { Settings } from './settings.js';

/** What only a run that really starts has. */
export interface RunIdentity {
  readonly runId: string;
  readonly created: string;
  readonly total: number | null;
}

/** What trial numbers and row cells of a job depend on. */
export function describeSpace({ loaded, worker, resolved }: Job): SpaceRecord {
  return {
    t: 'space',
    space: resolved.space,
    where: loaded.sweep.where === null ? null : String(loaded.sweep.where),
    axes: resolved.axes,
    fixed: resolved.fixed,
    sampler: resolved.sampler,
    seed: resolved.seed,
    worker: {
      name: worker.name,
      version: worker.version,
      params: worker.params.map(({ name, type, nullable, default: value }) => ({
        ...{ name, type, default: value },
        ...(nullable === undefined ? {} : { nullable }),
      })),
      metrics: worker.metrics,
      series: worker.series,
      ...(worker.stages.length === 0 ? {} : { stages: worker.stages.map(({ name }) => name) }),
    },
  };
}

/** `folder`: where the manifest will lie. */
export function createManifest(
  job: Job,
  settings: Settings,
  identity: RunIdentity,
  folder: string,
): Manifest {
  const { loaded, data, aims, pruner } = job;
  const { engine, device } = job.device;
  const { runId, created, total } = identity;
  const { t: _, ...space } = describeSpace(job);
  return {
    format: MANIFEST_FORMAT,
    sweepline: ownVersion(),
    runId,
    sweep: loaded.sweep.name,
    title: loaded.sweep.title,
    sweepFile: referTo(loaded.url, folder),
    reportFile: loaded.reportUrl === null ? null : referTo(loaded.reportUrl, folder),
    fingerprint: fingerprintOf(job),
    ...space,
    trials: total,
    shard: job.share === null ? null : shardRecord(job.share, folder),
    engine,
    device,
    data,
    dataChoice: settings.data,
    limits: limitsOf(settings),
    ...(settings.budgetMs === null ? {} : { budgetMs: settings.budgetMs }),
    ...(aims === undefined ? {} : { aims }),
    ...(pruner === undefined ? {} : { pruner }),
    node: process.version,
    packages: installedVersions(PACKAGES),
    git: gitCommit(),
    host: hostname(),
    machine: describeMachine(),
    command: settings.command,
    created,
  };
}

function limitsOf(settings: Settings): Limits {
  const { timeoutMs, memoryBytes, isolation, retries, retryPauseMs, maxFailures } = settings;
  return { timeoutMs, memoryBytes, isolation, retries, retryPauseMs, maxFailures };
}

/** Those that numbers or times depend on; the ones that are not installed are left out. */
const PACKAGES = [
  'piscina',
  'onnxruntime-node',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-node-gpu',
  '@duckdb/node-api',
];

function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? '',
    cores: availableParallelism(),
    system: `${platform()} ${release()} ${arch()}`,
  };
}

/** The commit of the working directory, where it is a checkout and git is there. */
function gitCommit(): string | null {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return null; // no git, or no checkout: a run does not need one
  }
}

/** What a run keeps of its share. `folder`: the run's, from which the run of the times is found again. */
export function shardRecord({ index, count, by, digest, of, times }: Cut, folder = '.'): ShardRecord {
  return {
    ...{ index, count, by, of },
    ...(digest === null ? {} : { cut: digest }),
    ...(times === null ? {} : { times: relative(resolve(folder), times).split(sep).join('/') }),
  };
}

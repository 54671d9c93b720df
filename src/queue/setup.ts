// The setup of a run as it travels: what the trials are. Folders are each machine's own.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import { SweeplineError } from '../ground/errors.js';
import type { PoolSetup } from '../pool/contract.js';
import { PRUNER_NAMES } from '../search/pruning/options.js';
import { findOptionFaults } from '../search/pruning/rules.js';
import { findSpaceFaults } from '../space/check.js';
import { TRIAL_STATUSES } from '../trial/status.js';
import type { DataIdentity } from '../worker/contract.js';
import {
  COUNT,
  FOLDER,
  METRIC,
  NAME,
  PATH,
  POINT,
  packNumber,
  parse,
  TEXT,
  unpackNumber,
} from './messages.js';
import { unzip } from './unzip.js';

const SETUP = z.object({
  space: z.looseObject({ grids: z.array(z.any()), replicates: COUNT }),
  axes: z.array(NAME),
  fixed: POINT,
  sweepSeed: z.number().int(),
  engine: NAME,
  device: NAME,
  data: PATH.optional(),
  sources: NAME.optional(),
  pruner: z
    .looseObject({ name: z.enum(PRUNER_NAMES), metric: NAME, goal: z.enum(['min', 'max']), lookahead: COUNT })
    .optional(),
  stages: z
    .array(
      z.object({
        name: FOLDER,
        params: z.array(NAME),
        folder: PATH,
        results: z.record(
          z.string(),
          z.object({
            trial: COUNT,
            status: z.enum(TRIAL_STATUSES),
            error: TEXT.optional(),
            metrics: z.record(z.string(), METRIC),
          }),
        ),
      }),
    )
    .optional(),
});

/** What travels, and what identifies it together with the data set, of which the setup knows the name alone. */
export function packSetup(
  { folder: _, run: _run, ...setup }: PoolSetup,
  data: DataIdentity | null,
): {
  readonly packed: Buffer;
  readonly digest: string;
} {
  const stages = setup.stages?.map((stage) => ({
    ...stage,
    folder: '',
    results: packResults(stage.results),
  }));
  const text = JSON.stringify(stages === undefined ? setup : { ...setup, stages });
  return {
    packed: gzipSync(text, { level: 1 }),
    digest: createHash('sha256').update(`${data?.sha256}\0${text}`).digest('hex').slice(0, 16),
  };
}

/** `folder`: where this machine keeps the files of trials; `stageFolder`: and those of a stage. */
export function unpackSetup(
  packed: Uint8Array,
  folder: string,
  stageFolder: (stage: string) => string,
): PoolSetup {
  const setup = parse(SETUP, 'the setup of a run', unzip(packed));
  const space = setup.space as unknown as PoolSetup['space'];
  const faults = findSpaceFaults(space);
  if (faults.length > 0)
    throw new SweeplineError('BAD_USAGE', `the space of a run from the queue: ${faults.join('; ')}`);
  if (setup.pruner !== undefined && findOptionFaults(setup.pruner).length > 0)
    throw new SweeplineError('BAD_USAGE', 'the pruner of a run from the queue is damaged');
  const stages = setup.stages?.map((stage) => ({
    ...stage,
    folder: stageFolder(stage.name),
    results: unpackResults(stage.results),
  }));
  return {
    ...setup,
    space,
    data: setup.data,
    folder,
    ...(stages === undefined ? {} : { stages }),
  } as PoolSetup;
}

type StageResults = NonNullable<PoolSetup['stages']>[number]['results'];

function packResults(results: StageResults): object {
  const entries = Object.entries(results).map(([key, result]) => [
    key,
    { ...result, metrics: mapValues(result.metrics, packNumber) },
  ]);
  return Object.fromEntries(entries);
}

function unpackResults(results: Readonly<Record<string, { readonly metrics: object }>>): StageResults {
  const entries = Object.entries(results).map(([key, result]) => [
    key,
    { ...result, metrics: mapValues(result.metrics, unpackNumber) },
  ]);
  return Object.fromEntries(entries) as StageResults;
}

function mapValues(values: object, change: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}

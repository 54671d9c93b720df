// Whether a run folder holds the shard that is asked for, cut as it was: two cuts of one sweep would run trials twice, or
// not at all.
import { throwFaults } from '../../ground/errors.js';
import { type Manifest, type ShardRecord, shardName } from '../../run/manifest.js';
import { spaceRecord } from '../../run/records.js';
import { isSameSpace } from '../../run/same-space.js';
import type { WorkerQuestions } from '../../worker/questions.js';
import { shardRecord } from '../create-manifest.js';
import type { LoadedSweep } from '../definition/load.js';
import { type Job, prepareAgain } from '../job.js';
import type { Settings } from '../settings.js';
import { takeShare } from './share.js';

/** The job of a run that there is, with its share. Rejects also where the cut would be another one now. */
export async function prepareShare(
  manifest: Manifest,
  settings: Settings,
  asked: { readonly loaded: LoadedSweep; readonly questions: WorkerQuestions },
): Promise<Job> {
  const job = await takeShare(await prepareAgain(manifest, settings, asked), settings, asked.questions);
  const { shard } = manifest;
  const faults = shard === null ? [] : findCutFaults(shard, shardRecord(job.share!));
  throwFaults('BAD_RUN_FOLDER', 'the shard cannot be continued', faults, {
    hint: 'what it has is not lost: `sweepline merge` takes it with the other shards and says what is missing',
  });
  return job;
}

/** What keeps a run in the folder of `found` from being that of `asked`. A shard may grow to the whole run. */
export function findShardFaults(found: Manifest, asked: Manifest): string[] {
  if (asked.shard === null) return [];
  const [is, shall] = [nameOf(found), nameOf(asked)];
  if (is !== shall) return [`it is ${is}, not ${shall}`];
  // Another grid, or more trials, are another cut by right.
  const isSame = found.shard!.of === asked.shard.of && isSameSpace(spaceRecord(found), spaceRecord(asked));
  return isSame ? findCutFaults(found.shard!, asked.shard) : [];
}

function findCutFaults(found: ShardRecord, now: ShardRecord): string[] {
  if (found.by === undefined)
    return ['its trials were dealt by number, by an earlier version of Sweepline; now they are dealt by key'];
  if (found.by !== now.by) return [`its trials were dealt by ${found.by}, not by ${now.by}`];
  if (found.cut === now.cut) return [];
  const what =
    found.by === 'cost' ? 'the costs that the worker declares' : 'the times of the run it was cut by';
  return [`${what} have changed since (cut ${found.cut}, now ${now.cut}): its trials would be others`];
}

function nameOf({ shard }: Manifest): string {
  return shard === null ? 'a whole run' : `shard ${shardName(shard)}`;
}

// Who has decided on a trial: the run itself, or the part of a merged run that it comes from, which knew its own trials alone.
import type { PartRecord, ShardRecord } from '../../run/manifest.js';
import { isWithin } from '../../run/parts.js';
import { readRecords } from '../../run/read-journal.js';
import { forEachRun } from '../../trial/selection.js';
import type { ReadTrial } from './read.js';

export interface Decider {
  /** Null: the run itself. */
  readonly part: PartRecord | null;
  readonly shard: ShardRecord | null;
  /** Whether it decided on this one, by its record. */
  readonly isOf: (record: { readonly part?: string }) => boolean;
  /** Whether it knew the trial, as far as its rows are the run's. */
  readonly knows: (trial: number) => boolean;
}

/** `name`: of the part, as a record has it. */
export function findDecider(
  { manifest, folder, state }: Pick<ReadTrial, 'manifest' | 'folder' | 'state'>,
  name: string | undefined,
): Decider {
  const part = manifest.parts?.find((each) => each.part === name) ?? null;
  if (name === undefined || part === null)
    return { part: null, shard: manifest.shard, isOf: () => true, knows: () => true };
  const parts = readParts(folder, state.epochs.length - 1);
  return {
    part,
    shard: part.shard,
    isOf: (record) => record.part === name,
    knows: (trial) => isWithin(parts.get(trial), name),
  };
}

/** The part that the row of a trial comes from; undefined: the run itself, or it has none. */
export function findPart({ manifest, folder, state, trial }: ReadTrial): string | undefined {
  if (manifest.parts === undefined) return undefined;
  return readParts(folder, state.epochs.length - 1).get(trial);
}

/** By trial that comes from a part; where a trial was recorded twice the later record counts. */
function readParts(folder: string, epoch: number): Map<number, string> {
  const parts = new Map<number, string>();
  for (const { record } of readRecords(folder)) {
    if (record.t !== 'rows' || record.epoch !== epoch) continue;
    const { part } = record;
    forEachRun(record.trials, (first, count) => {
      for (let trial = first; trial < first + count; trial++)
        if (part === undefined) parts.delete(trial);
        else parts.set(trial, part);
    });
  }
  return parts;
}

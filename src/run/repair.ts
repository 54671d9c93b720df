// Makes damaged journals whole again: every record that passes its checksum is kept, what lies between is dropped and
// told, and its trials run again. The damaged file stays beside the new one.
import { join } from 'node:path';
import { FileBatch, syncFolder } from '../ground/durable.js';
import { disk } from '../ground/file-system.js';
import { readFully } from '../ground/read.js';
import { plural } from '../ground/text.js';
import { countNumbers, forEachRun, type TrialNumbers } from '../trial/selection.js';
import { MANIFEST_FILE, openRunFolder, stageFolder } from './folder.js';
import { type Gap, PROLOGUE, scanFrames } from './frames.js';
import { acquireLock } from './lock.js';
import type { Manifest } from './manifest.js';
import { RangeSet } from './ranges.js';
import { JOURNAL_FILE, LONGEST_OPENING } from './read-journal.js';
import { Rebuilding } from './rebuild.js';
import type { JournalRecord } from './records.js';

/** What is read of a broken record: its header, unless it is of thousands of trials. */
const MOST_HEADER = 1024 * 1024;

/** Bytes of a journal that are no whole record. */
export interface Dropped {
  readonly at: number;
  readonly bytes: number;
  /** What its header says it was; null where that cannot be read any more. */
  readonly what: string | null;
}

export interface Repaired {
  /** Records that were kept. */
  readonly kept: number;
  readonly dropped: readonly Dropped[];
  /** Records that were lost and are written anew. */
  readonly restored: readonly ('open' | 'space')[];
  /** Trials of dropped records that have ended by no other record: they run again. */
  readonly again: number;
  /** False where a dropped part does not say any more which trials it had: then there may be more of them. */
  readonly isExact: boolean;
  /** Trials that have ended by the records that were kept. */
  readonly done: number;
  /** Name of the damaged file now. */
  readonly damaged: string;
}

/**
 * Repairs the journals of a run and of its stages, each under its lock: by folder, undefined for those that are whole,
 * in which nothing is written. BAD_RUN_FOLDER where a lost record cannot be restored.
 */
export async function repairRun(folder: string): Promise<ReadonlyMap<string, Repaired | undefined>> {
  const { path, manifest } = await openRunFolder(folder);
  const stages = (manifest.worker.stages ?? []).map((stage) => stageFolder(path, stage));
  const found = new Map<string, Repaired | undefined>();
  for (const each of [path, ...stages.filter((stage) => disk.now.exists(join(stage, MANIFEST_FILE)))]) {
    const lock = await acquireLock(each);
    try {
      found.set(each, await repairJournal(each));
    } finally {
      await lock.release();
    }
  }
  return found;
}

/** Hold the folder's lock. Undefined, and nothing written, where the journal is whole or there is none. */
export async function repairJournal(folder: string): Promise<Repaired | undefined> {
  const path = join(folder, JOURNAL_FILE);
  const { manifest } = await openRunFolder(folder);
  const fd = openIfThere(path);
  if (fd === undefined) return undefined;
  const batch = new FileBatch();
  try {
    if (isWhole(fd)) return undefined;
    const { rebuilt, lost } = rebuild(fd, { path, manifest, batch });
    const dropped = lost.map(({ gap: { at, bytes }, what }) => ({ at, bytes, what }));
    const damaged = await keepDamaged(folder);
    await batch.commit();
    const done = rebuilt.state.epochs.at(-1)?.done ?? new RangeSet();
    const { kept, restored } = rebuilt;
    return {
      ...{ kept, restored, dropped, damaged },
      again: countLost(lost, done),
      isExact: lost.every(({ isAll }) => isAll),
      done: done.count,
    };
  } finally {
    await batch.discard();
    disk.now.close(fd);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return disk.now.open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A torn end is no damage: it is cut off when the run is resumed. */
function isWhole(fd: number): boolean {
  let epochs = 0;
  let at = 0;
  for (const part of scanFrames(fd)) {
    if ('isDamage' in part) {
      if (part.isDamage || (part.at === 0 && part.bytes > LONGEST_OPENING)) return false;
      continue;
    }
    const record = part.header as JournalRecord;
    if ((at++ === 0) !== (record.t === 'open')) return false;
    if (record.t === 'space') epochs++;
    if ('epoch' in record && record.epoch >= epochs) return false;
  }
  return true;
}

interface Lost {
  readonly gap: Gap;
  readonly what: string | null;
  readonly trials: TrialNumbers;
  /** The header speaks for all of the gap. */
  readonly isAll: boolean;
}

interface Into {
  readonly path: string;
  readonly manifest: Manifest;
  readonly batch: FileBatch;
}

function rebuild(fd: number, { path, manifest, batch }: Into): { rebuilt: Rebuilding; lost: Lost[] } {
  const rebuilt = new Rebuilding(batch.stream(path), path, manifest);
  const lost: Lost[] = [];
  for (const part of scanFrames(fd)) {
    if ('isDamage' in part) lost.push(describeGap(fd, part));
    else rebuilt.add(part);
  }
  if (rebuilt.kept === 0) rebuilt.restoreOpening();
  return { rebuilt, lost };
}

/** What the broken header at the start of a gap still says: good for telling, and for nothing else. */
function describeGap(fd: number, gap: Gap): Lost {
  const unknown = { gap, what: null, trials: [], isAll: false };
  const head = Buffer.alloc(Math.min(gap.bytes, MOST_HEADER));
  readFully(fd, head, gap.at);
  if (head.length < PROLOGUE) return unknown;
  const text = head.subarray(PROLOGUE, PROLOGUE + head.readUInt32LE(8)).toString();
  let record: Partial<JournalRecord> | null;
  try {
    record = JSON.parse(text) as Partial<JournalRecord> | null;
  } catch {
    return unknown;
  }
  if (typeof record?.t !== 'string') return unknown;
  const trials = record.t === 'rows' && isTrials(record.trials) ? record.trials : [];
  const what = record.t === 'rows' ? `rows of ${plural(countNumbers(trials), 'trial')}` : `one "${record.t}"`;
  return { gap, what, trials, isAll: 8 + head.readUInt32LE(0) === gap.bytes };
}

function isTrials(trials: unknown): trials is TrialNumbers {
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  if (Array.isArray(trials)) return trials.every(isCount);
  const { first, count } = (trials ?? {}) as { first?: unknown; count?: unknown };
  return isCount(first) && isCount(count);
}

function countLost(lost: readonly Lost[], done: RangeSet): number {
  const all = new RangeSet();
  for (const { trials } of lost) forEachRun(trials, (first, count) => all.add(first, first + count));
  let kept = 0;
  for (const [from, to] of all.rangesIn(0, Number.MAX_SAFE_INTEGER)) kept += done.countIn(from, to);
  return all.count - kept;
}

/** Gives the damaged file another name beside its own, safe before its own is another file's. */
async function keepDamaged(folder: string): Promise<string> {
  for (let n = 1; ; n++) {
    const name = `journal.damaged-${n}.bin`;
    if (disk.now.exists(join(folder, name))) continue;
    await disk.later.link(join(folder, JOURNAL_FILE), join(folder, name));
    await syncFolder(folder);
    return name;
  }
}

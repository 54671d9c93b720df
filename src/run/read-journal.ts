// Reads journal.bin from its first record to its last whole one. Never writes: a live journal may be read beside the
// process that appends to it.
import { join } from 'node:path';

import { SweeplineError } from '../ground/errors.js';
import { disk } from '../ground/file-system.js';
import { type Frame, type FramesEnd, readFrames } from './frames.js';
import type { JournalRecord } from './records.js';
import { apply, RunState } from './state.js';

export const JOURNAL_FILE = 'journal.bin';
/** A file of fewer bytes without a whole record may be a first record cut short; a longer one is somebody else's. */
export const LONGEST_OPENING = 64;

/** A record as it lies in the file. `body` is a view that the next record overwrites. */
export interface StoredRecord extends Omit<Frame, 'header'> {
  readonly record: JournalRecord;
}

/**
 * Every whole record from byte `from` on, without touching the file: BAD_RUN_FOLDER where it cannot be read, is no
 * journal, or is damaged before its end.
 */
export function* readRecords(folder: string, from = 0): Generator<StoredRecord, FramesEnd> {
  const path = join(folder, JOURNAL_FILE);
  let fd: number;
  try {
    fd = disk.now.open(path, 'r');
  } catch (cause) {
    const hint = 'name a run folder, such as runs/<sweep>/<run-id>';
    throw new SweeplineError('BAD_RUN_FOLDER', `cannot read ${path}`, { cause, hint });
  }
  try {
    const frames = readFrames(fd, path, from);
    let step = frames.next();
    for (; step.done !== true; step = frames.next()) {
      const { header, ...frame } = step.value;
      const { at } = frame;
      const record = header as JournalRecord;
      if ((at === 0) !== (record.t === 'open')) {
        throw new SweeplineError(
          'BAD_RUN_FOLDER',
          `${path} is no journal of Sweepline: its record at byte ${at} is "${record.t}"`,
        );
      }
      yield { record, ...frame };
    }
    if (step.value.end === 0 && step.value.torn > LONGEST_OPENING) {
      throw new SweeplineError(
        'BAD_RUN_FOLDER',
        `${path} is no journal of Sweepline: it begins with no record`,
      );
    }
    return step.value;
  } finally {
    disk.now.close(fd);
  }
}

export interface JournalReading extends FramesEnd {
  readonly state: RunState;
  /** Where the last write began that left whole records. */
  readonly lastWrite: number;
}

/** Reads the file into a state without touching it. `from` continues where an earlier reading ended. */
export function readJournal(folder: string, state = new RunState(), from = 0): JournalReading {
  const records = readRecords(folder, from);
  let lastWrite = from;
  let step = records.next();
  for (; step.done !== true; step = records.next()) {
    const { record, at, bodyAt, body, writtenFrom } = step.value;
    lastWrite = writtenFrom;
    apply(state, record, { at, bodyAt, body: [body] });
  }
  return { ...step.value, state, lastWrite };
}

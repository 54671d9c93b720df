// journal.bin: the only truth while a run goes on. Append-only; never rewritten, only cut back to its last whole record
// when it is opened after a kill. One process writes (src/run/lock.ts sees to that); any number may read.
import { join } from 'node:path';
import { appendAll, overwrite, syncFolder } from '../ground/durable.js';
import { InternalError, SweeplineError } from '../ground/errors.js';
import { disk } from '../ground/file-system.js';
import { readFully } from '../ground/read.js';
import { formatBytes } from '../ground/text.js';
import { adviseOn, findTrouble } from '../ground/trouble.js';
import { countNumbers } from '../trial/selection.js';
import { encodeFrame } from './frames.js';
import { JOURNAL_FILE, readJournal } from './read-journal.js';
import { JOURNAL_FORMAT, type JournalRecord, type RowsRecord } from './records.js';
import { apply, type RunState } from './state.js';

const REWRITE_BYTES = 4 * 1024 * 1024;

interface Waiting {
  readonly record: JournalRecord;
  readonly parts: readonly Uint8Array[];
  readonly buffers: readonly Uint8Array[];
  readonly bodyAt: number;
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Opens the journal of a run folder for appending, and makes it where there is none. Hold the folder's lock: `mayWrite` is
 * called before every write, and throws where that is lost.
 */
export async function openJournal(folder: string, mayWrite: () => void = () => undefined): Promise<Journal> {
  const path = join(folder, JOURNAL_FILE);
  const fd = await disk.later.open(path, 'a');
  try {
    const { state, end, torn, lastWrite } = readJournal(folder);
    const journal = new Journal({ fd, path }, state, end, mayWrite);
    if (torn > 0) {
      await disk.later.ftruncate(fd, end);
      journal.warnings.push(
        `${path}: dropped ${formatBytes(torn)} of a record that was cut short at byte ${end}; its trials run again`,
      );
    }
    // The torn end is gone for good before anything is written there, and what a killed process wrote and did not wait
    // for counts as done from now on; so do the names it made in the folder.
    await rewrite(path, lastWrite, end);
    await disk.later.fsync(fd);
    await syncFolder(folder);
    if (end === 0) await journal.append({ t: 'open', format: JOURNAL_FORMAT });
    return journal;
  } catch (error) {
    await disk.later.close(fd);
    throw error;
  }
}

/**
 * Writes a part again where it lies. After a flush that failed the system may show bytes, and hold them for flushed, that
 * never reached the disk. Only the last write can be of that kind: none was made after it.
 */
async function rewrite(path: string, from: number, to: number): Promise<void> {
  const fd = await disk.later.open(path, 'r+');
  try {
    const bytes = Buffer.allocUnsafe(Math.min(REWRITE_BYTES, to - from));
    for (let at = from; at < to; ) {
      const read = readFully(fd, bytes.subarray(0, Math.min(bytes.length, to - at)), at);
      await overwrite(fd, bytes.subarray(0, read), at);
      at += read;
    }
  } finally {
    await disk.later.close(fd);
  }
}

/** Made by `openJournal`. */
export class Journal {
  readonly warnings: string[] = [];
  /** How often the disk was waited for. */
  flushes = 0;
  #end: number;
  #pendingBytes = 0;
  /** What the next write will be of. */
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #flushing: Promise<void> | undefined;
  #broken: unknown;

  constructor(
    private readonly file: { readonly fd: number; readonly path: string },
    /** What a reading of the file would give at this moment: a record counts once it is on disk. */
    readonly state: RunState,
    end: number,
    private readonly mayWrite: () => void,
  ) {
    this.#end = end;
  }

  /** Bytes handed over and not yet on disk: stop producing while they are many, and wait for `drained`. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /**
   * Resolves when the record is on disk. Records that arrive while the disk is busy go out together in the next
   * write, so that one flush serves a few slow producers as well as hundreds of fast ones. The body must not change
   * until then. After a failed write or flush every append rejects, and nothing is tried again: the file may end in half
   * a record, and a flush that failed once may succeed the next time although the bytes are gone.
   */
  append(record: JournalRecord, ...body: readonly Uint8Array[]): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    const frame = encodeFrame(record, body, this.#waitingBytes);
    this.#waitingBytes += frame.bytes;
    this.#pendingBytes += frame.bytes;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, parts: body, ...frame, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Appends finished trials: the rows and series as they came from the pool. */
  appendRows(
    record: Omit<RowsRecord, 't' | 'rowsBytes' | 'seriesBytes'>,
    rows: Uint8Array,
    series: Uint8Array = new Uint8Array(),
  ): Promise<void> {
    if (countNumbers(record.trials) === 0) return Promise.resolve();
    if (rows.length === 0) return Promise.reject(new InternalError('trials without rows for the journal'));
    return this.append(
      { t: 'rows', ...record, rowsBytes: rows.length, seriesBytes: series.length },
      rows,
      series,
    );
  }

  /** Resolves when nothing is pending. */
  async drained(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
  }

  async close(): Promise<void> {
    await this.drained();
    this.#broken ??= new InternalError('the journal is closed');
    await disk.later.close(this.file.fd);
  }

  async #flush(): Promise<void> {
    // One turn of the microtask queue, so that appends made in one go share the first write too.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      this.#waitingBytes = 0;
      try {
        await this.#write(batch);
      } catch (cause) {
        this.#fail(describeFailure(this.file.path, cause), batch);
      }
    }
    this.#flushing = undefined;
  }

  /** Nothing is written any more: what waits and what comes is rejected with `reason`. */
  abandon(reason: Error): void {
    this.#fail(reason, []);
  }

  #fail(reason: unknown, batch: readonly Waiting[]): void {
    this.#broken ??= reason;
    for (const one of [...batch, ...this.#waiting]) one.reject(this.#broken);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#pendingBytes = 0;
  }

  /** Throws LOCKED where somebody else may write the file, or has. */
  #requireSole(): void {
    this.mayWrite();
    const { fd, path } = this.file;
    if (disk.now.size(fd) === this.#end) return;
    throw new SweeplineError(
      'LOCKED',
      `somebody else has written ${path} since this coordinator wrote it last`,
      {
        hint: 'see that one coordinator alone works on the run, then resume it: what was acknowledged is safe',
      },
    );
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const bytes = batch.reduce((sum, one) => sum + one.bytes, 0);
    const { fd } = this.file;
    this.#requireSole();
    await appendAll(
      fd,
      batch.flatMap((one) => one.buffers),
    );
    await disk.later.fdatasync(fd);
    // Who was frozen in between, and lost the lock meanwhile, has written what nobody may count on.
    this.mayWrite();
    this.flushes++;
    this.#pendingBytes -= bytes;
    for (const one of batch) {
      apply(this.state, one.record, { at: this.#end, bodyAt: this.#end + one.bodyAt, body: one.parts });
      this.#end += one.bytes;
      one.resolve();
    }
  }
}

function describeFailure(path: string, cause: unknown): SweeplineError {
  if (cause instanceof SweeplineError) return cause;
  const trouble = findTrouble(cause) ?? { code: '' };
  return new SweeplineError('BAD_RUN_FOLDER', `cannot write ${path}: ${(cause as Error).message}`, {
    cause,
    hint: adviseOn(trouble),
  });
}

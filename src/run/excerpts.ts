// Reads parts of a journal whose places are known from its state: the rows of an extent, the header of a record. Many
// small ones that lie near each other come from one read; a lone far one costs a small read. Nothing is kept but a
// window and the last headers, so memory does not grow with the run.
import { join } from 'node:path';

import { InternalError } from '../ground/errors.js';
import { disk } from '../ground/file-system.js';
import { readFully } from '../ground/read.js';
import type { TrialNote } from '../trial/status.js';
import { PROLOGUE } from './frames.js';
import { JOURNAL_FILE } from './read-journal.js';
import type { AttemptRecord, RowsRecord } from './records.js';

const WINDOW = 1024 * 1024;
/** Workers finish nearly in order: a window begins a little before what was asked for. */
const BEHIND = 64 * 1024;
const LONE_READ = 4096;
const HEADERS_KEPT = 64;

/** The header of a record with its notes by trial. */
export interface Header {
  readonly record: RowsRecord | AttemptRecord;
  readonly notes: ReadonlyMap<number, TrialNote>;
}

export class Excerpts {
  readonly fd: number;
  readonly #headers = new Map<number, Header>();
  #window = Buffer.allocUnsafe(WINDOW);
  #start = 0;
  #filled = 0;

  constructor(folder: string) {
    this.fd = disk.now.open(join(folder, JOURNAL_FILE), 'r');
  }

  /** `length` bytes from `position` on: a view that the next call overwrites. */
  slice(position: number, length: number): Buffer {
    const end = position + length;
    if (position < this.#start || end > this.#start + this.#filled) {
      const isNear = Math.abs(position - (this.#start + this.#filled)) < WINDOW;
      if (length > this.#window.length) this.#window = Buffer.allocUnsafe(length);
      const behind = isNear && length + BEHIND <= this.#window.length ? BEHIND : 0;
      this.#start = Math.max(0, position - behind);
      const wanted = isNear ? this.#window.length : Math.max(length, LONE_READ);
      this.#filled = readFully(this.fd, this.#window.subarray(0, wanted), this.#start);
      if (this.#start + this.#filled < end) throw new InternalError(`the journal ends before byte ${end}`);
    }
    return this.#window.subarray(position - this.#start, end - this.#start);
  }

  /** The header of the record whose frame is at `position`. */
  header(position: number): Header {
    const known = this.#headers.get(position);
    if (known !== undefined) return known;
    const length = this.slice(position, PROLOGUE).readUInt32LE(8);
    const record = JSON.parse(this.slice(position + PROLOGUE, length).toString()) as Header['record'];
    const notes = new Map(record.t === 'rows' ? record.notes.map((note) => [note.trial, note]) : []);
    const header = { record, notes };
    if (this.#headers.size >= HEADERS_KEPT) this.#headers.delete(this.#headers.keys().next().value!);
    this.#headers.set(position, header);
    return header;
  }

  close(): void {
    disk.now.close(this.fd);
  }
}

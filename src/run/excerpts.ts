// Reads parts of a journal whose places are known from its state: the rows of an extent, the header of a record. Many
// small ones that lie near each other come from one read; a lone far one costs a small read, of which a chunk is kept:
// a run that was merged of hundreds of shards is read at hundreds of places in turn. Nothing is kept but a window, the
// last chunks and the last headers, so memory does not grow with the run.
import { join } from 'node:path';

import { InternalError } from '../ground/errors.js';
import { disk } from '../ground/file-system.js';
import { readFully } from '../ground/read.js';
import type { TrialNote } from '../trial/status.js';
import { PROLOGUE } from './frames.js';
import { JOURNAL_FILE } from './read-journal.js';
import type { AttemptRecord, RowsRecord } from './records.js';

const WINDOW = 1024 * 1024;
/** Workers finish nearly in order: a window begins a little before what was asked for, and the next one is near its end. */
const BEHIND = 64 * 1024;
const NEAR = 128 * 1024;
const LONE_READ = 4096;
const CHUNK = 16 * 1024;
const CHUNKS_KEPT = 512;
/** Headers are kept up to so many bytes of their text: most are short, and some name thousands of trials. */
const HEADER_BYTES = 8 * 1024 * 1024;

/** The header of a record with its notes by trial. */
export interface Header {
  readonly record: RowsRecord | AttemptRecord;
  readonly notes: ReadonlyMap<number, TrialNote>;
}

/** For many journals that are read in turn: of which some are open, and how much of each is kept. */
export class OpenFiles {
  readonly #most: number;
  readonly #open = new Set<Excerpts>();

  constructor(
    most: number,
    readonly windowBytes: number,
  ) {
    this.#most = most;
  }

  /** These are about to be read: those that were not for longest are closed, until they are asked again. */
  use(excerpts: Excerpts): void {
    this.#open.delete(excerpts);
    this.#open.add(excerpts);
    if (this.#open.size <= this.#most) return;
    const [oldest] = this.#open;
    oldest!.close();
  }

  forget(excerpts: Excerpts): void {
    this.#open.delete(excerpts);
  }
}

const LEAST_WINDOW = 4 * CHUNK;

export class Excerpts {
  readonly #path: string;
  readonly #files: OpenFiles | undefined;
  readonly #chunksKept: number;
  #fd: number | undefined;
  readonly #headers = new Map<number, { readonly header: Header; readonly bytes: number }>();
  #headerBytes = 0;
  /** By their number in the file, the one that was asked for last at the end. */
  readonly #chunks = new Map<number, Buffer>();
  #window: Buffer;
  #start = 0;
  #filled = 0;

  /** `files`: that it shares with others, and is closed by at times; without it is open until `close`. */
  constructor(folder: string, files?: OpenFiles) {
    this.#path = join(folder, JOURNAL_FILE);
    this.#files = files;
    const bytes = Math.min(WINDOW, Math.max(LEAST_WINDOW, files?.windowBytes ?? WINDOW));
    this.#window = Buffer.allocUnsafe(bytes);
    this.#chunksKept = Math.ceil((CHUNKS_KEPT * bytes) / WINDOW);
    if (files === undefined) this.#fd = disk.now.open(this.#path, 'r');
  }

  get fd(): number {
    this.#files?.use(this);
    this.#fd ??= disk.now.open(this.#path, 'r');
    return this.#fd;
  }

  /** `length` bytes from `position` on: a view that the next call overwrites. */
  slice(position: number, length: number): Buffer {
    const end = position + length;
    if (position < this.#start || end > this.#start + this.#filled) {
      const isNear = Math.abs(position - (this.#start + this.#filled)) < NEAR;
      const inChunk = this.#sliceChunk(position, length, !isNear);
      if (inChunk !== undefined) return inChunk;
      if (length > this.#window.length) this.#window = Buffer.allocUnsafe(length);
      const behind = isNear && length + BEHIND <= this.#window.length ? BEHIND : 0;
      this.#start = Math.max(0, position - behind);
      const wanted = isNear ? this.#window.length : Math.max(length, LONE_READ);
      this.#filled = readFully(this.fd, this.#window.subarray(0, wanted), this.#start);
      if (this.#start + this.#filled < end) throw new InternalError(`the journal ends before byte ${end}`);
    }
    return this.#window.subarray(position - this.#start, end - this.#start);
  }

  /** Where it lies within a chunk that is there, or that is to be read. */
  #sliceChunk(position: number, length: number, isToRead: boolean): Buffer | undefined {
    const number = Math.floor(position / CHUNK);
    const from = position - number * CHUNK;
    if (from + length > CHUNK) return undefined;
    let chunk = this.#chunks.get(number);
    if (chunk === undefined || from + length > chunk.length) {
      if (!isToRead) return undefined;
      const bytes = Buffer.allocUnsafe(CHUNK);
      chunk = bytes.subarray(0, readFully(this.fd, bytes, number * CHUNK));
      if (from + length > chunk.length)
        throw new InternalError(`the journal ends before byte ${position + length}`);
    }
    this.#chunks.delete(number);
    this.#chunks.set(number, chunk);
    if (this.#chunks.size > this.#chunksKept) this.#chunks.delete(this.#chunks.keys().next().value!);
    return chunk.subarray(from, from + length);
  }

  /** The header of the record whose frame is at `position`. */
  header(position: number): Header {
    const known = this.#headers.get(position);
    if (known !== undefined) return known.header;
    const bytes = this.slice(position, PROLOGUE).readUInt32LE(8);
    const record = JSON.parse(this.slice(position + PROLOGUE, bytes).toString()) as Header['record'];
    const notes = new Map(record.t === 'rows' ? record.notes.map((note) => [note.trial, note]) : []);
    const header = { record, notes };
    this.#headers.set(position, { header, bytes });
    this.#headerBytes += bytes;
    for (const [at, { bytes: each }] of this.#headers) {
      if (this.#headerBytes <= HEADER_BYTES || at === position) break;
      this.#headers.delete(at);
      this.#headerBytes -= each;
    }
    return header;
  }

  close(): void {
    this.#files?.forget(this);
    if (this.#fd !== undefined) disk.now.close(this.#fd);
    this.#fd = undefined;
  }
}

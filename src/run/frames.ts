// How a record lies in journal.bin: u32 length, u32 CRC-32, then that many bytes of payload (u32 header length, the
// header as JSON, the body), all little-endian. Records that were written in one go, to be flushed once, say so: after a
// power cut any part of them may be missing, and not only the end. Reads and checks frames; never writes.
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

import { InternalError, SweeplineError } from '../ground/errors.js';
import { disk } from '../ground/file-system.js';
import { readFully } from '../ground/read.js';
import { formatCount, quoteArgument } from '../ground/text.js';

/** Bytes before the header: length, checksum, header length. */
export const PROLOGUE = 12;
const MAX_PAYLOAD = 2 ** 31 - 1;
const READ_BYTES = 4 * 1024 * 1024;
/** Every header begins so; what a search for the next whole frame looks for. */
const HEADER_START = Buffer.from('{"t":"');

interface WrittenHeader {
  back?: number;
}

/** One record as it was read. `body` is a view that the next frame overwrites. */
export interface Frame {
  readonly at: number;
  /** Where the write that it was part of began. */
  readonly writtenFrom: number;
  readonly header: unknown;
  readonly bodyAt: number;
  readonly body: Uint8Array;
}

/** Where the whole frames end, and how many bytes of a torn one follow. */
export interface FramesEnd {
  readonly end: number;
  readonly torn: number;
}

/** A whole frame that was searched for. */
export interface FoundFrame extends Pick<Frame, 'at' | 'writtenFrom'> {
  readonly end: number;
}

/**
 * The buffers of one frame, to be written one after another. The parts are not copied. `back`: bytes of other frames that
 * are written before it in the same go.
 */
export function encodeFrame(
  header: object,
  parts: readonly Uint8Array[],
  back = 0,
): { buffers: Uint8Array[]; bodyAt: number; bytes: number } {
  const json = JSON.stringify(header);
  const text = Buffer.from(back === 0 ? json : `${json.slice(0, -1)},"back":${back}}`);
  // Of some empty arrays, such as those that came in a message, Node's crc32 says 0 whatever was before.
  const filled = parts.filter((part) => part.length > 0);
  const body = filled.reduce((sum, part) => sum + part.length, 0);
  const length = 4 + text.length + body;
  if (length > MAX_PAYLOAD) throw new InternalError(`a journal record of ${formatCount(length)} bytes`);
  const head = Buffer.allocUnsafe(PROLOGUE + text.length);
  head.writeUInt32LE(length, 0);
  head.writeUInt32LE(text.length, 8);
  text.copy(head, PROLOGUE);
  let crc = crc32(head.subarray(8));
  for (const part of filled) crc = crc32(part, crc);
  head.writeUInt32LE(crc, 4);
  return {
    buffers: [head, ...filled],
    bodyAt: head.length,
    bytes: 8 + length,
  };
}

/**
 * Every whole frame from `from` on, up to the size the file has now. A broken frame with no whole frame behind it, or
 * only such as were written together with it, is what a kill or a power cut in mid-write leaves: it ends the reading and
 * is told in the result. A broken frame with whole ones behind it that were written later is damage to what was safely on
 * disk: SweeplineError BAD_RUN_FOLDER with its position.
 */
export function* readFrames(fd: number, path: string, from = 0): Generator<Frame, FramesEnd> {
  const size = disk.now.size(fd);
  const at = yield* readWhole(fd, from, size);
  if (at < size && isWrittenAfter(fd, at, size)) {
    throw new SweeplineError(
      'BAD_RUN_FOLDER',
      `${path} is damaged at byte ${at}: the record there fails its checksum, and whole records follow it`,
      {
        hint: `restore the file from a copy, or \`sweepline repair ${quoteArgument(dirname(path))}\`: it keeps every whole record and drops the damaged ones, whose trials run again`,
      },
    );
  }
  return { end: at, torn: size - at };
}

/** Bytes between whole frames. */
export interface Gap {
  readonly at: number;
  readonly bytes: number;
  /** True where frames follow that were written when these bytes had been flushed: what was there was safe. */
  readonly isDamage: boolean;
}

/** Everything in the file: its whole frames, and what lies between them. */
export function* scanFrames(fd: number): Generator<Frame | Gap> {
  const size = disk.now.size(fd);
  for (let from = 0; from < size; ) {
    const at = yield* readWhole(fd, from, size);
    if (at === size) return;
    from = findFrame(fd, at + 1, size)?.at ?? size;
    yield { at, bytes: from - at, isDamage: isWrittenAfter(fd, at, size) };
  }
}

/** Whole frames from `from` on; returns where they end. */
function* readWhole(fd: number, from: number, size: number): Generator<Frame, number> {
  let buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, Math.max(size - from, PROLOGUE)));
  let start = from; // file position of buffer[0]
  let filled = 0;
  let at = from;
  const load = (bytes: number) => {
    if (at - start + bytes <= filled) return;
    const kept = filled - (at - start);
    const target = bytes <= buffer.length ? buffer : Buffer.allocUnsafe(bytes);
    buffer.copy(target, 0, at - start, filled);
    buffer = target;
    filled = kept + readFully(fd, buffer.subarray(kept), at + kept, size);
    start = at;
  };
  while (at < size) {
    load(Math.min(PROLOGUE, size - at));
    const bytes = size - at < PROLOGUE ? Number.NaN : 8 + buffer.readUInt32LE(at - start);
    if (!(bytes >= PROLOGUE && at + bytes <= size)) break;
    load(bytes);
    const offset = at - start;
    const payload = buffer.subarray(offset + 8, offset + bytes);
    if (crc32(payload) !== buffer.readUInt32LE(offset + 4)) break;
    const bodyAt = PROLOGUE + payload.readUInt32LE(0);
    if (bodyAt > bytes) break;
    const header = JSON.parse(buffer.toString('utf8', offset + PROLOGUE, offset + bodyAt)) as WrittenHeader;
    const writtenFrom = at - (header.back ?? 0);
    delete header.back;
    const body = buffer.subarray(offset + bodyAt, offset + bytes);
    yield { at, writtenFrom, header, bodyAt: at + bodyAt, body };
    at += bytes;
  }
  return at;
}

/** Whether a whole frame follows that was written when the one at `at` had been flushed. */
function isWrittenAfter(fd: number, at: number, size: number): boolean {
  let found = findFrame(fd, at + 1, size);
  while (found !== undefined && found.writtenFrom <= at) found = findFrame(fd, found.end, size);
  return found !== undefined;
}

/** The first whole frame that begins at `from` or later; undefined where there is none. */
function findFrame(fd: number, from: number, size: number): FoundFrame | undefined {
  const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(READ_BYTES, size - from)));
  const overlap = HEADER_START.length - 1;
  for (let start = from; start < size; start += buffer.length - overlap) {
    const filled = readFully(fd, buffer, start, size);
    const window = buffer.subarray(0, filled);
    for (let i = window.indexOf(HEADER_START); i >= 0; i = window.indexOf(HEADER_START, i + 1)) {
      const at = start + i - PROLOGUE;
      const found = at >= from ? readFrame(fd, at, size) : undefined;
      if (found !== undefined) return found;
    }
    if (filled < buffer.length || buffer.length <= overlap) break;
  }
  return undefined;
}

/** Undefined where no whole frame begins at `at`. */
function readFrame(fd: number, at: number, size: number): FoundFrame | undefined {
  const head = Buffer.alloc(PROLOGUE);
  readFully(fd, head, at);
  const length = head.readUInt32LE(0);
  const headerLength = head.readUInt32LE(8);
  // Text that only looks like a header fails here already: its letters would be lengths of gigabytes.
  if (length < 4 || at + 8 + length > size || headerLength > length - 4) return undefined;
  const payload = Buffer.allocUnsafe(length);
  const isWhole = readFully(fd, payload, at + 8) === length && crc32(payload) === head.readUInt32LE(4);
  if (!isWhole) return undefined;
  const { back = 0 } = JSON.parse(payload.toString('utf8', 4, 4 + headerLength)) as WrittenHeader;
  return { at, end: at + 8 + length, writtenFrom: at - back };
}

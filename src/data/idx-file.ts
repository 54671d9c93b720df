// Reads IDX files, gzipped or not. A file is not believed: its header is read first, alone, and held against the file's size
// before anything of the size that it announces is allocated; a gzip stream is unpacked that far and no further.
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { constants, gunzipSync, type ZlibOptions } from 'node:zlib';
import { SweeplineError } from '../ground/errors.js';
import { formatBytes, formatCount } from '../ground/text.js';
import {
  allocateShared,
  announce,
  checkLength,
  dimsOf,
  HEAD_BYTES,
  type IdxArray,
  type IdxHeader,
  parseHeader,
  parseIdx,
  refuse,
} from './idx.js';

/** A byte of a deflate stream is at most so many unpacked (RFC 1951: 258 bytes by two bits at best). */
const MAX_RATIO = 1032;
/** Gzipped files are unpacked at once, and held twice meanwhile. Larger ones have to be unpacked before. */
const MAX_UNPACKED = 2 ** 31;
/** Within so many bytes of a gzip stream there is a header, whatever names and comments stand before it. */
const MAX_HEAD = 2 ** 17;
const CHUNK = 2 ** 20;

/**
 * Reads an IDX file of unsigned bytes with `dims` dimensions (1 for labels, 3 for images).
 *
 * @throws SweeplineError BAD_DATA where the file cannot be read, is cut short or too long, or is something else.
 */
export function readIdx(path: string, dims: 1 | 3): IdxArray {
  const file = openFile(path);
  try {
    const head = file.read(0, HEAD_BYTES);
    return isGzip(head) ? readGzip(file, dims) : readPlain(file, parseHeader(head, dims, path));
  } finally {
    closeSync(file.handle);
  }
}

interface OpenFile {
  readonly path: string;
  readonly handle: number;
  readonly size: number;
  /** Fewer bytes only at the end of the file. */
  read(from: number, length: number): Uint8Array;
}

function openFile(path: string): OpenFile {
  // Before it is opened: a pipe would wait for somebody to write.
  if (!attempt(path, () => statSync(path)).isFile())
    throw new SweeplineError('BAD_DATA', `cannot read ${path}: it is no file`);
  const handle = attempt(path, () => openSync(path, 'r'));
  try {
    const stats = fstatSync(handle);
    const read = (from: number, length: number): Uint8Array => {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, stats.size - from)));
      let done = 0;
      while (done < bytes.length) {
        const more = attempt(path, () => readSync(handle, bytes, done, bytes.length - done, from + done));
        if (more === 0) break;
        done += more;
      }
      return bytes.subarray(0, done);
    };
    return { path, handle, size: stats.size, read };
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new SweeplineError('BAD_DATA', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** In chunks: the whole is held once. */
function readPlain({ path, size, read }: OpenFile, found: IdxHeader): IdxArray {
  checkLength(found, size, path);
  const values = allocate(found, path);
  const hash = createHash('sha256').update(read(0, found.header));
  for (let at = 0; at < values.length; ) {
    const bytes = read(found.header + at, CHUNK);
    if (bytes.length === 0) checkLength(found, found.header + at, path); // cut while it was read
    values.set(bytes, at);
    hash.update(bytes);
    at += bytes.length;
  }
  return { shape: found.shape, values, sha256: hash.digest('hex') };
}

function readGzip(file: OpenFile, dims: 1 | 3): IdxArray {
  const { path, size } = file;
  const found = parseHeader(unpackHead(file), dims, path);
  checkPacked(found, file);
  return parseIdx(unpack(file.read(0, size), found, path), dims, path);
}

/** The first bytes, unpacked from as little as gives them. */
function unpackHead({ path, size, read }: OpenFile): Uint8Array {
  for (let length = 1024; ; length *= 2) {
    // This much of a stream may end in the middle of anything.
    const head = gunzip(read(0, length), { finishFlush: constants.Z_SYNC_FLUSH }, path);
    if (head.length >= HEAD_BYTES || length >= size || length >= MAX_HEAD)
      return head.subarray(0, HEAD_BYTES);
  }
}

/** Refuses a header that the file's size belies, before anything is unpacked. */
function checkPacked(found: IdxHeader, { path, size }: OpenFile): void {
  const { total } = found;
  const bad = (what: string) => refuse(path, `announces ${announce(found)}, ${what}`, dimsOf(found));
  if (total > size * MAX_RATIO)
    throw bad(`which a gzip file of ${formatCount(size)} bytes cannot hold: cut short, or no such file`);
  // What does not compress grows by 5 bytes in 2^14 at most; names and comments come on top.
  if (size > total * 1.01 + MAX_HEAD)
    throw bad(`and has ${formatBytes(size)}, which is more than they take gzipped`);
  if (total > MAX_UNPACKED) {
    throw new SweeplineError(
      'BAD_DATA',
      `${path} announces ${announce(found)}: gzipped files of more than ${formatBytes(MAX_UNPACKED)} are not read`,
      { hint: 'unpack the file with gunzip; unpacked it may be longer' },
    );
  }
}

function unpack(bytes: Uint8Array, found: IdxHeader, path: string): Uint8Array {
  try {
    return gunzip(bytes, { maxOutputLength: Math.max(1, found.total), chunkSize: CHUNK }, path);
  } catch (error) {
    const { code } = (error as { cause?: NodeJS.ErrnoException }).cause ?? {};
    if (code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    throw refuse(path, `announces ${announce(found)} and holds more than that, unpacked`, dimsOf(found));
  }
}

function gunzip(bytes: Uint8Array, options: ZlibOptions, path: string): Uint8Array {
  try {
    return gunzipSync(bytes, options);
  } catch (cause) {
    const what = (cause as NodeJS.ErrnoException).code === 'Z_BUF_ERROR' ? 'cut short' : 'damaged';
    throw new SweeplineError('BAD_DATA', `${path}: the gzip stream is ${what}; expected a whole file`, {
      hint: 'copy or fetch the file again',
      cause,
    });
  }
}

function allocate(found: IdxHeader, path: string): Uint8Array {
  try {
    return allocateShared(found.values);
  } catch (cause) {
    const words = `${path} announces ${announce(found)}, for which there is not enough memory`;
    throw new SweeplineError('BAD_DATA', words, { cause });
  }
}

// IDX files (LeCun's format for MNIST): a magic number, the sizes, then the values. Reads and writes unsigned bytes,
// gzipped or not, and says what a file is instead where it is not that. It never guesses at damaged data.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { SweeplineError } from '../ground/errors.js';
import { formatCount } from '../ground/text.js';

export interface IdxArray {
  /** Sizes, slowest first: [count] for labels, [count, rows, columns] for images. */
  readonly shape: readonly number[];
  /** The values over shared memory, so that threads need no copy. */
  readonly values: Uint8Array;
  /** SHA-256 of the uncompressed file, in hex. */
  readonly sha256: string;
}

const TYPES: Readonly<Record<number, string>> = {
  8: 'unsigned bytes',
  9: 'signed bytes',
  11: '16-bit integers',
  12: '32-bit integers',
  13: '32-bit floats',
  14: '64-bit floats',
};
const UNSIGNED_BYTES = 8;

/** Bytes over shared memory, all zero. */
export function allocateShared(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

/**
 * Reads an IDX file of unsigned bytes with `dims` dimensions (1 for labels, 3 for images).
 *
 * @throws SweeplineError BAD_DATA where the file cannot be read, is cut short or too long, or is something else.
 */
export function readIdx(path: string, dims: 1 | 3): IdxArray {
  return parseIdx(unpack(readBytes(path), path), dims, path);
}

/** As `readIdx`, from the uncompressed bytes of a file; `name` stands in messages. */
export function parseIdx(bytes: Uint8Array, dims: 1 | 3, name: string): IdxArray {
  const wanted = dims === 1 ? 'labels (magic 0x00000801)' : 'images (magic 0x00000803)';
  const bad = (what: string) => new SweeplineError('BAD_DATA', `${name}: ${what}; expected IDX ${wanted}`);
  const header = 4 + 4 * dims;
  const foreign = nameForeign(bytes);
  if (foreign !== undefined) throw bad(`this is ${foreign}`);
  if (bytes.length < 4) throw bad(`only ${bytes.length} bytes`);
  const [zero, one, type, found] = bytes as unknown as [number, number, number, number];
  const magic = `0x${Buffer.from(bytes.subarray(0, 4)).toString('hex')}`;
  if (zero !== 0 || one !== 0 || TYPES[type] === undefined) throw bad(`not an IDX file (magic ${magic})`);
  if (type !== UNSIGNED_BYTES) throw bad(`IDX of ${TYPES[type]} (magic ${magic})`);
  if (found !== dims) {
    const what = found === 1 ? 'labels' : found === 3 ? 'images' : `${found}-dimensional values`;
    throw bad(
      `holds ${what} (magic ${magic})${found === 1 || found === 3 ? ': images and labels swapped?' : ''}`,
    );
  }
  if (bytes.length < header)
    throw bad(`cut short within its header, after ${bytes.length} of ${header} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dims }, (_, d) => view.getUint32(4 + 4 * d));
  const size = shape.reduce((product, n) => product * n, 1);
  const left = bytes.length - header;
  if (left !== size) {
    const sizes = `${shape.join(' × ')} = ${formatCount(size)} values`;
    const fault = left < size ? 'cut short' : `${formatCount(left - size)} bytes too long`;
    throw bad(`${fault}: announces ${sizes} and holds ${formatCount(left)}`);
  }
  const values = allocateShared(size);
  values.set(bytes.subarray(header));
  return { shape, values, sha256: hashBytes(bytes) };
}

/** The bytes of an IDX file of unsigned bytes. */
export function formatIdx(shape: readonly number[], values: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + values.length);
  const view = new DataView(bytes.buffer);
  bytes[2] = UNSIGNED_BYTES;
  bytes[3] = shape.length;
  shape.forEach((n, d) => {
    view.setUint32(4 + 4 * d, n);
  });
  bytes.set(values, 4 + 4 * shape.length);
  return bytes;
}

/** SHA-256 in hex. */
export function hashBytes(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The uncompressed bytes, whether or not they are gzipped (told by their first bytes, not by the name). */
export function unpack(bytes: Uint8Array, name: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    const what = (cause as NodeJS.ErrnoException).code === 'Z_BUF_ERROR' ? 'cut short' : 'damaged';
    throw new SweeplineError('BAD_DATA', `${name}: the gzip stream is ${what}; expected a whole file`, {
      hint: 'copy or fetch the file again',
      cause,
    });
  }
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new SweeplineError('BAD_DATA', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

function nameForeign(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  if (bytes.length === 0) return 'an empty file';
  if (/^\s*<(!doctype|html|\?xml)/i.test(head)) return 'a web page (a failed download?)';
  if (head.startsWith('version https://git-lfs')) return 'a Git LFS pointer, not the data';
  if (head.startsWith('\x89PNG')) return 'a PNG picture';
  if (head.startsWith('PK\x03\x04')) return 'a zip archive';
  if (head.startsWith('\x93NUMPY')) return 'a NumPy array';
  return undefined;
}

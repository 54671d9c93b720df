// IDX, LeCun's format for MNIST: a magic number, the sizes, then the values. Reads and writes unsigned bytes, and says what
// bytes are instead where they are not that. It never guesses at damaged data. Files of it are read in idx-file.ts.
import { createHash } from 'node:crypto';

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

/** What an IDX file says of itself. */
export interface IdxHeader {
  readonly shape: readonly number[];
  /** Bytes of the header, of the values, and of both. */
  readonly header: number;
  readonly values: number;
  readonly total: number;
}

/** As many bytes as tell what a file is. */
export const HEAD_BYTES = 64;

/**
 * Reads the header from the first bytes of a file (HEAD_BYTES of them, or all there are).
 *
 * @throws SweeplineError BAD_DATA where they are those of something else than an IDX file of unsigned bytes with `dims`
 * dimensions (1 for labels, 3 for images); `name` stands in the message.
 */
export function parseHeader(bytes: Uint8Array, dims: 1 | 3, name: string): IdxHeader {
  const bad = (what: string) => refuse(name, what, dims);
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
  // Three sizes of 32 bits may be more than a number holds exactly: no file is so long, and none is taken for it.
  const values = shape.reduce((product, n) => product * n, 1);
  return { shape, header, values, total: header + values };
}

/** Throws where a file that is `bytes` long, unpacked, is not as long as its header says. */
export function checkLength(found: IdxHeader, bytes: number, name: string): void {
  const left = bytes - found.header;
  if (left === found.values) return;
  const fault = left < found.values ? 'cut short' : `${formatCount(left - found.values)} bytes too long`;
  throw refuse(name, `${fault}: announces ${announce(found)} and holds ${formatCount(left)}`, dimsOf(found));
}

/** `60,000 × 28 × 28 = 47,040,000 values` */
export function announce({ shape, values }: IdxHeader): string {
  const product = Number.isSafeInteger(values) ? formatCount(values) : 'more than 2^53';
  return `${shape.join(' × ')} = ${product} values`;
}

export function dimsOf({ shape }: IdxHeader): 1 | 3 {
  return shape.length === 1 ? 1 : 3;
}

export function refuse(name: string, what: string, dims: 1 | 3): SweeplineError {
  const wanted = dims === 1 ? 'labels (magic 0x00000801)' : 'images (magic 0x00000803)';
  return new SweeplineError('BAD_DATA', `${name}: ${what}; expected IDX ${wanted}`);
}

/** The array from the uncompressed bytes of a file; throws as `parseHeader` and `checkLength` do. */
export function parseIdx(bytes: Uint8Array, dims: 1 | 3, name: string): IdxArray {
  const found = parseHeader(bytes, dims, name);
  checkLength(found, bytes.length, name);
  const values = allocateShared(found.values);
  values.set(bytes.subarray(found.header));
  return { shape: found.shape, values, sha256: hashBytes(bytes) };
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

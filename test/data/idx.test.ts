// IDX files: round trips, and a clear word for everything that is not one.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { formatIdx, hashBytes, parseIdx } from '../../src/data/idx.js';
import { readIdx } from '../../src/data/idx-file.js';
import { SweeplineError } from '../../src/ground/errors.js';
import { makeFolder } from './folders.js';

const images = formatIdx(
  [2, 3, 4],
  Uint8Array.from({ length: 24 }, (_, i) => i * 10),
);
const labels = formatIdx([5], Uint8Array.of(1, 2, 3, 4, 5));

test('what is written is read back, gzipped or not, into shared memory', () => {
  const folder = makeFolder();
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(255), fc.nat(255)), { maxLength: 50 }),
      fc.boolean(),
      (pairs, zipped) => {
        const values = Uint8Array.from(pairs.flat());
        const bytes = formatIdx([pairs.length, 1, 2], values);
        const path = join(folder, 'x');
        writeFileSync(path, zipped ? gzipSync(bytes) : bytes);
        const found = readIdx(path, 3);
        expect(found.shape).toEqual([pairs.length, 1, 2]);
        expect(Array.from(found.values)).toEqual(Array.from(values));
        expect(found.values.buffer).toBeInstanceOf(SharedArrayBuffer);
        expect(found.sha256).toBe(hashBytes(bytes));
      },
    ),
    { seed: 5, numRuns: 40 },
  );
});

test.each<[string, Uint8Array, 1 | 3, string]>([
  [
    'labels where images belong',
    labels,
    3,
    'holds labels (magic 0x00000801): images and labels swapped?; expected IDX images',
  ],
  ['images where labels belong', images, 1, 'holds images (magic 0x00000803): images and labels swapped?'],
  ['cut in the values', images.subarray(0, 30), 3, 'cut short: announces 2 × 3 × 4 = 24 values and holds 14'],
  ['cut in the header', images.subarray(0, 9), 3, 'cut short within its header, after 9 of 16 bytes'],
  ['bytes behind the end', Uint8Array.of(...images, 0, 0), 3, '2 bytes too long'],
  ['floats', Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 0), 1, 'IDX of 32-bit floats'],
  ['another format', Buffer.from('hello world'), 1, 'not an IDX file (magic 0x68656c6c)'],
  ['a web page', Buffer.from('<!DOCTYPE html><html>'), 1, 'a web page (a failed download?)'],
  ['nothing', new Uint8Array(0), 1, 'an empty file'],
  ['one byte', Uint8Array.of(0), 1, 'only 1 bytes'],
])('refused: %s', (_, bytes, dims, message) => {
  expect(() => parseIdx(bytes, dims, 'some-file')).toThrow(message);
  expect(() => parseIdx(bytes, dims, 'some-file')).toThrow(SweeplineError);
});

test('a gzip stream that is cut or damaged says so, with its cause', () => {
  const folder = makeFolder();
  const zipped = gzipSync(images);
  const damaged = Uint8Array.from(zipped);
  damaged[12]! ^= 0xff;
  const refuse = (bytes: Uint8Array, message: string) => {
    writeFileSync(join(folder, 'f.gz'), bytes);
    expect(() => readIdx(join(folder, 'f.gz'), 3)).toThrow(message);
  };
  refuse(zipped.subarray(0, -6), 'the gzip stream is cut short');
  refuse(damaged, 'the gzip stream is damaged');
  expect(() => readIdx(join(folder, 'absent'), 3)).toThrow('cannot read');
});

test('no cut or flipped header byte is taken for the file', () => {
  fc.assert(
    fc.property(fc.nat(images.length - 1), fc.nat(15), fc.integer({ min: 1, max: 255 }), (cut, at, flip) => {
      expect(() => parseIdx(images.subarray(0, cut), 3, 'f')).toThrow(SweeplineError);
      const flipped = Uint8Array.from(images);
      flipped[at]! ^= flip;
      expect(() => parseIdx(flipped, 3, 'f')).toThrow(SweeplineError);
    }),
    { seed: 6, numRuns: 200 },
  );
});

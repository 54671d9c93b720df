// float32 vectors as bytes: the same bits back, little-endian in the file.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeFloats, encodeFloats } from '../../src/ground/floats.js';

test('gives the same bits back, from any place in a buffer', () => {
  fc.assert(
    fc.property(fc.float32Array(), fc.nat(7), (values, offset) => {
      const bytes = encodeFloats(values);
      const within = new Uint8Array(offset + bytes.length);
      within.set(bytes, offset);
      const back = decodeFloats(within.subarray(offset));
      expect(back).toHaveLength(values.length);
      for (const [i, value] of values.entries()) expect(Object.is(back[i], value)).toBe(true);
    }),
    { seed: 1 },
  );
});

test('is little-endian', () => {
  // 1 is 0x3f800000.
  expect([...encodeFloats(Float32Array.of(1, -0))]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0x80]);
});

test('refuses what is cut short', () => {
  expect(() => decodeFloats(new Uint8Array(6))).toThrow(
    '6 bytes of float32 values; expected a multiple of 4',
  );
});

// float32 vectors as bytes in a file: little-endian on every machine, nothing around them. Whoever needs a shape or a
// check sum keeps it elsewhere.
import { SweeplineError } from './errors.js';

/** Four bytes a value. */
export function encodeFloats(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}

/**
 * The values that `encodeFloats` was given, bit for bit.
 *
 * @throws SweeplineError BAD_DATA where a value is cut short.
 */
export function decodeFloats(bytes: Uint8Array): Float32Array {
  if (bytes.length % 4 !== 0) {
    throw new SweeplineError(
      'BAD_DATA',
      `${bytes.length} bytes of float32 values; expected a multiple of 4: the file is cut short`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

// Texts that travel packed.
import { gunzipSync } from 'node:zlib';

/** More than any setup or worker has, and less than a machine: a few bytes can unpack to any number. */
const MOST_BYTES = 256 * 2 ** 20;

/** Throws a RangeError where it would be too large. */
export function unzip(packed: Uint8Array): string {
  return gunzipSync(packed, { maxOutputLength: MOST_BYTES }).toString();
}

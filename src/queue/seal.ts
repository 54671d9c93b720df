// Signatures: whoever has the key of a queue (SWEEPLINE_QUEUE_KEY) can tell what others who have it have written from what
// somebody else has put there. Without a key nothing is signed.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signs parts, which cannot be mistaken for other parts that join to the same text; empty without a key. */
export function seal(key: string | undefined, ...parts: readonly (string | Uint8Array)[]): string {
  if (key === undefined) return '';
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:`).update(part);
  return hmac.digest('hex');
}

/** Whether a signature is that of the parts; without a key only no signature is. */
export function isSealed(
  signature: string,
  key: string | undefined,
  ...parts: readonly (string | Uint8Array)[]
): boolean {
  const expected = Buffer.from(seal(key, ...parts));
  const found = Buffer.from(signature);
  return expected.length === found.length && timingSafeEqual(expected, found);
}

/** Characters of a signature. */
const LENGTH = 64;

/** Bytes with a signature of them, and of what they are of, before them; without a key the bytes alone. */
export function sealBytes(key: string | undefined, of: readonly string[], bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(seal(key, ...of, bytes)), bytes]);
}

/** The bytes; undefined where nobody with the key has sealed them as that. */
export function openSealed(
  key: string | undefined,
  of: readonly string[],
  sealed: Uint8Array,
): Uint8Array | undefined {
  const length = key === undefined ? 0 : LENGTH;
  const bytes = sealed.subarray(length);
  const signature = Buffer.from(sealed.subarray(0, length)).toString();
  return isSealed(signature, key, ...of, bytes) ? bytes : undefined;
}

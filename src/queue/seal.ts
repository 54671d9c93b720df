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

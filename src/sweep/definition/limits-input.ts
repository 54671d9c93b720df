// What a sweep's definition says of how long and how large its trials may be.
import { readBytes, readDuration, readFraction } from '../../ground/quantity.js';
import { showValue } from '../../ground/shape.js';
import type { Limits } from '../../run/manifest.js';

/** What does not hold goes to `faults`. */
export function readLimits(
  options: Readonly<Partial<Record<'timeout' | 'memory' | 'isolation' | 'retries', unknown>>>,
  faults: string[],
): Partial<Limits> {
  const { timeout, memory, isolation, retries } = options;
  const limits: { -readonly [K in keyof Limits]?: Limits[K] } = {};
  const fault = (name: string, value: unknown, expected: string) =>
    faults.push(`${name} ${showValue(value)}: expected ${expected}`);
  if (timeout !== undefined) {
    const fraction = typeof timeout === 'string' ? readFraction(timeout) : undefined;
    const ms = typeof timeout === 'string' ? readDuration(timeout) : undefined;
    const read = fraction === undefined ? ms : { fraction };
    if (read === undefined) fault('timeout', timeout, 'a time such as "10m", or "300%" of the median trial');
    else limits.timeoutMs = read;
  }
  if (memory !== undefined) {
    const bytes = typeof memory === 'string' ? readBytes(memory) : undefined;
    if (bytes === undefined) fault('memory', memory, 'a size such as "2g"');
    else limits.memoryBytes = bytes;
  }
  if (isolation !== undefined) {
    if (isolation !== 'thread' && isolation !== 'process')
      fault('isolation', isolation, '"thread" or "process"');
    else limits.isolation = isolation;
  }
  if (retries !== undefined) {
    if (typeof retries !== 'number' || !Number.isSafeInteger(retries) || retries < 0)
      fault('retries', retries, 'a whole number of at least 0');
    else limits.retries = retries;
  }
  return limits;
}

// Reading files by position.
import { disk } from './file-system.js';

/** Fills `into` from `position` up to the end of the file at `size`; returns the bytes read. */
export function readFully(
  fd: number,
  into: Uint8Array,
  position: number,
  size = Number.POSITIVE_INFINITY,
): number {
  let read = 0;
  while (read < into.length && position + read < size) {
    const got = disk.now.read(fd, into, read, position + read);
    if (got === 0) break;
    read += got;
  }
  return read;
}

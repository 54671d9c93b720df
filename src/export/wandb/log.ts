// The file of an offline run of Weights & Biases: a header, then records in the log format of LevelDB
// (github.com/google/leveldb/blob/main/doc/log_format.md), with the CRC-32 of zlib in place of its own.
import { crc32 } from 'node:zlib';

const BLOCK = 32 * 1024;
const RECORD_HEADER = 7;
const FULL = 1;
const FIRST = 2;
const MIDDLE = 3;
const LAST = 4;

/** The file with these records; each is one message of protobuf. */
export function encodeLog(records: Iterable<Uint8Array>): Uint8Array {
  const head = Buffer.alloc(RECORD_HEADER);
  head.write(':W&B', 0, 'latin1');
  head.writeUInt16LE(0xbee1, 4);
  head.writeUInt8(0, 6); // the version of the format
  const parts: Uint8Array[] = [head];
  let at = head.length;
  for (const record of records)
    for (const part of cut(record, at)) {
      parts.push(part);
      at += part.length;
    }
  return Buffer.concat(parts);
}

/** A record as it lies from byte `at` of the file on: no part of it goes over the end of a block. */
function* cut(record: Uint8Array, at: number): Generator<Uint8Array> {
  let left = BLOCK - (at % BLOCK);
  // Too short for a header: the rest of the block is empty.
  if (left < RECORD_HEADER) {
    yield new Uint8Array(left);
    left = BLOCK;
  }
  for (let done = 0, isFirst = true; isFirst || done < record.length; isFirst = false) {
    const bytes = record.subarray(done, done + left - RECORD_HEADER);
    done += bytes.length;
    const isLast = done === record.length;
    yield frame(isFirst ? (isLast ? FULL : FIRST) : isLast ? LAST : MIDDLE, bytes);
    left = BLOCK;
  }
}

function frame(type: number, bytes: Uint8Array): Uint8Array {
  const part = Buffer.alloc(RECORD_HEADER + bytes.length);
  part.writeUInt16LE(bytes.length, 4);
  part.writeUInt8(type, 6);
  part.set(bytes, RECORD_HEADER);
  part.writeUInt32LE(crc32(part.subarray(6)), 0);
  return part;
}

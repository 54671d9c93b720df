// A run as the page reads it: a head of JSON, and columns of bytes behind it.
import type { PackedTable, Payload } from './payload.js';
import { type Table, unpackTable } from './table.js';

export interface RunData {
  readonly facts: Payload;
  readonly trials: Table;
  readonly curves: Table | undefined;
  readonly attempts: Table | undefined;
  readonly confusions: Table | undefined;
}

/** The head as JSON behind its length, then the bytes of the columns. */
export function unpackData(bytes: Uint8Array<ArrayBuffer>): RunData {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const facts = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as Payload;
  const blob = bytes.subarray(4 + length);
  const unpack = (table: PackedTable | null) => (table === null ? undefined : unpackTable(table, blob));
  return {
    facts,
    trials: unpackTable(facts.trials, blob),
    curves: unpack(facts.curves),
    attempts: unpack(facts.attempts),
    confusions: unpack(facts.confusions),
  };
}

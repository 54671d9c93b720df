// Reads what the page carries of its run: base64, deflated, a head of JSON and the bytes of columns.
import { DATA_ID, type PackedTable, type Payload } from './payload.js';
import { type Table, unpackTable } from './table.js';

export interface RunData {
  readonly facts: Payload;
  readonly trials: Table;
  readonly curves: Table | undefined;
  readonly attempts: Table | undefined;
  readonly confusions: Table | undefined;
}

export async function readData(): Promise<RunData> {
  const element = document.getElementById(DATA_ID)!;
  const deflated = fromBase64(element.textContent ?? '');
  element.textContent = '';
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const length = new DataView(bytes.buffer).getUint32(0, true);
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

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  // Newer browsers do it at once.
  const known = (Uint8Array as { readonly fromBase64?: (text: string) => Uint8Array<ArrayBuffer> })
    .fromBase64;
  if (known !== undefined) return known.call(Uint8Array, text.trim());
  const binary = atob(text.trim());
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

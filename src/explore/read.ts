// Reads what the page carries of its run: base64, deflated, a head of JSON and the bytes of columns.
import { DATA_ID } from './payload.js';
import { type RunData, unpackData } from './unpack.js';

export async function readData(): Promise<RunData> {
  const element = document.getElementById(DATA_ID)!;
  const deflated = fromBase64(element.textContent ?? '');
  element.textContent = '';
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return unpackData(new Uint8Array(await new Response(stream).arrayBuffer()));
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

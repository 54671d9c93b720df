// What the page asks the server for, beside listening to it.
import { type RunData, unpackData } from '../unpack.js';
import { type KeysView, REQUEST_HEADER, type RequestAnswer, type RequestView } from './contract.js';

export async function fetchData(run: string): Promise<RunData> {
  const answer = await ask(`/api/data?run=${encodeURIComponent(run)}`);
  return unpackData(new Uint8Array(await answer.arrayBuffer()));
}

export async function fetchKeys(run: string): Promise<KeysView> {
  return (await ask(`/api/keys?run=${encodeURIComponent(run)}`)).json() as Promise<KeysView>;
}

/** Whether the run's coordinator has taken it. */
export async function request(run: string, what: RequestView): Promise<boolean> {
  const answer = await ask(`/api/requests?run=${encodeURIComponent(run)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [REQUEST_HEADER]: '1' },
    body: JSON.stringify(what),
  });
  return ((await answer.json()) as RequestAnswer).taken;
}

/** Throws what the server says where it refuses. */
async function ask(address: string, options: RequestInit = {}): Promise<Response> {
  const answer = await fetch(address, options);
  if (!answer.ok) throw new Error(await answer.text());
  return answer;
}

/** A run's page. */
export function addressOf(run: string): string {
  return run === '' ? '/run/' : `/run/${run.split('/').map(encodeURIComponent).join('/')}/`;
}

export function compareAddress(a: string, b: string): string {
  return `/compare?${new URLSearchParams({ a, b })}`;
}

// Tells a webhook what a night came to, as JSON; Slack's gets a text, as it wants. A webhook that does not answer is a
// warning: it never changes what the night came to.
import { setTimeout as sleep } from 'node:timers/promises';
import { SweeplineError } from '../ground/errors.js';
import { showValue } from '../ground/shape.js';
import type { Gate } from './gate.js';
import { gateToJson } from './json.js';
import { describeGate, listTold } from './words.js';

const PATIENCE_MS = 10_000;
const PAUSES_MS = [1000, 5000];

/** Throws BAD_USAGE for anything but an address of the web. */
export function readWebhook(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.username !== '' || url.password !== ''))
    throw new SweeplineError(
      'BAD_USAGE',
      '--notify: an address with a name and a password cannot be asked; expected https://…',
    );
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new SweeplineError('BAD_USAGE', `--notify: ${showValue(text)} is no address; expected https://…`);
}

/** What Slack reads as a link, or as a call to all, is text here. */
function toSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Only the cells that say something: the file has all of them. */
function tell(gate: Gate): object {
  return gateToJson({ ...gate, cells: listTold(gate) });
}

/** Resolves with why it could not be told, null where it was. Addresses of webhooks are secrets: the text has the host alone. */
export async function notify(
  url: URL,
  gate: Gate,
  pauses: readonly number[] = PAUSES_MS,
): Promise<string | null> {
  const isSlack = url.hostname === 'hooks.slack.com';
  const body = JSON.stringify(isSlack ? { text: toSlack(describeGate(gate).join('\n')) } : tell(gate));
  let why = '';
  for (let attempt = 0; ; attempt++) {
    try {
      const headers = { 'content-type': 'application/json' };
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
      if (answer.ok) return null;
      why = `it answered ${answer.status}`;
      if (answer.status < 500 && answer.status !== 429) break; // the same again would be refused again
    } catch (error) {
      const cause = (error as { cause?: unknown }).cause;
      why = cause instanceof Error ? cause.message : (error as Error).message;
    }
    const pause = pauses[attempt];
    if (pause === undefined) break;
    await sleep(pause);
  }
  return `the webhook at ${url.host} was not told: ${why}`;
}

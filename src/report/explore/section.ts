// The Explore part of a page: the packed run, and the one script that reads it. A run's texts stand in the packed bytes
// only, as base64: nothing of them is ever markup.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { DATA_ID, type Payload, ROOT_ID } from '../../explore/payload.js';
import { compiledPath } from '../../ground/compiled.js';
import { InternalError } from '../../ground/errors.js';
import { type Collected, collect } from './collect.js';

/** Bytes of a run of some 300,000 trials. */
const LARGE = 20e6;

export interface ExploreSection {
  readonly html: string;
  readonly style: string;
  /** The script's hash as a page's policy names it: `sha256-…`. */
  readonly scriptHash: string;
}

/** Throws BAD_RUN_FOLDER where a CSV is damaged. */
export async function makeExplore(run: Collected): Promise<ExploreSection> {
  const { payload, bytes } = await collect(run);
  const script = readBundle('explore.js');
  const whole = joinPayload(payload, bytes);
  // The best level takes a quarter of a minute for a million trials, and saves next to nothing of their digits.
  const level = whole.length > LARGE ? 4 : 9;
  const data = deflateRawSync(whole, { level }).toString('base64');
  return {
    html: `<div id="${ROOT_ID}"><h2>Explore</h2>
<noscript><p>The tables above are all that this page shows without its script.</p></noscript></div>
<script type="application/octet-stream" id="${DATA_ID}">${data}</script>
<script>${script}</script>`,
    style: readBundle('explore.css'),
    scriptHash: `sha256-${createHash('sha256').update(script).digest('base64')}`,
  };
}

/** As the page's script unpacks it. */
export function joinPayload(payload: Payload, bytes: Uint8Array): Uint8Array {
  const head = Buffer.from(JSON.stringify(payload));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, bytes]);
}

/** What `npm run build` made of src/explore. */
export function readBundle(name: string): string {
  const path = compiledPath(import.meta.url, `../../explore/${name}`);
  try {
    return readFileSync(path, 'utf8').trimEnd();
  } catch (error) {
    const words = `${path} cannot be read; \`npm run build\` makes it`;
    throw new InternalError(words, { cause: error });
  }
}

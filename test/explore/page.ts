// What tests of the page's Explore part in a real browser share: opening a page, and asking and using what is in it.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { Payload } from '../../src/explore/payload.js';
import { Browser, type Visit, type VisitOptions } from '../browser.js';

export function readPayload(page: string): {
  readonly payload: Payload;
  readonly blob: Uint8Array;
  readonly html: string;
} {
  const html = readFileSync(page, 'utf8');
  const [, data] = /<script type="application\/octet-stream" id="sweepline-data">([\w+/=]*)<\/script>/.exec(
    html,
  )!;
  const bytes = inflateRawSync(Buffer.from(data!, 'base64'));
  const length = bytes.readUInt32LE(0);
  const payload = JSON.parse(bytes.toString('utf8', 4, 4 + length)) as Payload;
  return { payload, blob: new Uint8Array(bytes.subarray(4 + length)), html };
}

export const FRAMES =
  'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))';

/** One browser for all tests of a describe block; each opens pages of its own, so tall that all views are drawn. */
export function useBrowser() {
  let browser: Browser;
  beforeAll(() => {
    browser = new Browser();
  });
  afterAll(() => browser.close());
  return async (page: string, options: VisitOptions & { readonly state?: string } = {}): Promise<Visit> => {
    const { state = 'ready', ...size } = options;
    const visit = await browser.visit(pathToFileURL(page).href, { height: 7000, ...size });
    await visit.evaluate(
      `(async () => { while (document.getElementById('explore').dataset.state === undefined) await ${FRAMES}; })()`,
    );
    for (let i = 0; i < 3; i++) await visit.evaluate(FRAMES);
    expect(await visit.evaluate("document.getElementById('explore').dataset.state")).toBe(state);
    return visit;
  };
}

export function expectClean({ requests, errors, dialogs, refused }: Visit): void {
  expect({ requests, errors, dialogs, refused }).toEqual({
    requests: [],
    errors: [],
    dialogs: [],
    refused: [],
  });
}

export const titles = "[...document.querySelectorAll('.view h3')].map((e) => e.textContent)";
export const count = "document.querySelector('.count').textContent";
export const cells = (heading: string) => `(() => {
  const at = [...document.querySelectorAll('#view-table .head > div')].findIndex((e) => e.textContent.replace(/ [↑↓]$/, '') === ${JSON.stringify(heading)});
  return [...document.querySelectorAll('#view-table .rows .row')].map((row) => row.children[at].textContent);
})()`;
export const pictures = `Object.fromEntries([...document.querySelectorAll('.view canvas')].map((e) => [e.closest('.view').id, e.toDataURL()]))`;
export const type = (text: string) => `(async () => {
  const field = document.querySelector('input[type=search]');
  field.value = ${JSON.stringify(text)};
  field.dispatchEvent(new Event('input'));
  const before = ${count};
  while (${count} === before) await ${FRAMES};
  await ${FRAMES};
  await ${FRAMES};
})()`;

type Point = readonly [number, number];

/** Where an element lies. Between two drawings of the page there is none for a moment. */
export function boxOf({ page }: Visit, selector: string) {
  return vi.waitFor(async () => {
    const box = await page.locator(selector).boundingBox();
    if (box === null) throw new Error(`${selector} is not drawn`);
    return box;
  }, 30_000);
}

/** With the browser's own mouse, from one part of a canvas to another. */
export async function drag(visit: Visit, view: string, [from, to]: readonly Point[]): Promise<void> {
  const { page, evaluate } = visit;
  const box = await boxOf(visit, `#${view} canvas`);
  const at = ([u, v]: Point) => [box.x + u * box.width, box.y + v * box.height] as const;
  await page.mouse.move(...at(from!));
  await page.mouse.down();
  await page.mouse.move(...at(to!), { steps: 2 });
  await page.mouse.up();
  await evaluate(FRAMES);
  await evaluate(FRAMES);
}

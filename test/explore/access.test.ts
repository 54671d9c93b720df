// The page without a mouse: axe-core finds no fault in it, every chart takes the keyboard, and fingers brush.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test, vi } from 'vitest';
import { CHROMIUM, type Visit } from '../browser.js';
import { makeRun, makeTrials } from '../report/explore-runs.js';
import { boxOf, count, expectClean, FRAMES, useBrowser } from './page.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Fault {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe-core finds in the Explore part, one line a place. */
async function findFaults({ evaluate }: Visit, part = '#explore'): Promise<string[]> {
  await evaluate(`${AXE}; 0`);
  const faults = (await evaluate(
    `axe.run('${part}', { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  )) as Fault[];
  return faults.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${impact} ${id}: ${html.slice(0, 160)} ${failureSummary}`),
  );
}

async function rest({ evaluate }: Visit): Promise<void> {
  for (let i = 0; i < 2; i++) await evaluate(FRAMES);
}

describe.skipIf(CHROMIUM === undefined)('in Chromium (skipped where there is none)', () => {
  const open = useBrowser();

  test.each([
    ['light', {}],
    ['dark', { dark: true }],
    ['on a phone', { width: 360, height: 12_000, touch: true }],
  ])('axe-core finds no fault: %s', async (_, options) => {
    const visit = await open((await makeRun(makeTrials(60))).page, options);
    await visit.page.locator('#view-table [data-place="2"]').click();
    await visit.evaluate(
      "for (const each of document.querySelectorAll('#explore details:not(.behind), #view-history details')) each.open = true",
    );
    await rest(visit);
    expect(await findFaults(visit)).toEqual([]);
    // Were faults not found, this would say nothing.
    await visit.evaluate("document.querySelector('#explore input').removeAttribute('aria-label')");
    await visit.evaluate("document.querySelector('#explore input').removeAttribute('placeholder')");
    await visit.evaluate("document.querySelector('#explore input').removeAttribute('title')");
    expect((await findFaults(visit, '.bar')).join()).toContain('label');
    expectClean(visit);
  });

  test.each(['scatter', 'history', 'pareto', 'slices'])(
    'the edges of a brush in the %s move with keys',
    async (view) => {
      const visit = await open((await makeRun(makeTrials(200))).page);
      const { page, evaluate } = visit;
      const shown = async () => Number(((await evaluate(count)) as string).split(' ')[0]);
      await page.locator(`#view-${view} canvas`).focus();
      expect(await page.locator(`#view-${view} canvas`).getAttribute('aria-description')).toContain(
        'Arrow keys',
      );
      for (let i = 0; i < 15; i++) await page.keyboard.press('ArrowLeft');
      await rest(visit);
      const less = await shown();
      expect(less).toBeLessThan(200);
      for (let i = 0; i < 15; i++) await page.keyboard.press('Shift+ArrowUp');
      await rest(visit);
      expect(await shown()).toBeLessThan(less);
      expect(await page.locator('.chip').count()).toBe(2);
      await page.keyboard.press('Escape');
      await rest(visit);
      expect(await shown()).toBe(200);
      expectClean(visit);
    },
  );

  test('Page Down goes to the next parameter of the slices', async () => {
    const visit = await open((await makeRun(makeTrials(200))).page);
    const { page } = visit;
    await page.locator('#view-slices canvas').focus();
    await page.keyboard.press('PageDown');
    await rest(visit);
    await page.keyboard.press('ArrowLeft');
    await rest(visit);
    expect(await page.locator('.chip').first().textContent()).toMatch(/^optimizer/);
  });

  test.each(['replicates', 'timing', 'curves'])(
    'the keyboard goes over the marks of the %s, and chooses one',
    async (view) => {
      const visit = await open((await makeRun(makeTrials(30))).page);
      const { page } = visit;
      const canvas = page.locator(`#view-${view} canvas`);
      await canvas.focus();
      for (const key of ['ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
      const said = await page.locator(`#view-${view} .aloud`).textContent();
      expect(said).toMatch(/^Trial \d+/);
      expect(await page.locator(`#view-${view} .ring`).isVisible()).toBe(true);
      await page.keyboard.press('Enter');
      await rest(visit);
      expect(said).toContain(await page.locator('#view-detail h4').first().textContent());
      await page.keyboard.press('Tab');
      expect(await page.locator(`#view-${view} .ring`).count()).toBe(0);
      expectClean(visit);
    },
  );

  test('a finger brushes sideways over a chart, and along an axis of the parallel coordinates', async () => {
    const visit = await open((await makeRun(makeTrials(200))).page, { width: 390, height: 900, touch: true });
    const { page, send, evaluate } = visit;
    const swipe = async (
      selector: string,
      from: readonly [number, number],
      to: readonly [number, number],
    ) => {
      // What is drawn again meanwhile is another element.
      await vi.waitFor(() => page.locator(selector).scrollIntoViewIfNeeded(), 30_000);
      // On a busy machine the page may still be on its way.
      let box = await boxOf(visit, selector);
      for (let before = { ...box, y: Number.NaN }; before.y !== box.y; box = await boxOf(visit, selector)) {
        before = box;
        await rest(visit);
      }
      const at = (part: number) => [
        {
          x: box.x + (from[0] + (to[0] - from[0]) * part) * box.width,
          y: box.y + (from[1] + (to[1] - from[1]) * part) * box.height,
        },
      ];
      await send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) });
      for (const part of [0.2, 0.4, 0.6, 0.8, 1]) {
        await send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(part) });
        await rest(visit);
      }
      await send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
      await rest(visit);
    };
    const chips = () => page.locator('.chip > span:first-child').allInnerTexts();
    await swipe('#view-scatter canvas', [0.3, 0.5], [0.6, 0.5]);
    await expect.poll(chips, { timeout: 30_000 }).toEqual(['rate']);
    await page.locator('.bar button', { hasText: 'Clear filter' }).click();
    await swipe('#view-history canvas', [0.3, 0.5], [0.6, 0.5]);
    await expect.poll(chips, { timeout: 30_000 }).toEqual(['trial']);
    await page.locator('.bar button', { hasText: 'Clear filter' }).click();
    const before = await evaluate('scrollY');
    await swipe('#view-parallel .grips > div:first-child', [0.5, 0.2], [0.5, 0.7]);
    await expect.poll(chips, { timeout: 30_000 }).toEqual(['rate']);
    expect(Math.abs(Number(await evaluate('scrollY')) - Number(before))).toBeLessThan(3000);
    expectClean(visit);
  });
});

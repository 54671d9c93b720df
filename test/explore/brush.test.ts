// Brushes of the page in a real browser: what is brushed in one view filters them all.
import { describe, expect, test } from 'vitest';
import { CHROMIUM } from '../browser.js';
import { makeRun, makeTrials } from '../report/explore-runs.js';
import { cells, count, drag, expectClean, FRAMES, pictures, useBrowser } from './page.js';

describe.skipIf(CHROMIUM === undefined)('in Chromium (skipped where there is none)', () => {
  const open = useBrowser();

  test('a brush filters the table and all views; Escape on it gives them back', async () => {
    const visit = await open((await makeRun(makeTrials(200))).page);
    const before = (await visit.evaluate(pictures)) as Record<string, string>;
    await drag(visit, 'view-scatter', [
      [0.1, 0.05],
      [0.5, 0.85],
    ]);
    const shown = (await visit.evaluate(cells('rate'))) as string[];
    expect(shown.length).toBeGreaterThan(5);
    expect(shown.filter((rate) => Number(rate) > 0.05)).toEqual([]);
    expect(await visit.evaluate(count)).toMatch(/^\d+ of 200 trials$/);
    const after = (await visit.evaluate(pictures)) as Record<string, string>;
    expect(Object.keys(after).filter((view) => after[view] === before[view])).toEqual([]);
    expect(
      await visit.evaluate("[...document.querySelectorAll('.chip')].map((e) => e.firstChild.textContent)"),
    ).toEqual(['rate', 'loss']);
    await visit.evaluate(
      `document.querySelector('#view-scatter canvas').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' })), ${FRAMES}`,
    );
    await visit.evaluate(FRAMES);
    expect(await visit.evaluate(count)).toBe('200 trials');
    expect(await visit.evaluate(pictures)).toEqual(before);
    expectClean(visit);
  });

  test('an axis of the parallel coordinates is brushed with the mouse, and its edge moved with keys', async () => {
    const visit = await open((await makeRun(makeTrials(200))).page);
    const x = (await visit.evaluate(
      "45 / document.querySelector('#view-parallel canvas').clientWidth",
    )) as number;
    await drag(visit, 'view-parallel', [
      [x, 0.2],
      [x, 0.5],
    ]);
    const brushed = Number(((await visit.evaluate(count)) as string).split(' ')[0]);
    expect(brushed).toBeLessThan(200);
    expect(await visit.evaluate("document.querySelector('.chip').firstChild.textContent")).toBe('rate');
    const key = (name: string, more = '') =>
      visit.evaluate(
        `document.querySelector('#view-parallel [aria-label="Axis rate"]').dispatchEvent(new KeyboardEvent('keydown', { key: '${name}', bubbles: true${more} })), ${FRAMES}`,
      );
    for (let i = 0; i < 12; i++) await key('ArrowDown', ', shiftKey: true');
    expect(Number(((await visit.evaluate(count)) as string).split(' ')[0])).toBeGreaterThan(brushed);
    const heads = "[...document.querySelectorAll('#view-parallel .name')].map((e) => e.textContent)";
    const order = (await visit.evaluate(heads)) as string[];
    await key('ArrowRight');
    await visit.evaluate(FRAMES);
    expect(await visit.evaluate(heads)).toEqual([order[1], order[0], ...order.slice(2)]);
    await key('Escape');
    expect(await visit.evaluate(count)).toBe('200 trials');
    expectClean(visit);
  });
});

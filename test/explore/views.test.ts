// The page in a real browser: which views there are of which run, and that they fit their reader.
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CHROMIUM } from '../browser.js';
import { makeRun, makeTrials } from '../report/explore-runs.js';
import { cells, count, expectClean, FRAMES, readPayload, titles, useBrowser } from './page.js';

describe.skipIf(CHROMIUM === undefined)('in Chromium (skipped where there is none)', () => {
  const open = useBrowser();

  test('shows the views that apply, without an error or a request', async () => {
    const visit = await open((await makeRun(makeTrials(200))).page);
    expect(await visit.evaluate(titles)).toEqual([
      ...['Trials', 'Any two columns', 'Trial', 'Parallel coordinates', 'Best so far', 'Curves'],
      ...['Two parameters and a result', 'Goals against each other', 'Configurations, with their noise'],
      ...['Failures by message', 'Each parameter by itself', 'Time by worker'],
    ]);
    expect(await visit.evaluate(count)).toBe('200 trials');
    const labels = (await visit.evaluate(
      "[...document.querySelectorAll('canvas')].map((e) => e.getAttribute('aria-label'))",
    )) as string[];
    expect(labels.filter((label) => !label.includes(': '))).toEqual([]);
    const blank = await visit.evaluate(
      `[...document.querySelectorAll('.view canvas')].filter((e) => !new Uint32Array(e.getContext('2d').getImageData(0, 0, e.width, e.height).data.buffer).some((p) => p !== 0)).length`,
    );
    expect(blank).toBe(0);
    expectClean(visit);
  });

  test('one trial, failures only, and no trial: what does not apply is absent', async () => {
    const one = await open((await makeRun(makeTrials(1), { curves: false })).page);
    expect(await one.evaluate(titles)).toEqual(['Trials', 'Trial']);
    expect(await one.evaluate("document.querySelector('#view-detail h4').textContent")).toBe('Trial 0');
    expectClean(one);
    const bad = makeTrials(100).filter(({ status }) => status === 'failed');
    const failing = await open((await makeRun(bad)).page);
    const shown = (await failing.evaluate(titles)) as string[];
    expect(shown).toContain('Failures by message');
    expect(shown.filter((title) => /Best|Curves|Goals|noise|itself/.test(title))).toEqual([]);
    expectClean(failing);
    const none = await open((await makeRun([])).page);
    expect(await none.evaluate("document.getElementById('explore').textContent")).toContain(
      'No trial has finished yet.',
    );
    expectClean(none);
  });

  test('fits a phone, in the dark too, and changes its theme', async () => {
    const { page } = await makeRun(makeTrials(100));
    const visit = await open(page, { width: 340, height: 8000, dark: true });
    const { evaluate } = visit;
    expect(await evaluate('document.documentElement.scrollWidth')).toBe(340);
    const paper = 'getComputedStyle(document.body).backgroundColor';
    const dark = await evaluate(paper);
    const choose = (theme: string) =>
      `(() => { const list = [...document.querySelectorAll('.bar select')].at(-1); list.selectedIndex = [...list.options].findIndex((e) => e.textContent === '${theme}'); list.dispatchEvent(new Event('change')); })(), ${FRAMES}`;
    const picture = "document.querySelector('#view-scatter canvas').toDataURL()";
    await evaluate(FRAMES);
    const before = await evaluate(picture);
    await evaluate(choose('light'));
    await evaluate(FRAMES);
    expect(await evaluate(paper)).toBe('rgb(255, 255, 255)');
    expect(dark).not.toBe('rgb(255, 255, 255)');
    expect(await evaluate(picture)).not.toBe(before);
    expectClean(visit);
  });

  test('texts, a long text, booleans and odd names are columns like others', async () => {
    const name = 'a/very-long.name_of-a-metric-that-is-a-text';
    const trials = makeTrials(50).map((row, i) => ({ ...row, [name]: `<b>${i}</b> ${'x'.repeat(3000)}` }));
    const metrics = [
      { name, type: 'string' },
      { name: 'good', type: 'boolean' },
    ] as const;
    const run = await makeRun(trials, { manifest: { worker: { metrics } }, curves: false });
    const visit = await open(run.page);
    expect(((await visit.evaluate(cells(name))) as string[])[0]).toMatch(/^<b>0<\/b> x+ … \(/);
    expect(new Set((await visit.evaluate(cells('good'))) as string[])).toEqual(new Set(['true', 'false']));
    expect(await visit.evaluate(`document.querySelector('#explore b')`)).toBe(null);
    expectClean(visit);
  });

  test('a page that was cut short says so instead of showing half a run', async () => {
    const { page } = await makeRun(makeTrials(50));
    const { html } = readPayload(page);
    writeFileSync(page, html.replace(/(id="sweepline-data">[\w+/=]{80})[\w+/=]*/, '$1'));
    const visit = await open(page, { state: 'failed' });
    expect(await visit.evaluate("document.getElementById('explore').textContent")).toContain(
      'These views cannot be shown',
    );
  });
});

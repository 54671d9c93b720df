// The table of trials, its search and the groups of failures, in a real browser.
import { describe, expect, test } from 'vitest';
import { CHROMIUM } from '../browser.js';
import { makeRun, makeTrials, OPTIMIZERS } from '../report/explore-runs.js';
import { cells, count, expectClean, FRAMES, type, useBrowser } from './page.js';

describe.skipIf(CHROMIUM === undefined)('in Chromium (skipped where there is none)', () => {
  const open = useBrowser();

  test('the table sorts, searches, scrolls, hides columns and gives CSV', async () => {
    const trials = makeTrials(500);
    const visit = await open((await makeRun(trials)).page);
    const { evaluate } = visit;
    const press = (heading: string) =>
      evaluate(
        `[...document.querySelectorAll('#view-table .head button')].find((e) => e.textContent.startsWith(${JSON.stringify(heading)})).click(), ${FRAMES}`,
      );
    const sorted = trials.flatMap(({ loss }) => (loss === null ? [] : [Number(loss)])).sort((a, b) => a - b);
    await press('loss');
    expect(((await evaluate(cells('loss'))) as string[]).slice(0, 10).map(Number)).toEqual(
      sorted.slice(0, 10).map((n) => Number(n.toPrecision(6))),
    );
    await press('loss');
    expect(Number(((await evaluate(cells('loss'))) as string[])[0])).toBeCloseTo(sorted.at(-1)!, 4);
    await evaluate("(document.querySelector('#view-table .grid').scrollTop = 1e9)");
    await evaluate(FRAMES);
    // Those without a value come last.
    expect(((await evaluate(cells('loss'))) as string[]).at(-1)).toBe('');
    expect(await evaluate("document.querySelectorAll('#view-table .rows .row').length")).toBeLessThan(40);
    await evaluate(type('optimizer=adam loss<0.3'));
    const adam = trials.filter(
      ({ optimizer, loss }) => optimizer === 'adam' && loss !== null && Number(loss) < 0.3,
    );
    expect(await evaluate(count)).toBe(`${adam.length} of 500 trials`);
    expect(new Set((await evaluate(cells('optimizer'))) as string[])).toEqual(new Set(['adam']));
    await evaluate(
      `(() => { for (const label of document.querySelectorAll('#view-table .choices label')) if (label.textContent !== 'trial' && label.textContent !== 'optimizer') { const box = label.querySelector('input'); if (box.checked) box.click(); } })(), ${FRAMES}`,
    );
    const saved = evaluate(`new Promise((done) => {
      const make = URL.createObjectURL;
      URL.createObjectURL = (blob) => { void blob.text().then(done); return make.call(URL, blob); };
      [...document.querySelectorAll('#view-table button')].find((e) => e.textContent === 'Save CSV').click();
    })`);
    const lines = ((await saved) as string).trimEnd().split('\n');
    expect(lines[0]).toBe('trial,optimizer');
    expect(lines).toHaveLength(adam.length + 1);
    expectClean(visit);
  });

  test('failures are grouped by what they say, and filter the page', async () => {
    const visit = await open((await makeRun(makeTrials(100))).page);
    const row =
      "[...document.querySelectorAll('#view-failures tbody tr')].map((e) => [...e.children].slice(0, 3).map((c) => c.textContent))";
    expect(await visit.evaluate(row)).toEqual([['4', 'failed', 'Error: rate 24 is "too" large']]);
    await visit.evaluate(
      `[...document.querySelectorAll('#view-failures button')].find((e) => e.textContent === 'Filter').click(), ${FRAMES}`,
    );
    expect(await visit.evaluate(count)).toBe('4 of 100 trials');
    expectClean(visit);
  });

  test('20,000 trials are all counted', async () => {
    const visit = await open((await makeRun(makeTrials(20_000), { curves: false })).page);
    expect(await visit.evaluate("document.querySelector('#view-parallel .note').textContent")).toContain(
      '20,000 lines, drawn as a density',
    );
    await visit.evaluate(type('optimizer=adam'));
    const adam = makeTrials(20_000).filter(({ optimizer }) => optimizer === OPTIMIZERS[0]).length;
    expect(await visit.evaluate(count)).toBe(`${adam.toLocaleString('en-US')} of 20,000 trials`);
    expectClean(visit);
  });
});

// Charts of the page in a real browser, beyond the brushes: contours of the heat map, the time by the clock.
import { describe, expect, test } from 'vitest';
import { defineReport } from '../../src/report/define.js';
import { writeRunReport } from '../../src/report/load.js';
import { writeReport } from '../../src/report/write.js';
import { CHROMIUM } from '../browser.js';
import { makeRun, type makeTrials } from '../report/explore-runs.js';
import { findXmlFault } from '../report/xml.js';
import { makeProject } from '../sweep/project.js';
import { runSweep } from '../sweep/session.js';
import { expectClean, FRAMES, readPayload, useBrowser } from './page.js';

/** A bowl over two numbers. */
function makeGrid(): ReturnType<typeof makeTrials> {
  return Array.from({ length: 100 }, (_, i) => {
    const [x, y] = [i % 10, Math.floor(i / 10)];
    const loss = 1 + (x - 4) ** 2 + (y - 5) ** 2;
    return { x, y, replicate: 0, status: 'ok', loss };
  });
}

const GRID = {
  axes: ['x', 'y'],
  worker: {
    params: [
      { name: 'x', type: 'integer', default: 0 },
      { name: 'y', type: 'integer', default: 0 },
    ],
    metrics: [{ name: 'loss', type: 'number', goal: 'min' }],
  },
} as const;

describe.skipIf(CHROMIUM === undefined)('in Chromium (skipped where there is none)', () => {
  const open = useBrowser();

  test('contours of the heat map have their levels written on them, and are saved as lines', async () => {
    const { page: file } = await makeRun(makeGrid(), { curves: false, manifest: GRID });
    const visit = await open(file);
    const { evaluate, page } = visit;
    const view = page.locator('#view-heat');
    const style = view.locator('select').nth(4);
    const picture = () =>
      view.locator('canvas').evaluate((canvas) => (canvas as never as { toDataURL(): string }).toDataURL());
    const saved = async () =>
      (await evaluate(`(async () => {
        const make = URL.createObjectURL;
        const blob = await new Promise((done) => {
          URL.createObjectURL = (blob) => (done(blob), make.call(URL, blob));
          [...document.querySelectorAll('#view-heat .save button')][0].click();
        });
        URL.createObjectURL = make;
        return blob.text();
      })()`)) as string;
    const labels = (svg: string) =>
      [...svg.matchAll(/stroke-linejoin[^>]*>([^<]+)</g)].map(([, text]) => Number(text));
    const cells = await picture();
    expect(labels(await saved())).toEqual([]);
    await style.selectOption({ label: 'contours' });
    await evaluate(FRAMES);
    await evaluate(FRAMES);
    expect(await picture()).not.toBe(cells);
    const linear = await saved();
    expect(findXmlFault(linear)).toBeUndefined();
    expect(linear).not.toContain('<rect x="58');
    // Even steps between the least loss, 1, and the greatest, 51; where labels would meet, one is left out.
    const levels = [...new Set(labels(linear))].sort((a, b) => a - b);
    expect(levels.length).toBeGreaterThan(5);
    expect(levels.filter((level) => level % 5 !== 0 || level > 50)).toEqual([]);
    await view.locator('input[type=checkbox]').click();
    await evaluate(FRAMES);
    await evaluate(FRAMES);
    expect(new Set(labels(await saved()))).toEqual(new Set([2, 5, 10, 20, 50]));
    await view.locator('canvas').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
    expect(await view.locator('.aloud').textContent()).toBe('mean loss: 19, x: 1, y: 8, 1 trial');
    await page.keyboard.press('Enter');
    expect(await page.locator('.count').textContent()).toBe('1 of 100 trials');
    expectClean(visit);
  });

  test('a selected trial shows its confusion matrix where its report has one', async () => {
    const { folder } = await makeRun(makeGrid(), { curves: false, manifest: GRID });
    const report = defineReport({
      name: 'classes',
      title: 'Classes',
      tables: [
        {
          name: 'confusion',
          about: 'Images by class and prediction.',
          sql: `SELECT trial, c.class AS class, p.predicted AS predicted,
            (CASE WHEN c.class = p.predicted THEN 8 ELSE 1 END)::INTEGER AS count
            FROM trials, (VALUES ('cat'), ('dog'), ('eel')) AS c(class), (VALUES ('cat'), ('dog'), ('eel')) AS p(predicted)
            WHERE trial IN (3, 5) ORDER BY c.class, trial DESC`,
        },
      ],
    });
    const { html } = await writeReport(folder, report);
    const visit = await open(`${folder}/${html}`);
    const { evaluate, page } = visit;
    const detail = page.locator('#view-detail');
    const choose = async (trial: number) => {
      await page.locator(`#view-table [data-place="${trial}"]`).click();
      await evaluate(FRAMES);
      await evaluate(FRAMES);
    };
    await choose(3);
    expect(await detail.locator('.matrix canvas').getAttribute('aria-label')).toBe(
      'Confusion matrix of 3 classes: 80 % of 30 lie on the diagonal',
    );
    await detail.locator('summary').click();
    expect((await detail.locator('.behind tr').allInnerTexts()).map((row) => row.split('\t'))).toEqual([
      ['class / predicted', 'cat', 'dog', 'eel'],
      ['cat', '8', '1', '1'],
      ['dog', '1', '8', '1'],
      ['eel', '1', '1', '8'],
    ]);
    await choose(4);
    expect(await detail.locator('h4').first().textContent()).toBe('Trial 4');
    expect(await detail.locator('.matrix').count()).toBe(0);
    expectClean(visit);
  });

  test('the time by worker is by the clock where the journal has one, and end to end where it has none', async () => {
    const { sweep } = makeProject(
      `params: { a: z.number().default(0) }, metrics: { b: { type: 'number' } },
       run: ({ params: { a } }) => { if (a === 3) throw new Error('no'); return { b: a }; }`,
      'axes: { a: [1, 2, 3, 4, 5] }',
    );
    const before = Date.now();
    const { folder } = await runSweep({ sweep });
    const { html } = await writeRunReport(folder);
    const { payload } = readPayload(`${folder}/${html}`);
    expect(payload.began).toBeGreaterThan(before);
    expect(payload.began).toBeLessThan(Date.now());
    const visit = await open(`${folder}/${html}`);
    const { page, evaluate } = visit;
    const view = page.locator('#view-timing');
    await view.locator('summary').click();
    const head = () => view.locator('th').allInnerTexts();
    expect(await head()).toEqual(['worker', 'attempts', 'busy [s]', 'idle [s]']);
    await view.locator('select').selectOption({ label: 'end to end' });
    await evaluate(FRAMES);
    await evaluate(FRAMES);
    expect(await head()).toEqual(['worker', 'attempts', 'busy [s]']);
    await view.locator('canvas').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    expect(await page.locator('#view-detail h4').first().textContent()).toMatch(/^Trial \d$/);
    expectClean(visit);
    const old = await open((await makeRun(makeGrid(), { curves: false, manifest: GRID })).page);
    expect(await old.page.locator('#view-timing').count()).toBe(1);
    expect(await old.page.locator('#view-timing select').count()).toBe(0);
  });
});

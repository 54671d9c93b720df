// The live page in a real browser: beside a real run in another process, over a hostile folder, and as those see it who
// need more contrast, a small screen or a screen reader.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Dashboard } from '../../src/dashboard/server.js';
import { newFolder, startProgram, sweepFile } from '../cli/program.js';
import { CHROMIUM, findFaults, launch, openPage } from './browser.js';
import { makeRun, makeTrials, manifestOf, newRoot, serve } from './runs.js';

/** The page's own policy keeps Playwright from waiting for an expression there. */
async function until(page: Page, expression: string): Promise<void> {
  while (!(await page.evaluate(`Boolean(${expression})`))) await page.waitForTimeout(20);
}

const says = (page: Page, selector: string, text: string) =>
  page.locator(selector).filter({ hasText: text }).first().waitFor({ timeout: 40_000 });
const count = (page: Page) => page.textContent('#explore .count');

/** What it would do, were it markup or code. */
const EVIL = `<img src=x onerror=alert(1)>"'\`\${alert(2)}</script><script>alert(3)</script>`;

/** Its title, values, units and errors are markup, and in the journal, which nobody checks, its names as well. */
async function makeHostileRun(folder: string): Promise<void> {
  const trials = makeTrials(30).map((made) => ({
    ...{ ...made, optimizer: EVIL },
    ...(made.error === undefined ? {} : { error: EVIL }),
  }));
  const words = { unit: EVIL, about: EVIL };
  const worker = {
    params: [
      { name: 'rate', type: 'number', default: 1 },
      { name: EVIL, type: 'string', default: EVIL },
    ],
    metrics: [{ name: `loss ${EVIL}`, type: 'number', goal: 'min', ...words }],
    series: [EVIL],
  };
  await makeRun(folder, trials, manifestOf({ axes: ['rate', EVIL], worker: worker as never }));
  const metrics = [{ name: 'loss', type: 'number', goal: 'min', ...words }];
  const checked = manifestOf({ title: EVIL, runId: EVIL, created: EVIL, worker: { metrics } as never });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(checked));
  mkdirSync(join(folder, 'artifacts', '0'), { recursive: true });
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(6)"><script>alert(7)</script></svg>`;
  writeFileSync(join(folder, 'artifacts', '0', '"onerror=alert(5).svg'), drawing);
}

describe.skipIf(CHROMIUM === undefined)('in Chromium (skipped where there is none)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  test('a run is followed, paused, continued and stopped, and one of its trials; what was chosen stays', async () => {
    const cwd = newFolder();
    const gate = (number: number) => writeFileSync(join(cwd, 'gate'), String(number));
    gate(0);
    const run = startProgram(cwd, [
      'run',
      sweepFile('fixtures/sweeps/gated'),
      '--data',
      cwd,
      '--workers',
      '2',
      '--no-report',
      '--out',
      'runs/gated/first',
    ]);
    await run.said('16 trials');
    const dashboard = await serve(join(cwd, 'runs'));
    const { page, expectClean, close } = await openPage(browser, dashboard.url);
    try {
      await page.click('text=gated/first');
      await says(page, '.badge', 'running');
      await says(page, '.threads', '2 of 2 worker threads busy');
      // Trials that run are there before the first has ended, with their curves.
      await says(page, '#view-table .rows', 'running');
      await until(page, "document.querySelector('#view-curves canvas') !== null");
      gate(6);
      await says(page, '.progress', '6 of 16 done');
      await says(page, '#view-failures', 'trial 3 is out of luck');
      await says(page, '.answer', 'rate=0.01 optimizer=adam');

      await page.fill('#explore input[type=search]', 'optimizer=adam');
      await page.click('#view-table .head button:text-is("loss")');
      await until(page, "document.querySelector('#explore .count').textContent.includes(' of ')");
      await page.locator('#view-table .rows .row').first().click();
      await page.selectOption('#view-scatter select', { label: 'optimizer' });
      const kept = async () => ({
        search: await page.inputValue('#explore input[type=search]'),
        trial: await page.textContent('#view-detail h4'),
        axis: await page.evaluate(
          "document.querySelector('#view-scatter select').selectedOptions[0].textContent",
        ),
        sorted: await page.textContent('#view-table [aria-sort="ascending"]'),
      });
      const before = await kept();
      expect(before).toEqual({
        search: 'optimizer=adam',
        trial: 'Trial 4',
        axis: 'optimizer',
        sorted: 'loss ↑',
      });
      const counted = await count(page);
      gate(10);
      await says(page, '.progress', '10 of 16 done');
      await until(
        page,
        `document.querySelector('#explore .count').textContent !== ${JSON.stringify(counted)}`,
      );
      expect(await count(page)).toMatch(/^\d+ of 1\d trials$/);
      expect(await kept()).toEqual(before);
      const rows = await page.locator('#view-table .rows .row').allTextContents();
      expect(rows.filter((text) => text.includes('sgd'))).toEqual([]);

      await page.click('#pause');
      await says(page, '.badge', 'paused');
      await says(page, '.note', 'pause: asked');
      // What runs may end; nothing new begins.
      gate(16);
      await until(page, "document.querySelector('.threads').hidden");
      const done = Number(/^(\d+) of 16 done/.exec((await page.textContent('.progress p'))!)![1]);
      expect(done).toBeLessThan(16);
      gate(0);
      await page.click('#continue');
      await says(page, '.badge', 'running');
      await until(page, "!document.querySelector('.threads').hidden");
      const stop = page.locator('[aria-label^="Stop trial"]').first();
      const trial = Number((await stop.getAttribute('aria-label'))!.replace('Stop trial ', ''));
      await stop.click();
      await page.fill('#explore input[type=search]', String(trial));
      await says(page, '#view-table .rows', 'stopped on request');
      await page.click('#stop');
      await says(page, '.badge', 'interrupted');
      await says(page, '.command code', 'sweepline resume ');
      expect((await run.finished).code).toBe(130);
      expect(await page.locator('#stop, #pause, #continue').count()).toBe(0);
      expectClean();
    } finally {
      run.child.kill('SIGKILL');
      await dashboard.close();
    }
    await says(page, '.banner', 'does not answer');
    await close();
  });

  describe('a folder of runs', () => {
    let dashboard: Dashboard;
    beforeAll(async () => {
      const root = newRoot();
      await makeRun(join(root, 'rates', 'first'), makeTrials(60));
      const moved = makeTrials(60, 20).map((made) => ({
        ...made,
        loss: made.loss === null ? null : made.loss + made.trial / 50,
      }));
      await makeRun(join(root, 'rates', 'second'), moved);
      await makeHostileRun(join(root, 'rates', 'onerror=alert(4)'));
      // A manifest is checked: what is wrong there is told, in its own words.
      await makeRun(join(root, 'rates', 'refused'), makeTrials(3), manifestOf({ sweep: EVIL }));
      dashboard = await serve(root);
    });
    afterAll(() => dashboard.close());

    const pages = {
      list: ['/', '#live .note:text-is("4 runs")'],
      run: ['/run/rates/first/', '#explore[data-version] .view'],
      compare: ['/compare?a=rates/first&b=rates/second', '#explore[data-state=ready] .view'],
    } as const;
    const looks = {
      desktop: {},
      dark: { colorScheme: 'dark' },
      phone: { viewport: { width: 390, height: 6000 }, hasTouch: true, isMobile: true },
      'dark phone': { viewport: { width: 390, height: 6000 }, isMobile: true, colorScheme: 'dark' },
    } as const;
    test.each(
      Object.entries(pages).flatMap(([name, [path, there]]) =>
        Object.entries(looks).map(([look, options]) => ({ name, look, path, there, options })),
      ),
    )(
      'the $name page has no serious fault of accessibility and fits its screen: $look',
      async ({ path, there, options }) => {
        const { page, expectClean, close } = await openPage(
          browser,
          new URL(path, dashboard.url).href,
          options,
        );
        await page.locator(there).first().waitFor();
        expect(await findFaults(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(
          0,
        );
        expectClean();
        await close();
      },
    );

    test('two runs are compared by the trials that both have', async () => {
      const { page, expectClean, close } = await openPage(browser, dashboard.url);
      for (const name of ['first', 'second']) await page.check(`[aria-label="Compare rates/${name}"]`);
      await page.click('text=Compare two runs');
      await says(page, '.note', '40 trials of A and B have the same key; 20 are in A alone, 20 in B alone.');
      await says(page, '#view-pairs .note', 'loss is greater in B for 34 trials, less for 0, equal for 0.');
      const first = await page.locator('#view-differences tbody tr').first().locator('td').allTextContents();
      // Trial 59 is the last one of both, and they differ the more the later it is.
      expect([first[0], first[1], Number(first.at(-1))]).toEqual([
        'trial 59',
        '59',
        expect.closeTo(59 / 50, 4),
      ]);
      await page.locator('#view-differences button').first().click();
      await page.fill('#explore input[type=search]', '59');
      await says(page, '#view-table .row.selected', '59');
      await page.fill('#explore input[type=search]', '');
      await page.selectOption('#explore > label select', { label: 'run_ms' });
      await says(page, '#view-pairs .note', 'run_ms is greater in B for 0 trials, less for 0, equal for 40.');
      expectClean();
      await close();
    });

    test('nothing that a run is called or says is run as a script', async () => {
      const { page, expectClean, close } = await openPage(browser, dashboard.url);
      await says(page, 'tr', 'expected a word');
      await page.click('text=rates/onerror=alert(4)');
      await page.locator('#explore[data-version] .view').first().waitFor();
      await page.locator('#view-table .rows .row').first().click();
      await page.locator('#view-detail img').waitFor();
      const file = '/run/rates/onerror=alert(4)/artifacts/0/%22onerror%3Dalert(5).svg';
      const drawing = await openPage(browser, new URL(file, dashboard.url).href);
      // The browser says what it has not let run.
      expect(drawing.seen.filter((text) => !text.includes('Blocked script execution'))).toEqual([]);
      await drawing.close();
      await page.goto(new URL('/compare?a=rates/onerror=alert(4)&b=rates/first', dashboard.url).href);
      await says(page, '.note', '30 trials of A and B have the same key');
      expectClean();
      await close();
    });
  });
});

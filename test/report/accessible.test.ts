// Pages for everybody: axe-core finds no serious fault on the page of a report and of a suite, in the light and in the dark,
// on a desk and on a phone; figures tell their values to a pointer and to the keyboard, fit a phone, and are saved.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { judgeTonight } from '../../src/nights/gate.js';
import { renderNightPage } from '../../src/nights/page.js';
import { barChart, lineChart, scatterChart } from '../../src/report/charts.js';
import { defineReport } from '../../src/report/define.js';
import { heatMap } from '../../src/report/heatmap.js';
import { renderConfusions } from '../../src/report/panels.js';
import { writeReport } from '../../src/report/write.js';
import { writeSuitePage } from '../../src/suite/page.js';
import { CHROMIUM } from '../browser.js';
import { cellOf, nightOf, runOf } from '../nights/nights.js';
import { makeProject } from '../sweep/project.js';
import { runHere } from '../sweep/session.js';
import { makeRun, makeTrials } from './explore-runs.js';
import { newFolder } from './folders.js';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const LOOKS = {
  'a desk, light': { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  'a desk, dark': { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  'a phone, light': { viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  'a phone, dark': { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
} as const satisfies Record<string, BrowserContextOptions>;

const rows = `SELECT rate, optimizer, avg(loss) AS loss FROM trials WHERE status = 'ok' GROUP BY ALL ORDER BY ALL`;
const report = defineReport({
  name: 'all',
  title: 'Every kind of figure',
  tables: [{ name: 'loss', about: 'Mean loss.', sql: rows }],
  figures: [
    {
      name: 'lines',
      about: 'Loss against the rate.',
      table: 'loss',
      draw: (found) =>
        lineChart(found, { x: 'rate', y: 'loss', series: 'optimizer', xScale: 'log', title: 'Which rate?' }),
    },
    {
      name: 'bars',
      about: 'Loss of each optimiser.',
      sql: `SELECT optimizer, warm, avg(loss) AS loss FROM trials GROUP BY ALL ORDER BY ALL`,
      draw: (found) =>
        barChart(found, { x: 'optimizer', y: 'loss', series: 'warm', title: 'Which optimiser?' }),
    },
    {
      name: 'points',
      about: 'Accuracy against loss.',
      sql: 'SELECT loss, accuracy, optimizer FROM trials',
      draw: (found) => scatterChart(found, { x: 'loss', y: 'accuracy', series: 'optimizer' }),
    },
    {
      name: 'heat',
      about: 'Loss by rate and optimiser.',
      table: 'loss',
      draw: (found) =>
        heatMap(found, { x: 'rate', y: 'optimizer', value: 'loss', title: 'Where is it low?' }),
    },
    {
      name: 'panels',
      about: 'A confusion matrix.',
      table: 'loss',
      render: () => (form: { readonly isNarrow: boolean }) =>
        renderConfusions(
          [
            {
              title: 'one',
              counts: [
                [3, 1],
                [0, 4],
              ],
            },
          ],
          {
            ...{ name: 'panels', title: 'Which is taken for which?', about: 'A matrix.' },
            ...form,
          },
        ),
    },
  ],
});

/** A suite of one run, in which some trials fail. */
async function writeSuite(): Promise<string> {
  const { sweep } = makeProject(
    `params: { x: z.number().default(0) }, metrics: { y: { type: 'number', goal: 'min' } },
     run(trial) { if (trial.params.x > 3) throw new Error('x is too large'); return { y: trial.params.x }; }`,
    'axes: { x: [1, 2, 3, 4] }',
  );
  const folder = join(newFolder(), 'suite');
  mkdirSync(folder);
  await runHere({ sweep, out: join(folder, 'mine') });
  await writeSuitePage(folder, {
    ...{ kind: 'sweepline-suite', name: 'suite', title: 'A suite', about: 'One sweep, and one to come.' },
    runs: [
      { name: 'mine', sweep, set: {} },
      { name: 'later', sweep, set: {} },
    ],
  } as never);
  return join(folder, 'report.html');
}

/** A night in which one metric got worse, one better and one moved. */
function writeNight(): string {
  const goals = { loss: 'min', accuracy: 'max', size: null } as const;
  const metrics = Object.entries(goals).map(([name, goal]) => ({
    ...{ name, goal, isBoolean: false, unit: null, tolerance: null },
  }));
  const nightWith = (day: number, mean: number) =>
    nightOf(day, [
      runOf(
        Object.keys(goals).map((name) => cellOf(name, mean)),
        { metrics },
      ),
    ]);
  const nights = Array.from({ length: 12 }, (_, day) => nightWith(day, 1));
  const gate = judgeTonight(nightWith(12, 2), { nights, faults: [] }, { accepted: [], last: 50 });
  const path = join(newFolder(), 'night.html');
  writeFileSync(path, renderNightPage(gate, []));
  return path;
}

describe.skipIf(CHROMIUM === undefined)('in Chromium (skipped where there is none)', () => {
  let browser: Browser;
  let page: string;
  let suite: string;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox', '--disable-gpu'] });
    const { folder } = await makeRun(makeTrials(120));
    expect((await writeReport(folder, report)).faults).toEqual([]);
    page = join(folder, 'report.html');
    suite = await writeSuite();
  }, 60_000);
  afterAll(() => browser.close());

  /** Hands an opened page on, and what it told of errors must be nothing. */
  async function open<T>(
    path: string,
    look: BrowserContextOptions,
    use: (page: Page) => Promise<T>,
  ): Promise<T> {
    const context = await browser.newContext(look);
    try {
      const opened = await context.newPage();
      const errors: string[] = [];
      opened.on('pageerror', (error) => errors.push(String(error)));
      await opened.goto(pathToFileURL(path).href);
      const explore = opened.locator('#explore');
      if ((await explore.count()) > 0) await explore.and(opened.locator('[data-state]')).waitFor();
      const result = await use(opened);
      expect(errors).toEqual([]);
      return result;
    } finally {
      await context.close();
    }
  }

  /** Faults that axe calls serious or critical. */
  async function findFaults(opened: Page): Promise<readonly string[]> {
    // As the page's policy has it, no script of others runs; the browser's own way in does.
    const session = await opened.context().newCDPSession(opened);
    await session.send('Runtime.evaluate', { expression: readFileSync(AXE, 'utf8') });
    const { result } = await session.send('Runtime.evaluate', {
      expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ' ' + failureSummary)))`,
      awaitPromise: true,
      returnByValue: true,
    });
    return result.value as readonly string[];
  }

  test.each(Object.entries(LOOKS))('axe finds nothing serious on a report’s page: %s', async (_, look) => {
    await open(page, look, async (opened) => {
      // All that is closed is opened, and views that are not on the screen are drawn.
      await opened.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true;
        for (const event of ['beforeprint', 'afterprint']) window.dispatchEvent(new Event(event))`);
      expect(await findFaults(opened)).toEqual([]);
    });
  });

  test('nor on it as it is before anything is opened', async () => {
    await open(page, LOOKS['a phone, dark'], async (opened) => {
      expect(await findFaults(opened)).toEqual([]);
    });
  });

  test.each(Object.entries(LOOKS))('nor on a suite’s page: %s', async (_, look) => {
    await open(suite, look, async (opened) => {
      expect(await findFaults(opened)).toEqual([]);
    });
  });

  test.each(Object.entries(LOOKS))('nor on a night’s page, whose pictures are seen: %s', async (_, look) => {
    await open(writeNight(), look, async (opened) => {
      expect(await findFaults(opened)).toEqual([]);
      expect(await opened.locator('td svg').count()).toBe(3);
      expect(await opened.locator('td svg').first().boundingBox()).toMatchObject({ width: 150, height: 34 });
      const colours = (await opened.evaluate(`[
        ['path', 'stroke'], ['circle', 'fill'], ['rect:not(.band)', 'fill'], ['.band', 'fill'], ['polyline', 'stroke'],
      ].map(([part, what]) => getComputedStyle(document.querySelector('td svg ' + part))[what])
        .concat(getComputedStyle(document.body).backgroundColor)`)) as string[];
      expect(new Set(colours).size).toBe(6);
      expect(await opened.evaluate('document.documentElement.scrollWidth')).toBe(look.viewport.width);
    });
  });

  test('axe is asked in earnest: a picture without words is found', async () => {
    await open(page, LOOKS['a desk, light'], async (opened) => {
      await opened.evaluate(`document.querySelector('figure svg').removeAttribute('aria-label')`);
      expect((await findFaults(opened)).join()).toContain('svg-img-alt');
    });
  });

  test('each figure has a form that fits a phone, and no page is wider than its screen', async () => {
    for (const path of [page, suite])
      await open(path, LOOKS['a phone, light'], async (opened) => {
        expect(await opened.evaluate('document.documentElement.scrollWidth')).toBe(390);
      });
    await open(page, LOOKS['a phone, light'], async (opened) => {
      const drawings = opened.locator('figure .drawing');
      expect(await drawings.count()).toBe(5);
      for (const drawing of await drawings.all()) {
        expect(await drawing.locator('.narrow svg').isVisible()).toBe(true);
        expect(await drawing.locator('.wide svg').isVisible()).toBe(false);
        expect(
          await drawing.evaluate(
            (box: { scrollWidth: number; clientWidth: number }) => box.scrollWidth <= box.clientWidth,
          ),
        ).toBe(true);
      }
    });
  });

  test('a pointer tells the value under it, and arrow keys tell one after the other', async () => {
    await open(page, LOOKS['a desk, light'], async (opened) => {
      const drawing = opened.locator('#figure-bars .drawing');
      const values = JSON.parse((await opened.locator('#figure-bars script.values').textContent())!) as {
        readonly rows: readonly (readonly string[])[];
        readonly wide: readonly number[];
      };
      await drawing.scrollIntoViewIfNeeded();
      const box = (await drawing.locator('.wide svg').boundingBox())!;
      const scale = box.width / 760;
      await opened.mouse.move(box.x + values.wide[0]! * scale, box.y + values.wide[1]! * scale);
      const [warm, optimizer, loss] = values.rows[0]!;
      expect(await opened.locator('.tip div').allTextContents()).toEqual([
        `warm: ${warm}`,
        `optimizer: ${optimizer}`,
        `loss: ${loss}`,
      ]);
      await drawing.focus();
      const said = opened.locator('#figure-bars .said');
      const heard: string[] = [];
      for (const key of ['Home', 'ArrowRight', 'End']) {
        await opened.keyboard.press(key);
        heard.push((await said.textContent())!);
      }
      const tell = ([warm, optimizer, loss]: readonly string[]) =>
        `warm: ${warm}, optimizer: ${optimizer}, loss: ${loss}`;
      expect(heard).toEqual([values.rows[0]!, values.rows[1]!, values.rows.at(-1)!].map(tell));
    });
  });

  test('a bar stands where its value is told', async () => {
    await open(page, LOOKS['a desk, light'], async (opened) => {
      // The pixel left and right of a bar's top is of its colour below it.
      const inside = (await opened.evaluate(`(() => {
        const figure = document.querySelector('#figure-bars');
        const { wide } = JSON.parse(figure.querySelector('script.values').textContent);
        const svg = figure.querySelector('.wide svg');
        svg.scrollIntoView({ behavior: 'instant' });
        const { x, y, width } = svg.getBoundingClientRect();
        const scale = width / svg.viewBox.baseVal.width;
        return Array.from({ length: wide.length / 2 }, (_, i) =>
          document.elementFromPoint(x + wide[2 * i] * scale, y + (wide[2 * i + 1] + 2) * scale)?.getAttribute('fill') ?? '');
      })()`)) as readonly string[];
      expect(inside.length).toBe(6);
      for (const fill of inside) expect(fill).toMatch(/^var\(--c\d\)$/);
    });
  });

  test('a name has one colour on the whole page, in figures and in Explore', async () => {
    await open(page, LOOKS['a desk, light'], async (opened) => {
      const colours = (await opened.evaluate(`['lines', 'points'].map((name) => {
        const texts = [...document.querySelectorAll('#figure-' + name + ' .wide text')];
        return ['adam', 'momentum', 'sgd'].map((optimizer) => {
          const { previousElementSibling: mark } = texts.find(({ textContent }) => textContent === optimizer);
          return ['stroke', 'fill'].map((key) => mark.getAttribute(key)).find((c) => c?.startsWith('var(--c'));
        });
      })`)) as readonly (readonly string[])[];
      expect(colours[0]).toEqual(['var(--c0)', 'var(--c1)', 'var(--c2)']);
      expect(colours[1]).toEqual(colours[0]);
    });
  });

  test('figures are saved as SVG in the page’s colours, and as PNG', async () => {
    await open(page, { ...LOOKS['a desk, dark'], acceptDownloads: true }, async (opened) => {
      const download = async (kind: string) => {
        const [file] = await Promise.all([
          opened.waitForEvent('download'),
          opened
            .locator('#figure-lines')
            .getByRole('button', { name: `Save lines as ${kind}` })
            .click(),
        ]);
        return { name: file.suggestedFilename(), bytes: readFileSync((await file.path())!) };
      };
      const svg = await download('SVG');
      expect(svg.name).toBe('lines.svg');
      expect(svg.bytes.toString('utf8')).toContain('#0d1117');
      expect(svg.bytes.toString('utf8')).not.toContain('var(--');
      const png = await download('PNG');
      expect(png.name).toBe('lines.png');
      expect(png.bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
      // Twice as dense as the figure.
      expect([png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)]).toEqual([1520, 880]);
    });
  });

  test('on paper all figures are whole, in the light', async () => {
    await open(page, LOOKS['a desk, dark'], async (opened) => {
      await opened.emulateMedia({ media: 'print', colorScheme: 'dark' });
      await opened.setViewportSize({ width: 700, height: 1000 });
      const found = await opened.evaluate(`({
        paper: getComputedStyle(document.body).backgroundColor,
        cut: [...document.querySelectorAll('figure .drawing')].filter((box) => box.scrollWidth > box.clientWidth + 1).length,
        buttons: [...document.querySelectorAll('.tools')].filter(({ offsetParent }) => offsetParent !== null).length,
      })`);
      expect(found).toEqual({ paper: 'rgb(255, 255, 255)', cut: 0, buttons: 0 });
    });
  });
});

// What the page shows of one trial, and what it saves, in a real browser.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { writeRunReport } from '../../src/report/load.js';
import { CHROMIUM } from '../browser.js';
import { makeRun, makeTrials } from '../report/explore-runs.js';
import { findXmlFault } from '../report/xml.js';
import { fixture, runHere } from '../sweep/session.js';
import { expectClean, FRAMES, pictures, type, useBrowser } from './page.js';

describe.skipIf(CHROMIUM === undefined)('in Chromium (skipped where there is none)', () => {
  const open = useBrowser();

  test('a row that is clicked is the trial of the detail, with its error, and marked in the views', async () => {
    const { page } = await makeRun(makeTrials(100));
    const visit = await open(page);
    const { evaluate } = visit;
    await evaluate(type('#24'));
    const before = (await evaluate(pictures)) as Record<string, string>;
    await evaluate(
      `document.querySelector('#view-table .rows .row').dispatchEvent(new MouseEvent('click', { bubbles: true })), ${FRAMES}`,
    );
    await evaluate(FRAMES);
    const detail = (await evaluate("document.querySelector('#view-detail .body').textContent")) as string;
    expect(detail).toContain('Trial 24');
    expect(detail).toContain('Error: rate 24 is "too" large');
    expect(detail).toContain(`sweepline replay ${page.replace(/\/report\.html$/, '')} 24`);
    // The pointer over a chart finds the trial that lies there.
    const tip = `(() => {
      const canvas = document.querySelector('#view-history canvas');
      const box = canvas.getBoundingClientRect();
      for (let y = 0; y < box.height; y += 4)
        for (let x = 0; x < box.width; x += 4) {
          canvas.dispatchEvent(new PointerEvent('pointermove', { clientX: box.x + x, clientY: box.y + y }));
          const found = document.querySelector('.tip');
          if (found !== null) return [...found.children].map((each) => each.textContent);
        }
    })()`;
    await evaluate(
      "[...document.querySelectorAll('.bar button')].find((e) => e.textContent === 'Clear filter').click()",
    );
    await evaluate(type('#25'));
    expect(await evaluate(tip)).toEqual(['Trial 25', expect.stringMatching(/^loss: \d/)]);
    const after = (await evaluate(pictures)) as Record<string, string>;
    expect(after['view-parallel']).not.toBe(before['view-parallel']);
    expectClean(visit);
  });

  test('pictures that a trial left are shown from beside the page, other files linked', async () => {
    const { folder, page } = await makeRun(makeTrials(30));
    mkdirSync(join(folder, 'artifacts/3/deep'), { recursive: true });
    writeFileSync(
      join(folder, 'artifacts/3/a #1 <b>.svg'),
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    );
    writeFileSync(join(folder, 'artifacts/3/deep/model.bin'), 'x');
    symlinkSync('/etc', join(folder, 'artifacts/3/out'));
    await writeRunReport(folder);
    const visit = await open(page);
    const { evaluate } = visit;
    await evaluate(type('#3'));
    await evaluate(
      `document.querySelector('#view-table .rows .row').dispatchEvent(new MouseEvent('click', { bubbles: true })), ${FRAMES}`,
    );
    await evaluate(FRAMES);
    expect(
      await evaluate(
        `(async () => { const image = document.querySelector('.pictures img'); await image.decode(); return image.naturalWidth; })()`,
      ),
    ).toBe(9);
    expect(
      await evaluate(
        "[...document.querySelectorAll('.files a')].map((e) => [e.textContent, e.getAttribute('href')])",
      ),
    ).toEqual([['deep/model.bin', 'artifacts/3/deep/model.bin']]);
    // The picture's own file, and nothing else.
    expect(visit.requests).toEqual([pathToFileURL(join(folder, 'artifacts/3/a #1 <b>.svg')).href]);
    expect(visit.errors).toEqual([]);
  });

  test('every chart is saved as a drawing that is well-formed, and as a picture', async () => {
    const visit = await open((await makeRun(makeTrials(200))).page);
    const saved = (await visit.evaluate(`(async () => {
      const made = [];
      const make = URL.createObjectURL;
      URL.createObjectURL = (blob) => (made.push(blob), make.call(URL, blob));
      const buttons = [...document.querySelectorAll('.save button')];
      for (const button of buttons) button.click();
      while (made.length < buttons.length) await ${FRAMES};
      const drawings = await Promise.all(made.filter(({ type }) => type === 'image/svg+xml').map((blob) => blob.text()));
      return { charts: document.querySelectorAll('.view canvas').length, drawings, pictures: made.filter(({ type, size }) => type === 'image/png' && size > 1000).length };
    })()`)) as { readonly charts: number; readonly drawings: string[]; readonly pictures: number };
    expect(saved.charts).toBe(9);
    expect(saved.drawings.map(findXmlFault)).toEqual(Array.from({ length: saved.charts }, () => undefined));
    expect(saved.drawings.filter((text) => !/<path d="M|<rect x="/.test(text))).toEqual([]);
    expect(saved.pictures).toBe(saved.charts);
    expectClean(visit);
  });

  test('a trial with the weights of another: whose they are, in place of what would run it again', async () => {
    const pruner = { name: 'pbt', interval: 2, max: 8, mutate: 'alpha' };
    const { folder } = await runHere({ sweep: fixture('paused'), pruner });
    await writeRunReport(folder);
    const told = async (trial: number) => {
      const visit = await open(join(folder, 'report.html'));
      const { evaluate } = visit;
      await evaluate(type(`#${trial}`));
      await evaluate(
        `document.querySelector('#view-table .rows .row').dispatchEvent(new MouseEvent('click', { bubbles: true })), ${FRAMES}`,
      );
      await evaluate(FRAMES);
      expectClean(visit);
      return evaluate("document.querySelector('#view-detail .command').textContent");
    };
    expect(await told(0)).toBe(`Whose weights it has (pbt): sweepline explain ${folder} 0 Copy `);
    expect(await told(5)).toBe(`Run it again: sweepline replay ${folder} 5 Copy `);
  });
});

// The importance of parameters on the page of a real run, in a real browser: the numbers of summary/importance.csv, and
// what a click on them does.
import { describe, expect, test } from 'vitest';
import { writeRunReport } from '../../src/report/load.js';
import { CHROMIUM } from '../browser.js';
import { makeProject } from '../sweep/project.js';
import { read, runHere } from '../sweep/session.js';
import { expectClean, FRAMES, useBrowser } from './page.js';

const WORKER = `params: { rate: z.number().default(1), width: z.number().default(1), kind: z.string().default('x') },
  metrics: { loss: { type: 'number', goal: 'min' }, size: { type: 'number' }, note: { type: 'string' } },
  run: ({ params: { rate, width, kind } }) => ({ loss: (rate - 3) ** 2 + (kind === 'y' ? 1 : 0), size: width * 3, note: kind })`;

describe.skipIf(CHROMIUM === undefined)('in Chromium (skipped where there is none)', () => {
  const open = useBrowser();

  test('shows the shares of the table for each metric; a click puts a parameter on the x axis', async () => {
    const { sweep } = makeProject(
      WORKER,
      "axes: { width: [1, 2, 4], rate: [1, 2, 3, 4, 7], kind: ['x', 'y'] }",
    );
    const { folder } = await runHere({ sweep });
    await writeRunReport(folder);
    const visit = await open(`${folder}/report.html`);
    const { evaluate, page } = visit;
    const view = page.locator('#view-importance');
    await view.locator('summary').click();
    const rows = async () => (await view.locator('tbody tr').allInnerTexts()).map((row) => row.split('\t'));
    const shown = await rows();
    const table = read(folder, 'summary/importance.csv').trimEnd().split('\n').slice(1);
    expect(shown.map(([name, metric]) => `${name},${metric}`)).toEqual(
      table.map((line) => line.split(',').slice(0, 2).join()),
    );
    for (const [i, [, , share]] of shown.entries())
      expect(Number(share)).toBeCloseTo(Number(table[i]!.split(',')[2]), 3);
    expect(shown[0]![0]).toBe('rate');
    const x = page.locator('#view-scatter select').first();
    const chosen = () => x.evaluate((list) => (list as unknown as { value: string }).value);
    const names = await x.locator('option').allInnerTexts();
    await x.selectOption({ label: 'width' });
    await view.locator('canvas').click({ position: { x: 200, y: 20 } });
    expect(names[Number(await chosen())]).toBe('rate');
    // The same with the keyboard: the second bar.
    await view.locator('canvas').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    expect(names[Number(await chosen())]).toBe(shown[1]![0]);
    await view.locator('select').selectOption({ label: 'size' });
    await evaluate(FRAMES);
    await evaluate(FRAMES);
    expect((await rows())[0]!.slice(0, 3)).toEqual(['width', 'size', '1']);
    expectClean(visit);
  });
});

// The Explore part of report.html: what it packs, and in a real browser what its views do together.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Payload } from '../../src/explore/payload.js';
import { compileSearch } from '../../src/explore/search.js';
import { unpackTable } from '../../src/explore/table.js';
import { Packer } from '../../src/report/explore/pack.js';
import { writeRunReport } from '../../src/report/load.js';
import { Browser, CHROMIUM, type Visit } from '../browser.js';
import { makeRun, makeTrials, OPTIMIZERS } from './explore-runs.js';
import { findXmlFault } from './xml.js';

function readPayload(page: string): {
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

describe('packed columns', () => {
  test('numbers come back as they were', () => {
    const number = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.constantFrom(0, 0.5, Number.POSITIVE_INFINITY),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.array(number, { maxLength: 600 }), (cells) => {
        const packer = new Packer();
        const column = packer.numbers({ name: 'x', role: 'metric' }, cells);
        const [found] = unpackTable({ rows: cells.length, columns: [column] }, packer.bytes()).columns;
        const expected = cells.map((cell) => (cell === null ? Number.NaN : cell));
        // A zero has no sign in a dictionary.
        expect([...found!.values].map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
        const finite = expected.filter(Number.isFinite);
        expect(found!.low + 0).toBe(finite.length === 0 ? Number.NaN : Math.min(...finite) + 0);
      }),
      { seed: 14 },
    );
  });

  test('so do texts, numbers that count up, and columns of several kinds behind one another', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.string({ maxLength: 40 })), { maxLength: 300 }), (texts) => {
        const packer = new Packer();
        const count = texts.map((_, i) => 7 + i * i);
        const columns = [
          packer.numbers({ name: 'trial', role: 'trial' }, count),
          packer.categories({ name: 'text', role: 'axis' }, texts),
          packer.numbers(
            { name: 'half', role: 'axis' },
            count.map((n) => n / 2),
            true,
          ),
        ];
        const [trial, text, half] = unpackTable({ rows: texts.length, columns }, packer.bytes()).columns;
        expect([...trial!.values]).toEqual(count);
        expect([...text!.values].map((code) => text!.labels[code] ?? null)).toEqual(texts);
        expect([...half!.values]).toEqual(count.map((n) => n / 2));
      }),
      { seed: 14 },
    );
  });

  test('a million numbers that repeat take few bytes, and rounding is said', async () => {
    const packer = new Packer();
    const rows = 1_000_000;
    packer.numbers(
      { name: 'trial', role: 'trial' },
      Array.from({ length: rows }, (_, i) => i),
    );
    packer.numbers(
      { name: 'rate', role: 'axis' },
      Array.from({ length: rows }, (_, i) => (i % 41) / 40),
    );
    expect(packer.bytes().length).toBe(5 * rows);
  });
});

describe('search', () => {
  const column = (name: string, values: readonly number[], labels: readonly string[] = []) =>
    ({
      name,
      values: Float64Array.from(values),
      labels,
      kind: labels.length > 0 ? 'category' : 'number',
    }) as never;
  const columns = [
    column('trial', [0, 1, 2]),
    column('loss', [0.1, 0.2, Number.NaN]),
    column('name', [0, 1, 1], ['Adam', 'sgd']),
  ];
  const find = (text: string) => [0, 1, 2].filter((row) => compileSearch(text, columns)?.(row) ?? true);
  test.each([
    ['', [0, 1, 2]],
    ['ada', [0]],
    ['1', [1]],
    ['#2', [2]],
    ['loss<0.15', [0]],
    ['loss>=0.1', [0, 1]],
    ['LOSS=0.2 sgd', [1]],
    ['name=sgd', [1, 2]],
    ['name!=sgd', [0]],
    ['nothing', []],
    ['unknown<3', []],
  ])('%s', (text, rows) => {
    expect(find(text)).toEqual(rows);
  });
});

test('a run without a report has a page; its policy allows its one script and nothing else', async () => {
  const { page } = await makeRun(makeTrials(60));
  const { payload, blob, html } = readPayload(page);
  const [script] = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text!);
  const hash = createHash('sha256').update(script!).digest('base64');
  expect(html).toContain(
    `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data: 'self' file:; base-uri 'none'; form-action 'none'`,
  );
  const { columns } = unpackTable(payload.trials, blob);
  const names = [
    'trial',
    'replicate',
    'rate',
    'optimizer',
    'warm',
    'status',
    'loss',
    'accuracy',
    'good',
    'run_ms',
    'worker',
    'error',
  ];
  expect(columns.map(({ name }) => name)).toEqual(names);
  const error = columns.at(-1)!;
  expect(error.labels).toEqual(['Error: rate 24 is "too" large', 'Error: rate 49 is "too" large']);
  expect(payload.curves?.rows).toBe(58 * 5);
  expect(payload.notes).toEqual([]);
  expect(html).toContain('<h1>Which rate?</h1>');
});

test('the same run gives the same bytes', async () => {
  const [a, b] = [await makeRun(makeTrials(40)), await makeRun(makeTrials(40))];
  expect(readFileSync(a.page, 'utf8')).toBe(readFileSync(b.page, 'utf8'));
});

test('what is thinned is said, and the last point of a curve is kept', async () => {
  const { payload, blob } = readPayload((await makeRun(makeTrials(9000))).page);
  expect(payload.notes).toEqual(['curves of 4,320 of 8,640 trials (one in 2)']);
  const [trial, step] = unpackTable(payload.curves!, blob).columns;
  expect(new Set(trial!.values).size).toBe(4320);
  expect([...step!.values].filter((each) => each === 5)).toHaveLength(4320);
});

describe.skipIf(CHROMIUM === undefined)('in Chromium (skipped where there is none)', () => {
  let browser: Browser;
  beforeAll(() => {
    browser = new Browser();
  });
  afterAll(() => browser.close());

  const FRAMES =
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))';

  async function open(page: string, { width = 1280, height = 7000 } = {}) {
    const visit = await browser.visit(pathToFileURL(page).href);
    await visit.send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: width < 500,
    });
    await visit.evaluate(
      `(async () => { while (document.getElementById('explore').dataset.state === undefined) await ${FRAMES}; })()`,
    );
    for (let i = 0; i < 3; i++) await visit.evaluate(FRAMES);
    expect(await visit.evaluate("document.getElementById('explore').dataset.state")).toBe('ready');
    return visit;
  }

  function expectClean({ requests, errors, dialogs, refused }: Visit): void {
    expect({ requests, errors, dialogs, refused }).toEqual({
      requests: [],
      errors: [],
      dialogs: [],
      refused: [],
    });
  }

  const titles = "[...document.querySelectorAll('.view h3')].map((e) => e.textContent)";
  const count = "document.querySelector('.count').textContent";
  const cells = (heading: string) => `(() => {
    const at = [...document.querySelectorAll('#view-table .head > div')].findIndex((e) => e.textContent.replace(/ [↑↓]$/, '') === ${JSON.stringify(heading)});
    return [...document.querySelectorAll('#view-table .rows .row')].map((row) => row.children[at].textContent);
  })()`;
  const pictures = `Object.fromEntries([...document.querySelectorAll('.view canvas')].map((e) => [e.closest('.view').id, e.toDataURL()]))`;
  const type = (text: string) => `(async () => {
    const field = document.querySelector('input[type=search]');
    field.value = ${JSON.stringify(text)};
    field.dispatchEvent(new Event('input'));
    const before = ${count};
    while (${count} === before) await ${FRAMES};
    await ${FRAMES};
    await ${FRAMES};
  })()`;

  /** With the browser's own mouse, from one part of a canvas to another. */
  async function drag(
    { evaluate, send }: Visit,
    view: string,
    [from, to]: readonly (readonly [number, number])[],
  ): Promise<void> {
    const box = (await evaluate(
      `(() => { const { x, y, width, height } = document.querySelector('#${view} canvas').getBoundingClientRect(); return { x, y, width, height }; })()`,
    )) as Readonly<Record<'x' | 'y' | 'width' | 'height', number>>;
    const at = ([u, v]: readonly [number, number]) => ({
      x: box.x + u * box.width,
      y: box.y + v * box.height,
    });
    const mouse = (kind: string, point: readonly [number, number]) =>
      send('Input.dispatchMouseEvent', {
        type: kind,
        ...at(point),
        button: 'left',
        buttons: 1,
        clickCount: 1,
      });
    await mouse('mousePressed', from!);
    await mouse('mouseMoved', [(from![0] + to![0]) / 2, (from![1] + to![1]) / 2]);
    await mouse('mouseMoved', to!);
    await mouse('mouseReleased', to!);
    await evaluate(FRAMES);
    await evaluate(FRAMES);
  }

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
        `document.querySelector('#view-parallel [aria-label="rate, axis"]').dispatchEvent(new KeyboardEvent('keydown', { key: '${name}', bubbles: true${more} })), ${FRAMES}`,
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
    const visit = await open(page, { width: 340, height: 8000 });
    await visit.send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: 'dark' }],
    });
    await visit.evaluate(FRAMES);
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

  test('a page that was cut short says so instead of showing half a run', async () => {
    const { page } = await makeRun(makeTrials(50));
    const { html } = readPayload(page);
    writeFileSync(page, html.replace(/(id="sweepline-data">[\w+/=]{80})[\w+/=]*/, '$1'));
    const visit = await browser.visit(pathToFileURL(page).href);
    await visit.evaluate(
      `(async () => { while (document.getElementById('explore').dataset.state === undefined) await ${FRAMES}; })()`,
    );
    expect(await visit.evaluate("document.getElementById('explore').textContent")).toContain(
      'These views cannot be shown',
    );
  });
});

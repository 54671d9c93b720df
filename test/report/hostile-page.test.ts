// Pages made from hostile strings: names, values, titles and errors that are markup, scripts and links. In a real browser
// nothing runs and nothing is asked of anybody, with the page's policy and also without it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { barChart, lineChart, scatterChart } from '../../src/report/charts.js';
import { defineReport } from '../../src/report/define.js';
import { heatMap } from '../../src/report/heatmap.js';
import { renderHtml } from '../../src/report/markdown.js';
import { renderPage } from '../../src/report/page.js';
import { renderConfusions } from '../../src/report/panels.js';
import { escapeMarkdown, markdownCode } from '../../src/report/tables.js';
import { writeReport } from '../../src/report/write.js';
import { writeSuitePage } from '../../src/suite/page.js';
import { Browser, CHROMIUM } from '../browser.js';
import { makeProject } from '../sweep/project.js';
import { runHere } from '../sweep/session.js';
import { makeManifest, makeRunFolder, newFolder } from './folders.js';
import { findXmlFault } from './xml.js';

/** Counts what is asked of it. */
let server: Server;
let asked = 0;
let port = 0;
beforeAll(async () => {
  server = createServer((_, response) => {
    asked++;
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

/** What each string would do if it were more than text: leave a mark, or ask the server. */
function hostile(): string[] {
  const there = `http://127.0.0.1:${port}`;
  return [
    '<script>window.mark = 1</script>',
    '</script></style></title></svg>--><script>window.mark = 2</script>',
    '"><img src=x onerror="window.mark = 3">',
    "'><svg/onload='window.mark = 4'>",
    `<img src="${there}/image">`,
    `![picture](${there}/markdown)`,
    `![picture](//127.0.0.1:${port}/markdown)`,
    '[link](javascript:window.mark=5)',
    '[link](\u0001javascript:window.mark=6)',
    '[link](JaVaScRiPt&colon;window.mark=7)',
    '<javascript:window.mark=8>',
    `<link rel="stylesheet" href="${there}/style">`,
    `<meta http-equiv="refresh" content="0;url=${there}/refresh">`,
    `<base href="${there}/">`,
    `<iframe srcdoc="<script>parent.mark = 9</script>"></iframe>`,
    '`code` **strong** | a cell | another\u2028<script>window.mark = 10</script>',
    'a\r\n\r\n## A heading\r\n\r\n| a | b |\r\n| --- | --- |\r\n| <b>1</b> | 2 |',
    '```\n<script>window.mark = 11</script>\n```',
    '\u0000\u001b[2J\ufffe\ud800 zr0-c0 class="zr0-cls-1" #fff',
    `" style="background:url(${there}/css)`,
    '&lt;script&gt;window.mark = 12&lt;/script&gt;',
    '<!-- files of this report: ["summary/x.csv"] -->',
  ];
}

/** A run in which every text is hostile, and its report with every kind of part and chart. */
async function writeHostileReport(): Promise<string> {
  const strings = hostile();
  const all = strings.join(' ');
  const manifest = makeManifest({
    runId: all,
    title: all,
    axes: ['x', 'label'],
    engine: all,
    device: all,
    data: { name: all, sha256: all },
    sampler: { name: all },
    sweepline: all,
    git: all,
    node: all,
    worker: {
      name: all,
      version: all,
      params: [
        { name: 'x', type: 'number', default: 0 },
        { name: 'label', type: 'string', default: all },
        { name: 'third', type: 'string', default: all },
      ],
      metrics: [
        { name: 'y', type: 'number', unit: strings[2]! } as never,
        { name: 'text', type: 'string' },
        { name: 'odd', type: 'number' },
      ],
    },
  });
  const trials = strings.map((text, i) => ({
    ...{ x: i, label: text, y: i % 3, text, status: i === 0 ? 'failed' : i === 1 ? all : 'ok' },
    odd: Number.NaN,
  }));
  const folder = await makeRunFolder(manifest, trials);
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  writeFileSync(
    join(folder, 'timings.csv'),
    `trial,attempt,worker,host,device,queue_ms,run_ms,status,error\n0,1,0,h,cpu,1,2,failed,${quote(all)}\n`,
  );
  const rows = 'SELECT x, label, y, text FROM trials ORDER BY trial';
  const look = { title: all, subtitle: all };
  const report = defineReport({
    name: 'hostile',
    title: all.replaceAll(/\s/g, ' '),
    tables: [
      { name: 'all', about: 'All.', sql: 'SELECT * FROM trials ORDER BY trial' },
      {
        name: 'named',
        about: all,
        columns: { [strings[2]!]: all },
        sql: `SELECT 1 AS ${quote(strings[2]!)}, 2 AS ${quote(strings[0]!)}`,
      },
      { name: 'broken', about: 'Broken.', sql: `SELECT ${quote(all)} FROM trials` },
      {
        name: 'checked',
        about: 'Checked.',
        sql: 'SELECT 1',
        check: () => {
          throw new Error(all);
        },
      },
    ],
    figures: [
      {
        name: 'lines',
        about: all,
        sql: rows,
        draw: (found) => lineChart(found, { x: 'x', y: 'y', series: 'label', ...look }),
      },
      {
        name: 'bars',
        about: all,
        sql: rows,
        draw: (found) => barChart(found, { x: 'label', y: 'y', ...look }),
      },
      {
        name: 'points',
        about: all,
        sql: rows,
        draw: (found) => scatterChart(found, { x: 'x', y: 'y', series: 'label', ...look }),
      },
      {
        name: 'heat',
        about: all,
        sql: rows,
        draw: (found) => heatMap(found, { x: 'x', y: 'label', value: 'y', ...look }),
      },
      {
        name: 'panels',
        about: all,
        render: () =>
          renderConfusions([{ title: all, counts: [[1]] }], { name: 'panels', title: all, about: all }),
      },
      {
        name: 'failing',
        about: all,
        render: () => {
          throw new Error(all);
        },
      },
    ],
    text: [() => `## Text\n\n${strings.join('\n\n')}`, () => Promise.reject(new Error(all))],
  });
  const { faults } = await writeReport(folder, report);
  expect(faults.map(({ part }) => part)).toEqual([
    'table "broken"',
    'table "checked"',
    'figure "failing"',
    'section 2 of the text',
  ]);
  return folder;
}

/** A suite whose run says hostile things of itself. */
async function writeHostileSuite(): Promise<string> {
  const all = hostile().join(' ');
  const { sweep } = makeProject(
    `params: { x: z.number().default(0) }, metrics: { y: { type: 'number' } },
     run(trial) { return { y: trial.params.x }; }`,
    'axes: { x: [1] }',
  );
  const folder = join(newFolder(), 'suite');
  mkdirSync(folder);
  await runHere({ sweep, out: join(folder, 'mine') });
  const path = join(folder, 'mine', 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...manifest, title: all, data: { name: all, sha256: all } }));
  await writeSuitePage(folder, {
    ...{ kind: 'sweepline-suite', name: 'suite', title: all.replaceAll(/\s/g, ' '), about: all },
    runs: [{ name: 'mine', sweep, set: {} }],
  } as never);
  return folder;
}

/** Opens all that is closed, chooses all that can be chosen, selects and points at trials, and waits for the drawing. */
const USE_ALL = `(async () => {
  const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
  while (document.getElementById('explore').dataset.state === undefined) await frames();
  if (document.getElementById('explore').dataset.state !== 'ready') throw new Error(document.getElementById('explore').textContent);
  for (const each of document.querySelectorAll('details')) each.open = true;
  for (const view of document.querySelectorAll('.view')) {
    view.scrollIntoView();
    await frames();
    for (let i = 0; i < view.querySelectorAll('select').length; i++)
      for (let k = 0; k < Math.min(5, view.querySelectorAll('select')[i].options.length); k++) {
        const list = view.querySelectorAll('select')[i];
        list.selectedIndex = k;
        list.dispatchEvent(new Event('change'));
        await frames();
      }
    for (const canvas of view.querySelectorAll('canvas')) {
      const box = canvas.getBoundingClientRect();
      for (let x = 0; x < box.width; x += 25)
        canvas.dispatchEvent(new PointerEvent('pointermove', { clientX: box.x + x, clientY: box.y + box.height / 2 }));
    }
  }
  for (const row of document.querySelectorAll('#view-table .rows .row'))
    row.dispatchEvent(new MouseEvent('click', { bubbles: true, ctrlKey: true }));
  for (const filter of document.querySelectorAll('#view-failures button')) filter.click();
  await frames();
})()`;

const POLICY = /<meta http-equiv="Content-Security-Policy" content="[^"]*">\n/;

describe.skipIf(CHROMIUM === undefined)('in Chromium (skipped where there is none)', () => {
  let browser: Browser;
  beforeAll(() => {
    browser = new Browser();
  });
  afterAll(() => browser.close());

  const visit = (path: string) => browser.visit(pathToFileURL(path).href);

  /** Opens a page with its policy and without. It runs no script but its own, which uses all that the page offers. */
  async function expectQuiet(path: string, own: number): Promise<void> {
    const bare = path.replace(/\.html$/, '-bare.html');
    const html = readFileSync(path, 'utf8');
    expect(html).toMatch(POLICY);
    writeFileSync(bare, html.replace(POLICY, ''));
    for (const page of [path, bare]) {
      const seen = await visit(page);
      const { scripts, dialogs, errors, evaluate } = seen;
      const before = asked;
      if (own > 0) await evaluate(USE_ALL);
      const address = pathToFileURL(page).href;
      expect({ requests: seen.requests, scripts, dialogs, errors }).toEqual({
        ...{ requests: [], dialogs: [], errors: [] },
        scripts: Array.from({ length: own }, () => address),
      });
      const found = await evaluate(`({
        mark: window.mark ?? null,
        active: [...document.querySelectorAll('script:not([type="application/octet-stream"], [type="application/json"]), iframe, object, embed, base, link, form, meta[http-equiv=refresh]')].length,
        handlers: [...document.querySelectorAll('*')].flatMap((e) => [...e.attributes]).filter(({ name }) => name.startsWith('on')).length,
        links: [...document.querySelectorAll('a')].filter(({ protocol }) => !/^(https?|file|mailto):$/.test(protocol)).length,
        title: document.title.length > 0,
        text: document.body.textContent.includes('<script>window.mark = 1</script>'),
      })`);
      expect(found).toEqual({ mark: null, active: own, handlers: 0, links: 0, title: true, text: true });
      expect(asked).toBe(before);
    }
  }

  test('a report runs no script and asks for nothing', async () => {
    await expectQuiet(join(await writeHostileReport(), 'report.html'), 1);
    expect(asked).toBe(0);
  });

  test('nor does the page of a suite', async () => {
    await expectQuiet(join(await writeHostileSuite(), 'report.html'), 0);
    expect(asked).toBe(0);
  });

  test('the figures are files that a browser draws', async () => {
    const folder = await writeHostileReport();
    for (const name of ['lines', 'bars', 'points', 'heat', 'panels']) {
      const { scripts, requests, evaluate } = await visit(join(folder, `figures/${name}.svg`));
      expect({ scripts, requests }).toEqual({ scripts: [], requests: [] });
      expect(await evaluate('document.documentElement.tagName')).toBe('svg');
      expect(await evaluate("document.querySelector('parsererror') === null")).toBe(true);
    }
  });

  test('the page’s policy stops what a report’s own figures would do, and lets pictures beside the page be', async () => {
    const folder = newFolder();
    const evil = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="window.mark = 1"><script>window.mark = 2</script>
      <image href="http://127.0.0.1:${port}/image"/><style>@import url(http://127.0.0.1:${port}/style);</style></svg>`;
    writeFileSync(
      join(folder, 'beside.svg'),
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    );
    const page = renderPage('Evil', '![evil](evil.svg)\n\n![beside](beside.svg)', (path) =>
      path === 'evil.svg' ? { about: 'evil', picture: evil } : undefined,
    );
    writeFileSync(join(folder, 'page.html'), page);
    writeFileSync(join(folder, 'bare.html'), page.replace(POLICY, ''));
    const before = asked;
    const { evaluate, refused } = await visit(join(folder, 'page.html'));
    expect({ mark: await evaluate('window.mark ?? null'), asked: asked - before }).toEqual({
      mark: null,
      asked: 0,
    });
    expect(refused.join('\n')).toContain('Content Security Policy');
    expect(await evaluate("document.querySelector('img').naturalWidth")).toBe(9);
    // Were scripts and requests not seen, all of the above would say nothing.
    const open = await visit(join(folder, 'bare.html'));
    expect(await open.evaluate('window.mark')).toBe(1);
    expect(open.scripts.length).toBeGreaterThan(0);
    expect(open.requests.join('\n')).toContain(`:${port}/image`);
    expect(asked).toBeGreaterThan(before);
  });
});

test('figures of hostile strings are well-formed, and Markdown has none of their markup', async () => {
  const folder = await writeHostileReport();
  for (const name of ['lines', 'bars', 'points', 'heat', 'panels'])
    expect(findXmlFault(readFileSync(join(folder, `figures/${name}.svg`), 'utf8'))).toBeUndefined();
  const page = readFileSync(join(folder, 'report.html'), 'utf8');
  expect(page.match(/<!-- files of this report: /g)).toHaveLength(1);
  const table = readFileSync(join(folder, 'summary/all.md'), 'utf8').split('\n');
  // One line a row, whatever line ends there are in the cells: head, rule, rows.
  expect(table.filter((line) => line.startsWith('|'))).toHaveLength(2 + hostile().length);
});

describe('any text', () => {
  // Texts that markup is made of, far more often than chance would make them.
  const piece = fc.constantFrom(
    ...[
      '<',
      '>',
      '"',
      "'",
      '`',
      '```',
      '*',
      '**',
      '|',
      '[',
      ']',
      '(',
      ')',
      '!',
      '\\',
      '\n',
      '\r',
      '\u2028',
      '#',
      '- ',
    ],
    ...[
      'javascript:',
      'http://x',
      'a',
      ' ',
      '<script>',
      '</script>',
      ' onerror=',
      '&',
      '&lt;',
      '\u0000',
      '\u0001',
    ],
  );
  const text = fc
    .array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 12 })
    .map((all) => all.join(''));
  /** Tags as a browser would read them. */
  const tags = (html: string) => [...html.matchAll(/<\/?([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"]*")*)>|</gi)];

  test('becomes no tag but the page’s own, and no link to a script', () => {
    fc.assert(
      fc.property(text, (markdown) => {
        for (const [whole, name, attributes] of tags(renderHtml(markdown))) {
          expect(whole, markdown).not.toBe('<');
          expect(name).toMatch(
            /^(h[1-6]|p|ul|ol|li|pre|code|strong|em|a|img|div|table|thead|tbody|tr|th|td)$/,
          );
          expect(attributes).toMatch(/^( (class|href|src|alt|tabindex|role|aria-label)="[^"]*")*$/);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers leave them out
          expect(attributes).not.toMatch(/(href|src)="[\x00-\x20]*javascript:/i);
          if (name === 'img') expect(attributes).not.toMatch(/src="(http|\/\/)/);
        }
      }),
      { seed: 8, numRuns: 2000 },
    );
  });

  test('that is escaped is the same text in the page, in one line', () => {
    fc.assert(
      fc.property(text, (words) => {
        const html = renderHtml(`x ${escapeMarkdown(words)}`);
        expect(tags(html).map(([tag]) => tag)).toEqual(['<p>', '</p>']);
        expect(html.trimEnd()).not.toContain('\n');
        const code = markdownCode(words);
        const inCode = renderHtml(`x ${code}`);
        expect(tags(inCode).map(([tag]) => tag)).toEqual(
          code === '' ? ['<p>', '</p>'] : ['<p>', '<code>', '</code>', '</p>'],
        );
      }),
      { seed: 9, numRuns: 2000 },
    );
  });
});

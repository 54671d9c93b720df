import { writeToString } from 'fast-csv';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/report/define.js';
import { renderHtml } from '../../src/report/markdown.js';
import { renderCsv, renderMarkdownTable } from '../../src/report/tables.js';

describe('renderHtml', () => {
  it('renders what reports are made of', () => {
    const html = renderHtml(
      '# A **b**\n\nOne *two*\nthree `x < y`.\n\n- a\n  more\n- [b](c.csv)\n\n1. one\n\n```\n<raw> *x*\n\n- y\n```\nafter\n\n| a | b |\n| --- | ---: |\n| p\\|q | 1 |\n',
    );
    expect(html).toMatchInlineSnapshot(`
      "<h1>A <strong>b</strong></h1>
      <p>One <em>two</em>
      three <code>x &lt; y</code>.</p>
      <ul>
      <li>a more</li>
      <li><a href="c.csv">b</a></li>
      </ul>
      <ol>
      <li>one</li>
      </ol>
      <pre><code>&lt;raw&gt; *x*

      - y</code></pre>
      <p>after</p>
      <div class="table" tabindex="0" role="group" aria-label="Table"><table>
      <thead><tr><th>a</th><th class="number">b</th></tr></thead>
      <tbody>
      <tr><td>p|q</td><td class="number">1</td></tr>
      </tbody></table></div>
      "
    `);
  });

  it('shows markup as text and follows no script link', () => {
    expect(renderHtml('<script>alert(1)</script> [x](javascript:alert(1\\)) ![a"b](p"q)')).not.toMatch(
      /<script|href|"b|"q/,
    );
  });

  it('puts figures in place of images', () => {
    expect(renderHtml('![f](figures/f.svg)', (path) => `<figure>${path}</figure>`)).toBe(
      '<figure>figures/f.svg</figure>\n',
    );
  });
});

describe('tables as text', () => {
  const rows = {
    columns: ['name', 'value'],
    rows: [
      { name: 'a_b | c', value: 0.1 + 0.2 },
      { name: null, value: 1e-8 },
      { name: 'x,"y"', value: null },
    ],
  };

  it('CSV keeps every digit, in the bytes of fast-csv', async () => {
    const text = Buffer.from(renderCsv(rows)).toString();
    expect(text).toBe('name,value\n"a_b | c",0.30000000000000004\n,1e-8\n"x,""y""",\n');
    const headers = [...rows.columns];
    const options = { headers, alwaysWriteHeaders: true, includeEndRowDelimiter: true };
    const cells = rows.rows.map((row: Row) => headers.map((name) => row[name]));
    expect(text).toBe(await writeToString(cells, options));
    expect(Buffer.from(renderCsv({ columns: ['a', 'b'], rows: [] })).toString()).toBe('a,b\n');
  });

  it('Markdown rounds, aligns numbers, and its cells come back from the HTML as they were', () => {
    const markdown = renderMarkdownTable(rows, 2);
    expect(markdown).toBe('| name | value |\n| --- | ---: |\n| a\\_b \\| c | 0.3 |\n|  | 1e-8 |\n');
    expect(renderHtml(markdown)).toContain('<td>a_b | c</td><td class="number">0.3</td>');
  });
});

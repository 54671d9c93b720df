import fs, { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { SweeplineError } from '../../src/ground/errors.js';
import { lineChart } from '../../src/report/charts.js';
import { defineReport } from '../../src/report/define.js';
import { writeReport } from '../../src/report/write.js';
import { makeManifest, makeRunFolder } from './folders.js';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const report = defineReport({
  name: 'peaks',
  title: 'How high it goes',
  tables: [
    {
      name: 'by-alpha',
      about: 'The peak at each step size.',
      sql: 'SELECT alpha, max(peak) AS peak, count(*) AS n FROM trials WHERE peak IS NOT NULL GROUP BY alpha ORDER BY alpha',
      preview: 2,
    },
    {
      name: 'highest',
      about: 'The highest of them.',
      sql: 'SELECT max(peak) AS peak FROM by_alpha HAVING count(*) > 0',
    },
  ],
  figures: [
    {
      name: 'peaks',
      about: 'Peak against step size.',
      table: 'by-alpha',
      draw: (rows) => lineChart(rows, { x: 'alpha', y: 'peak' }),
    },
    { name: 'dot', about: 'A picture.', render: () => PNG },
    { name: 'absent', about: 'Not in this run.', render: () => null },
  ],
  text: [
    ({ table }) => `## Answer\n\nThe highest peak is **${table('highest').rows[0]?.peak ?? 'not known'}**.`,
  ],
});

const axes = {
  axes: [{ names: ['alpha'], values: [{ kind: 'list', values: [0.1, 0.2, 0.3, 0.4, 0.5] }] }],
} as const;
const manifest = makeManifest({
  runId: 'run-1',
  title: 'Peaks by step size',
  axes: ['alpha'],
  space: { grids: [axes], replicates: 1 },
  data: { name: 'digits', sha256: 'ab'.repeat(32) },
  engine: 'onnx',
  seed: 7,
});
const trials = [
  { alpha: 0.1, peak: 1.1 },
  { alpha: 0.2, peak: 0.1 + 0.2 },
  { alpha: 0.3, peak: null, status: 'failed' },
  { alpha: 0.4, peak: 1.4 },
];

function readAll(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    names.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path, 'latin1')];
    }),
  );
}

describe('writeReport', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await makeRunFolder(manifest, trials);
    writeFileSync(
      join(folder, 'timings.csv'),
      'trial,attempt,worker,host,device,queue_ms,run_ms,status,error\n' +
        '2,1,0,a,cpu,1,1,failed,first error\n2,2,0,a,cpu,1,1,failed,loss is NaN | <b>\n3,1,1,a,cpu,1,1,ok,\n',
    );
  });

  it('writes tables, figures, Markdown and one page, and says what it wrote', async () => {
    const written = await writeReport(folder, report);
    expect(written).toEqual({
      markdown: 'report.md',
      html: 'report.html',
      tables: [
        { name: 'by-alpha', path: 'summary/by-alpha.csv', rows: 3 },
        { name: 'highest', path: 'summary/highest.csv', rows: 1 },
      ],
      figures: [
        { name: 'peaks', path: 'figures/peaks.svg' },
        { name: 'dot', path: 'figures/dot.png' },
      ],
      faults: [],
    });
    expect(Object.keys(readAll(folder)).sort()).toEqual([
      ...['figures/dot.png', 'figures/peaks.svg', 'manifest.json', 'report.html', 'report.md'],
      ...['summary/by-alpha.csv', 'summary/by-alpha.md', 'summary/highest.csv', 'summary/highest.md'],
      ...['timings.csv', 'trials.csv'],
    ]);
    expect(readFileSync(join(folder, 'summary/by-alpha.csv'), 'utf8')).toBe(
      'alpha,peak,n\n0.1,1.1,1\n0.2,0.30000000000000004,1\n0.4,1.4,1\n',
    );
    expect(readFileSync(join(folder, 'figures/dot.png')).equals(PNG)).toBe(true);
    await expect(readFileSync(join(folder, 'report.md'), 'utf8')).toMatchFileSnapshot(
      '../fixtures/report-peaks.md',
    );
  });

  it('makes the same bytes again', async () => {
    await writeReport(folder, report);
    const before = readAll(folder);
    await writeReport(folder, report);
    expect(readAll(folder)).toEqual(before);
  });

  it('makes a page that needs nothing beside it, and no markup out of an error message', async () => {
    await writeReport(folder, report);
    const html = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(html).toContain('<svg role="img"');
    expect(html).toContain('src="data:image/png;base64,');
    expect(html).toContain('loss is NaN | &lt;b&gt;');
    expect(html).toContain('name="viewport"');
    expect(html).toContain('prefers-color-scheme: dark');
    expect(html).toContain('<div id="explore">');
    // Its own script and what that reads are looked at in explore.test.ts.
    const own =
      /<script type="application\/octet-stream" id="sweepline-data">[\w+/=]*<\/script>\n<script>.*<\/script>/s;
    expect(html).toMatch(own);
    // What its figures show.
    const values = /<script type="application\/json" class="values">[^<]*<\/script>/g;
    expect(html.match(values)).toHaveLength(1);
    expect(html.replace(own, '').replaceAll(values, '')).not.toMatch(
      /<script|<link|@import|src="(?!data:)|url\((?!#)/,
    );
    expect(
      html.match(/https?:\/\/[^"' )]+/g)?.filter((url) => !url.startsWith('http://www.w3.org/')) ?? [],
    ).toEqual([]);
  });

  it('reports on a run without a single finished trial', async () => {
    const empty = await makeRunFolder(manifest, []);
    await writeReport(empty, report);
    expect(readFileSync(join(empty, 'summary/by-alpha.csv'), 'utf8')).toBe('alpha,peak,n\n');
    expect(existsSync(join(empty, 'figures/peaks.svg'))).toBe(false);
    const markdown = readFileSync(join(empty, 'report.md'), 'utf8');
    expect(markdown).toContain('0 trials. **5 trials missing.**');
    expect(markdown).toContain('The highest peak is **not known**.');
    expect(markdown).toContain('Left out, since this run has no rows for them: peaks, absent.');
  });

  it('leaves the report before it, and no other file, where the run folder is found damaged late', async () => {
    await writeReport(folder, report);
    const before = readAll(folder);
    const failing = defineReport({
      ...report,
      tables: [...report.tables, { name: 'more', about: 'x', sql: 'SELECT 1 AS n' }],
      text: [
        () => {
          throw new SweeplineError('BAD_RUN_FOLDER', 'no answer');
        },
      ],
    });
    await expect(writeReport(folder, failing)).rejects.toThrow('no answer');
    expect(readAll(folder)).toEqual(before);
  });

  it('flushes every file and each of its folders once', async () => {
    const fresh = await makeRunFolder(manifest, trials);
    const fsync = vi.spyOn(fs, 'fsync');
    const rename = vi.spyOn(fs, 'rename');
    try {
      await writeReport(fresh, report);
      const files = Object.keys(readAll(fresh)).length - 2; // without the manifest and the trials
      expect(rename).toHaveBeenCalledTimes(files);
      // Two folders are new, so their folder is flushed for each; its own name is, once; then all three.
      expect(fsync).toHaveBeenCalledTimes(files + 2 + 1 + 3);
    } finally {
      vi.restoreAllMocks();
    }
  });
});

describe('choices', () => {
  const chooser = defineReport({
    name: 'chooser',
    title: 'Chooses',
    choices: { plane: { about: 'how', values: ['round', 'flat'] } },
    tables: [
      { name: 'one', about: 'One.', sql: (context) => `SELECT '${context.choice('plane')}' AS plane` },
    ],
  });
  const made = async (chosen?: Record<string, string>) => {
    const folder = await makeRunFolder(makeManifest(), []);
    await writeReport(folder, chooser, chosen);
    return readFileSync(join(folder, 'summary', 'one.csv'), 'utf8');
  };
  it('are the first value, or the one that is chosen', async () => {
    expect(await made()).toBe('plane\nround\n');
    expect(await made({ plane: 'flat' })).toBe('plane\nflat\n');
  });
  it('that are not there are refused with those that are', async () => {
    await expect(made({ plan: 'flat', plane: 'square' })).rejects.toThrow(
      /"plan"; did you mean "plane"[\s\S]*"square"[\s\S]*round, flat/,
    );
  });
});

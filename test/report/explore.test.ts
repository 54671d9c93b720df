// The Explore part of report.html: what it packs of a run, and how.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unpackTable } from '../../src/explore/table.js';
import { Packer } from '../../src/report/explore/pack.js';
import { textsOf } from '../../src/report/vectors.js';
import { readPayload } from '../explore/page.js';
import { makeRun, makeTrials } from './explore-runs.js';

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
        const expected = cells.map((cell) => (cell === null ? Number.NaN : cell));
        const packer = new Packer();
        const column = packer.numbers({ name: 'x', role: 'metric' }, Float64Array.from(expected));
        const [found] = unpackTable({ rows: cells.length, columns: [column] }, packer.bytes()).columns;
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
          packer.numbers({ name: 'trial', role: 'trial' }, Float64Array.from(count)),
          packer.categories({ name: 'text', role: 'axis' }, textsOf(texts)),
          packer.numbers(
            { name: 'half', role: 'axis' },
            Float64Array.from(count, (n) => n / 2),
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
      Float64Array.from({ length: rows }, (_, i) => i),
    );
    packer.numbers(
      { name: 'rate', role: 'axis' },
      Float64Array.from({ length: rows }, (_, i) => (i % 41) / 40),
    );
    expect(packer.bytes().length).toBe(5 * rows);
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

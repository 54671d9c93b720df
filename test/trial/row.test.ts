// Rows of trials.csv there and back: what is written is what is read, here, by whoever cuts bytes, and by fast-csv.
import fc from 'fast-check';
import { parseString } from 'fast-csv';
import { describe, expect, it } from 'vitest';
import { createSpace } from '../../src/space/space.js';
import type { Point, Value } from '../../src/space/types.js';
import { canonicalValue, copyValue } from '../../src/space/value.js';
import { createKeyer, trialKey, trialSeed } from '../../src/trial/key.js';
import { countRows, pickRows, skipRows } from '../../src/trial/lines.js';
import { createMetricsReader, type MetricValue } from '../../src/trial/metrics.js';
import { fillParams } from '../../src/trial/params.js';
import { createRowPrefixes } from '../../src/trial/prefixes.js';
import {
  cellsWithoutMetrics,
  createColumnWriter,
  createRowReader,
  formatMetrics,
  headerOf,
  keyAt,
  skipToStatus,
  type TrialRow,
} from '../../src/trial/row.js';
import { type Selection, trialAt, trialsOf } from '../../src/trial/selection.js';
import { type RowCase, rowCase } from './rows.js';

/** A value as a cell can hold it: no sign of zero. */
function kept<V>(value: V): V | 0 | null {
  if (value === 0) return 0;
  return value === undefined ? null : value;
}

function placeOf({ space }: RowCase, trials: Selection, i: number): { point: Point; replicate: number } {
  if (trials.kind === 'points') return trials.points[i]!;
  const trial = trialAt(trials, i);
  return { point: space.at(Math.floor(trial / space.replicates)), replicate: trial % space.replicates };
}

/** The rows as they must be read back. */
function expectedRows(given: RowCase): TrialRow[] {
  const { params, axes, metrics, fixed, sweepSeed, trials, ends } = given;
  return [...trialsOf(trials)].map((trial, i) => {
    const { point, replicate } = placeOf(given, trials, i);
    const key = trialKey('w', '1', fillParams(point, params, fixed), replicate);
    const { status, values } = ends[i % ends.length]!;
    const isNullable = (name: string) => params.some((param) => param.name === name && param.nullable);
    const cells = axes
      .filter((name) => Object.hasOwn(point, name) || isNullable(name))
      .map((name) => [name, copyValue(point[name] ?? null)] as const);
    return {
      ...{ trial, key, replicate, seed: trialSeed(sweepSeed, key), status },
      point: Object.fromEntries(cells) as Point,
      metrics: Object.fromEntries(metrics.map(({ name }) => [name, kept<MetricValue>(values[name] ?? null)])),
    };
  });
}

function writtenRows(given: RowCase): string {
  const { metrics, trials, ends } = given;
  const { prefixes } = createRowPrefixes({ ...given, keyer: createKeyer('w', '1') })(trials);
  const rows = prefixes.map((prefix, i) => {
    const { status, values } = ends[i % ends.length]!;
    const read = createMetricsReader(metrics)(values);
    return (
      prefix +
      (status === 'ok' ? formatMetrics(status, read.values) : cellsWithoutMetrics(status, metrics.length))
    );
  });
  return rows.join('');
}

/** The cells as fast-csv reads them. */
function parse(csv: string): Promise<string[][]> {
  const rows: string[][] = [];
  return new Promise((resolve, reject) => {
    parseString<string[], string[]>(csv)
      .on('error', reject)
      .on('data', (row) => rows.push(row))
      .on('end', () => resolve(rows));
  });
}

const textOf = (value: unknown): string => (value === null || value === undefined ? '' : String(value));

describe('a row', () => {
  it('is read back as it was written, to the last value', () => {
    fc.assert(
      fc.property(rowCase, (given) => {
        const bytes = Buffer.from(writtenRows(given));
        const expected = expectedRows(given);
        expect([...createRowReader(given)(bytes)]).toEqual(expected);
        expect(countRows(bytes)).toBe(expected.length);
      }),
      { seed: 211, numRuns: 1000 },
    );
  });

  it('has the same cells for fast-csv', async () => {
    await fc.assert(
      fc.asyncProperty(rowCase, async (given) => {
        const { axes, metrics, params } = given;
        const isJson = new Set(params.filter(({ type }) => type === 'json').map(({ name }) => name));
        const axisCell = (value: Value | undefined, name: string) =>
          isJson.has(name) && value !== null && value !== undefined ? canonicalValue(value) : value;
        const names = metrics.map(({ name }) => name);
        const expected = expectedRows(given).map(
          ({ trial, key, replicate, seed, point, status, metrics: values }) =>
            [
              trial,
              key,
              replicate,
              seed,
              ...axes.map((name) => axisCell(point[name], name)),
              status,
              ...names.map((name) => values[name]),
            ].map(textOf),
        );
        const header = ['trial', 'key', 'replicate', 'seed', ...axes, 'status', ...names];
        expect(await parse(headerOf(given) + writtenRows(given))).toEqual([header, ...expected]);
      }),
      { seed: 212, numRuns: 300 },
    );
  });

  it('has its key and its status where they are looked for', () => {
    fc.assert(
      fc.property(rowCase, (given) => {
        const bytes = Buffer.from(writtenRows(given));
        let at = 0;
        for (const { key, status } of expectedRows(given)) {
          expect(keyAt(bytes, at)).toBe(key);
          const end = skipRows(bytes, at, 1);
          const rest = bytes.toString('utf8', skipToStatus(bytes, at, given.axes.length), end);
          expect(rest.slice(0, status.length + 1)).toBe(status + (given.metrics.length === 0 ? '\n' : ','));
          at = end;
        }
        expect(at).toBe(bytes.length);
      }),
      { seed: 213, numRuns: 300 },
    );
  });

  it('stays whole when some are picked', () => {
    fc.assert(
      fc.property(rowCase, fc.integer({ min: 2, max: 4 }), (given, divisor) => {
        const isWanted = (trial: number) => trial % divisor !== 0;
        const picked = pickRows(Buffer.from(writtenRows(given)), trialsOf(given.trials), isWanted);
        expect([...createRowReader(given)(picked)]).toEqual(
          expectedRows(given).filter(({ trial }) => isWanted(trial)),
        );
      }),
      { seed: 214, numRuns: 300 },
    );
  });

  it('of a worker without parameters has one key, however its trial is named', () => {
    const space = createSpace({ grids: [{ axes: [] }], replicates: 2 });
    const keyer = createKeyer('w', '1');
    const prefixes = createRowPrefixes({
      ...{ space, keyer, axes: [], params: [], fixed: {} },
      sweepSeed: 5,
    });
    for (const trials of [
      { kind: 'range', first: 1, count: 1 },
      { kind: 'numbers', numbers: [1] },
      { kind: 'points', points: [{ trial: 1, replicate: 1, point: {} }] },
    ] as const) {
      expect(prefixes(trials).keys).toEqual([trialKey('w', '1', {}, 1)]);
    }
  });

  it.each([
    ['quotes and commas', `"${'x,'.repeat(5_000_000)}`],
    ['almost only quotes', `${'"'.repeat(10_000_000)},`],
    ['line breaks', 'a"\r\n\n'.repeat(2_000_000)],
    ['nothing that needs quotes', 'x'.repeat(10_000_000)],
  ])('may hold a text of ten million characters: %s', (_, text) => {
    const row = `0,k,0,1,${formatMetrics('ok', [text, 7])}`;
    const metrics = [
      { name: 't', type: 'string' },
      { name: 'n', type: 'number' },
    ] as const;
    const read = createRowReader({ axes: [], params: [], metrics });
    const [back, next] = [...read(Buffer.from(row + row))];
    expect(back!.metrics.t === text && back!.metrics.n === 7).toBe(true);
    expect(next).toEqual(back);
  });

  it('loses half of a character alone, which no UTF-8 can hold', () => {
    const metrics = [{ name: 't', type: 'string' }] as const;
    const row = `0,k,0,1,${formatMetrics('ok', ['a\ud83d'])}`;
    const [back] = [...createRowReader({ axes: [], params: [], metrics })(new TextEncoder().encode(row))];
    expect(back!.metrics.t).toBe('a\ufffd');
  });

  it('keeps numbers that are not finite', () => {
    const metrics = [{ name: 'n', type: 'number' }] as const;
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const row = `0,k,0,1,${formatMetrics('failed', [value])}`;
      expect(row).toBe(`0,k,0,1,failed,${value}\n`);
      const [back] = [...createRowReader({ axes: [], params: [], metrics })(Buffer.from(row))];
      expect(back).toMatchObject({ status: 'failed', metrics: { n: value } });
    }
  });

  it('of another number of cells is our own mistake', () => {
    const read = createRowReader({ axes: ['a'], params: [], metrics: [] });
    expect(() => [...read(Buffer.from('0,k,0,1,ok\n'))]).toThrow('internal: a row of 5 cells; expected 6');
  });
});

describe('metrics', () => {
  const metrics = [
    { name: 'loss', type: 'number' },
    { name: 'hit', type: 'boolean' },
  ] as const;

  it('that are missing leave their cells empty', () => {
    expect(formatMetrics('ok', createMetricsReader(metrics)({ hit: false }).values)).toBe('ok,,false\n');
    expect(cellsWithoutMetrics('failed', 2)).toBe('failed,,\n');
    expect(cellsWithoutMetrics('skipped', 0)).toBe('skipped\n');
  });

  it('of a block’s column come back like those of single trials; NaN is no value there', () => {
    const numbers = fc.double().map((x) => (Math.abs(x) < 1e-300 ? -0 : x));
    const repeated = fc
      .array(fc.tuple(numbers, fc.integer({ min: 1, max: 3 })))
      .map((runs) => runs.flatMap(([value, times]) => Array.from({ length: times }, () => value)));
    fc.assert(
      fc.property(repeated, fc.array(fc.constantFrom(0, 1, Number.NaN)), (losses, hits) => {
        const read = createRowReader({ axes: [], params: [], metrics: [...metrics] });
        const count = Math.min(losses.length, hits.length);
        const loss = createColumnWriter(metrics[0], Float64Array.from(losses));
        const hit = createColumnWriter(metrics[1], Float64Array.from(hits));
        const rows = Array.from({ length: count }, (_, i) => `${i},k,0,1,ok${loss(i)}${hit(i)}\n`);
        const back = [...read(Buffer.from(rows.join('')))].map((row) => row.metrics);
        expect(back).toEqual(
          Array.from({ length: count }, (_, i) => ({
            loss: Number.isNaN(losses[i]) ? null : kept(losses[i]),
            hit: Number.isNaN(hits[i]) ? null : hits[i] === 1,
          })),
        );
      }),
      { seed: 215, numRuns: 500 },
    );
  });
});

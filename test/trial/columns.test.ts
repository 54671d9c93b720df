// Columns and row prefixes over blocks against what is made point by point.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cell, formatCell } from '../../src/ground/csv.js';
import { createSpace } from '../../src/space/space.js';
import type { Value } from '../../src/space/types.js';
import { lin } from '../../src/space/values.js';
import { type BlockColumns, createColumns } from '../../src/trial/columns.js';
import { createKeyer, trialKey, trialSeed } from '../../src/trial/key.js';
import { fillParams } from '../../src/trial/params.js';
import { createRowPrefixes } from '../../src/trial/prefixes.js';
import { headerOf } from '../../src/trial/row.js';
import type { Selection } from '../../src/trial/selection.js';
import { PARAMS, spaceArb } from '../space/spaces.js';

const FIXED = { zeta: 0.25, f: 'fixed' };

const blockArb = fc.record({
  spec: spaceArb,
  from: fc.nat(),
  length: fc.nat(),
  sweepSeed: fc.maxSafeInteger(),
});

function cut(trials: number, from: number, length: number): { first: number; count: number } {
  const first = from % trials;
  return { first, count: length % (trials - first + 1) };
}

/** Row i of a block as values again. */
function read(block: BlockColumns, name: string, i: number): Value {
  const column = block.column(name);
  if (column.type === 'number') return column.values[i]!;
  return column.type === 'boolean' ? column.values[i] === 1 : column.dictionary[column.values[i]!]!;
}

describe('columns', () => {
  it('hold any number of texts, block by block, whatever blocks came before', () => {
    const texts = Array.from({ length: 150_000 }, (_, i) => `text ${i}`);
    const names = ['word'];
    const space = createSpace({
      grids: [
        { axes: [{ names, values: [{ kind: 'list', values: texts }] }] },
        {
          axes: [
            { names, values: [{ kind: 'list', values: texts.slice(0, 60_000).map((text) => `${text}!`) }] },
          ],
        },
        { axes: [] },
      ],
      replicates: 1,
    });
    const params = [{ name: 'word', type: 'string', default: 'resting' }] as const;
    const source = createColumns({ space, params, fixed: {} });
    const expectTexts = (first: number, count: number, selection: Selection) => {
      const block = source(selection);
      for (let i = 0; i < count; i += 97)
        expect(read(block, 'word', i)).toBe(space.at(first + i).word ?? 'resting');
      expect(read(block, 'word', count - 1)).toBe(space.at(first + count - 1).word ?? 'resting');
    };
    const early = source({ kind: 'range', first: 0, count: 10 });
    const before = early.column('word');
    for (let first = 0; first < space.trials; first += 16_384) {
      const count = Math.min(16_384, space.trials - first);
      expectTexts(first, count, { kind: 'range', first, count });
    }
    const numbers = Array.from({ length: 1000 }, (_, i) => i + 209_001);
    expectTexts(209_001, 1000, { kind: 'numbers', numbers });
    expect(read(early, 'word', 9)).toBe('text 9');
    expect(early.column('word')).toBe(before);
    expect(() => source({ kind: 'range', first: 0, count: 70_000 }).column('word')).toThrow(
      'more than 65,536 different values in one block',
    );
    expectTexts(0, 100, { kind: 'range', first: 0, count: 100 });
  });

  it('hold what each point says, in ranges, lists of trials and lists of points', () => {
    fc.assert(
      fc.property(blockArb, ({ spec, from, length }) => {
        const space = createSpace(spec);
        const { first, count } = cut(space.trials, from, length);
        const numbers = Array.from({ length: count }, (_, i) => first + i);
        const reversed = [...numbers].reverse();
        const points = numbers.map((trial) => space.at(Math.floor(trial / spec.replicates)));
        const source = createColumns({ space, params: PARAMS, fixed: FIXED });
        const proposed = points.map((point, i) => ({ trial: numbers[i]!, replicate: 0, point }));
        const blocks = [
          source({ kind: 'range', first, count }),
          source({ kind: 'numbers', numbers }),
          source({ kind: 'points', points: proposed }),
        ];
        const backwards = source({ kind: 'numbers', numbers: reversed });
        for (const block of [...blocks, backwards]) expect(block.count).toBe(count);
        points.forEach((point, i) => {
          const expected = fillParams(point, PARAMS, FIXED);
          for (const { name } of PARAMS) {
            const value = expected[name] === 0 ? 0 : expected[name];
            for (const block of blocks) expect(read(block, name, i) === value).toBe(true);
            expect(read(backwards, name, count - 1 - i) === value).toBe(true);
          }
        });
      }),
      { seed: 81, numRuns: 200 },
    );
  });

  it('come in the arrays of their type, equal when asked for twice', () => {
    const space = createSpace({
      grids: [{ axes: [{ names: ['a'], values: [lin(0, 1, 200_001)] }] }],
      replicates: 2,
    });
    const source = createColumns({ space, params: PARAMS, fixed: FIXED });
    const block = source({ kind: 'range', first: 399_998, count: 4 });
    expect(block.column('a')).toEqual({
      type: 'number',
      values: Float64Array.of(199_999 / 200_000, 199_999 / 200_000, 1, 1),
    });
    expect(block.column('a')).toBe(block.column('a'));
    expect(block.column('c')).toEqual({ type: 'boolean', values: new Uint8Array(4) });
    expect(block.column('f')).toEqual({ type: 'string', values: new Uint16Array(4), dictionary: ['fixed'] });
    expect(() => block.column('nope')).toThrow('internal: no parameter "nope"');
  });

  it('refuse trials that are not there, and values of another type', () => {
    const space = createSpace({
      grids: [{ axes: [{ names: ['a'], values: [{ kind: 'list', values: [1, 'x'] }] }] }],
      replicates: 1,
    });
    const source = createColumns({ space, params: PARAMS, fixed: {} });
    expect(() => source({ kind: 'range', first: 1, count: 2 }).column('a')).toThrow(
      'internal: trials 1 to 2 of a space of 2',
    );
    expect(() => source({ kind: 'numbers', numbers: [2] }).column('a')).toThrow('internal: trials 2');
    expect(() => source({ kind: 'range', first: 0, count: 2 }).column('a')).toThrow(
      'parameter "a" is "x"; expected a number',
    );
  });
});

describe('row prefixes', () => {
  it('are what each point gives, in ranges, lists of trials and lists of points', () => {
    fc.assert(
      fc.property(blockArb, ({ spec, from, length, sweepSeed }) => {
        const space = createSpace(spec);
        const { first, count } = cut(space.trials, from, length);
        const axes = ['f', ...space.names.filter((name) => name !== 'f')];
        const trials = Array.from({ length: count }, (_, i) => {
          const trial = first + i;
          return {
            trial,
            replicate: trial % spec.replicates,
            point: space.at(Math.floor(trial / spec.replicates)),
          };
        });
        const expected = trials.map(({ trial, replicate, point }) => {
          const key = trialKey('w', '1', fillParams(point, PARAMS, FIXED), replicate);
          const seed = trialSeed(sweepSeed, key);
          const cells = [trial, key, replicate, seed, ...axes.map((name) => point[name])];
          return { prefix: `${cells.map((cell) => formatCell(cell as Cell)).join(',')},`, key, seed };
        });
        const keyer = createKeyer('w', '1');
        const rows = createRowPrefixes({ space, axes, params: PARAMS, fixed: FIXED, keyer, sweepSeed });
        const numbers = trials.map(({ trial }) => trial);
        for (const block of [
          rows({ kind: 'range', first, count }),
          rows({ kind: 'numbers', numbers }),
          rows({ kind: 'points', points: trials }),
        ]) {
          expect(block.prefixes).toEqual(expected.map(({ prefix }) => prefix));
          expect(block.keys).toEqual(expected.map(({ key }) => key));
          expect([...block.seeds]).toEqual(expected.map(({ seed }) => seed));
        }
        const backwards = rows({ kind: 'numbers', numbers: [...numbers].reverse() });
        expect([...backwards.prefixes].reverse()).toEqual(expected.map(({ prefix }) => prefix));
      }),
      { seed: 82, numRuns: 200 },
    );
  });

  it('do the same for an axis too long for tables', () => {
    const space = createSpace({
      grids: [{ axes: [{ names: ['a'], values: [lin(0, 1, 200_001)] }] }],
      replicates: 1,
    });
    const keyer = createKeyer('w', '1');
    const rows = createRowPrefixes({ space, axes: ['a'], params: PARAMS, fixed: {}, keyer, sweepSeed: 5 });
    const key = trialKey('w', '1', fillParams({ a: 0.123455 }, PARAMS, {}), 0);
    expect(rows({ kind: 'range', first: 24_691, count: 1 }).prefixes).toEqual([
      `24691,${key},0,${trialSeed(5, key)},0.123455,`,
    ]);
  });

  it('refuse an axis that is no parameter, since keys would not know of it', () => {
    const space = createSpace({
      grids: [{ axes: [{ names: ['x'], values: [lin(0, 1, 2)] }] }],
      replicates: 1,
    });
    const keyer = createKeyer('w', '1');
    expect(() =>
      createRowPrefixes({ space, axes: [], params: PARAMS, fixed: {}, keyer, sweepSeed: 0 }),
    ).toThrow('internal: axis "x" is no parameter');
  });

  it('stand under their header', () => {
    expect(headerOf({ axes: ['a', 'b'], metrics: [{ name: 'loss', type: 'number' }] })).toBe(
      'trial,key,replicate,seed,a,b,status,loss\n',
    );
  });

  it('hold lists, objects and null', () => {
    const params = [
      { name: 'list', type: 'json', default: [1] },
      { name: 'tag', type: 'string', nullable: true, default: null },
      { name: 'flag', type: 'boolean', nullable: true, default: null },
      { name: 'x', type: 'number', nullable: true, default: null },
    ] as const;
    const values = [[1, 2], { b: 1, a: [] }, 'auto'];
    const space = createSpace({
      grids: [
        {
          axes: [
            { names: ['list'], values: [{ kind: 'list', values }] },
            { names: ['x'], values: [{ kind: 'list', values: [3, null] }] },
          ],
        },
      ],
      replicates: 1,
    });
    const source = createColumns({ space, params, fixed: { flag: true } });
    const expected = {
      list: [0, 1, 2].flatMap((i) => [values[i], values[i]]),
      x: [3, null, 3, null, 3, null],
    };
    const points = Array.from({ length: 6 }, (_, i) => ({
      trial: i,
      replicate: 0,
      point: structuredClone(space.at(i)),
    }));
    for (const selection of [
      { kind: 'range', first: 0, count: 6 },
      { kind: 'numbers', numbers: [0, 1, 2, 3, 4, 5] },
      { kind: 'points', points },
    ] as const) {
      const block = source(selection);
      const list = block.column('list');
      if (list.type !== 'json') throw new Error(list.type);
      expect(Array.from(list.values, (code) => list.dictionary[code])).toEqual(expected.list);
      expect([...block.column('x').values]).toEqual(expected.x.map((x) => x ?? Number.NaN));
      for (const [name, value] of [
        ['tag', null],
        ['flag', true],
      ] as const) {
        const column = block.column(name);
        if (column.type !== 'json') throw new Error(column.type);
        expect(Array.from(column.values, (code) => column.dictionary[code])).toEqual(Array(6).fill(value));
      }
    }
  });
});

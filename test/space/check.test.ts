// Every fault of a space at once, in words.
import { describe, expect, it } from 'vitest';
import { type DeclaredSpace, findGridFaults, findSpaceFaults } from '../../src/space/check.js';
import { choice, int, loguniform, uniform } from '../../src/space/domain.js';
import { createSpace } from '../../src/space/space.js';
import type { AxisDomain, AxisSpec, SpaceSpec, Value } from '../../src/space/types.js';

const axis = (name: string, values: readonly Value[], when?: AxisSpec['when']): AxisSpec => ({
  names: [name],
  values: [{ kind: 'list', values }],
  ...(when === undefined ? {} : { when }),
});
const one = (...axes: AxisSpec[]): SpaceSpec => ({ grids: [{ axes }], replicates: 1 });

describe('findSpaceFaults', () => {
  it('finds none in a good space', () => {
    const spec = one(axis('optimizer', ['sgd', 'adam']), axis('beta1', [0, 0.9], { optimizer: ['adam'] }), {
      names: ['a', 'b'],
      values: [
        { kind: 'list', values: [1, 1] },
        { kind: 'list', values: [1, 2] },
      ],
    });
    expect(findSpaceFaults(spec)).toEqual([]);
    expect(findSpaceFaults(spec, ['optimizer', 'beta1', 'a', 'b'])).toEqual([]);
    const lists = one(
      axis('optimizer.lr', [[1], [2, { x: null }], null, {}]),
      axis('β', [1], { 'optimizer.lr': [[1.0]] }),
    );
    expect(findSpaceFaults({ ...lists, replicates: 2, seeds: [0, 2 ** 32 - 1] })).toEqual([]);
  });

  it.each<[string, SpaceSpec, RegExp]>([
    ['an unknown name', one(axis('alhpa', [1])), /^unknown axis "alhpa"; did you mean "alpha"\?/],
    ['a name twice', one(axis('alpha', [1]), axis('alpha', [2])), /^axis "alpha" is given twice in one grid/],
    ['a reserved name', one(axis('seed', [1])), /^axis "seed": a column of trials.csv has that name/],
    [
      'a name that is none',
      one(axis('__proto__', [1])),
      /^axis "__proto__": every JavaScript object has that name/,
    ],
    ['no names', one({ names: [], values: [] }), /^an axis without a name/],
    [
      'names without values',
      one({ names: ['alpha', 'h'], values: [{ kind: 'list', values: [1] }] }),
      /2 names but 1 sets of values/,
    ],
    ['an empty list', one(axis('alpha', [])), /^axis "alpha": no values; expected at least one/],
    [
      'a repeated value',
      one(axis('alpha', [0.1, 0.1])),
      /^axis "alpha": 0.1 is given 2 times; expected once/,
    ],
    ['NaN', one(axis('alpha', [Number.NaN])), /^axis "alpha": NaN is no value/],
    [
      'a value of no kind',
      one(axis('alpha', [new Date(0) as unknown as Value])),
      /^axis "alpha": a Date is no value/,
    ],
    [
      'a part of no kind',
      one(axis('alpha', [[1, { a: [Number.NaN] }]])),
      /^axis "alpha": item 2: a: item 1: NaN is/,
    ],
    [
      'a list twice',
      one(
        axis('alpha', [
          [1, 2],
          [1.0, 2],
        ]),
      ),
      /^axis "alpha": \[1,2\] is given 2 times/,
    ],
    [
      'an object twice, its names in another order',
      one(
        axis('alpha', [
          { a: 1, b: [null] },
          { b: [null], a: 1 },
        ]),
      ),
      /^axis "alpha": \{"a":1,"b":\[null\]\} is given 2 times/,
    ],
    [
      'when on a list never had',
      one(axis('h', [[1]]), axis('alpha', [1], { h: [[1, 2]] })),
      /needs h = \[1,2\], which "h" never is/,
    ],
    ['a name with a space', one(axis('two words', [1])), /^axis "two words": expected a name of letters/],
    ['a decomposed name', one(axis('e\u0301', [1])), /composed form \(NFC\): "é"/],
    ['no seeds', { ...one(), seeds: [] }, /^seeds: expected a list such as \[1, 2, 3\], found \[\]/],
    [
      'seeds that are not as many as the replicates',
      { ...one(), replicates: 3, seeds: [1, 2] },
      /^replicates is 3, but there are 2 seeds/,
    ],
    ['a seed twice', { ...one(), replicates: 3, seeds: [1, 2, 1] }, /^seeds: 1 is given 2 times/],
    [
      'no such seed',
      { ...one(), replicates: 2, seeds: [1, 2 ** 32] },
      /^seeds: 4294967296 is no seed; expected a whole number/,
    ],
    [
      'a malformed lin',
      one({ names: ['alpha'], values: [{ kind: 'lin', from: 0, to: 1, count: 1.5 }] }),
      /count is 1.5/,
    ],
    [
      'zipped lengths',
      one({
        names: ['alpha', 'h'],
        values: [
          { kind: 'list', values: [1, 2] },
          { kind: 'lin', from: 0, to: 1, count: 3 },
        ],
      }),
      /^axis "alpha" \+ "h": zipped axes have 2, 3 values/,
    ],
    [
      'a repeated tuple',
      one({
        names: ['alpha', 'h'],
        values: [
          { kind: 'list', values: [1, 1] },
          { kind: 'list', values: [2, 2] },
        ],
      }),
      /^axis "alpha" \+ "h": \[1,2\] is given 2 times/,
    ],
    [
      'when on itself',
      one(axis('alpha', [1], { alpha: [1] })),
      /^axis "alpha": its `when` names the axis itself/,
    ],
    [
      'when on a later axis',
      one(axis('alpha', [1], { h: [1] }), axis('h', [1])),
      /names "h", which comes later; move "h" before it/,
    ],
    [
      'when on an unknown axis',
      one(axis('h', [1]), axis('alpha', [1], { hh: [1] })),
      /names an unknown axis "hh"; did you mean "h"\?/,
    ],
    [
      'when on a value never had',
      one(axis('h', [1]), axis('alpha', [1], { h: ['1'] })),
      /needs h = "1", which "h" never is/,
    ],
    ['when on no value', one(axis('h', [1]), axis('alpha', [1], { h: [] })), /gives no value for "h"/],
    [
      'replicates',
      { grids: [{ axes: [] }], replicates: 0 },
      /^replicates is 0; expected a whole number of at least 1/,
    ],
    ['no grid', { grids: [], replicates: 1 }, /^no grid/],
  ])('finds %s', (_, spec, message) => {
    const faults = findSpaceFaults(spec, ['alpha', 'h', 'seed', '__proto__']);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(message);
  });

  it('tells all at once, with the grid where there are several', () => {
    const spec: SpaceSpec = {
      grids: [{ axes: [axis('x', [])] }, { axes: [axis('alpha', [1, 1]), axis('y', [2])] }],
      replicates: 1.5,
    };
    const faults = findSpaceFaults(spec, ['alpha']);
    expect(faults).toHaveLength(5);
    expect(faults.filter((fault) => fault.startsWith('grid 2: '))).toHaveLength(2);
    expect(() => createSpace(spec)).toThrow(/replicates is 1.5[\s\S]*grid 1: [\s\S]*grid 2: /);
  });
});

describe('findSpaceFaults with domains', () => {
  const of = (name: string, values: AxisDomain, when?: AxisSpec['when']): AxisSpec<AxisDomain> => ({
    names: [name],
    values: [values],
    ...(when === undefined ? {} : { when }),
  });
  const space = (...axes: AxisSpec<AxisDomain>[]): DeclaredSpace => ({ grids: [{ axes }], replicates: 1 });
  const zipped = (...values: AxisDomain[]): AxisSpec<AxisDomain> => ({ names: ['a', 'b'], values });

  it('finds none where they stand alone, or are asked by `when` for what they can be', () => {
    const sound = space(
      of('rate', loguniform(1e-4, 1)),
      of('optimizer', choice('sgd', 'adam')),
      of('depth', int(1, 9, 2)),
      of('width', uniform(0, 1, 0.1)),
      of('beta', uniform(0, 1), { optimizer: ['adam'], depth: [3, 9], width: [0.3] }),
    );
    expect(findSpaceFaults(sound)).toEqual([]);
    expect(findGridFaults(sound.grids[0]!, ['rate', 'optimizer', 'depth', 'width', 'beta'])).toEqual([]);
  });

  it.each<[string, DeclaredSpace, RegExp]>([
    [
      'when on an open domain',
      space(of('a', uniform(0, 1)), of('b', choice(1), { a: [0.5] })),
      /^axis "b": its `when` depends on "a", which may be any number of uniform\(0, 1\); .*give "a" a list/,
    ],
    [
      'when on an open domain of logarithms',
      space(of('a', loguniform(1, 2)), of('b', choice(1), { a: [1, 2] })),
      /depends on "a", which may be any number of loguniform\(1, 2\)/,
    ],
    [
      'when on what a domain never gives',
      space(of('a', int(1, 9, 2)), of('b', choice(1), { a: [1, 2] })),
      /^axis "b": its `when` needs a = 2, which "a" never is/,
    ],
    [
      'a zipped domain',
      space(zipped(choice(1, 2), { kind: 'list', values: [1, 2] })),
      /^axis "a" \+ "b": "a" is choice\(1, 2\); zipped axes must be finite: write a list/,
    ],
    [
      'an unsound domain',
      space(of('a', { kind: 'int', from: 3, to: 1 })),
      /^axis "a": from 3 to 1 goes down; expected the lower end first/,
    ],
    [
      'an unsound domain once, also where another axis depends on it',
      space(of('a', { kind: 'uniform', from: 1, to: 1 }), of('b', choice(1), { a: [1] })),
      /^axis "a": both ends are 1/,
    ],
    [
      'a kind that is none',
      space(of('a', { kind: 'unifrom' } as unknown as AxisDomain)),
      /^axis "a": unknown kind of axis "unifrom"; did you mean "uniform"\?/,
    ],
  ])('finds %s', (_, spec, message) => {
    const faults = findSpaceFaults(spec);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(message);
  });

  it('finds every zipped domain', () => {
    expect(findSpaceFaults(space(zipped(int(1, 2), uniform(0, 1))))).toHaveLength(2);
  });
});

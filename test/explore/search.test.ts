// The search of the trial table.
import { expect, test } from 'vitest';
import { compileSearch } from '../../src/explore/search.js';

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

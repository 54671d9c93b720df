// Which configurations of two runs are the same: those with equal values of every parameter, whether an axis, the sweep
// or the worker's default gives them. A parameter that only one of the workers has counts as its default in the other.
import { canonicalValue } from '../space/value.js';
import { readCell } from '../trial/cells.js';
import { restingValue, type SpaceParam } from '../trial/params.js';
import type { Described } from './described.js';

/** The text of a configuration's parameters, from its axis cells in order. */
export type Identify = (cells: readonly string[]) => string;

/** Of the runs of one comparison; `ignored` are parameters that may differ. */
export function createIdentify(
  run: Described,
  other: Described,
  ignored: ReadonlySet<string> = new Set(),
): Identify {
  const { axes, fixed, worker } = run.record;
  const shared = new Set(other.record.worker.params.map(({ name }) => name));
  const slots = [...worker.params]
    .filter(({ name }) => !ignored.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((param) => {
      const axis = axes.indexOf(param.name);
      const own = shared.has(param.name) ? null : canonicalValue(param.default);
      const resting = canonicalValue(restingValue(param, fixed));
      return { name: param.name, axis, own, resting, read: createCellReader(param) };
    });
  return (cells) => {
    let text = '';
    for (const { name, axis, own, resting, read } of slots) {
      const cell = axis < 0 ? '' : cells[axis]!;
      const value = cell === '' ? resting : read(cell);
      if (value !== own) text += `${name}=${value};`;
    }
    return text;
  };
}

/** Cells of one axis as canonical text: `0.1` is the same value in a column of numbers and in one of integers. */
function createCellReader({ type }: SpaceParam): (cell: string) => string {
  const known = new Map<string, string>();
  return (cell) => {
    let text = known.get(cell);
    if (text === undefined) {
      text = canonicalValue(readCell(cell, type));
      // A drawn axis has as many values as trials: those need not be kept.
      if (known.size < 4096) known.set(cell, text);
    }
    return text;
  };
}

export interface Fixed {
  readonly name: string;
  readonly a: string;
  readonly b: string;
}

/** Parameters that each of the runs holds at one value, and not at the same: what keeps all configurations apart. */
export function findFixed(a: Described, b: Described): Fixed[] {
  const held = ({ record }: Described) =>
    new Map(
      record.worker.params
        .filter(({ name }) => !record.axes.includes(name))
        .map((param) => [param.name, canonicalValue(restingValue(param, record.fixed))]),
    );
  const [x, y] = [held(a), held(b)];
  return [...x].flatMap(([name, value]) => {
    const other = y.get(name);
    return other === undefined || other === value ? [] : [{ name, a: value, b: other }];
  });
}

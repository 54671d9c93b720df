// A grid as it was written, made plain data: its axes, which of them are zipped, and where they exist. Every fault that
// can be seen without the worker.
import { findUnknownKeys, isPlainObject, showValue } from '../../ground/shape.js';
import { describeUnknown } from '../../ground/text.js';
import { findGridFaults } from '../../space/check.js';
import type { AxisDomain, AxisSpec, GridSpec } from '../../space/types.js';
import { splitDefinition, toAxisValues, type When } from './axis-input.js';

const KEYS = ['axes', 'zip'];
const OF_THE_SWEEP = {
  where:
    'it holds for the whole sweep: write it beside `grids`, and let it look at what only this grid has, or leave out the values here',
  fixed: 'write it beside `grids`; for this grid alone give it an axis of one value: axes: { name: [value] }',
  replicates: 'write it beside `grids`: every point has equally many',
  seeds: 'write them beside `grids`: every point has the same',
};

/** One of several grids. */
export function readGrid(grid: unknown, faults: string[]): GridSpec<AxisDomain> {
  if (!isPlainObject(grid)) {
    faults.push(`expected a grid such as { axes: { lr: [0.1, 0.2] } }, found ${showValue(grid)}`);
    return { axes: [] };
  }
  faults.push(...findUnknownKeys(grid, KEYS, 'key of a grid', OF_THE_SWEEP));
  return readAxes(grid.axes, grid.zip, faults);
}

interface Written {
  readonly values: AxisDomain | undefined;
  readonly when: When | undefined;
}

export function readAxes(axes: unknown, zip: unknown, faults: string[]): GridSpec<AxisDomain> {
  if (!isPlainObject(axes)) {
    faults.push(`axes: expected an object such as { lr: [0.1, 0.2] }, found ${showValue(axes)}`);
    return { axes: [] };
  }
  for (const key of Reflect.ownKeys(axes))
    if (typeof key === 'symbol') faults.push(`axis ${String(key)}: expected a text as its name`);
  const written = new Map<string, Written>();
  for (const [name, definition] of Object.entries(axes)) {
    const { values, when } = splitDefinition(`axis ${name}`, definition, faults);
    written.set(name, { values: toAxisValues(`axis ${name}`, values, faults), when });
  }
  const groups = readZip(zip, [...written.keys()], faults);
  const specs: AxisSpec<AxisDomain>[] = [];
  for (const name of written.keys()) {
    const names = groups.find((group) => group.includes(name)) ?? [name];
    if (names[0] !== name) continue; // it came with the first of its group
    const members = names.map((each) => written.get(each)!);
    const when = whenOf(names, members, faults);
    const values = members.flatMap((member) => member.values ?? []);
    if (values.length === names.length)
      specs.push({ names, values, ...(when === undefined ? {} : { when }) });
  }
  const lost = new Set(written.keys());
  for (const name of specs.flatMap((spec) => spec.names)) lost.delete(name);
  faults.push(...findGridFaults({ axes: specs.map((spec) => withoutLost(spec, lost)) }));
  return { axes: specs };
}

/** Of an axis that is at fault itself nothing more is said. */
function withoutLost(spec: AxisSpec<AxisDomain>, lost: ReadonlySet<string>): AxisSpec<AxisDomain> {
  if (spec.when === undefined || lost.size === 0) return spec;
  const when = Object.entries(spec.when).filter(([name]) => !lost.has(name));
  return { ...spec, when: Object.fromEntries(when) };
}

/** Zipped axes are one axis, which exists or does not. */
function whenOf(names: readonly string[], members: readonly Written[], faults: string[]): When | undefined {
  const texts = members.map(({ when }) => (when === undefined ? '' : JSON.stringify(sorted(when))));
  if (new Set(texts).size > 1) {
    const said = names.map((name, i) => `${name} ${texts[i] === '' ? 'has none' : texts[i]}`);
    faults.push(
      `zip ${names.join(' + ')}: zipped axes exist together, but their \`when\` differs (${said.join('; ')}); ` +
        'give all of them the same, or write two grids',
    );
  }
  return members[0]?.when;
}

function sorted(when: When): unknown {
  return Object.entries(when).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The groups that hold; what does not goes to `faults`. */
function readZip(zip: unknown, axes: readonly string[], faults: string[]): readonly string[][] {
  if (zip === undefined || zip === null) return [];
  if (!Array.isArray(zip)) {
    faults.push(`zip: expected groups of axes such as [['lr', 'momentum']], found ${showValue(zip)}`);
    return [];
  }
  if (zip.length > 0 && zip.every((name) => typeof name === 'string')) {
    faults.push(`zip: expected groups of axes: write [${showValue(zip)}]`);
    return [];
  }
  const groups: string[][] = [];
  const seen = new Set<string>();
  for (const group of Array.from(zip as unknown[])) {
    if (!Array.isArray(group) || group.length === 0) {
      faults.push(`zip: expected a group of axes such as ['lr', 'momentum'], found ${showValue(group)}`);
      continue;
    }
    const names: string[] = [];
    for (const name of Array.from(group as unknown[])) {
      if (typeof name !== 'string') faults.push(`zip: ${showValue(name)} is no name of an axis`);
      else if (!axes.includes(name)) faults.push(`zip: ${describeUnknown('axis', name, axes)}`);
      else if (seen.has(name)) faults.push(`zip: axis "${name}" is given twice; expected once`);
      else names.push(name);
      if (typeof name === 'string') seen.add(name);
    }
    if (names.length > 0) groups.push(names);
  }
  return groups;
}

// Finds what is wrong with a space before anything is built from it: every fault at once, in words for its author.
import { describeUnknown } from '../ground/text.js';
import { axisIndexOf, axisLength, ulp } from './axis.js';
import type { AxisSpec, AxisValues, GridSpec, SpaceSpec, Value } from './types.js';

/** Columns of trials.csv that are Sweepline's own. */
const RESERVED: ReadonlySet<string> = new Set(['trial', 'key', 'replicate', 'seed', 'status']);

/** Faults of a whole space, none if it holds together. `legalNames`: the worker's parameters, where they are known. */
export function findSpaceFaults(spec: SpaceSpec, legalNames?: readonly string[]): string[] {
  const faults: string[] = [];
  if (!Number.isSafeInteger(spec.replicates) || spec.replicates < 1) {
    faults.push(`replicates is ${spec.replicates}; expected a whole number of at least 1`);
  }
  if (spec.grids.length === 0)
    faults.push('no grid; expected at least one (a grid without axes is one point)');
  spec.grids.forEach((grid, g) => {
    const where = spec.grids.length === 1 ? '' : `grid ${g + 1}: `;
    for (const fault of findGridFaults(grid, legalNames)) faults.push(where + fault);
  });
  return faults;
}

function findGridFaults(grid: GridSpec, legalNames: readonly string[] | undefined): string[] {
  const faults: string[] = [];
  const seen = new Map<string, AxisValues | undefined>();
  const everywhere = grid.axes.flatMap((axis) => axis.names);
  for (const axis of grid.axes) {
    const label = `axis ${axis.names.map((name) => `"${name}"`).join(' + ')}`;
    if (axis.names.length === 0) faults.push('an axis without a name');
    if (axis.names.length !== axis.values.length) {
      faults.push(
        `${label}: ${axis.names.length} names but ${axis.values.length} sets of values; expected one each`,
      );
    }
    faults.push(...findWhenFaults(axis, label, seen, everywhere));
    axis.names.forEach((name, k) => {
      faults.push(...findNameFaults(name, seen, legalNames));
      seen.set(name, axis.values[k]);
    });
    const zipped = axis.names.length > 1;
    const ofValues = axis.values.flatMap((values) => findAxisFaults(values, zipped));
    faults.push(...ofValues.map((fault) => `${label}: ${fault}`));
    if (zipped && ofValues.length === 0)
      faults.push(...findZipFaults(axis).map((fault) => `${label}: ${fault}`));
  }
  return faults;
}

function findNameFaults(
  name: string,
  seen: ReadonlyMap<string, unknown>,
  legalNames: readonly string[] | undefined,
): string[] {
  if (seen.has(name)) return [`axis "${name}" stands twice in one grid; expected each name once`];
  if (RESERVED.has(name)) return [`axis "${name}": a column of trials.csv has that name already`];
  if (!/^\p{L}[\p{L}\p{N}_.-]*$/u.test(name)) {
    return [`axis "${name}": expected a name of letters, digits, "_", "." and "-" that starts with a letter`];
  }
  return legalNames === undefined || legalNames.includes(name)
    ? []
    : [describeUnknown('axis', name, legalNames)];
}

function findWhenFaults(
  axis: AxisSpec,
  label: string,
  earlier: ReadonlyMap<string, AxisValues | undefined>,
  everywhere: readonly string[],
): string[] {
  const faults: string[] = [];
  for (const [name, wanted] of Object.entries(axis.when ?? {})) {
    if (axis.names.includes(name)) {
      faults.push(`${label}: its \`when\` names the axis itself`);
    } else if (!earlier.has(name)) {
      faults.push(
        everywhere.includes(name)
          ? `${label}: its \`when\` names "${name}", which comes later; move "${name}" before it`
          : `${label}: its \`when\` names an ${describeUnknown('axis', name, [...earlier.keys()])}`,
      );
    } else if (wanted.length === 0) {
      faults.push(`${label}: its \`when\` gives no value for "${name}", so it would never exist`);
    } else {
      const values = earlier.get(name);
      if (values === undefined || findAxisFaults(values, true).length > 0) continue;
      for (const value of wanted) {
        if (axisIndexOf(values, value) < 0) {
          faults.push(
            `${label}: its \`when\` wants ${name} = ${JSON.stringify(value)}, which "${name}" never is`,
          );
        }
      }
    }
  }
  return faults;
}

/** Zipped axes may repeat a value, but not a whole tuple, and must be equally long. */
function findZipFaults(axis: AxisSpec): string[] {
  const lengths = axis.values.map(axisLength);
  if (lengths.some((length) => length !== lengths[0])) {
    return [`zipped axes have ${lengths.join(', ')} values; expected equally many`];
  }
  if (axis.values.some((values) => values.kind !== 'list')) return [];
  const lists = axis.values.map((values) => (values.kind === 'list' ? values.values : []));
  return findRepeats(lists[0]!.map((_, i) => JSON.stringify(lists.map((list) => plain(list[i]!)))));
}

/** Faults of one axis's values. `repeats`: a list may hold a value twice (zipped axes do). */
export function findAxisFaults(values: AxisValues, repeats = false): string[] {
  switch (values.kind) {
    case 'list':
      return findListFaults(values.values, repeats);
    case 'lin':
      return (
        first(findNumberFaults({ from: values.from, to: values.to })) ??
        first(findCountFaults(values)) ??
        first(
          findFinenessFaults(
            values.from,
            values.to,
            (values.to - values.from) / Math.max(1, values.count - 1),
          ),
        ) ??
        []
      );
    case 'log':
      return (
        first(findNumberFaults({ from: values.from, to: values.to })) ??
        first(findLogEndFaults(values)) ??
        first(findCountFaults(values)) ??
        first(findLogFinenessFaults(values)) ??
        []
      );
    case 'range':
      return (
        first(findNumberFaults({ from: values.from, to: values.to, step: values.step })) ??
        findRangeFaults(values)
      );
  }
}

function first(faults: string[]): string[] | undefined {
  return faults.length > 0 ? faults : undefined;
}

function findListFaults(list: readonly Value[], repeats: boolean): string[] {
  if (list.length === 0) return ['no values; expected at least one'];
  const faults: string[] = [];
  for (const value of list) {
    if (typeof value === 'number' && !Number.isFinite(value))
      faults.push(`${value} is no value; expected a finite number`);
    else if (!['number', 'string', 'boolean'].includes(typeof value)) {
      faults.push(`${String(value)} is no value; expected a number, a text, true or false`);
    }
  }
  if (!repeats) faults.push(...findRepeats(list.map((value) => JSON.stringify(plain(value)))));
  return faults;
}

function findRepeats(texts: readonly string[]): string[] {
  const seen = new Map<string, number>();
  for (const text of texts) seen.set(text, (seen.get(text) ?? 0) + 1);
  return [...seen]
    .filter(([, times]) => times > 1)
    .map(([text, times]) => `${text} stands ${times} times; expected once`);
}

function findNumberFaults(numbers: Readonly<Record<string, number>>): string[] {
  return Object.entries(numbers)
    .filter(([, value]) => typeof value !== 'number' || !Number.isFinite(value))
    .map(([name, value]) => `${name} is ${value}; expected a finite number`);
}

function findCountFaults({ from, to, count }: { from: number; to: number; count: number }): string[] {
  if (!Number.isSafeInteger(count) || count < 1)
    return [`count is ${count}; expected a whole number of at least 1`];
  if (count === 1 && from !== to)
    return [`count is 1, but ${from} and ${to} are two ends; expected at least 2`];
  if (count > 1 && from === to)
    return [`both ends are ${from}, but count is ${count}; expected different ends or count 1`];
  return [];
}

function findLogEndFaults({ from, to }: { from: number; to: number }): string[] {
  return [from, to].filter((end) => end <= 0).map((end) => `${end} has no logarithm; expected ends above 0`);
}

function findRangeFaults({ from, to, step }: { from: number; to: number; step: number }): string[] {
  if (step === 0) return ['step is 0; expected any other number'];
  if ((to - from) * step < 0) {
    return [`${from} to ${to} is never reached in steps of ${step}; expected a step of the other sign`];
  }
  if (Math.abs((to - from) / step) >= Number.MAX_SAFE_INTEGER)
    return [`step ${step} is too small for float64`];
  return from === to ? [] : findFinenessFaults(from, to, step);
}

/** Values closer than a few units in the last place would not be different numbers. */
function findFinenessFaults(from: number, to: number, step: number): string[] {
  const finest = 8 * ulp(Math.max(Math.abs(from), Math.abs(to)));
  if (from === to || Math.abs(step) >= finest) return [];
  return [
    `neighbours would be ${step} apart; expected at least ${finest}, or float64 cannot tell them apart`,
  ];
}

function findLogFinenessFaults({ from, to, count }: { from: number; to: number; count: number }): string[] {
  if (from === to || Math.abs(Math.log(to / from)) / (count - 1) >= 1e-11) return [];
  return [
    `${count} values are too many between ${from} and ${to}; neighbours must differ by 1e-11 of their size`,
  ];
}

function plain(value: Value): Value {
  return value === 0 ? 0 : value;
}

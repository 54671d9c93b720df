// Finds what is wrong with a space before anything is built from it: every fault at once, in words for its author.
import { showValue } from '../ground/shape.js';
import { describeUnknown } from '../ground/text.js';
import { axisIndexOf, axisLength } from './axis.js';
import { isDomain, toFiniteValues } from './domain.js';
import { findAxisFaults, findRepeats } from './faults.js';
import { findSpellingFault, foldName, RESERVED_NAMES } from './names.js';
import type { AxisDomain, AxisSpec, GridSpec, Value } from './types.js';
import { canonicalValue, includesValue, isDistinct } from './value.js';
import { describeAxisValues } from './values.js';

/** What is checked: a space whose axes may be domains. */
export interface DeclaredSpace {
  readonly grids: readonly GridSpec<AxisDomain>[];
  readonly replicates: number;
  readonly seeds?: readonly number[] | undefined;
}

/** Seeds have 32 bits: more of them than that are the same ones again. */
export const MOST_REPLICATES = 2 ** 32;

/** Faults of a whole space, none if it holds together. `legalNames`: the worker's parameters, where they are known. */
export function findSpaceFaults(spec: DeclaredSpace, legalNames?: readonly string[]): string[] {
  const faults: string[] = [];
  if (!Number.isSafeInteger(spec.replicates) || spec.replicates < 1) {
    faults.push(`replicates is ${showValue(spec.replicates)}; expected a whole number of at least 1`);
  } else if (spec.replicates > MOST_REPLICATES) {
    faults.push(
      `replicates is ${spec.replicates}; expected at most ${MOST_REPLICATES}: there are no more seeds`,
    );
  }
  const ofSeeds = spec.seeds === undefined ? [] : findSeedFaults(spec.seeds);
  faults.push(...ofSeeds);
  if (spec.seeds !== undefined && ofSeeds.length === 0 && spec.seeds.length !== spec.replicates)
    faults.push(
      `replicates is ${spec.replicates}, but there are ${spec.seeds.length} seeds; expected one each`,
    );
  if (spec.grids.length === 0)
    faults.push('no grid; expected at least one (a grid without axes is one point)');
  spec.grids.forEach((grid, g) => {
    const where = spec.grids.length === 1 ? '' : `grid ${g + 1}: `;
    for (const fault of findGridFaults(grid, legalNames)) faults.push(where + fault);
  });
  return faults;
}

/** Faults of chosen seeds, and of `replicates` beside them: each seed is a replicate of every point. */
export function findSeedFaults(seeds: unknown, replicates?: unknown): string[] {
  const both =
    replicates === undefined || replicates === null
      ? []
      : ['expected one of replicates and seeds: each seed is a replicate'];
  return [...both, ...findListedSeedFaults(seeds)];
}

function findListedSeedFaults(seeds: unknown): string[] {
  if (!Array.isArray(seeds) || seeds.length === 0)
    return [`seeds: expected a list such as [1, 2, 3], found ${showValue(seeds)}`];
  const list = Array.from(seeds as unknown[]);
  const bad = list.filter(
    (seed) => !(Number.isInteger(seed) && (seed as number) >= 0 && (seed as number) < 2 ** 32),
  );
  if (bad.length > 0)
    return bad.map(
      (seed) => `seeds: ${showValue(seed)} is no seed; expected a whole number from 0 to 2^32 - 1`,
    );
  return findRepeats(list.map(String)).map((fault) => `seeds: ${fault}`);
}

/** Faults of one grid, none if it holds together. */
export function findGridFaults(grid: GridSpec<AxisDomain>, legalNames?: readonly string[]): string[] {
  const faults: string[] = [];
  const seen = new Map<string, AxisDomain | undefined>();
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
  if (seen.has(name)) return [`axis "${name}" is given twice in one grid; expected each name once`];
  if (RESERVED_NAMES.has(foldName(name)))
    return [`axis "${name}": a column of trials.csv has that name already`];
  const misspelt = findSpellingFault(name);
  if (misspelt !== undefined) return [`axis "${name}": ${misspelt}`];
  return legalNames === undefined || legalNames.includes(name)
    ? []
    : [describeUnknown('axis', name, legalNames)];
}

function findWhenFaults(
  axis: AxisSpec<AxisDomain>,
  label: string,
  earlier: ReadonlyMap<string, AxisDomain | undefined>,
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
      faults.push(
        ...findWantedFaults(name, wanted, values).map((fault) => `${label}: its \`when\` ${fault}`),
      );
    }
  }
  return faults;
}

/** Values that an axis never has, or an axis that has no certain values at all. */
function findWantedFaults(name: string, wanted: readonly Value[], values: AxisDomain): string[] {
  const finite = toFiniteValues(values);
  if (finite === undefined) {
    return [
      `depends on "${name}", which may be any number of ${describeAxisValues(values)}; expected an axis with ` +
        `certain values: give "${name}" a list, lin(…), log(…), range(…), choice(…), int(…) or uniform(…) with a step`,
    ];
  }
  // Until the parameter's type is known, what was written may be what is meant.
  const texts: readonly Value[] = ('texts' in values ? values.texts : undefined) ?? [];
  return wanted
    .filter((value) => axisIndexOf(finite, value) < 0 && !includesValue(texts, value))
    .map((value) => `needs ${name} = ${JSON.stringify(value)}, which "${name}" never is`);
}

/** Zipped axes may repeat a value, but not a whole tuple, and must be finite and equally long. */
function findZipFaults(axis: AxisSpec<AxisDomain>): string[] {
  const faults = axis.values.flatMap((values, k) =>
    isDomain(values)
      ? [
          `"${axis.names[k]}" is ${describeAxisValues(values)}; zipped axes must be finite: ` +
            'write a list, lin(…), log(…) or range(…)',
        ]
      : [],
  );
  if (faults.length > 0) return faults;
  const finite = axis.values.filter((values) => !isDomain(values));
  const lengths = finite.map(axisLength);
  if (lengths.some((length) => length !== lengths[0])) {
    return [`zipped axes have ${lengths.join(', ')} values; expected equally many`];
  }
  if (finite.some((values) => values.kind !== 'list')) return [];
  const lists = finite.map((values) => (values.kind === 'list' ? values.values : []));
  if (lists.some(isDistinct)) return [];
  return findRepeats(lists[0]!.map((_, i) => canonicalValue(lists.map((list) => list[i]!))));
}

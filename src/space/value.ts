// One value of an axis: a number, a text, true, false or null, or a list or an object of such. Its canonical text, and
// which two are the same value: lists and objects by what they hold, whatever the order of an object's names.
import { SweeplineError } from '../ground/errors.js';
import { isPlainObject, showValue } from '../ground/shape.js';
import type { Scalar, Value } from './types.js';

/** Lists and objects within one another; deeper ones are taken for a circle. */
const DEEPEST = 32;

/**
 * JSON of one value, the same text for every way to write it: 1, 1.0 and 1e0 give `1`; -0 gives `0`; names of objects
 * are in code-unit order. Throws BAD_DEFINITION on NaN, Infinity.
 */
export function canonicalValue(value: Value): string {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) {
      throw new SweeplineError('BAD_DEFINITION', `a parameter is ${value}; expected a finite number`);
    }
    return String(value + 0);
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return isList(value) ? `[${value.map(canonicalValue).join(',')}]` : canonicalObject(value);
}

/** JSON of an object with its names in code-unit order. */
export function canonicalObject(object: Readonly<Record<string, Value>>): string {
  const parts = Object.keys(object)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalValue(object[name]!)}`);
  return `{${parts.join(',')}}`;
}

/** True for lists and objects. */
export function isStructured(value: Value | undefined): value is Exclude<Value, Scalar> {
  return typeof value === 'object' && value !== null;
}

function isList(value: Exclude<Value, Scalar>): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether both are one value. */
export function isSameValue(a: Value | undefined, b: Value | undefined): boolean {
  return a === b || (isStructured(a) && isStructured(b) && canonicalValue(a) === canonicalValue(b));
}

export function includesValue(values: readonly Value[], value: Value | undefined): boolean {
  return isStructured(value) ? values.some((each) => isSameValue(each, value)) : values.includes(value!);
}

/** What is equal (as Map and Set compare) for the same values and no others. */
export function identityOf(value: Value): Scalar | symbol {
  return isStructured(value) ? Symbol.for(canonicalValue(value)) : value;
}

/** A frozen copy, with 0 for -0: what is kept can be shown to anybody. */
export function copyValue(value: Value): Value {
  if (!isStructured(value)) return value === 0 ? 0 : value;
  if (isList(value)) return Object.freeze(value.map(copyValue));
  return Object.freeze(
    Object.fromEntries(Object.entries(value).map(([name, each]) => [name, copyValue(each)])),
  );
}

/** What keeps something from being a value, in words; undefined where nothing does. */
export function findValueFault(given: unknown, depth = 0): string | undefined {
  switch (typeof given) {
    case 'number':
      return Number.isFinite(given) ? undefined : `${given} is no value; expected a finite number`;
    case 'string':
    case 'boolean':
      return undefined;
  }
  if (given === null) return undefined;
  if (depth === DEEPEST) return `lists and objects are more than ${DEEPEST} deep, or hold themselves`;
  if (Array.isArray(given)) {
    for (const [i, each] of Array.from(given as unknown[]).entries()) {
      const fault = findValueFault(each, depth + 1);
      if (fault !== undefined) return `item ${i + 1}: ${fault}`;
    }
    return undefined;
  }
  if (!isPlainObject(given)) {
    const advice = typeof given === 'bigint' ? `: write ${given}` : '';
    return `${showValue(given)} is no value; expected a number, a text, true, false, null, or a list or an object of such${advice}`;
  }
  for (const name of Reflect.ownKeys(given)) {
    const fault =
      typeof name === 'symbol' ? 'expected a text as its name' : findValueFault(given[name], depth + 1);
    if (fault !== undefined) return `${String(name)}: ${fault}`;
  }
  return undefined;
}

const distinct = new WeakSet<readonly Value[]>();

/**
 * Whether no value is in the list twice; said once a list, which must not change. Numbers of 10^7 are compared in place:
 * a Set of them would take ten times the time and memory.
 */
export function isDistinct(list: readonly Value[]): boolean {
  if (distinct.has(list)) return true;
  const is = list.every((value) => typeof value === 'number')
    ? areDistinctNumbers(list as readonly number[])
    : new Set(list.map(identityOf)).size === list.length;
  if (is) distinct.add(list);
  return is;
}

function areDistinctNumbers(list: readonly number[]): boolean {
  if (isAscending(list)) return true;
  const sorted = Float64Array.from(list).sort();
  for (let i = 1; i < sorted.length; i++) if (sorted[i] === sorted[i - 1]) return false;
  return true;
}

/** Each number above the one before it. */
export function isAscending(list: ArrayLike<number>): boolean {
  for (let i = 1; i < list.length; i++) if (!(list[i]! > list[i - 1]!)) return false;
  return true;
}

// What a definition really holds: nothing checks types at run time, so whatever a user writes may come. Words for any
// value at all, and the faults of an object's keys. Never throws.
import { describeUnknown } from './text.js';

export type PlainObject = Readonly<Record<string, unknown>>;

/** `{ … }`, and no array, Map, function or instance of a class. */
export function isPlainObject(value: unknown): value is PlainObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  // One whose prototype has none may be an object of another realm.
  return prototype === null || (Object.getPrototypeOf(prototype) === null && 'hasOwnProperty' in prototype);
}

/** A word that can name a folder. */
export function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z][a-z0-9_-]*$/i.test(value);
}

/** Any value in a few words: `"text"`, `12`, `[1,2]`, `a Map`, `a function`. */
export function showValue(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !isPlainObject(value)) {
    const made: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name;
    const name = typeof made === 'string' && made !== '' ? made : 'object';
    return `${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name}`;
  }
  if (typeof value !== 'string' && typeof value !== 'object') return String(value);
  const text = toJson(value) ?? (Array.isArray(value) ? 'an array' : 'an object');
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}

function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined; // a bigint or a circle within
  }
}

/** A fault for every key that has no meaning there. `advice`: what to write instead, for keys that people expect. */
export function findUnknownKeys(
  value: object,
  legal: readonly string[],
  word = 'option',
  advice: Readonly<Record<string, string>> = {},
): string[] {
  return Reflect.ownKeys(value)
    .filter((key) => typeof key === 'symbol' || !legal.includes(key))
    .map((key) => {
      const name = String(key);
      const instead = Object.hasOwn(advice, name) ? `; ${advice[name]}` : '';
      return describeUnknown(word, name, legal) + instead;
    });
}

/** Faults of options that are text where they are given at all. */
export function findTextFaults(value: object, names: readonly string[]): string[] {
  return findTypeFaults(value, names, 'string', 'a text');
}

/** Faults of options that are functions where they are given at all. */
export function findFunctionFaults(value: object, names: readonly string[]): string[] {
  return findTypeFaults(value, names, 'function', 'a function');
}

function findTypeFaults(value: object, names: readonly string[], type: string, expected: string): string[] {
  return names.flatMap((name) => {
    const given = (value as PlainObject)[name];
    const isRight = given === undefined || typeof given === type;
    return isRight ? [] : [`${name}: expected ${expected}, found ${showValue(given)}`];
  });
}

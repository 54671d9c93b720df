// Whether data that came from outside is what it claims to be: small checks that are put together to the shape of a
// document, and say of every part where it is, what was expected and what was found. For files of JSON.
import { isPlainObject, showValue } from './shape.js';

/** Adds what is wrong with `value`, which stands at `at` (`worker.params[2].type`), to `faults`. */
export type Check = (value: unknown, at: string, faults: string[]) => void;

/** More faults tell nobody more. */
const MOST = 8;

/** A value for which `isRight` holds. */
export function expecting(what: string, isRight: (value: unknown) => boolean): Check {
  return (value, at, faults) => {
    if (faults.length < MOST && !isRight(value))
      faults.push(
        value === undefined
          ? `${at} is missing; expected ${what}`
          : `${at} is ${showValue(value)}; expected ${what}`,
      );
  };
}

export const text = expecting('a text', (value) => typeof value === 'string');

export function oneOf(...legal: readonly unknown[]): Check {
  return expecting(legal.map((each) => showValue(each)).join(' or '), (value) => legal.includes(value));
}

export function orNull(check: Check): Check {
  return (value, at, faults) => {
    if (value !== null) check(value, at, faults);
  };
}

export function optional(check: Check): Check {
  return (value, at, faults) => {
    if (value !== undefined) check(value, at, faults);
  };
}

export function listOf(check: Check, what = 'a list'): Check {
  const isList = expecting(what, Array.isArray);
  return (value, at, faults) => {
    isList(value, at, faults);
    if (!Array.isArray(value)) return;
    for (let i = 0; i < value.length && faults.length < MOST; i++) check(value[i], `${at}[${i}]`, faults);
  };
}

const isObject = expecting('an object', isPlainObject);

/** An object with these keys; others are let through, but for one that would become a prototype. */
export function objectOf(keys: Readonly<Record<string, Check>>): Check {
  return (value, at, faults) => {
    isObject(value, at, faults);
    if (!isPlainObject(value)) return;
    refusePrototype(value, at, faults);
    for (const [name, check] of Object.entries(keys)) check(ownOf(value, name), join(at, name), faults);
  };
}

/** An object with keys of any names that pass `name`, and values that pass `check`. */
export function recordOf(check: Check, name: (key: string) => string | undefined = () => undefined): Check {
  return (value, at, faults) => {
    isObject(value, at, faults);
    if (!isPlainObject(value)) return;
    refusePrototype(value, at, faults);
    for (const [key, each] of Object.entries(value)) {
      const fault = name(key);
      if (fault !== undefined && faults.length < MOST) faults.push(`${join(at, key)}: ${fault}`);
      check(each, join(at, key), faults);
    }
  };
}

/** `check`, and where nothing is wrong by then the faults that `find` tells. */
export function andThen(check: Check, find: (value: never) => readonly string[]): Check {
  return (value, at, faults) => {
    // Of its own: a list that is full takes no more, whatever is wrong.
    const own: string[] = [];
    check(value, at, own);
    faults.push(...(own.length > 0 ? own : find(value as never).map((fault) => `${at}: ${fault}`)));
  };
}

function refusePrototype(value: object, at: string, faults: string[]): void {
  if (Object.hasOwn(value, '__proto__') && faults.length < MOST)
    faults.push(`${join(at, '__proto__')}: no field has that name`);
}

/** What it has itself: `constructor` is no key that somebody wrote. */
function ownOf(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function join(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}

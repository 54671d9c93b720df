// Axis values as people write them: builders for definition files, and the command line's `0.1,0.2`, `lin(0,1,101)`,
// `log(1e-4,1,9)`, `range(2,20,2)`. Nothing random is made here: `uniform(…)` and its like belong to the samplers.
import { SweeplineError, throwFaults } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import { axisAt, axisLength } from './axis.js';
import { findAxisFaults } from './check.js';
import type { AxisValues, Value } from './types.js';

export { axisAt, axisIndexOf, axisLength } from './axis.js';

/** `count` values with equal differences, both ends included. Throws BAD_DEFINITION. */
export function lin(from: number, to: number, count: number): AxisValues {
  return checked({ kind: 'lin', from, to, count });
}

/** `count` values with equal ratios, both ends (above 0) included. Throws BAD_DEFINITION. */
export function log(from: number, to: number, count: number): AxisValues {
  return checked({ kind: 'log', from, to, count });
}

/** from, from + step, … up to and including `to` where it is hit; a negative step goes down. Throws BAD_DEFINITION. */
export function range(from: number, to: number, step: number): AxisValues {
  return checked({ kind: 'range', from, to, step });
}

function checked(values: AxisValues): AxisValues {
  throwFaults('BAD_DEFINITION', describeAxisValues(values), findAxisFaults(values));
  return values;
}

const BUILDERS = ['lin', 'log', 'range'] as const;
const ARGUMENTS = { lin: 'from,to,count', log: 'from,to,count', range: 'from,to,step' } as const;
const RANDOM: readonly string[] = ['uniform', 'loguniform', 'int', 'choice'];
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;

/**
 * Axis values from the command line. A list item in double quotes is text whatever it looks like (`"1"`, `"a,b"`).
 * Throws BAD_USAGE, which tells what is wrong with which part.
 */
export function parseAxisValues(text: string): AxisValues {
  const trimmed = text.trim();
  const call = /^([A-Za-z_]\w*)\s*\((.*)\)$/s.exec(trimmed);
  const values: AxisValues =
    call === null
      ? { kind: 'list', values: splitItems(trimmed).map((item) => parseItem(item, text)) }
      : parseCall(call[1]!, call[2]!, text);
  const faults = findAxisFaults(values);
  if (faults.length > 0) throw badValues(text, faults.join('; '));
  return values;
}

function parseCall(name: string, inside: string, text: string): AxisValues {
  if (RANDOM.includes(name)) {
    throw new SweeplineError(
      'BAD_USAGE',
      `axis values "${text}": ${name}(…) is for a random sampler, not for a grid`,
      {
        hint: 'give a list, lin(…), log(…) or range(…)',
      },
    );
  }
  const builder = BUILDERS.find((known) => known === name);
  if (builder === undefined) throw badValues(text, describeUnknown('function', name, BUILDERS));
  const items = splitItems(inside);
  if (items.length !== 3) {
    throw badValues(
      text,
      `${inside.trim() === '' ? 0 : items.length} numbers; expected ${name}(${ARGUMENTS[builder]})`,
    );
  }
  const [from, to, last] = items.map((item, i) => {
    if (NUMBER.test(item)) return Number(item);
    const part = ARGUMENTS[builder].split(',')[i];
    throw badValues(text, `${part} is "${item}"; expected a finite number`);
  }) as [number, number, number];
  return builder === 'range'
    ? { kind: builder, from, to, step: last }
    : { kind: builder, from, to, count: last };
}

function parseItem(item: string, text: string): Value {
  if (item === '') {
    throw badValues(
      text,
      text.trim() === ''
        ? 'no values; expected at least one'
        : 'an empty item; expected a value between commas',
    );
  }
  if (NUMBER.test(item)) return Number(item) + 0;
  if (NOT_FINITE.test(item)) throw badValues(text, `"${item}" is no value; expected a finite number`);
  if (item === 'true' || item === 'false') return item === 'true';
  if (item.startsWith('"')) {
    try {
      return String(JSON.parse(item));
    } catch (cause) {
      throw badValues(text, `${item} is not a whole quoted text`, cause);
    }
  }
  if (/[()"]/.test(item)) {
    throw badValues(
      text,
      `"${item}" is neither a number nor a plain word; expected one function alone, or a list without brackets`,
    );
  }
  return item;
}

/** Splits at commas outside double quotes. */
function splitItems(text: string): string[] {
  const items = [''];
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!;
    if (letter === ',' && !quoted) {
      items.push('');
      continue;
    }
    if (letter === '"') quoted = !quoted;
    const escaped = letter === '\\' && quoted;
    items.push(items.pop()! + text.slice(i, escaped ? i + 2 : i + 1));
    if (escaped) i++;
  }
  return items.map((item) => item.trim());
}

function badValues(text: string, fault: string, cause?: unknown): SweeplineError {
  return new SweeplineError('BAD_USAGE', `axis values "${text}": ${fault}`, {
    hint: 'write 0.1,0.2 or lin(0,1,101) or log(1e-4,1,9) or range(2,20,2)',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Short text for people: `lin(0, 1, 101)`, `adam, sgd`, `1, 2, … 20 (20 values)`. */
export function describeAxisValues(values: AxisValues): string {
  switch (values.kind) {
    case 'lin':
    case 'log':
      return `${values.kind}(${values.from}, ${values.to}, ${values.count})`;
    case 'range':
      return `range(${values.from}, ${values.to}, ${values.step})`;
    case 'list': {
      if (values.values.length <= 6) return values.values.map(String).join(', ');
      const length = axisLength(values);
      return `${axisAt(values, 0)}, ${axisAt(values, 1)}, … ${axisAt(values, length - 1)} (${length} values)`;
    }
  }
}

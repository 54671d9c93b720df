// Axis values and domains as people write them: builders for definition files, the command line's `0.1,0.2`,
// `lin(0,1,101)`, `uniform(0,1)`, and short text back. Nothing is drawn here: that is domain.ts and the samplers.
import { SweeplineError, throwFaults } from '../ground/errors.js';
import { showValue } from '../ground/shape.js';
import { describeUnknown, plural } from '../ground/text.js';
import { axisAt, axisLength } from './axis.js';
import { findAxisFaults } from './faults.js';
import type { AxisDomain, AxisValues, Value } from './types.js';
import { canonicalValue, findValueFault } from './value.js';

export { axisAt, axisIndexOf, axisLength } from './axis.js';

/** `count` values with equal differences, both ends included. Throws BAD_DEFINITION. */
export function lin(from: number, to: number, count: number): AxisValues {
  return checkAxisValues({ kind: 'lin', from, to, count });
}

/** `count` values with equal ratios, both ends (above 0) included. Throws BAD_DEFINITION. */
export function log(from: number, to: number, count: number): AxisValues {
  return checkAxisValues({ kind: 'log', from, to, count });
}

/** from, from + step, … up to and including `to` where it is hit; a negative step goes down. Throws BAD_DEFINITION. */
export function range(from: number, to: number, step: number): AxisValues {
  return checkAxisValues({ kind: 'range', from, to, step });
}

/** The same values, if they are sound. Throws BAD_DEFINITION with every fault. */
export function checkAxisValues<V extends AxisDomain>(values: V): V {
  throwFaults('BAD_DEFINITION', describeAxisValues(values), findAxisFaults(values));
  return values;
}

/** What may stand in brackets; `choice` takes values instead. The names are those of the plain data. */
const FORMS = {
  lin: ['from,to,count'],
  log: ['from,to,count'],
  range: ['from,to,step'],
  uniform: ['from,to', 'from,to,step'],
  loguniform: ['from,to'],
  int: ['from,to', 'from,to,step'],
  logint: ['from,to'],
  normal: ['mean,sd'],
} as const satisfies Record<string, readonly string[]>;
const NUMERIC = Object.keys(FORMS) as readonly (keyof typeof FORMS)[];
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Words that are no text. */
const WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null']);
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;
/** Text that needs no quotes, unless it reads as a number, true, false or null. */
const PLAIN_TEXT = /^[^\s"(),[\]{}\p{Cc}]+( [^\s"(),[\]{}\p{Cc}]+)*$/u;

/**
 * Axis values or a domain from the command line. A list item in double quotes is text whatever it looks like (`"1"`,
 * `"a,b"`). Throws BAD_USAGE, which tells what is wrong with which part.
 */
export function parseAxisValues(text: string): AxisDomain {
  const trimmed = text.trim();
  const call = /^([A-Za-z_]\w*)\s*\((.*)\)$/s.exec(trimmed);
  const values: AxisDomain =
    call === null
      ? { kind: 'list', ...parseItems(splitItems(trimmed), text) }
      : parseCall(call[1]!, call[2]!, text);
  const faults = findAxisFaults(values);
  if (faults.length > 0) throw badValues(text, faults.join('; '));
  return values;
}

function parseCall(name: string, inside: string, text: string): AxisDomain {
  const items = inside.trim() === '' ? [] : splitItems(inside);
  if (name === 'choice') return { kind: 'choice', ...parseItems(items, text) };
  const kind = NUMERIC.find((known) => known === name);
  if (kind === undefined) throw badValues(text, describeUnknown('function', name, [...NUMERIC, 'choice']));
  const forms: readonly string[] = FORMS[kind];
  const parts = forms.map((form) => form.split(',')).find((form) => form.length === items.length);
  if (parts === undefined) {
    const expected = forms.map((form) => `${name}(${form})`).join(' or ');
    throw badValues(text, `${plural(items.length, 'number')}; expected ${expected}`);
  }
  const numbers = items.map((item, i) => {
    if (NUMBER.test(item)) return [parts[i]!, Number(item) + 0];
    throw badValues(text, `${parts[i]} is "${item}"; expected a finite number`);
  });
  return { kind, ...Object.fromEntries(numbers) } as AxisDomain;
}

/** The values, and how they were written where a value that is no text would lose that. */
function parseItems(items: readonly string[], text: string): { values: Value[]; texts?: string[] } {
  const values = items.map((item) => parseItem(item, text));
  const texts = values.map((value, i) => (typeof value === 'string' ? value : items[i]!));
  return values.every((value, i) => String(value) === texts[i]) ? { values } : { values, texts };
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
  if (NOT_FINITE.test(item))
    throw badValues(text, `"${item}" is no value; expected a finite number, or '"${item}"' for the text`);
  if (item === 'true' || item === 'false') return item === 'true';
  if (item === 'null') return null;
  if (/^["[{]/.test(item)) return parseJson(item, text);
  if (/[[\]{}]/.test(item)) throw badValues(text, `${item} has brackets: put "…" around what is text`);
  if (/[()"]/.test(item)) {
    throw badValues(
      text,
      `"${item}" is neither a number nor a plain word; expected one function alone, or a list without brackets`,
    );
  }
  return item;
}

/** Quoted text, or a list or an object, whose texts need quotes. */
function parseJson(item: string, text: string): Value {
  try {
    return JSON.parse(item) as Value;
  } catch (cause) {
    throw badValues(
      text,
      item.startsWith('"')
        ? `${item} is not a whole quoted text`
        : `${item} is not JSON: expected ${item.startsWith('[') ? '[64,32] or ["relu","tanh"]' : '{"name":"sgd"}'}`,
      cause,
    );
  }
}

/** Splits at commas outside double quotes, square brackets and braces. */
function splitItems(text: string): string[] {
  const items = [''];
  let quoted = false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!;
    if (letter === ',' && !quoted && depth <= 0) {
      items.push('');
      continue;
    }
    if (letter === '"') quoted = !quoted;
    else if (!quoted) depth += '[{'.includes(letter) ? 1 : ']}'.includes(letter) ? -1 : 0;
    const escaped = letter === '\\' && quoted;
    items.push(items.pop()! + text.slice(i, escaped ? i + 2 : i + 1));
    if (escaped) i++;
  }
  return items.map((item) => item.trim());
}

const HINT =
  'write values: 0.1,0.2 or lin(0,1,101) or log(1e-4,1,9) or range(2,20,2); lists as [64,32],[128], objects as {"a":1}; or, for a sampler that draws, a domain: ' +
  'uniform(0,1) or uniform(0,1,0.05) or loguniform(1e-4,1) or int(1,9) or int(1,9,2) or logint(1,1000) or normal(0,1) or choice(a,b,"c,d")';

function badValues(text: string, fault: string, cause?: unknown): SweeplineError {
  return new SweeplineError('BAD_USAGE', `axis values "${text}": ${fault}`, {
    hint: HINT,
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Short text for people: `lin(0, 1, 101)`, `adam, sgd`, `1, 2, … 20 (20 values)`, `uniform(0, 1)`, `choice(a, b)`.
 * A domain is written in full: `parseAxisValues` reads it back.
 */
export function describeAxisValues(values: AxisDomain): string {
  switch (values.kind) {
    case 'lin':
    case 'log':
      return `${values.kind}(${values.from}, ${values.to}, ${values.count})`;
    case 'loguniform':
    case 'logint':
      return `${values.kind}(${values.from}, ${values.to})`;
    case 'normal':
      return `normal(${values.mean}, ${values.sd})`;
    case 'range':
    case 'uniform':
    case 'int':
      return `${values.kind}(${values.from}, ${values.to}${values.step === undefined ? '' : `, ${values.step}`})`;
    case 'choice':
      return `choice(${values.values.map(describeValue).join(', ')})`;
    case 'list': {
      if (values.values.length <= 6) return values.values.map(describeValue).join(', ');
      const length = axisLength(values);
      const [one, two, last] = [0, 1, length - 1].map((i) => describeValue(axisAt(values, i)));
      return `${one}, ${two}, … ${last} (${length} values)`;
    }
  }
}

/** The value as `parseAxisValues` reads it back: text in quotes where it would read as something else. */
export function describeValue(value: Value): string {
  if (typeof value !== 'string')
    return findValueFault(value) === undefined ? canonicalValue(value) : showValue(value);
  const isOther = NUMBER.test(value) || NOT_FINITE.test(value) || WORDS.has(value);
  return isOther || !PLAIN_TEXT.test(value) ? JSON.stringify(value) : value;
}

// An axis however it was written: a value, a list, `lin(…)` and its like, text as on the command line, and the spellings
// of other tools where their meaning is plain. What is not plain is refused with what to write.
import { SweeplineError } from '../../ground/errors.js';
import { isPlainObject, type PlainObject, showValue } from '../../ground/shape.js';
import { describeUnknown } from '../../ground/text.js';
import type { AxisDomain, Value } from '../../space/types.js';
import { findValueFault } from '../../space/value.js';
import { parseAxisValues } from '../../space/values.js';

/** The keys that each kind of plain data has. */
const KEYS: Readonly<Record<AxisDomain['kind'], readonly string[]>> = {
  list: ['values', 'texts'],
  lin: ['from', 'to', 'count'],
  log: ['from', 'to', 'count'],
  range: ['from', 'to', 'step'],
  uniform: ['from', 'to', 'step'],
  loguniform: ['from', 'to'],
  int: ['from', 'to', 'step'],
  logint: ['from', 'to'],
  normal: ['mean', 'sd'],
  choice: ['values', 'texts'],
};

const EXPECTED =
  'a list such as [0.1, 0.2], lin(from, to, count), log(from, to, count), range(from, to, step), ' +
  'or a domain: uniform(from, to), loguniform(from, to), int(from, to), logint(from, to), normal(mean, sd), choice(…)';

/** The values of an axis, or undefined where `faults` got what is wrong with them. They are not checked further. */
export function toAxisValues(label: string, input: unknown, faults: string[]): AxisDomain | undefined {
  const read = readAxis(input);
  if (typeof read !== 'string') return read;
  faults.push(`${label}: ${read}`);
  return undefined;
}

export type When = Readonly<Record<string, readonly Value[]>>;

/** The condition apart from the values, which may stand beside it in any spelling. */
export function splitDefinition(
  label: string,
  definition: unknown,
  faults: string[],
): { readonly values: unknown; readonly when: When | undefined } {
  if (!isPlainObject(definition) || !Object.hasOwn(definition, 'when')) {
    return { values: definition, when: undefined };
  }
  const { when, ...values } = definition;
  return { values, when: readWhen(label, when, faults) };
}

function readWhen(label: string, when: unknown, faults: string[]): When | undefined {
  if (when === undefined || when === null) return undefined;
  if (!isPlainObject(when)) {
    faults.push(`${label}: when: expected an object such as { optimizer: 'sgd' }, found ${showValue(when)}`);
    return undefined;
  }
  const entries = Object.entries(when).map(([name, wanted]) => {
    const values = listOf(wanted) ?? [wanted];
    for (const value of values) {
      const fault = findValueFault(value);
      if (fault !== undefined) faults.push(`${label}: when: ${name}: ${fault}`);
    }
    return [name, values.filter(isValue)] as const;
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The values, or what is wrong. */
function readAxis(input: unknown): AxisDomain | string {
  if (typeof input === 'string') return readText(input);
  if (typeof input === 'number' || typeof input === 'boolean') return { kind: 'list', values: [input] };
  const list = listOf(input);
  if (list !== undefined) return { kind: 'list', values: list as readonly Value[] };
  if (isPlainObject(input)) return Object.hasOwn(input, 'kind') ? readKind(input) : readSpelling(input);
  return `expected ${EXPECTED}; found ${showValue(input)}${adviseOn(input)}`;
}

function adviseOn(input: unknown): string {
  if (input === null) return ': write [null] for an axis whose value is null';
  return typeof input === 'bigint' ? `: write ${input}` : '';
}

function readText(text: string): AxisDomain | string {
  try {
    return parseAxisValues(text);
  } catch (error) {
    if (error instanceof SweeplineError) return error.message;
    throw error;
  }
}

/** Arrays (holes are undefined), typed arrays and Sets. */
function listOf(input: unknown): readonly unknown[] | undefined {
  if (Array.isArray(input) || input instanceof Set) return Array.from(input as Iterable<unknown>);
  return ArrayBuffer.isView(input) && !(input instanceof DataView)
    ? Array.from(input as Uint8Array)
    : undefined;
}

/** Plain data as `lin(…)` and its like make it. */
function readKind(input: PlainObject): AxisDomain | string {
  const { kind } = input;
  if (typeof kind !== 'string' || !Object.hasOwn(KEYS, kind)) {
    const typed = typeof kind === 'string' ? kind : showValue(kind);
    return describeUnknown('kind of axis', typed, Object.keys(KEYS));
  }
  const legal = KEYS[kind as AxisDomain['kind']];
  const unknown = Object.keys(input).filter((key) => key !== 'kind' && !legal.includes(key));
  if (unknown.length > 0) return unknown.map((key) => describeUnknown('key', key, legal)).join('; ');
  return input as unknown as AxisDomain;
}

/** `{ values }` and `{ value }`; of all else nobody knows which values are meant. */
function readSpelling(input: PlainObject): AxisDomain | string {
  const keys = Object.keys(input);
  const [key] = keys;
  if (keys.length === 1 && key === 'values') {
    const { values } = input;
    return isPlainObject(values) && !Object.hasOwn(values, 'kind')
      ? `values: expected ${EXPECTED}; found ${showValue(values)}`
      : readAxis(values);
  }
  if (keys.length === 1 && key === 'value') {
    return isValue(input.value)
      ? { kind: 'list', values: [input.value] }
      : `value: ${findValueFault(input.value)}`;
  }
  for (const [low, high] of [
    ['min', 'max'],
    ['low', 'high'],
    ['from', 'to'],
    ['start', 'stop'],
  ] as const) {
    if (!Object.hasOwn(input, low) && !Object.hasOwn(input, high)) continue;
    const [from, to] = [showValue(input[low]), showValue(input[high])];
    return (
      `{ ${keys.join(', ')} } does not say which values: write lin(${from}, ${to}, count) for so many values, ` +
      `or uniform(${from}, ${to}) for a sampler that draws`
    );
  }
  return `expected ${EXPECTED}; found ${keys.length === 0 ? '{}' : `an object with ${keys.join(', ')}`}`;
}

function isValue(value: unknown): value is Value {
  return findValueFault(value) === undefined;
}

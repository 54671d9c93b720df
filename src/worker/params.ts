// A worker's parameter as its zod type tells it: number, integer, boolean, text, or lists and objects, null or not, with a
// default. Types whose output is not their input are refused: a trial's key and row hold what was given, so `run` must
// get the same.
import { z } from 'zod';
import { isPlainObject, showValue } from '../ground/shape.js';
import type { Value } from '../space/types.js';
import { copyValue, findValueFault, isSameValue } from '../space/value.js';
import type { ParamDescription } from './contract.js';

interface Definition {
  readonly type: string;
  readonly [part: string]: unknown;
}

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly Value[];
  readonly const?: Value;
  readonly description?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

const SCALARS = ['number', 'integer', 'boolean', 'string'] as const;

/** The faults of a worker's parameters. */
export function findParamsFaults(params: unknown): string[] {
  if (isZodType(params))
    return ['params: expected { name: type, … }, found a zod type: write its shape alone'];
  if (!isPlainObject(params)) {
    return [`params: expected an object such as { lr: z.number().default(0.1) }, found ${showValue(params)}`];
  }
  return Object.entries(params).flatMap(([name, type]) => {
    const described = describeParam(name, type);
    return typeof described === 'string' ? [described] : [];
  });
}

/** A parameter, or what is wrong with it. */
export function describeParam(name: string, type: unknown): ParamDescription | string {
  const parameter = `parameter "${name}"`;
  if (!isZodType(type)) return `${parameter}: ${describeStranger(type)}`;
  try {
    return describeType(name, type);
  } catch (error) {
    // A function of its author's within the type: a default, a check, something that is lazy.
    const why = error instanceof Error ? error.message : showValue(error);
    return `${parameter}: its zod type cannot be read: ${why}`;
  }
}

function isZodType(type: unknown): type is z.ZodType {
  return typeof type === 'object' && type !== null && '_zod' in type;
}

function describeStranger(type: unknown): string {
  const expected = 'expected a type of zod 4, such as z.number().default(0.1)';
  if (typeof type === 'object' && type !== null && '_def' in type) {
    return `${expected}; found one of zod 3: import { z } from 'zod', version 4`;
  }
  return `${expected}; found ${showValue(type)}`;
}

function describeType(name: string, type: z.ZodType): ParamDescription | string {
  const parameter = `parameter "${name}"`;
  const change = findChange(type);
  if (change !== undefined) {
    return (
      `${parameter}: its type ${change}, so that \`run\` would get another value than the trial's row and key hold; ` +
      'take the value as it is given and compute the other in `run`'
    );
  }
  const filled = z.safeParse(type, undefined);
  if (!filled.success || filled.data === undefined) return `${parameter} has no default: add .default(…)`;
  const fallback: unknown = filled.data;
  const schema = z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const kinds = kindsOf(schema);
  const kind = typeOf(kinds.filter((each) => each !== 'null'));
  if (kind === undefined) {
    const found = kinds.length > 0 ? kinds.join(' or ') : `any kind, with the default ${showValue(fallback)}`;
    return `${parameter} is of type ${found}: expected one of number, integer, boolean and string, a list or an object`;
  }
  const again = z.safeParse(type, fallback);
  if (!again.success || findValueFault(fallback) !== undefined)
    return `${parameter}: its default ${showText(fallback)} is not valid`;
  const value = fallback as Value;
  if (!isSameValue(again.data as Value, value) || !isSameValue(z.parse(type, undefined) as Value, value))
    return `${parameter}: its default is not the same every time: expected a value, not a function that makes one`;
  const choices = choicesOf(schema);
  return {
    name,
    type: kind,
    ...(kinds.includes('null') ? { nullable: true } : {}),
    default: copyValue(value),
    ...(choices === undefined ? {} : { choices }),
    ...(schema.description === undefined ? {} : { about: schema.description }),
  };
}

function showText(value: unknown): string {
  return typeof value === 'string' ? value : showValue(value);
}

/** The type of a parameter whose values may be of these JSON types. */
function typeOf(kinds: readonly string[]): ParamDescription['type'] | undefined {
  if (kinds.includes('array') || kinds.includes('object')) return 'json';
  if (kinds.length > 1)
    return kinds.every((kind) => kind === 'number' || kind === 'integer') ? 'number' : undefined;
  const [kind] = kinds;
  return SCALARS.find((scalar) => scalar === kind);
}

/** The JSON types that may come: one, unless it is a union; none where nothing is told. */
function kindsOf(schema: JsonSchema): string[] {
  const own = [schema.type ?? []].flat();
  if (own.length > 0) return [...new Set(own)];
  const values = schema.enum ?? (schema.const === undefined ? [] : [schema.const]);
  if (values.length > 0) return [...new Set(values.map((value) => (value === null ? 'null' : typeof value)))];
  if (schema.allOf !== undefined) return [...new Set(schema.allOf.flatMap(kindsOf))];
  const branches = (schema.anyOf ?? schema.oneOf ?? []).map(kindsOf);
  return branches.some((kinds) => kinds.length === 0) ? [] : [...new Set(branches.flat())];
}

function choicesOf(schema: JsonSchema): readonly Value[] | undefined {
  return schema.enum;
}

/** What a type does to values, in words; undefined where what goes in comes out. */
function findChange(type: z.ZodType, seen = new Set<unknown>()): string | undefined {
  if (seen.has(type)) return undefined;
  seen.add(type);
  const definition = type._zod.def as unknown as Definition;
  switch (definition.type) {
    case 'transform':
      return 'transforms its values';
    case 'pipe':
      return 'turns its values into others (transform, preprocess, pipe, codec or stringbool)';
    case 'catch':
      return 'puts another value in place of a wrong one (catch)';
    case 'success':
      return 'turns its values into true and false (success)';
    case 'promise':
      return 'is a promise';
  }
  if (definition.coerce === true) return 'coerces its values (z.coerce)';
  if (definition.normalize === true) return 'normalises its values';
  const checks = [type, ...((definition.checks ?? []) as readonly unknown[])];
  for (const check of checks) {
    const { check: kind, normalize } = (check as z.ZodType)._zod.def as unknown as Definition;
    if (kind === 'overwrite') return 'rewrites its values (trim, toLowerCase, normalize or overwrite)';
    if (normalize === true) return 'normalises its values';
  }
  const { innerType, left, right, options, element, items, rest, shape, keyType, valueType, catchall } =
    definition;
  const parts = [innerType, left, right, options, element, items, rest, keyType, valueType, catchall].flat();
  if (typeof shape === 'object' && shape !== null) parts.push(...Object.values(shape));
  if (definition.type === 'lazy') parts.push((definition.getter as () => unknown)());
  for (const part of parts) {
    if (!isZodType(part)) continue;
    const change = findChange(part, seen);
    if (change !== undefined) return change;
  }
  return undefined;
}

// How the values of a trial reach its program: as text in arguments, by names of variables in its environment, and as a
// JSON file.
import type { Value } from '../../space/types.js';
import { canonicalObject, canonicalValue } from '../../space/value.js';
import type { Trial } from '../contract.js';

/** Placeholders that are no parameters, all reserved as such or as names of variables. */
export const BUILT_IN = ['seed', 'trial', 'key', 'replicate', 'attempt', 'folder', 'params'] as const;
export type BuiltIn = (typeof BUILT_IN)[number];

/** Text as it is, null as none; numbers, true and false, lists and objects as JSON. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : canonicalValue(value);
}

/** `optimizer.lr` is SWEEPLINE_OPTIMIZER_LR. */
export function variableOf(name: string): string {
  return `SWEEPLINE_${name.toUpperCase().replace(/\W/g, '_')}`;
}

/** Two names of one variable, as texts. */
export function findVariableFaults(params: readonly string[]): string[] {
  const taken = new Map<string, string>(BUILT_IN.map((name) => [variableOf(name), '']));
  return params.flatMap((name) => {
    const variable = variableOf(name);
    const other = taken.get(variable);
    taken.set(variable, name);
    if (other === undefined) return [];
    const whose = other === '' ? "Sweepline's own" : `that of "${other}" too`;
    return [`parameter "${name}": its variable ${variable} is ${whose}; expected another name`];
  });
}

/** The text of everything that a program may ask for, by placeholder. */
export function textsOf(
  { params, number, key, seed, replicate, attempt }: Trial,
  paths: { readonly folder: string; readonly params: string },
): ReadonlyMap<string, string> {
  const builtIn: Readonly<Record<BuiltIn, string>> = {
    seed: String(seed),
    trial: String(number),
    key,
    replicate: String(replicate),
    attempt: String(attempt),
    ...paths,
  };
  return new Map([
    ...Object.entries(builtIn),
    ...Object.entries(params).map(([name, value]) => [name, textOf(value)] as const),
  ]);
}

/** The parameters as the JSON file has them. */
export function paramsJson(params: Trial['params']): string {
  return `${canonicalObject(params)}\n`;
}

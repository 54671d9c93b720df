// What is measured, by name: random search, and the methods as far as they are there, each in a file or a folder of its own
// in src/search.
import type { MethodDefinition } from '../../../src/search/contract.js';

export const NAMES = ['sobol', 'halton', 'lhs', 'tpe', 'gp', 'cmaes', 'nsga2'] as const;

/** `--sampler random`: it makes points, no coordinates, and has nothing to set. */
export interface RandomSearch {
  readonly name: string;
}

export const RANDOM: RandomSearch = { name: 'random' };

export function isMethod(searched: MethodDefinition | RandomSearch): searched is MethodDefinition {
  return 'create' in searched;
}

export async function findDefinition(name: string): Promise<MethodDefinition | undefined> {
  for (const place of [`${name}.js`, `${name}/method.js`]) {
    const loaded = await import(new URL(`../../../src/search/${place}`, import.meta.url).href).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
        throw error;
      },
    );
    if (loaded !== undefined) return (loaded as Record<string, MethodDefinition>)[name];
  }
  return undefined;
}

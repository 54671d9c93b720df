// The methods by name, as far as they are there: each stands in a file or a folder of its own in src/search.
import type { MethodDefinition } from '../../../src/search/contract.js';

export const NAMES = ['random', 'sobol', 'halton', 'lhs', 'tpe', 'gp', 'cmaes', 'nsga2'] as const;

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

// The search methods there are. A new one is a description, a file that does it, and a line here. Each is loaded when a run
// searches with it: most runs search nothing.
import type { MethodDefinition, MethodDescription } from './contract.js';
import { cmaes, gp, halton, lhs, nsga2, sobol, tpe } from './descriptions.js';

export interface KnownMethod extends MethodDescription {
  load(): Promise<MethodDefinition>;
}

export const KNOWN_METHODS: readonly KnownMethod[] = [
  { ...tpe, load: async () => (await import('./tpe/method.js')).tpe },
  { ...gp, load: async () => (await import('./gp/method.js')).gp },
  { ...cmaes, load: async () => (await import('./cmaes/method.js')).cmaes },
  { ...nsga2, load: async () => (await import('./nsga2/method.js')).nsga2 },
  { ...sobol, load: async () => (await import('./sobol.js')).sobol },
  { ...halton, load: async () => (await import('./halton.js')).halton },
  { ...lhs, load: async () => (await import('./lhs.js')).lhs },
];

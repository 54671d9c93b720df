// The search methods there are. A new one is a file beside this and a line here.
import type { MethodDefinition } from './contract.js';
import { halton } from './halton.js';
import { lhs } from './lhs.js';
import { sobol } from './sobol.js';

export const METHODS: readonly MethodDefinition[] = [sobol, halton, lhs];

// The search methods there are. A new one is a file beside this and a line here.
import { cmaes } from './cmaes/method.js';
import type { MethodDefinition } from './contract.js';
import { gp } from './gp/method.js';
import { halton } from './halton.js';
import { lhs } from './lhs.js';
import { nsga2 } from './nsga2/method.js';
import { sobol } from './sobol.js';
import { tpe } from './tpe/method.js';

export const METHODS: readonly MethodDefinition[] = [tpe, gp, cmaes, nsga2, sobol, halton, lhs];

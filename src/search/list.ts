// The search methods there are. A new one is a file beside this and a line here.
import type { MethodDefinition } from './contract.js';

export const METHODS: readonly MethodDefinition[] = [];

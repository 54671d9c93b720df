// The search methods, all of them loaded: for those who ask any of them why it has proposed what.
import type { MethodDefinition } from './contract.js';
import { KNOWN_METHODS } from './methods.js';

export const METHODS: readonly MethodDefinition[] = await Promise.all(
  KNOWN_METHODS.map((method) => method.load()),
);

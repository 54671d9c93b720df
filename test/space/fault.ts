// What a builder or a reader throws, for tests that look at its code, message and hint.
import { SweeplineError } from '../../src/ground/errors.js';

export function faultOf(build: () => unknown): SweeplineError {
  try {
    build();
  } catch (error) {
    if (error instanceof SweeplineError) return error;
    throw error;
  }
  throw new Error('expected a SweeplineError, and nothing was thrown');
}

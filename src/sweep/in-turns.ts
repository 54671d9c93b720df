// A sampler as the coordinator asks it. One that has looked at many points and found none makes it wait for a turn of the
// event loop, in which signals and results are heard; one that fails (the constraint threw) has come to its end.
import { countOf } from '../trial/selection.js';
import type { Sampler } from './samplers/contract.js';

export interface Asker {
  /** Asks again. */
  readonly wake: () => void;
  /** Hears why the sampler has ended. */
  readonly fail: (error: unknown) => void;
}

export function askInTurns(sampler: Sampler, { wake, fail }: Asker): Sampler['next'] {
  let isWaiting = false;
  return (limit) => {
    let proposal: ReturnType<Sampler['next']>;
    try {
      proposal = sampler.next(limit);
    } catch (error) {
      fail(error);
      return 'end';
    }
    if (typeof proposal === 'string' || countOf(proposal) > 0) return proposal;
    if (!isWaiting) {
      isWaiting = true;
      setImmediate(() => {
        isWaiting = false;
        wake();
      });
    }
    return 'wait';
  };
}

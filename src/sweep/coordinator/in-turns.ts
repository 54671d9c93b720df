// A sampler as the coordinator asks it. One whose turn is over makes it wait for the next one of the event loop, so that
// signals and results are heard in between; one that fails (the constraint threw) has come to its end.
import { countOf } from '../../trial/selection.js';
import type { Sampler } from '../samplers/contract.js';
import type { Turns } from '../samplers/turn.js';

export interface Asker {
  /** Asks again. */
  readonly wake: () => void;
  /** Hears why the sampler has ended. */
  readonly fail: (error: unknown) => void;
  /** Those of the sampler. */
  readonly turns: Turns;
}

export function askInTurns(sampler: Sampler, { wake, fail, turns }: Asker): Sampler['next'] {
  let hasBegun = false;
  let isWaiting = false;
  const begin = (): void => {
    if (hasBegun) return;
    hasBegun = true;
    turns.begin();
    setImmediate(() => {
      hasBegun = false;
      if (!isWaiting) return;
      isWaiting = false;
      wake();
    });
  };
  return (limit) => {
    if (isWaiting) return 'wait';
    begin();
    let proposal: ReturnType<Sampler['next']>;
    try {
      proposal = sampler.next(limit);
    } catch (error) {
      fail(error);
      return 'end';
    }
    if (typeof proposal === 'string') return proposal;
    const isEmpty = countOf(proposal) === 0;
    isWaiting = isEmpty || turns.isOver();
    return isEmpty ? 'wait' : proposal;
  };
}

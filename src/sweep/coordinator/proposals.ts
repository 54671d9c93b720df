// Between the sampler and the coordinator: what it proposes is written down before it runs, and what became of it is told
// in order. Points of an earlier session stand for what they stood for then.
import type { History } from '../../run/history.js';
import type { TrialRow } from '../../trial/row.js';
import { pick, type Selection, trialsOf } from '../../trial/selection.js';
import type { Sampler } from '../samplers/contract.js';
import type { Turns } from '../samplers/turn.js';
import { InOrder } from './in-order.js';
import { askInTurns } from './in-turns.js';
import type { Recorder } from './recorder.js';

export interface ProposalOptions {
  readonly sampler: Sampler;
  /** Those of the sampler. */
  readonly turns: Turns;
  /** Most trials that it may have proposed without having heard of them. */
  readonly lookAhead: number;
  readonly recorder: Pick<Recorder, 'propose'>;
  /** What a sampler proposed in an earlier session, and what came of it; absent where trials are numbers. */
  readonly history: History | undefined;
}

export interface ProposalHearers {
  /** The sampler may have something to propose again. */
  readonly wake: () => void;
  /** What the sampler threw, or what could not be written. */
  readonly fail: (error: unknown) => void;
}

export class Proposals {
  readonly #options: ProposalOptions;
  readonly #fail: (error: unknown) => void;
  readonly #next: Sampler['next'];
  readonly #inOrder: InOrder | undefined;

  constructor(options: ProposalOptions, { wake, fail }: ProposalHearers) {
    const { sampler, turns } = options;
    this.#options = options;
    this.#fail = fail;
    this.#next = askInTurns(sampler, { wake, fail, turns });
    if (sampler.tell !== undefined) this.#inOrder = new InOrder((result) => sampler.tell!(result));
  }

  /** The sampler decides by results. */
  get isHeard(): boolean {
    return this.#inOrder !== undefined;
  }

  /** Trials to run, `size` at most, none of which has ended; `wait` until more has been told. */
  next(size: number): Selection | 'wait' | 'end' {
    const most = Math.min(size, this.#options.lookAhead - (this.#inOrder?.untold ?? 0));
    if (most <= 0) return 'wait';
    const proposal = this.#next(most);
    return proposal === 'end' || proposal === 'wait' ? proposal : this.#accept(proposal);
  }

  settle(results: Iterable<TrialRow>): void {
    if (this.#inOrder !== undefined) for (const result of results) this.#inOrder.settle(result);
  }

  /** New points are journalled; those that have ended are told from the journal instead of running again. */
  #accept(proposal: Selection): Selection {
    const { history, recorder } = this.#options;
    if (this.#inOrder !== undefined) for (const trial of trialsOf(proposal)) this.#inOrder.propose(trial);
    if (proposal.kind !== 'points') return history === undefined ? proposal : this.#leaveOut(proposal);
    const points = proposal.points.map((point) => history?.proposals.get(point.trial) ?? point);
    const fresh = points.filter(({ trial }) => history?.proposals.has(trial) !== true);
    if (fresh.length > 0) recorder.propose(fresh).catch(this.#fail);
    return this.#leaveOut({ kind: 'points', points });
  }

  /** Without those that have ended: they are told. */
  #leaveOut(proposal: Selection): Selection {
    const { history } = this.#options;
    const left = pick(proposal, (trial) => history?.rows.has(trial) !== true);
    for (const trial of trialsOf(proposal)) {
      const row = history?.rows.get(trial);
      if (row !== undefined) this.#inOrder?.settle(row);
    }
    return left;
  }
}

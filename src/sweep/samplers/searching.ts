// A sampler of a search method. Proposal k is a function of the results of configurations up to k - W alone, W being the
// look-ahead: it waits until these have ended, and what it hears of later ones meanwhile it does not look at. So the same
// seed gives the same trials on any number of workers. A configuration's replicates are trials
// k * replicates to (k + 1) * replicates - 1.
import type { Point } from '../../space/types.js';
import type { ProposedTrial } from '../../trial/selection.js';
import type { Sampler, Surroundings, TrialResult } from './contract.js';
import { EndRule } from './end-rule.js';
import { Observations, type Observed } from './observations.js';
import { replicatesOf } from './racing.js';
import type { SearchSpec } from './search-spec.js';

/** Makes proposals here or in a thread; see Proposer. */
export interface Asking {
  add(point: Point): void;
  tell(observed: Observed): void;
  /** The point; null where there is none left; undefined where it is not made yet: the sampler is woken then. */
  ask(told: number): Point | null | undefined;
  close(): void;
}

export class Searching implements Sampler {
  readonly #spec: SearchSpec;
  readonly #of: Pick<Surroundings, 'space' | 'share' | 'nextUndone' | 'proposed' | 'turn'>;
  readonly #asking: Asking;
  readonly #listens: boolean;
  readonly #numbering: ReturnType<typeof replicatesOf>;
  /** The point of the last configuration, and how many trials have been looked at. */
  #point: Point | undefined;
  #cursor = 0;
  /** Configurations that have been proposed. */
  #count = 0;
  #results: TrialResult[] = [];
  readonly #observed: Observations;
  #ended: string | null = null;
  readonly #rule: EndRule;

  constructor(spec: SearchSpec, listens: boolean, asking: Asking, of: Surroundings) {
    this.#spec = spec;
    this.#of = of;
    this.#asking = asking;
    this.#listens = listens;
    this.#numbering = replicatesOf(spec, of.space);
    this.#observed = new Observations(spec.search);
    this.#rule = new EndRule(spec.search);
    if (listens) this.tell = (result) => this.#hear(result);
  }

  tell?: (result: TrialResult) => void;

  get total(): number | null {
    const { share } = this.#of;
    const { trials, search } = this.#spec;
    if (share !== null) return share.total;
    return search.target === null && search.plateau === null ? (trials ?? null) : null;
  }

  get excluded(): number | null {
    return this.total === null ? null : 0;
  }

  get ended(): string | null {
    return this.#ended;
  }

  has(): boolean {
    return false;
  }

  close(): void {
    this.#asking.close();
  }

  next(limit: number): ReturnType<Sampler['next']> {
    const { trials = Number.POSITIVE_INFINITY } = this.#spec;
    const { share, nextUndone, turn, space } = this.#of;
    const { width, trialAt } = this.#numbering;
    const points: ProposedTrial[] = [];
    while (points.length < limit && this.#cursor < trials) {
      const found = this.#pointOf(Math.floor(this.#cursor / width));
      if (found === 'wait') return points.length > 0 ? { kind: 'points', points } : 'wait';
      if (found === 'end') return points.length > 0 ? { kind: 'points', points } : 'end';
      const trial = trialAt(this.#cursor++);
      const proposed = { trial, replicate: trial % space.replicates, point: found };
      const isOurs = share === null || share.hasProposed(proposed);
      if (isOurs && nextUndone(trial) === trial) points.push(proposed);
      if (turn.isOver()) break;
    }
    return points.length > 0 || this.#cursor < trials ? { kind: 'points', points } : 'end';
  }

  #pointOf(k: number): Point | 'wait' | 'end' {
    if (k < this.#count) return this.#point!;
    const told = this.#listens ? Math.max(0, k - this.#spec.search.lookahead + 1) : 0;
    if (this.#observed.all.length < told) return 'wait';
    // What is told only grows.
    while (this.#rule.looked < told) this.#rule.look(this.#observed.all[this.#rule.looked]!);
    this.#ended = this.#rule.find();
    if (this.#ended !== null) return 'end';
    const point = this.#of.proposed?.(k * this.#of.space.replicates) ?? this.#asking.ask(told);
    if (point === undefined) return 'wait';
    if (point === null) {
      this.#ended = 'every point has been tried';
      return 'end';
    }
    this.#asking.add(point);
    this.#point = point;
    this.#count++;
    return point;
  }

  #hear(result: TrialResult): void {
    this.#results.push(result);
    const { width, trialAt } = this.#numbering;
    const { trials } = this.#spec;
    const last = trials === undefined ? undefined : trialAt(trials - 1);
    // Where the number of trials is no multiple of the replicates, the last configuration has fewer.
    if (this.#results.length < width && result.trial !== last) return;
    this.#asking.tell(this.#observed.add(this.#results));
    this.#results = [];
  }
}

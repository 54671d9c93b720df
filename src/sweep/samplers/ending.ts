// `--target` and `--plateau` for a sampler that looks at no results itself: what it proposes is handed out in its own
// order, and configuration k only once the results of the configurations up to k - W are known and do not end the run, W
// being the look-ahead. So the run ends at the same trial on any number of workers.
import {
  NO_TRIALS,
  type ProposedTrial,
  type Selection,
  selectNumbers,
  trialsOf,
} from '../../trial/selection.js';
import type { Sampler, SamplerDefinition, Surroundings, TrialResult } from './contract.js';
import { EndRule } from './end-rule.js';
import { findEndFaults, hasEnd, toSearch } from './ends-input.js';
import { Observations } from './observations.js';
import { describeSearch, type Search, type SearchSpec, searchSchema } from './search-spec.js';

/** A trial as a sampler names it: its number in the space, or with the point that it has made. */
type Named = number | ProposedTrial;

/** The sampler with these options. Replicates of a point have to be next to each other in what it proposes. */
export function endable(definition: SamplerDefinition): SamplerDefinition {
  const { name } = definition;
  return {
    ...definition,
    listens: (spec) => searchOf(spec) !== undefined,
    canShard: (spec) => searchOf(spec) === undefined && definition.canShard(spec),
    resolve(asked, wanted, faults) {
      const isHeard = hasEnd(wanted.ends);
      faults.push(...findEndFaults(name, wanted, isHeard));
      const { spec, grids } = definition.resolve(asked, wanted, faults);
      return { spec: isHeard ? { ...spec, search: toSearch(wanted) } : spec, grids };
    },
    findSpecFaults(spec) {
      const { error } = searchSchema.optional().safeParse(spec.search);
      const faults = (error?.issues ?? []).map(
        ({ path, message }) => `${['search', ...path].join('.')}: ${message}`,
      );
      return [...faults, ...(definition.findSpecFaults?.(spec) ?? [])];
    },
    describe(spec) {
      const search = (spec as Partial<SearchSpec>).search;
      const ends = search === undefined ? [] : [...describeSearch(search), `look-ahead ${search.lookahead}`];
      return [definition.describe(spec), ...ends].join(', ');
    },
    create(surroundings) {
      const sampler = definition.create(surroundings);
      const search = searchOf(surroundings.spec);
      return search === undefined ? sampler : new Ending(sampler, search, surroundings.space);
    },
  };
}

/** Undefined where nothing but its trials ends it. */
function searchOf(spec: Surroundings['spec']): Search | undefined {
  const { search } = spec as Partial<SearchSpec>;
  return search !== undefined && hasEnd(search) ? search : undefined;
}

class Ending implements Sampler {
  readonly total = null;
  readonly excluded = null;
  readonly #inner: Sampler;
  readonly #lookahead: number;
  readonly #replicates: number;
  readonly #rule: EndRule;
  readonly #observations: Observations;
  /** What the sampler has proposed and nobody runs yet: one call's worth at most. */
  #waiting: Named[] = [];
  /** The configuration that trials are handed out of, and how many there have been. */
  #current = -1;
  #count = 0;
  /** Trials of each configuration that the rule was not shown, and what they came to as far as it is known. */
  readonly #sizes: number[] = [];
  readonly #results: TrialResult[] = [];
  #isOver = false;
  #ended: string | null = null;

  constructor(inner: Sampler, search: Search, { replicates }: Pick<Surroundings['space'], 'replicates'>) {
    this.#inner = inner;
    this.#lookahead = search.lookahead;
    this.#replicates = replicates;
    this.#rule = new EndRule(search);
    this.#observations = new Observations(search);
  }

  get ended(): string | null {
    return this.#ended;
  }

  has(trial: number): boolean {
    return this.#inner.has(trial);
  }

  close(): void {
    this.#inner.close?.();
  }

  next(limit: number): ReturnType<Sampler['next']> {
    if (this.#waiting.length === 0 && !this.#isOver) {
      const proposal = this.#inner.next(limit);
      if (proposal === 'wait') return proposal;
      this.#isOver = proposal === 'end';
      this.#waiting = proposal === 'end' ? [] : listOf(proposal);
    }
    if (this.#waiting.length === 0) return this.#isOver ? 'end' : NO_TRIALS;
    let count = 0;
    let refusal: 'wait' | 'end' | undefined;
    while (count < Math.min(limit, this.#waiting.length)) {
      refusal = this.#admit(this.#waiting[count]!);
      if (refusal !== undefined) break;
      count++;
    }
    return count === 0 ? refusal! : selectionOf(this.#waiting.splice(0, count));
  }

  tell(result: TrialResult): void {
    this.#results.push(result);
  }

  /** Undefined where the trial is handed out. */
  #admit(trial: Named): 'wait' | 'end' | undefined {
    const configuration = Math.floor(numberOf(trial) / this.#replicates);
    if (configuration !== this.#current) {
      // All trials of those before are out, since this one is of another.
      const told = Math.max(0, this.#count - this.#lookahead + 1);
      if (!this.#show(told)) return 'wait';
      this.#ended = this.#rule.find();
      if (this.#ended !== null) return 'end';
      this.#current = configuration;
      this.#count++;
      this.#sizes.push(0);
    }
    this.#sizes[this.#sizes.length - 1]!++;
    return undefined;
  }

  /** Shows the rule the first `told` configurations, and none after them; false where one has not ended. */
  #show(told: number): boolean {
    while (this.#rule.looked < told) {
      const size = this.#sizes[0]!;
      if (this.#results.length < size) return false;
      this.#sizes.shift();
      this.#rule.look(this.#observations.observe(this.#results.splice(0, size)));
    }
    return true;
  }
}

function listOf(proposal: Selection): Named[] {
  return proposal.kind === 'points' ? [...proposal.points] : [...trialsOf(proposal)];
}

function selectionOf(trials: readonly Named[]): Selection {
  const points = trials.filter((each) => typeof each !== 'number');
  return points.length > 0 ? { kind: 'points', points } : selectNumbers(trials as readonly number[]);
}

function numberOf(trial: Named): number {
  return typeof trial === 'number' ? trial : trial.trial;
}

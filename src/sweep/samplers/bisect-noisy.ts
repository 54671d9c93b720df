// Bisection where some answers are wrong: for every point of the other axes the value where the answer is the least certain
// is asked, until 95 % of the chance lies within the tolerance, or so many values have been asked. The replicates of the
// sweep are asked together; a value that comes up again is asked with further replicates, whose seeds are new.
// Trial number = (point * most + query) * replicates + replicate of the query.
import type { SamplerSpec } from '../../run/manifest.js';
import { ThresholdPosterior } from '../../search/boundary/posterior.js';
import { NO_TRIALS, type ProposedTrial } from '../../trial/selection.js';
import type { Sampler, Surroundings, TrialResult } from './contract.js';

export interface NoisyBisectSpec extends SamplerSpec {
  readonly axis: string;
  readonly metric: string;
  readonly from: number;
  readonly to: number;
  /** How narrow the interval gets. */
  readonly tolerance: number;
  readonly noise: number | 'auto';
  /** Values asked of a point. */
  readonly most: number;
}

export function isNoisy(spec: SamplerSpec): spec is NoisyBisectSpec {
  return spec.noise !== undefined && spec.noise !== 0;
}

/** A search that is under way. */
interface Search {
  readonly posterior: ThresholdPosterior;
  /** Trials proposed at each value. */
  readonly asked: Map<number, number>;
  queries: number;
  value: number;
  /** Answers to the last query that are still to come, and how many have come. */
  awaited: number;
  answered: number;
}

/** Points searched side by side: enough to fill blocks, few enough to hold. */
const WINDOW = 4096;

export function createNoisyBisection({ space, spec: given, accept, share, turn }: Surroundings): Sampler {
  const spec = given as NoisyBisectSpec;
  const { replicates } = space;
  const points = space.trials / replicates;
  const searches = new Map<number, Search>();
  const ready: ProposedTrial[] = [];
  let opened = 0;

  const openMore = (): void => {
    while (searches.size < WINDOW && opened < points) {
      const point = opened++;
      const first = point * replicates;
      if ((accept === null || accept(first)) && (share === null || share.has(first))) open(point);
      if ((accept !== null || share !== null) && turn.isOver()) return;
    }
  };
  const open = (point: number): void => {
    const search: Search = {
      ...{ posterior: new ThresholdPosterior(spec), asked: new Map() },
      ...{ queries: 0, value: spec.from, awaited: 0, answered: 0 },
    };
    searches.set(point, search);
    ask(point, search, spec.from);
  };
  const ask = (point: number, search: Search, value: number): void => {
    const before = search.asked.get(value) ?? 0;
    const first = (point * spec.most + search.queries) * replicates;
    for (let r = 0; r < replicates; r++)
      ready.push({
        trial: first + r,
        replicate: before + r,
        point: { ...space.at(point), [spec.axis]: value },
      });
    search.asked.set(value, before + replicates);
    search.queries++;
    Object.assign(search, { value, awaited: replicates, answered: 0 });
  };
  /** The ends first: which way the metric turns, if at all. */
  const goOn = (point: number, search: Search): void => {
    const isAtEnd = search.answered === 0 || search.queries === spec.most;
    if (isAtEnd || (search.queries >= 2 && search.posterior.isKnownTo(spec.tolerance)))
      searches.delete(point); // where no trial of a query has an answer, none is to be expected of the next
    else ask(point, search, search.queries === 1 ? spec.to : search.posterior.next());
  };

  return {
    total: null,
    excluded: null,
    has: () => false,
    next(limit) {
      if (ready.length < limit) openMore();
      if (ready.length > 0) return { kind: 'points', points: ready.splice(0, limit) };
      if (searches.size < WINDOW && opened < points) return NO_TRIALS;
      return searches.size > 0 ? 'wait' : 'end';
    },
    tell({ trial, status, metrics }: TrialResult) {
      const point = Math.floor(trial / (spec.most * replicates));
      const search = searches.get(point);
      if (search === undefined) return;
      const answer = metrics[spec.metric];
      if (status === 'ok' && typeof answer === 'boolean') {
        search.posterior.add(search.value, answer);
        search.answered++;
      }
      if (--search.awaited === 0) goOn(point, search);
    },
  };
}

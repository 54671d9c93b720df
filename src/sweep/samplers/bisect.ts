// Finds, for every configuration of the other axes, where a boolean metric turns along one axis, by halving: both ends
// first, then the middle of the bracket until it is no wider than the tolerance: 2 + ceil(log2((to - from) / tolerance))
// trials at most. Where both ends agree the threshold lies outside, and two trials tell so.
// Trial number = configuration * stride + step, whatever order results come in.
import type { PointTrial } from '../../pool/contract.js';
import type { SamplerSpec } from '../../space/sampling.js';
import type { Space } from '../../space/space.js';
import type { Sampler } from './contract.js';

export interface BisectOptions {
  /** The other axes; a configuration is one of its trials (point and replicate). */
  readonly space: Space;
  readonly spec: Extract<SamplerSpec, { name: 'bisect' }>;
  readonly accept: ((trial: number) => boolean) | null;
  readonly shard: { readonly index: number; readonly count: number } | null;
}

interface Search {
  low: number;
  high: number;
  /** The metric at both ends, once known. */
  atLow: boolean | undefined;
  atHigh: boolean | undefined;
  step: number;
}

/** Configurations searched side by side: enough to fill blocks, few enough to hold. */
const WINDOW = 4096;

/** The most trials a configuration can need. */
export function bisectStride(spec: BisectOptions['spec']): number {
  return 2 + Math.max(0, Math.ceil(Math.log2((spec.to - spec.from) / spec.tolerance)));
}

export function createBisectSampler({ space, spec, accept, shard }: BisectOptions): Sampler {
  const stride = bisectStride(spec);
  const searches = new Map<number, Search>();
  const ready: PointTrial[] = [];
  let opened = 0;

  const openMore = (): void => {
    while (searches.size < WINDOW && opened < space.trials) {
      const configuration = opened++;
      if (shard !== null && configuration % shard.count !== shard.index - 1) continue;
      if (accept !== null && !accept(configuration)) continue;
      searches.set(configuration, {
        low: spec.from,
        high: spec.to,
        atLow: undefined,
        atHigh: undefined,
        step: 2,
      });
      propose(configuration, 0, spec.from);
      propose(configuration, 1, spec.to);
    }
  };
  const propose = (configuration: number, step: number, at: number): void => {
    const point = { ...space.at(Math.floor(configuration / space.replicates)), [spec.axis]: at };
    ready.push({ trial: configuration * stride + step, replicate: configuration % space.replicates, point });
  };

  return {
    total: null,
    excluded: null,
    next(limit) {
      if (ready.length < limit) openMore();
      if (ready.length > 0) return { kind: 'points', points: ready.splice(0, limit) };
      return searches.size > 0 ? 'wait' : 'end';
    },
    tell(trial, metrics) {
      const configuration = Math.floor(trial / stride);
      const search = searches.get(configuration);
      if (search === undefined) return;
      const cell = metrics.get(spec.metric);
      if (cell !== 'true' && cell !== 'false') {
        searches.delete(configuration); // failed: nothing can be said of this configuration
        return;
      }
      const value = cell === 'true';
      const step = trial % stride;
      if (step === 0) search.atLow = value;
      else if (step === 1) search.atHigh = value;
      else {
        const middle = (search.low + search.high) / 2;
        if (value === search.atLow) search.low = middle;
        else search.high = middle;
        search.step = step + 1;
      }
      if (search.atLow === undefined || search.atHigh === undefined) return;
      const settled = search.atLow === search.atHigh || search.high - search.low <= spec.tolerance;
      if (settled) searches.delete(configuration);
      else propose(configuration, search.step, (search.low + search.high) / 2);
    },
  };
}

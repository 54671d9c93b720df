// Finds, for every configuration of the other axes, where a boolean metric turns along one axis, by halving: both ends
// first, then the middle of the bracket until it is no wider than the tolerance: 2 + ceil(log2((to - from) / tolerance))
// trials at most, which may leave it wider by a rounding. It ends before that where no number lies between the ends of the
// bracket, however narrow the tolerance is. Where both ends agree the threshold lies outside, and two trials tell so. With `noise`, some answers are
// wrong: see bisect-noisy.ts. Trial number = configuration * stride + step, whatever order results come in.
import { z } from 'zod';
import { SweeplineError } from '../../ground/errors.js';
import { readNumber } from '../../ground/quantity.js';
import { describeUnknown } from '../../ground/text.js';
import type { SamplerSpec } from '../../run/manifest.js';
import type { GridSpec } from '../../space/types.js';
import { axisAt, axisLength } from '../../space/values.js';
import { NO_TRIALS, type ProposedTrial } from '../../trial/selection.js';
import { createNoisyBisection, isNoisy, type NoisyBisectSpec } from './bisect-noisy.js';
import type { Sampler, SamplerDefinition, Surroundings, TrialResult, Wanted } from './contract.js';

interface BisectSpec extends SamplerSpec {
  /** The axis searched, and the boolean metric that turns once along it. */
  readonly axis: string;
  readonly metric: string;
  readonly from: number;
  readonly to: number;
  readonly tolerance: number;
}

/** Without noise its options are left out, as they were before there was any. */
type AnyBisectSpec = BisectSpec | NoisyBisectSpec;

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

const NOISE_EXPECTED = 'expected a number from 0 to below 0.5, or auto';

const options = z.object({
  axis: z.string().optional().describe('the axis to search (default: the last of the first grid)'),
  metric: z.string().optional().describe('the yes-or-no metric that turns there (default: the first)'),
  from: z.number().optional().describe("where to search (default: the axis's least value)"),
  to: z.number().optional().describe("and up to where (default: the axis's greatest value)"),
  tolerance: z.number().positive().optional().describe('how narrow the bracket gets (default: 1e-6)'),
  noise: z
    .union([z.number().min(0, NOISE_EXPECTED).lt(0.5, NOISE_EXPECTED), z.literal('auto')], NOISE_EXPECTED)
    .default(0)
    .describe('how many answers are wrong near where it turns; auto: learnt (default: 0)'),
  most: z
    .number()
    .int()
    .min(2)
    .max(100_000)
    .default(200)
    .describe('with noise: values asked at most for a configuration (default: 200)'),
});

export const bisectSampler: SamplerDefinition = {
  name: 'bisect',
  about: 'search one axis for the value where a boolean metric changes',
  options,
  mayLack: ['noise', 'most'],
  domains: 'finite',
  listens: () => true,
  takesReplicates: false,
  takesTrials: false,
  canShard: () => true,
  lookAhead: 2 * WINDOW,
  shorthands: {
    bisect: {
      flags: '--bisect <axis=low..high>',
      about: 'the axis to search and its range (with --sampler bisect)',
      read: readBracket,
    },
    metric: {
      flags: '--metric <name>',
      about: 'the boolean metric that changes there (with --sampler bisect)',
      read: (metric) => ({ metric }),
    },
    tolerance: {
      flags: '--tolerance <width>',
      about: 'how narrow the bracket gets (with --sampler bisect)',
      read: readTolerance,
    },
  },
  searchedAxis: ({ axis }) => axis as string | undefined,
  resolve: resolveBisect,
  grids(spec, { grids }) {
    const { axis, from, to } = spec as BisectSpec;
    const searched = { names: [axis], values: [{ kind: 'list' as const, values: [from, to] }] };
    return grids.map(({ axes }) => ({ axes: [...axes, searched] }));
  },
  findSpecFaults(spec) {
    const { from, to } = spec as BisectSpec;
    return from < to ? [] : [`from is ${from} and to is ${to}; expected the lower end first`];
  },
  describe: (spec) => {
    const { axis, from, to, metric, tolerance } = spec as AnyBisectSpec;
    const known = `bisect ${axis} from ${from} to ${to} until ${metric} is known to ${tolerance}`;
    if (!isNoisy(spec)) return known;
    const { noise, most } = spec;
    const wrong = noise === 'auto' ? 'some answers are wrong' : `${noise} of answers are wrong`;
    return `${known} (95 %), where ${wrong}, from ${most} values at most`;
  },
  most: (spec, space) => space.trials * (isNoisy(spec) ? spec.most : strideOf(spec as BisectSpec)),
  create: (surroundings) =>
    isNoisy(surroundings.spec) ? createNoisyBisection(surroundings) : createBisectSampler(surroundings),
};

/** `h=0..2`. */
function readBracket(text: string): Record<string, unknown> {
  const [, axis = '', low = '', high = ''] =
    /^\s*([A-Za-z_]\w*)\s*=\s*(.+?)\s*\.\.\s*(.+?)\s*$/.exec(text) ?? [];
  const [from, to] = [readNumber(low), readNumber(high)];
  if (axis !== '' && from < to) return { axis, from, to };
  throw new SweeplineError('BAD_USAGE', 'expected axis=low..high with low below high, such as h=0..2');
}

function readTolerance(text: string): Record<string, unknown> {
  const tolerance = readNumber(text);
  if (tolerance > 0) return { tolerance };
  throw new SweeplineError('BAD_USAGE', 'expected a number above 0, such as 1e-6');
}

function resolveBisect(asked: z.output<typeof options>, wanted: Wanted, faults: string[]) {
  const { worker, trials } = wanted;
  const grids = wanted.grids as readonly GridSpec[];
  const numeric = worker.params.filter((param) => param.type === 'number').map((param) => param.name);
  const booleans = worker.metrics.filter((metric) => metric.type === 'boolean').map((metric) => metric.name);
  const axis = asked.axis ?? grids[0]?.axes.at(-1)?.names[0] ?? '';
  const metric = asked.metric ?? booleans[0] ?? '';
  if (trials !== null)
    faults.push(`bisect: --trials ${trials}: it runs as many as it needs; leave --trials out`);
  if (!numeric.includes(axis)) faults.push(`bisect: ${describeUnknown('numeric axis', axis, numeric)}`);
  if (!booleans.includes(metric))
    faults.push(`bisect: ${describeUnknown('boolean metric', metric, booleans)}`);
  const ends = endsOf(grids, axis);
  const { from = Math.min(...ends), to = Math.max(...ends), tolerance = 1e-6 } = asked;
  if (!(from < to && Number.isFinite(to - from)))
    faults.push(`bisect: ${axis} from ${from} to ${to}; expected two ends, the first below the second`);
  if (tolerance >= to - from)
    faults.push(
      `bisect: tolerance ${tolerance}: ${axis} goes from ${from} to ${to}, and nothing between is ever asked; expected less than ${to - from}`,
    );
  for (const each of grids.flatMap((grid) => grid.axes)) {
    if (each.names.includes(axis) && each.names.length > 1)
      faults.push(
        `bisect: axis ${axis} is zipped with ${each.names.filter((name) => name !== axis).join(', ')}`,
      );
    if (each.when !== undefined && Object.hasOwn(each.when, axis))
      faults.push(`bisect: axis ${each.names.join('+')} depends on ${axis}`);
  }
  const others = grids.map((grid) => ({ axes: grid.axes.filter((each) => !each.names.includes(axis)) }));
  const spec = { name: 'bisect', proposes: true, axis, metric, from, to, tolerance } as const;
  const { noise, most } = asked;
  return { spec: noise === 0 ? spec : { ...spec, noise, most }, grids: others };
}

/** First and last number of the axis, in all grids that have it. */
function endsOf(grids: readonly GridSpec[], axis: string): number[] {
  return grids
    .flatMap((grid) => grid.axes)
    .filter((each) => each.names.includes(axis))
    .map((each) => each.values[each.names.indexOf(axis)]!)
    .flatMap((values) => [axisAt(values, 0), axisAt(values, axisLength(values) - 1)])
    .filter((end) => typeof end === 'number');
}

/** The most trials a configuration can need. */
function strideOf({ from, to, tolerance }: Pick<BisectSpec, 'from' | 'to' | 'tolerance'>): number {
  const brackets = (to - from) / tolerance;
  const halvings = Number.isFinite(brackets)
    ? Math.log2(brackets)
    : Math.log2(to - from) - Math.log2(tolerance);
  return 2 + Math.max(0, Math.ceil(halvings));
}

/** A configuration is one trial of the space of the other axes: a point and a replicate. */
function createBisectSampler({ space, spec: given, accept, share, turn }: Surroundings): Sampler {
  const spec = given as BisectSpec;
  const stride = strideOf(spec);
  const searches = new Map<number, Search>();
  const ready: ProposedTrial[] = [];
  let opened = 0;

  const openMore = (): void => {
    while (searches.size < WINDOW && opened < space.trials) {
      const configuration = opened++;
      const isOne =
        (accept === null || accept(configuration)) && (share === null || share.has(configuration));
      if (isOne) open(configuration);
      if ((accept !== null || share !== null) && turn.isOver()) return;
    }
  };
  const open = (configuration: number): void => {
    const { from: low, to: high } = spec;
    searches.set(configuration, { low, high, atLow: undefined, atHigh: undefined, step: 2 });
    propose(configuration, 0, low);
    propose(configuration, 1, high);
  };
  const propose = (configuration: number, step: number, at: number): void => {
    const point = { ...space.at(Math.floor(configuration / space.replicates)), [spec.axis]: at };
    ready.push({ trial: configuration * stride + step, replicate: configuration % space.replicates, point });
  };

  return {
    total: null,
    excluded: null,
    has: () => false,
    next(limit) {
      if (ready.length < limit) openMore();
      if (ready.length > 0) return { kind: 'points', points: ready.splice(0, limit) };
      if (searches.size < WINDOW && opened < space.trials) return NO_TRIALS;
      return searches.size > 0 ? 'wait' : 'end';
    },
    tell({ trial, status, metrics }: TrialResult) {
      const configuration = Math.floor(trial / stride);
      const search = searches.get(configuration);
      if (search === undefined) return;
      const value = metrics[spec.metric];
      if (status !== 'ok' || typeof value !== 'boolean') {
        searches.delete(configuration); // failed: nothing can be said of this configuration
        return;
      }
      narrow(search, trial % stride, value);
      if (search.atLow === undefined || search.atHigh === undefined) return;
      const { low, high, step } = search;
      const middle = middleOf(search);
      // Past the stride are the numbers of the next configuration.
      const isDone = high - low <= spec.tolerance || step === stride || middle === low || middle === high;
      if (search.atLow === search.atHigh || isDone) searches.delete(configuration);
      else propose(configuration, step, middle);
    },
  };
}

/** Also where the sum of the ends is no finite number. */
function middleOf({ low, high }: Pick<Search, 'low' | 'high'>): number {
  const sum = low + high;
  return Number.isFinite(sum) ? sum / 2 : low / 2 + high / 2;
}

function narrow(search: Search, step: number, value: boolean): void {
  if (step === 0) search.atLow = value;
  else if (step === 1) search.atHigh = value;
  else {
    const middle = middleOf(search);
    if (value === search.atLow) search.low = middle;
    else search.high = middle;
    search.step = step + 1;
  }
}

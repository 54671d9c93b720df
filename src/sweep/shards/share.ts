// Which trials a shard runs. Every shard comes to the same cut by itself, from what all of them see alike: the trials'
// keys, and weights that the worker declares or that a run holds which all of them name. Nothing of the machine counts.
//
// By key alone, a trial's shard depends on nothing but its key: it stays where it is however the space is written or
// extended. With weights, a trial whose shard is full goes to the emptiest one: the loads come out even, most trials stay
// where their key puts them, and a digest of the cut tells two cuts apart.
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { SweeplineError } from '../../ground/errors.js';
import { formatCount } from '../../ground/text.js';
import type { ShardBy } from '../../run/manifest.js';
import type { Point } from '../../space/types.js';
import { canonicalObject } from '../../space/value.js';
import { createKeyer } from '../../trial/key.js';
import { createKeyFinder } from '../../trial/keys.js';
import { fillParams } from '../../trial/params.js';
import { type ProposedTrial, trialsOf } from '../../trial/selection.js';
import type { WorkerQuestions } from '../../worker/questions.js';
import { type Job, openSampler } from '../job.js';
import type { Cut, Shard } from '../samplers/contract.js';
import { createAccept } from '../samplers/finite.js';
import { isTold, nameListener, samplerOf } from '../samplers/list.js';
import { racingOf } from '../samplers/racing.js';
import { readKeyTimes } from './key-times.js';

/** Spaces up to this size are looked through in advance; of larger ones keys alone decide. */
const LISTED = 200_000;
/** Points whose costs are asked for at once. */
const ASKED = 10_000;

export interface SharingSettings {
  readonly shard: Shard | null;
  /** A ShardBy but `times`, or the folder of a run; null: `cost` where the worker declares it, else `key`. */
  readonly shardBy: string | null;
}

/** The job with its share of the trials. Throws BAD_USAGE where they cannot be dealt as asked. */
export async function takeShare(
  job: Job,
  { shard, shardBy }: SharingSettings,
  questions: WorkerQuestions,
): Promise<Job> {
  if (shard === null) return job;
  const { sampler } = job.resolved;
  const { canShard } = samplerOf(sampler);
  if (racingOf(sampler) !== undefined || !canShard(sampler))
    throw new SweeplineError(
      'BAD_USAGE',
      `--shard ${shard.index}/${shard.count}: ${nameListener(sampler)} decides by the results of all trials, and shards know nothing of each other`,
      {
        hint: 'run it whole, on other machines too with --queue; or use a sampler that needs no results (sobol, halton, lhs, random), without a target or a plateau',
      },
    );
  const trials = listTrials(job);
  const { by, weights, times } = await weigh({ job, trials, shardBy, count: shard.count }, questions);
  const dealt = weights === null ? cutByKey(job, shard, trials) : cutByWeight(shard, trials!, weights);
  // What a search will need nobody knows: what was dealt is its configurations.
  const share = isTold(sampler) ? { ...dealt, total: null, of: null } : dealt;
  return { ...job, share: { ...share, ...shard, by, times } };
}

/** A trial as it is dealt: a proposed one has no number in a space. */
interface Dealt {
  readonly trial: number;
  readonly key: string;
  readonly point: Point;
}

/** All trials of the run, whatever the shard; null where they are too many. */
function listTrials(job: Job): readonly Dealt[] | null {
  const { space, resolved, loaded } = job;
  const { sampler: spec } = resolved;
  const { most } = samplerOf(spec);
  const listens = isTold(spec);
  const makesPoints = spec.proposes === true && !listens;
  const all = makesPoints ? most(spec, space) : space.trials;
  // A search may come to any point of its space, however few it is given.
  if ((listens ? all : Math.min(all, typeof spec.trials === 'number' ? spec.trials : all)) > LISTED)
    return null;
  const at = (trial: number) => space.at(Math.floor(trial / space.replicates));
  const dealt: Dealt[] = [];
  const keyOf = keysOf(job);
  const add = (trial: number) => dealt.push({ trial, key: keyOf(trial), point: at(trial) });
  if (listens) {
    const accept = createAccept(space, loaded.sweep.where);
    for (let trial = 0; trial < space.trials; trial++) if (accept === null || accept(trial)) add(trial);
    return dealt;
  }
  const sampler = openSampler({ ...job, share: null });
  const keyOfProposed = proposedKeysOf(job);
  for (;;) {
    const found = sampler.next(4096);
    if (typeof found === 'string') return dealt;
    if (found.kind === 'points')
      for (const each of found.points)
        dealt.push({ trial: each.trial, key: keyOfProposed(each), point: each.point });
    else for (const trial of trialsOf(found)) add(trial);
  }
}

function keysOf({ space, worker, resolved: { fixed } }: Job): (trial: number) => string {
  const keyer = createKeyer(worker.name, worker.version);
  return createKeyFinder({ space, params: worker.params, fixed, keyer });
}

function proposedKeysOf({ space, worker, resolved: { fixed } }: Job): (trial: ProposedTrial) => string {
  const keyer = createKeyer(worker.name, worker.version);
  const { seeds } = space.spec;
  return ({ point, replicate }) => {
    const canonical = canonicalObject(fillParams(point, worker.params, fixed));
    const chosen = seeds?.[replicate];
    return chosen === undefined ? keyer.keyOfText(canonical, replicate) : keyer.keyOfSeed(canonical, chosen);
  };
}

interface Weighing {
  readonly job: Job;
  readonly trials: readonly Dealt[] | null;
  readonly shardBy: string | null;
  readonly count: number;
}

interface Weighed {
  readonly by: ShardBy;
  /** By place in the list; null: keys alone decide. */
  readonly weights: readonly number[] | null;
  readonly times: string | null;
}

async function weigh(
  { job, trials, shardBy, count }: Weighing,
  questions: WorkerQuestions,
): Promise<Weighed> {
  const byKey = { by: 'key', weights: null, times: null } as const;
  if (shardBy === 'key') return byKey;
  if (trials === null || count > LISTED) {
    if (shardBy === null) return byKey;
    const found = trials === null ? 'more trials' : `${formatCount(count)} shards`;
    throw new SweeplineError(
      'BAD_USAGE',
      `--shard-by ${shardBy}: expected at most ${formatCount(LISTED)} trials and shards, found ${found}`,
      { hint: 'leave --shard-by out: by their keys, so many trials come out even' },
    );
  }
  if (shardBy === 'count') return { by: 'count', weights: trials.map(() => 1), times: null };
  const costs = await askCosts(job, trials, questions);
  if (shardBy === null || shardBy === 'cost') {
    if (costs !== null) return { by: 'cost', weights: costs.map(roundWeight), times: null };
    if (shardBy === null) return byKey;
    throw new SweeplineError('BAD_USAGE', `--shard-by cost: worker ${job.worker.name} declares no cost`, {
      hint: 'declare `cost` in the worker; or give --shard-by count, or a run whose trials were timed',
    });
  }
  const ms = await readKeyTimes(
    shardBy,
    trials.map(({ key }) => key),
    costs,
  );
  return { by: 'times', weights: ms.map(roundWeight), times: resolve(shardBy) };
}

async function askCosts(
  { resolved: { fixed } }: Job,
  trials: readonly Dealt[],
  questions: WorkerQuestions,
): Promise<readonly number[] | null> {
  const costs: number[] = [];
  for (let i = 0; i < trials.length; i += ASKED) {
    const points = trials.slice(i, i + ASKED).map(({ point }) => ({ ...fixed, ...point }));
    const said = await questions.costs(points);
    if (said === null) return null;
    costs.push(...said);
  }
  return trials.length === 0 ? null : costs;
}

/** Machines may differ in the last bits of a logarithm, and no shard may hear of it. */
function roundWeight(weight: number): number {
  return Number(weight.toPrecision(6));
}

type Dealing = Pick<Cut, 'has' | 'hasProposed' | 'total' | 'of' | 'digest'>;

function cutByKey(job: Job, { index, count }: Shard, trials: readonly Dealt[] | null): Dealing {
  const isMine = (key: string) => shardOfKey(key, count) === index - 1;
  const isCounted = trials !== null && !isTold(job.resolved.sampler);
  const keyOf = keysOf(job);
  const keyOfProposed = proposedKeysOf(job);
  return {
    has: (trial) => isMine(keyOf(trial)),
    hasProposed: (trial) => isMine(keyOfProposed(trial)),
    total: isCounted ? trials.filter(({ key }) => isMine(key)).length : null,
    of: isCounted ? trials.length : openSampler({ ...job, share: null }).total,
    digest: null,
  };
}

function cutByWeight({ index, count }: Shard, trials: readonly Dealt[], weights: readonly number[]): Dealing {
  const shards = dealByWeight(
    trials.map(({ key }, i) => ({ key, weight: weights[i]! })),
    count,
  );
  const own = new Set(trials.filter((_, i) => shards[i] === index - 1).map(({ trial }) => trial));
  const lines = trials.map(({ key }, i) => `${key} ${shards[i]}\n`).sort();
  return {
    has: (trial) => own.has(trial),
    hasProposed: ({ trial }) => own.has(trial),
    total: own.size,
    of: trials.length,
    digest: createHash('sha256').update(lines.join('')).digest('hex').slice(0, 16),
  };
}

/** The shard, from 0, that a key belongs to: its first 48 bits modulo the count. */
export function shardOfKey(key: string, count: number): number {
  let bits = 0;
  for (let i = 0; i < 12; i++) bits = bits * 16 + key.charCodeAt(i) - 97;
  return bits % count;
}

/**
 * The shard of each, from 0: heavy ones first, each in the shard of its key unless that is full, then in the emptiest.
 * The order in which they are given does not matter.
 */
export function dealByWeight(
  given: readonly { readonly key: string; readonly weight: number }[],
  count: number,
): Uint32Array {
  const order = given.map((_, i) => i);
  order.sort((a, b) => {
    const [x, y] = [given[a]!, given[b]!];
    return y.weight - x.weight || (x.key < y.key ? -1 : x.key > y.key ? 1 : 0);
  });
  const sum = order.reduce((total, i) => total + given[i]!.weight, 0);
  const full = Math.max(sum / count, given[order[0] ?? -1]?.weight ?? 0);
  const loads = new Float64Array(count);
  const emptiest = new Emptiest(loads);
  const shards = new Uint32Array(given.length);
  for (const i of order) {
    const { key, weight } = given[i]!;
    const home = shardOfKey(key, count);
    const shard = loads[home]! + weight <= full ? home : emptiest.find();
    loads[shard]! += weight;
    shards[i] = shard;
  }
  return shards;
}

/** Hands out the shard with the least load, of equals the first. Loads may grow meanwhile, as the owner likes. */
class Emptiest {
  readonly #loads: Float64Array;
  /** A heap of all shards, by the loads that they had when they were put in their places. */
  readonly #heap: { readonly shard: number; load: number }[];

  constructor(loads: Float64Array) {
    this.#loads = loads;
    this.#heap = Array.from(loads, (load, shard) => ({ shard, load }));
  }

  find(): number {
    for (;;) {
      const top = this.#heap[0]!;
      const load = this.#loads[top.shard]!;
      if (load === top.load) return top.shard;
      top.load = load;
      this.#sink();
    }
  }

  /** The first one has become heavier. */
  #sink(): void {
    const heap = this.#heap;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child;
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }
}

interface Loaded {
  readonly shard: number;
  readonly load: number;
}

function isBefore(a: Loaded, b: Loaded): boolean {
  return a.load < b.load || (a.load === b.load && a.shard < b.shard);
}

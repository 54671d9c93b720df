// Why a search method proposed a point: it is asked again with all that it knew then. That is a function of the results
// before, so the point must come out as it stands in the journal.
import type { MethodDefinition } from '../../search/contract.js';
import type { Point } from '../../space/types.js';
import { canonicalObject } from '../../space/value.js';
import { Observations, type Observed } from '../samplers/observations.js';
import { replicatesOf } from '../samplers/racing.js';
import { createProposer } from '../samplers/search.js';
import type { SearchSpec } from '../samplers/search-spec.js';
import type { SearchOrigin } from './explanation.js';
import type { ReadTrial } from './read.js';

export interface Asked {
  readonly method: MethodDefinition;
  /** The constraint of the sweep, as its file has it; unknown: it is a function of a program, in no file. */
  readonly where: ((point: Point) => boolean) | 'unknown' | null;
}

export function explainProposal(read: ReadTrial, { method, where }: Asked): SearchOrigin {
  const { manifest, space, trial, proposals, proposed } = read;
  const spec = manifest.sampler as SearchSpec;
  const { search } = spec;
  const { replicates } = space;
  const k = Math.floor(trial / replicates);
  const listens = method.listens || search.target !== null || search.plateau !== null;
  const told = listens ? Math.max(0, k - search.lookahead + 1) : 0;
  const isUnconstrained = where === 'unknown';
  const proposer = createProposer(method, spec, {
    seed: manifest.seed,
    where: isUnconstrained ? null : where,
  });
  const observations = new Observations(search);
  for (let i = 0; i < k; i++) {
    // Of a shard, others have run what is not here: a method that shards know nothing of results proposes it again.
    const known = proposals.get(i * replicates)?.point ?? proposer.propose(0)?.point;
    if (known === undefined) break;
    proposer.add(known);
    if (i >= told) continue;
    proposer.tell(observations.add(resultsOf(read, i)));
  }
  const made = proposer.propose(told);
  const isSame = made !== undefined && canonicalObject(made.point) === canonicalObject(proposed.point);
  const count = (status: Observed['status']) =>
    observations.all.filter((each) => each.status === status).length;
  return {
    ...{ kind: 'search', method: method.name, lookahead: search.lookahead, told, pending: k - told },
    objectives: listens ? search.objectives.map(({ metric, goal }) => `${metric}:${goal}`) : [],
    ...{ ok: count('ok'), pruned: count('pruned'), failed: count('failed') },
    best: search.objectives.length === 1 ? bestOf(observations.all, search.objectives[0]!.goal) : null,
    why: made?.why ?? { stage: 'none' },
    ...{ other: isSame ? null : (made?.point ?? {}), isUnconstrained },
  };
}

/** What the method is told of: of a race the first replicates alone. */
function resultsOf({ rows, manifest, space }: ReadTrial, configuration: number) {
  const { replicates } = space;
  const { width } = replicatesOf(manifest.sampler, space);
  return Array.from({ length: width }, (_, i) => rows.get(configuration * replicates + i)).filter(
    (row) => row !== undefined,
  );
}

function bestOf(observations: readonly Observed[], goal: 'min' | 'max'): SearchOrigin['best'] {
  let best: Observed | undefined;
  for (const each of observations) {
    if (each.status !== 'ok' || each.violation > 0) continue;
    if (best === undefined || each.values![0]! < best.values![0]!) best = each;
  }
  if (best === undefined) return null;
  return {
    configuration: best.number,
    values: best.values!.map((value) => (goal === 'max' ? 0 - value : value)),
  };
}

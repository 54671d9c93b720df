// Whether a method is worse than its peer: medians of regret and the one-sided test, problem by problem.
import type { MethodDefinition } from '../../../src/search/contract.js';
import { createSearchSpace } from '../../../src/search/space.js';
import { isMethod, type RandomSearch } from './definitions.js';
import { larger } from './mann-whitney.js';
import { PEERS, type Peer } from './peers.js';
import { type Problem, problems } from './problems.js';
import { runProblem } from './run.js';

export interface Compared {
  readonly problem: string;
  readonly n: number;
  /** Regrets after n trials by lookahead, then by seed. */
  readonly ours: ReadonlyMap<number, readonly number[]>;
  readonly theirs: readonly number[];
  /** One-sided p of "ours is worse", by lookahead. */
  readonly worse: ReadonlyMap<number, number>;
}

export interface Comparing {
  readonly definition: MethodDefinition | RandomSearch;
  readonly peers: readonly Peer[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly seeds: number;
  readonly lookaheads: readonly number[];
  /** Names of problems; absent: all. */
  readonly only?: readonly string[];
  /** Numbers of trials to compare after. */
  readonly ns: readonly number[];
}

/** Problem after problem, so that what is known may be shown while the rest runs. */
export function* compare(comparing: Comparing): Generator<Compared[]> {
  const { definition, peers, seeds, lookaheads, only, ns } = comparing;
  for (const problem of problems) {
    const peer = peers.find(
      (each) => each.problem === problem.name && each.sampler === PEERS[definition.name],
    );
    if (peer === undefined || !applies(definition, problem) || (only && !only.includes(problem.name)))
      continue;
    const known = ns.filter((n) => peer.n.includes(n));
    const trials = Math.max(...known);
    const runs = new Map(
      lookaheads.map((lookahead) => [
        lookahead,
        Array.from({ length: seeds }, (_, seed) =>
          runProblem({ problem, definition, options: comparing.options ?? {}, seed, trials, lookahead }),
        ),
      ]),
    );
    yield known.map((n) => {
      const theirs = peer.regret.map((row) => row[peer.n.indexOf(n)]!);
      const ours = new Map([...runs].map(([lookahead, rows]) => [lookahead, rows.map((row) => row[n - 1]!)]));
      const worse = new Map([...ours].map(([lookahead, values]) => [lookahead, larger(values, theirs)]));
      return { problem: problem.name, n, ours, theirs, worse };
    });
  }
}

function applies(definition: MethodDefinition | RandomSearch, problem: Problem): boolean {
  if (!isMethod(definition)) return true;
  const can = { none: true, any: true, one: problem.objectives === 1, several: problem.objectives > 1 };
  const faults = definition.findSpaceFaults?.(createSearchSpace(problem.grids)) ?? [];
  return can[definition.objectives] && faults.length === 0;
}

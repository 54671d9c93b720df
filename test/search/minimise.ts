// Runs a search method on a function of the values of its axes, in order, with a look-ahead, for tests.
import type { MethodDefinition, Observation, Why } from '../../src/search/contract.js';
import type { AxisDomain } from '../../src/space/types.js';
import { createOn } from './methods.js';

export interface Minimising {
  readonly domains: readonly AxisDomain[];
  readonly objective: (values: readonly number[]) => number;
  readonly seed: number;
  readonly trials: number;
  readonly lookahead?: number;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Ends at the first value that is less. */
  readonly target?: number;
}

export interface Minimised {
  readonly best: number;
  /** Evaluations until the target was reached; all of them where it was not. */
  readonly evaluations: number;
  readonly whys: readonly Why[];
  /** Coordinates of the proposals. */
  readonly xs: readonly Float64Array[];
}

export function minimise(definition: MethodDefinition, minimising: Minimising): Minimised {
  const { domains, objective, seed, trials, lookahead = 1, options = {} } = minimising;
  const { space, make } = createOn(definition, domains, options);
  const method = make(seed);
  const told: Observation[] = [];
  const xs: Float64Array[] = [];
  const whys: Why[] = [];
  const values: number[] = [];
  let best = Number.POSITIVE_INFINITY;
  while (xs.length < trials && !(best < (minimising.target ?? Number.NEGATIVE_INFINITY))) {
    while (told.length <= xs.length - lookahead) {
      const number = told.length;
      told.push({
        ...{ number, x: xs[number]!, values: [values[number]!], errors: [0] },
        ...{ status: 'ok', violation: 0, step: null },
      });
    }
    const { x, why } = method.propose(xs.length, { told, pending: xs.slice(told.length) });
    xs.push(x);
    whys.push(why);
    values.push(objective(Object.values(space.pointAt(x)) as number[]));
    best = Math.min(best, values.at(-1)!);
  }
  return { best, evaluations: xs.length, whys, xs };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

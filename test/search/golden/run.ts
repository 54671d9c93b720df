// Runs a method, or random search, on a test problem, one trial after another, as the golden results were made: after trial k
// the next ones see what trials up to k + 1 - lookahead gave, and the parameters of those between.
import type { MethodDefinition, Observation } from '../../../src/search/contract.js';
import { createSearchSpace } from '../../../src/search/space.js';
import { createPointDraws } from '../../../src/space/random-point.js';
import type { Point } from '../../../src/space/types.js';
import { isMethod, type RandomSearch } from './definitions.js';
import type { Problem } from './problems.js';

export interface Run {
  readonly problem: Problem;
  readonly definition: MethodDefinition | RandomSearch;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly trials: number;
  readonly lookahead: number;
}

/** Regret after each trial: the best so far - the optimum; with noise of the trial with the lowest observed value. */
export function runProblem(run: Run): number[] {
  const { problem, definition, seed, trials } = run;
  const evaluated: number[][] = [];
  const observed: (readonly number[])[] = [];
  const propose = isMethod(definition)
    ? createProposing(run, definition, observed)
    : (k: number) => createPointDraws(problem.grids, seed, k)();
  for (let k = 0; k < trials; k++) {
    const point = propose(k);
    evaluated.push(problem.evaluate(point));
    observed.push(problem.observe(point, seed, k));
  }
  return problem.objectives === 2
    ? areaRegrets(problem, evaluated)
    : simpleRegrets(problem, evaluated, observed);
}

/** Makes proposal k from what was observed as far as the look-ahead allows. */
function createProposing(
  { problem, seed, options, lookahead }: Run,
  definition: MethodDefinition,
  observed: readonly (readonly number[])[],
): (k: number) => Point {
  const space = createSearchSpace(problem.grids);
  const method = definition.create({
    space,
    seed,
    options: definition.options.parse(options ?? {}),
    objectives: problem.objectives,
    allows: () => true,
  });
  const xs: Float64Array[] = [];
  const told: Observation[] = [];
  return (k) => {
    while (told.length <= k - lookahead) {
      const number = told.length;
      told.push({
        number,
        x: xs[number]!,
        status: 'ok',
        values: observed[number]!,
        errors: observed[number]!.map(() => 0),
        violation: 0,
        step: null,
      });
    }
    const { x } = method.propose(k, { told, pending: xs.slice(told.length) });
    xs.push(x);
    return space.pointAt(x);
  };
}

function simpleRegrets(
  { optimum }: Problem,
  evaluated: readonly number[][],
  observed: readonly (readonly number[])[],
): number[] {
  let best = 0;
  return evaluated.map((_, k) => {
    if (observed[k]![0]! < observed[best]![0]!) best = k;
    return Math.max(0, evaluated[best]![0]! - optimum);
  });
}

const REFERENCE = 11;

/** The optimum stands for the area that the whole front dominates. */
function areaRegrets({ optimum }: Problem, evaluated: readonly number[][]): number[] {
  return evaluated.map((_, k) => optimum - areaOf(evaluated.slice(0, k + 1)));
}

/** The area that points dominate up to the reference (11, 11), both objectives minimised. */
export function areaOf(points: readonly (readonly number[])[]): number {
  let area = 0;
  let best = REFERENCE;
  const inside = points.filter(([a, b]) => a! < REFERENCE && b! < REFERENCE);
  for (const [a, b] of inside.sort((p, q) => p[0]! - q[0]! || p[1]! - q[1]!)) {
    if (b! >= best) continue;
    area += (REFERENCE - a!) * (best - b!);
    best = b!;
  }
  return area;
}

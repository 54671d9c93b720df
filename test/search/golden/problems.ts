// The 17 problems of the golden results: the spaces that Optuna searched, the formulas, the optima, and what regret is.
import { readFileSync } from 'node:fs';
import { choice, int, logint, loguniform, uniform } from '../../../src/space/domain.js';
import type { AxisDomain, AxisSpec, GridSpec, Point, Scalar } from '../../../src/space/types.js';
import * as functions from './functions.js';
import { noise } from './noise.js';

/** As it stands in the fixture, which is taken from the golden results. */
export interface Described {
  readonly name: string;
  readonly tags: readonly string[];
  readonly space: readonly Parameter[];
  readonly optimum: number;
  readonly minimiser: Point;
  readonly noiseSd: number;
  readonly checks: readonly { readonly params: Point; readonly value: number | readonly number[] }[];
}

interface Parameter {
  readonly name: string;
  readonly type: 'float' | 'int' | 'categorical';
  readonly low?: number;
  readonly high?: number;
  readonly log?: boolean;
  readonly choices?: readonly Scalar[];
  readonly when?: Readonly<Record<string, Scalar>>;
}

export interface Problem extends Described {
  readonly grids: readonly GridSpec<AxisDomain>[];
  readonly objectives: number;
  /** Without noise. */
  evaluate(point: Point): number[];
  /** What trial `number` of a run with a seed is told. */
  observe(point: Point, seed: number, number: number): number[];
}

// Compiled to dist/test/search/golden, or run from test/search/golden: the fixtures stand in the sources alone.
const root = new URL(import.meta.url.includes('/dist/') ? '../../../../' : '../../../', import.meta.url);

export const fixture = JSON.parse(
  readFileSync(new URL('test/fixtures/search/golden-checks.json', root), 'utf8'),
) as {
  readonly noise: readonly { readonly key: readonly number[]; readonly value: number }[];
  readonly problems: readonly Described[];
};

const VECTORS: Readonly<Record<string, (x: readonly number[]) => number | number[]>> = {
  branin: functions.branin,
  hartmann3: functions.hartmann3,
  hartmann6: functions.hartmann6,
  ackley5: functions.ackley,
  levy4: functions.levy,
  rosenbrock4: functions.rosenbrock,
  rastrigin3: functions.rastrigin,
  styblinski4: functions.styblinskiTang,
  camel6: functions.camel6,
  branin_noisy: functions.branin,
  hartmann3_in20: (x) => functions.hartmann3([x[3]!, x[9]!, x[16]!]),
  zdt1_4: functions.zdt1,
};

const POINTS: Readonly<Record<string, (point: Point) => number>> = {
  simplekd_mixed: functions.simpleKd,
  mixed_net: functions.mixedNet,
  lr_bowl: functions.lrBowl,
  optimizer_choice: functions.optimizerChoice,
  jenatton: functions.jenatton,
};

function toDomain({ type, low, high, log, choices }: Parameter): AxisDomain {
  if (type === 'categorical') return choice(...choices!);
  if (type === 'int') return log ? logint(low!, high!) : int(low!, high!);
  return log ? loguniform(low!, high!) : uniform(low!, high!);
}

function toAxis(parameter: Parameter): AxisSpec<AxisDomain> {
  const { name, when } = parameter;
  const conditions = Object.entries(when ?? {}).map(([parent, value]) => [parent, [value]] as const);
  return {
    names: [name],
    values: [toDomain(parameter)],
    ...(conditions.length === 0 ? {} : { when: Object.fromEntries(conditions) }),
  };
}

export const problems: readonly Problem[] = fixture.problems.map((described) => {
  const { name, space, noiseSd, tags } = described;
  const ofVector = VECTORS[name];
  const evaluate = (point: Point) =>
    [
      ofVector ? ofVector(space.map((parameter) => point[parameter.name] as number)) : POINTS[name]!(point),
    ].flat();
  return {
    ...described,
    grids: [{ axes: space.map(toAxis) }],
    objectives: tags.includes('multi') ? 2 : 1,
    evaluate,
    observe(point, seed, number) {
      const values = evaluate(point);
      return noiseSd === 0 ? values : values.map((value) => value + noiseSd * noise(seed, number));
    },
  };
});

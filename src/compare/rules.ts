// How each metric that two runs share is compared: its goal and tolerance as asked for, else as the newer worker declares
// them, else as the older one does.
import type { Metric } from '../trial/metrics.js';
import type { Objective } from '../trial/objective.js';
import type { Tolerance, ToleranceParts } from '../trial/tolerance.js';
import { RUN_MS, type Rule } from './cell.js';

/** What was asked for in place of what the workers declare. */
export interface Asked {
  readonly tolerances: ReadonlyMap<string, ToleranceParts>;
  readonly objectives: readonly Objective[];
}

/** Slower or faster by less is not told, however sure: that much comes from other programs and from heat. */
const TIME_TOLERANCE: Tolerance = { relative: 0.1 };

/** Of every number and boolean that both have, in B's order. */
export function rulesFor(a: readonly Metric[], b: readonly Metric[], asked: Asked): Rule[] {
  return b.flatMap((metric) => {
    const before = a.find(({ name }) => name === metric.name);
    if (before === undefined || metric.type === 'string' || before.type === 'string') return [];
    const isBoolean = metric.type === 'boolean';
    if (isBoolean !== (before.type === 'boolean')) return [];
    const objective = asked.objectives.find((each) => each.metric === metric.name);
    const unit = metric.unit ?? before.unit;
    return [
      {
        ...{ metric: metric.name, isBoolean },
        goal: objective?.goal ?? metric.goal ?? before.goal ?? null,
        tolerance: asked.tolerances.get(metric.name) ?? metric.tolerance ?? before.tolerance ?? null,
        ...(unit === undefined ? {} : { unit }),
      },
    ];
  });
}

export function timeRule({ tolerances }: Asked): Rule {
  const tolerance = tolerances.get(RUN_MS) ?? TIME_TOLERANCE;
  return { metric: RUN_MS, isBoolean: false, goal: 'min', tolerance, unit: 'ms' };
}

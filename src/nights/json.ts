// What a gate found, for programs.
import type { Gate } from './gate.js';

/** Plain data: without the cells of the nights themselves. */
export function gateToJson({ night, nights, cells, isWorse, missing = [], faults, notes }: Gate): object {
  return {
    ...{ suite: night.suite, night: night.night, commit: night.commit, host: night.host },
    ...{ isComplete: night.isComplete, isWorse, nights: nights.map((each) => each.night) },
    missing,
    cells: cells.map(({ metric, ...cell }) => ({
      ...cell,
      metric: metric.name,
      goal: metric.goal,
      unit: metric.unit,
    })),
    ...{ faults, notes },
  };
}
